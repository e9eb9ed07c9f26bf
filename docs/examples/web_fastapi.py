"""Serve the newest prices of some markets by HTTP, and their trades by WebSocket, with FastAPI.

python web_fastapi.py 8000
"""

import asyncio
import sys
from collections import defaultdict
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from binance.client import Client
from binance.consumers import Latest, in_loop
from binance.websockets import BinanceSocketManager

SYMBOLS = ["bnbbtc", "ethbtc", "btcusdt"]

bm = BinanceSocketManager(Client(), max_retries=None)
latest = Latest(by="symbol")
queues: dict[str, set[asyncio.Queue]] = defaultdict(set)  # of each stream: one for each browser


async def hand_on(msg):  # in the loop of the web server, as all that follows
    if msg.get("e") == "error":  # after five retries; further ones follow
        return
    for queue in queues[msg["stream"]]:
        if queue.full():  # a browser that is too slow loses the oldest
            queue.get_nowait()
        queue.put_nowait({"price": msg["data"]["p"], "quantity": msg["data"]["q"]})


@asynccontextmanager
async def sockets(app):
    bm.start_multiplex_socket([f"{symbol}@bookTicker" for symbol in SYMBOLS], latest)
    bm.start_multiplex_socket([], in_loop(hand_on, asyncio.get_running_loop()), name="trades")
    with bm:
        yield


app = FastAPI(lifespan=sockets)


@app.get("/prices")
async def prices():
    return {symbol: {"bid": book["b"], "ask": book["a"]} for symbol, book in latest.items()}


async def send(queue, browser):
    with suppress(WebSocketDisconnect):
        while True:
            await browser.send_json(await queue.get())


@app.websocket("/trades/{symbol}")
async def trades(browser: WebSocket, symbol: str):
    if symbol not in SYMBOLS:
        await browser.close()
        return
    await browser.accept()
    stream = f"{symbol}@trade"
    queue: asyncio.Queue = asyncio.Queue(1_000)
    queues[stream].add(queue)
    bm.subscribe("trades", [stream])  # nothing happens if it has the stream
    sending = asyncio.create_task(send(queue, browser))
    try:
        async for _ in browser.iter_text():  # ends when the browser leaves
            pass
    finally:
        sending.cancel()
        queues[stream].remove(queue)
        if not queues[stream]:
            bm.unsubscribe("trades", [stream])


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]))
