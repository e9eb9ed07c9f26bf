"""websockets' asyncio client on uvloop, orjson on the undecoded text."""

from __future__ import annotations

import asyncio
import ssl

import orjson
import uvloop
from clients import measuring
from websockets.asyncio.client import connect

options = measuring.arguments()
callback = measuring.begin(options)
loads = orjson.loads


async def received(url: str, context: ssl.SSLContext | None) -> None:
    async with connect(url, ssl=context, proxy=None) as socket:
        while True:
            callback(loads(await socket.recv(decode=False)))


async def main() -> None:
    context = measuring.ssl_context(options)
    await asyncio.gather(*(received(url, context) for url in measuring.urls(options)))


uvloop.run(main())
