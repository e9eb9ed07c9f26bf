"""Serve the newest prices of some markets by HTTP, and each trade by WebSocket, with FastAPI."""

from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from binance.client import Client
from binance.consumers import Inbox, Latest
from binance.websockets import BinanceSocketManager

STREAMS = ["bnbbtc@bookTicker", "ethbtc@bookTicker", "btcusdt@bookTicker"]

bm = BinanceSocketManager(Client(), max_retries=None)
latest = Latest(by="symbol")


@asynccontextmanager
async def sockets(app):
    bm.start_multiplex_socket(STREAMS, latest)
    with bm:
        yield


app = FastAPI(lifespan=sockets)


@app.get("/prices")
async def prices():
    return {symbol: {"bid": book["b"], "ask": book["a"]} for symbol, book in latest.items()}


@app.websocket("/trades/{symbol}")
async def trades(browser: WebSocket, symbol: str):
    await browser.accept()
    inbox = Inbox(limit=1_000)  # a browser that is too slow loses the oldest
    key = bm.start_multiplex_socket([f"{symbol.lower()}@trade"], inbox, name=f"browser {id(browser)}")
    try:
        async for msg in inbox:
            if msg.get("e") != "error":
                await browser.send_json({"price": msg["data"]["p"], "quantity": msg["data"]["q"]})
    except WebSocketDisconnect:
        pass
    finally:
        bm.stop_socket(key)


if __name__ == "__main__":
    uvicorn.run(app, port=8000)
