"""A sandbox in the test's reactor, seen by a plain Autobahn client and a plain HTTP client."""

import json

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
from autobahn.websocket.compress import PerMessageDeflateOffer
from twisted.internet import reactor
from twisted.internet._sslverify import IOpenSSLTrustRoot
from twisted.internet.defer import Deferred
from twisted.internet.protocol import ClientFactory, Protocol
from twisted.trial.unittest import TestCase
from zope.interface import implementer

from binance.endpoints import Endpoints
from binance.sandbox.exchange import Exchange

from .support import ManagerCase, until


class Client(WebSocketClientProtocol):
    """Keeps what it is shown, and lets a test wait for it."""

    def __init__(self):
        super().__init__()
        self.payloads = []
        self.binary = []
        self.frames = 0
        self.pings = []
        self.opened = False
        self.ended = None
        self.lost = None
        self.answer_pings = True
        self._waiting = []

    @property
    def messages(self):
        return [json.loads(payload) for payload in self.payloads]

    async def until(self, condition):
        """Wait until *condition* holds; it is asked again whenever anything has come in."""
        if not condition():
            waiting = Deferred()
            self._waiting.append((condition, waiting))
            await waiting

    async def count(self, number):
        """Wait for so many messages, and return them."""
        await self.until(lambda: len(self.payloads) >= number)
        return self.messages

    async def more(self, number):
        """Wait for so many messages more, and return these."""
        have = len(self.payloads)
        await self.until(lambda: len(self.payloads) >= have + number)
        return [json.loads(payload) for payload in self.payloads[have:]]

    async def ask(self, **request):
        """Send a control message, and return its reply."""
        self.sendMessage(json.dumps(request).encode())
        await self.until(lambda: any(self.is_reply(m, request["id"]) for m in self.messages))
        return next(m for m in self.messages if self.is_reply(m, request["id"]))

    @staticmethod
    def is_reply(message, number):
        return isinstance(message, dict) and "id" in message and message["id"] == number

    def _happened(self):
        for item in list(self._waiting):
            if item[0]():
                self._waiting.remove(item)
                item[1].callback(None)

    def onOpen(self):
        self.opened = True
        self._happened()

    def onMessageFrameBegin(self, length):
        self.frames += 1
        super().onMessageFrameBegin(length)

    def onMessage(self, payload, isBinary):
        self.payloads.append(payload)
        self.binary.append(isBinary)
        self._happened()

    def onPing(self, payload):
        self.pings.append(payload)
        if self.answer_pings:
            self.sendPong(payload)
        self._happened()

    def onClose(self, wasClean, code, reason):
        self.ended = (wasClean, code, reason)

    def connectionLost(self, reason):
        self.lost = reason
        super().connectionLost(reason)
        self._happened()


class Raw(Protocol):
    """A socket without any protocol; keeps the bytes that come."""

    def __init__(self, request):
        self.request = request
        self.data = b""
        self.reason = None
        self.ended = Deferred()

    def connectionMade(self):
        self.transport.write(self.request)

    def dataReceived(self, data):
        self.data += data

    def connectionLost(self, reason):
        self.reason = reason
        self.ended.callback(None)


@implementer(IOpenSSLTrustRoot)
class TrustFile:
    """Trusts what is in a PEM file, and nothing if there is none."""

    def __init__(self, path):
        self.path = path

    def _addCACertsToContext(self, context):
        if self.path:
            context.load_verify_locations(self.path)


class Response:
    """An HTTP answer, read from a connection that ended."""

    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        self.status = int(status.split(" ")[1])
        self.reason = status.split(" ", 2)[2]
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    def json(self):
        return json.loads(self.body)


class SandboxTestCase(TestCase):
    """One exchange on a port of its own for every test."""

    timeout = 60

    def exchange(self, listen=None, **options):
        exchange = Exchange(reactor, **options)
        self.port = exchange.listen(**(listen or {}))
        self.addCleanup(exchange.close)
        return exchange

    def dial(self, path, port=None, compress=False, context=None, host="127.0.0.1"):
        factory = WebSocketClientFactory(f"ws://{host}:{port or self.port}{path}", reactor=reactor)
        factory.setProtocolOptions(
            openHandshakeTimeout=0, closeHandshakeTimeout=0, serverConnectionDropTimeout=0, failByDrop=False,
            utf8validateIncoming=False,
            perMessageCompressionOffers=[PerMessageDeflateOffer()] if compress else [],
        )  # fmt: skip
        client = Client()
        client.factory = factory
        factory.buildProtocol = lambda addr: client
        if context is None:
            connector = reactor.connectTCP("127.0.0.1", port or self.port, factory)
        else:
            connector = reactor.connectSSL("127.0.0.1", port or self.port, factory, context)
        self.addCleanup(lambda: Deferred.fromCoroutine(self.hang_up(client, connector)))
        return client

    async def hang_up(self, client, connector):
        connector.disconnect()
        if client.opened or client.lost:
            await client.until(lambda: client.lost is not None)

    async def connect(self, path, **options):
        client = self.dial(path, **options)
        await client.until(lambda: client.opened or client.lost is not None)
        assert client.opened, client.ended
        return client

    async def refused(self, path, **options):
        client = self.dial(path, **options)
        await client.until(lambda: client.opened or client.lost is not None)
        assert not client.opened
        return client

    def send_http(self, method, path, headers=(), body=b"", before=b""):
        lines = [f"{method} {path} HTTP/1.1", "Connection: close", f"Content-Length: {len(body)}", *headers]
        if not any(header.lower().startswith("host:") for header in headers):
            lines.append(f"Host: 127.0.0.1:{self.port}")
        request = before + "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        raw = Raw(request)
        factory = ClientFactory()
        factory.buildProtocol = lambda addr: raw
        connector = reactor.connectTCP("127.0.0.1", self.port, factory)
        self.addCleanup(connector.disconnect)
        return raw

    async def http(self, method, path, api_key=None, body=b""):
        headers = [f"X-MBX-APIKEY: {api_key}"] if api_key else []
        if body and not body.startswith(b"{"):
            headers.append("Content-Type: application/x-www-form-urlencoded")
        raw = self.send_http(method, path, headers, body)
        await raw.ended
        return Response(raw.data)

    async def listen_key(self, api_key="someone"):
        answer = await self.http("POST", "/api/v3/userDataStream", api_key)
        assert answer.status == 200, answer.body
        return answer.json()["listenKey"]


class StreamsCase(ManagerCase):
    """A manager, and a sandbox in this process that trades often and whose state a test can look at."""

    timeout = 60

    def setUp(self):
        super().setUp()
        self.quick(retries_s=(0.02,) * 5, request_s=0.5)

    def exchange_here(self, **options):
        given = {"rate": 100, "symbols": ["BNBBTC", "ETHBTC"], "record": True, **options}
        self.exchange = Exchange(reactor, **given)
        self.port = self.exchange.listen()
        self.addCleanup(self.exchange.close)
        return self.exchange

    @property
    def endpoints(self):
        return Endpoints.sandbox("127.0.0.1", self.port)

    def carried(self):
        """The streams of all open connections, as the exchange has it."""
        return sorted(name for names in self.exchange.streams().values() for name in names)

    async def in_force(self, bm, *keys):
        """Wait until the exchange sends what the manager says that it has, each stream once."""
        await until(lambda: self.carried() == sorted(name for key in keys for name in bm.streams(key)))

    def kept_to_the_limits(self):
        assert not any(self.exchange.limits()["violated"].values()), self.exchange.limits()
