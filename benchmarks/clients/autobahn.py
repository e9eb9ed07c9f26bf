"""Autobahn's WebSocketClientProtocol on Twisted as it comes, orjson on the payload."""

from __future__ import annotations

from pathlib import Path

import orjson
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from clients import measuring
from twisted.internet import reactor
from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates

options = measuring.arguments()
callback = measuring.begin(options)
loads = orjson.loads


class Protocol(WebSocketClientProtocol):
    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        callback(loads(payload))


context = None
if options.ca is not None:
    authority = Certificate.loadPEM(Path(options.ca).read_bytes())
    context = optionsForClientTLS("localhost", trustRoot=trustRootFromCertificates([authority]))
for url in measuring.urls(options):
    factory = WebSocketClientFactory(url)
    factory.protocol = Protocol
    connectWS(factory, context)
reactor.run()
