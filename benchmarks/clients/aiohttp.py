"""aiohttp's client on uvloop, orjson on the undecoded text."""

from __future__ import annotations

import asyncio

import aiohttp
import orjson
import uvloop
from clients import measuring

options = measuring.arguments()
callback = measuring.begin(options)
loads = orjson.loads


async def received(session: aiohttp.ClientSession, url: str) -> None:
    async with session.ws_connect(url, decode_text=False) as socket:
        async for message in socket:
            callback(loads(message.data))


async def main() -> None:
    connector = aiohttp.TCPConnector(limit=0, ssl=measuring.ssl_context(options) or True)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(received(session, url) for url in measuring.urls(options)))


uvloop.run(main())
