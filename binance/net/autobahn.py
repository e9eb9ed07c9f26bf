"""Autobahn for Twisted. A process can have it or Autobahn for asyncio, whichever is imported first."""

from __future__ import annotations

try:
    from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
except RuntimeError as exc:
    raise ImportError(
        "binance needs Autobahn for Twisted (autobahn.twisted), but this process has already imported "
        f"Autobahn for asyncio (autobahn.asyncio), and can use only one of the two ({exc}). Use binance in "
        "a process of its own"
    ) from exc

__all__ = ["WebSocketClientFactory", "WebSocketClientProtocol"]
