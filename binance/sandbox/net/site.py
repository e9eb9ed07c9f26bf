"""The site of one exchange: every request to its port, by path."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import unquote

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import Site

from binance.sandbox.answers.codec import encode
from binance.sandbox.answers.rest import gateway_page
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.pages import foreign, is_upgrade, page, url_of
from binance.sandbox.net.rest_calls import RestCalls
from binance.sandbox.net.upgrades import Upgrades

# A call with more arguments than this is refused.
MOST_CALL_BYTES: Final = 512 * 1024


class Remote(Protocol):
    """What ``/sandbox/`` reaches."""

    def remote(self, name: str, content: bytes) -> Any:
        """Carry out the call of a POST to ``/sandbox/<name>``.

        :param content: keyword arguments as a JSON object; empty for none.
        :raises LookupError: if there is no such call.
        :raises ValueError: if *content* is not a JSON object, or an argument has a wrong value; TypeError
            likewise.
        """

    def view(self, name: str) -> Any:
        """Return the answer to ``GET /sandbox/<name>``.

        :raises LookupError: if there is no such view.
        """


class Channel(HTTPChannel):
    """One HTTP connection, known to the exchange so that it can be ended with it."""

    # What is longer than the exchange accepts has to be read to be answered, within reason.
    MAX_LENGTH = 64 * 1024
    totalHeadersSize = 128 * 1024

    transport: Any
    connections: Connections
    _refused = b""

    def connectionMade(self) -> None:
        super().connectionMade()
        self.connections.transports.add(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.connections.lost(self)
        super().connectionLost(reason)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Answer a line without end; what follows is read and dropped, or a reset could outrun the answer."""
        status = 414 if re.match(rb"[A-Z]+ ", line) else 431
        if status == 414:
            self.connections.usage.fits("url_characters", len(line), self.connections.limits.url_characters)
        reason = HTTPStatus(status).phrase
        body = gateway_page(status, reason).encode()
        head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/html\r\n"
        self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self._drop(line)

    def dataReceived(self, data: bytes) -> None:
        if self._refused:
            self._drop(data)
        else:
            super().dataReceived(data)

    def _drop(self, data: bytes) -> None:
        """Drop what a refused client sends, and end the connection with the head of its request."""
        data = self._refused + data
        self._refused = data[-3:]
        if b"\r\n\r\n" in data:
            self.loseConnection()


class SandboxSite(Site):
    """The site of one exchange. It keeps no access log: paths hold listen keys."""

    def __init__(
        self, reactor: Any, connections: Connections, upgrades: Upgrades, calls: RestCalls, remote: Remote
    ) -> None:
        super().__init__(_Root(connections, upgrades, calls, remote), reactor=reactor)
        self._connections = connections
        # Any: Twisted's own factory makes a wrapper that also speaks HTTP/2.
        self.protocol: Any = self._channel

    def _channel(self) -> Channel:
        channel = Channel()
        channel.connections = self._connections
        return channel

    def log(self, request: Any) -> None:
        """Log nothing."""

    def acceptableProtocols(self) -> list[bytes]:
        return [b"http/1.1"]


class _Root(Resource):
    """All paths of the site."""

    isLeaf = True

    def __init__(
        self, connections: Connections, upgrades: Upgrades, calls: RestCalls, remote: Remote
    ) -> None:
        super().__init__()
        self._connections = connections
        self._upgrades = upgrades
        self._calls = calls
        self._remote = remote

    def render(self, request: Any) -> Any:
        length, most = len(url_of(request)), self._connections.limits.url_characters
        if not self._connections.usage.fits("url_characters", length, most):
            self._connections.journal.note("url_too_long", characters=length)
            return page(request, 414)
        if is_upgrade(request):
            return self._upgrades.render(request)
        path = request.uri.decode("ascii", "replace").partition("?")[0]
        if path.startswith("/sandbox/"):
            return self._control(request, path.removeprefix("/sandbox/"))
        return self._calls.render(request, unquote(path))

    def _control(self, request: Any, name: str) -> bytes:
        call: Callable[[], Any]
        reason = foreign(request)
        if reason is not None:
            return _json(request, 403, {"error": f"the request is refused: {reason}"})
        if request.method == b"POST":
            content = request.content.read()
            if len(content) > MOST_CALL_BYTES:
                text = f"the request has {len(content)} bytes; use {MOST_CALL_BYTES} at the most"
                return _json(request, 413, {"error": text})
            call = lambda: {"result": self._remote.remote(name, content)}  # noqa: E731
        else:
            call = lambda: self._remote.view(name)  # noqa: E731
        try:
            return _json(request, 200, call())
        except LookupError as error:
            return _json(request, 404, {"error": str(error.args[0])})
        except (TypeError, ValueError) as error:
            return _json(request, 400, {"error": str(error).encode(errors="replace").decode()})


def _json(request: Any, status: int, body: Any) -> bytes:
    request.setResponseCode(status)
    request.setHeader("content-type", "application/json")
    return encode(body)
