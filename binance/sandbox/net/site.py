"""The site of one exchange: every request to its port, by path."""

from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import unquote

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import Site

from binance.sandbox.answers.codec import encode
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.pages import foreign, page
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
        reason = foreign(request)
        if reason is not None:
            return _json(request, 403, {"error": f"the request is refused: {reason}"})
        if request.method == b"POST":
            content = request.content.read()
            if len(content) > MOST_CALL_BYTES:
                text = f"the request has {len(content)} bytes; use {MOST_CALL_BYTES} at the most"
                return _json(request, 413, {"error": text})
            call = lambda: {"result": self._remote.remote(name, content)}  # noqa: E731
        elif name == "state":
            call = self._remote.state
        else:
            return page(request, 404)
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
