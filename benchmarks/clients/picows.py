"""picows on uvloop, orjson on the frame's own memory."""

from __future__ import annotations

import asyncio

import orjson
import picows
import uvloop
from clients import measuring

options = measuring.arguments()
callback = measuring.begin(options)
loads = orjson.loads


class Listener(picows.WSListener):
    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.TEXT:
            callback(loads(frame.get_payload_as_memoryview()))


async def received(url: str) -> None:
    transport, _ = await picows.ws_connect(Listener, url, ssl_context=context)
    await transport.wait_disconnected()


async def main() -> None:
    await asyncio.gather(*map(received, measuring.urls(options)))


context = measuring.ssl_context(options)
uvloop.run(main())
