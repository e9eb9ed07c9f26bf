"""The site of one exchange: every request to its port, by path."""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import unquote

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import Site

from binance.sandbox.answers.codec import encode
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.pages import page
from binance.sandbox.net.rest_calls import RestCalls
from binance.sandbox.net.upgrades import Upgrades


class Remote(Protocol):
    """What ``/sandbox/`` reaches."""

    def remote(self, name: str, content: bytes) -> Any:
        """Carry out the call of a POST to ``/sandbox/<name>``.

        :param content: keyword arguments as a JSON object; empty for none.
        :raises LookupError: if there is no such call.
        :raises ValueError: if *content* is not a JSON object, or an argument has a wrong value; TypeError
            likewise.
        """

    def state(self) -> dict[str, Any]:
        """Return the answer to ``GET /sandbox/state``."""


class Channel(HTTPChannel):
    """One HTTP connection, known to the exchange so that it can be ended with it."""

    connections: Connections

    def connectionMade(self) -> None:
        super().connectionMade()
        self.connections.transports.add(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.connections.lost(self)
        super().connectionLost(reason)


class SandboxSite(Site):
    """The site of one exchange. It keeps no access log: paths hold listen keys."""

    def __init__(
        self, reactor: Any, connections: Connections, upgrades: Upgrades, calls: RestCalls, remote: Remote
    ) -> None:
        super().__init__(_Root(upgrades, calls, remote), reactor=reactor)
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

    def __init__(self, upgrades: Upgrades, calls: RestCalls, remote: Remote) -> None:
        super().__init__()
        self._upgrades = upgrades
        self._calls = calls
        self._remote = remote

    def render(self, request: Any) -> Any:
        if (request.getHeader("upgrade") or "").lower() == "websocket":
            return self._upgrades.render(request)
        path = request.uri.decode("ascii", "replace").partition("?")[0]
        if path.startswith("/sandbox/"):
            return self._control(request, path.removeprefix("/sandbox/"))
        return self._calls.render(request, unquote(path))

    def _control(self, request: Any, name: str) -> bytes:
        call: Callable[[], Any]
        if request.method == b"POST":
            content = request.content.read()
            call = lambda: {"result": self._remote.remote(name, content)}  # noqa: E731
        elif name == "state":
            call = self._remote.state
        else:
            return page(request, 404)
        try:
            body = call()
        except LookupError as error:
            request.setResponseCode(404)
            body = {"error": str(error.args[0])}
        except (TypeError, ValueError) as error:
            request.setResponseCode(400)
            body = {"error": str(error).encode(errors="replace").decode()}
        request.setHeader("content-type", "application/json")
        return encode(body)
