"""Answers to REST calls, WebSocket API requests and control messages. Pure."""
