"""The test's reactor with a network of its own: what is at each address is the test's choice."""

from __future__ import annotations

from typing import Any

from twisted.internet import reactor
from twisted.internet.error import ConnectionRefusedError, UserError
from twisted.python.failure import Failure


class Network:
    """A reactor whose TCP connections go where the test says.

    An address that has no route refuses.

    :ivar routes: by address: the port on loopback that stands for it; None: nobody answers there.
    :ivar tried: the addresses, in the order in which they were tried.
    :ivar left: those that nobody answered at, and that were left.
    """

    def __init__(self, **routes: int | None) -> None:
        self.routes: dict[str, int | None] = routes
        self.tried: list[str] = []
        self.left: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(reactor, name)

    def connectTCP(self, host: str, port: int, factory: Any, *args: Any) -> Any:
        self.tried.append(host)
        to = self.routes.get(host, 0)
        if to:
            connecting: Any = reactor
            return connecting.connectTCP("127.0.0.1", to, factory, *args)
        connector = _Nowhere(self, host, factory)
        if to == 0:
            self.callFromThread(connector.fail, ConnectionRefusedError(osError=111))
        return connector


class _Nowhere:
    """A connector to an address that nobody answers at, or that refuses."""

    def __init__(self, network: Network, host: str, factory: Any) -> None:
        self._network = network
        self._host = host
        self._factory = factory
        factory.startedConnecting(self)

    def stopConnecting(self) -> None:
        self._network.left.append(self._host)
        self.fail(UserError())

    def fail(self, error: Exception) -> None:
        factory, self._factory = self._factory, None
        if factory is not None:
            factory.clientConnectionFailed(self, Failure(error))
