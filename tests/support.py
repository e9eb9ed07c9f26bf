"""What the tests share: a scripted server, recorders, and waiting for a condition."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from autobahn.websocket.types import ConnectionDeny
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, deferLater
from twisted.trial.unittest import TestCase

from binance.endpoints import Endpoints
from binance.events import Event
from binance.websockets import BinanceSocketManager
from binance.wire.timings import Timings


class ServedConnection(WebSocketServerProtocol):
    """One connection as the scripted server sees it."""

    factory: ScriptedServer

    def onConnect(self, request: Any) -> None:
        self.params: dict[str, list[str]] = request.params
        streams = self.params.get("streams")
        self.path = request.path + (f"?streams={streams[0]}" if streams else "")
        self.factory.dials.append(self.path)
        if self.factory.refuse_with is not None:
            raise ConnectionDeny(*self.factory.refuse_with)

    def onOpen(self) -> None:
        self.close_code: int | None = None
        self.closed = False
        self.factory.connections.append(self)
        self.factory.on_open(self)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.factory.on_message(self, payload)

    def onCloseFrame(self, code: Any, reasonRaw: Any) -> Any:
        self.close_code = code
        if not self.factory.answers_close:
            return None
        return super().onCloseFrame(code, reasonRaw)

    def onClose(self, wasClean: bool, code: Any, reason: Any) -> None:
        self.closed = True

    def send(self, message: Any) -> None:
        """Send one message: bytes as they are, anything else as JSON."""
        payload = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.sendMessage(payload)

    def reset(self) -> None:
        """End TCP without a close frame."""
        self.transport.abortConnection()


class ScriptedServer(WebSocketServerFactory):
    """A WebSocket server on loopback that does what a test tells it and remembers what it saw."""

    protocol = ServedConnection

    def __init__(self) -> None:
        super().__init__()
        self.setProtocolOptions(
            openHandshakeTimeout=0, closeHandshakeTimeout=0, autoPingInterval=0, failByDrop=True
        )
        self.connections: list[ServedConnection] = []
        self.dials: list[str] = []
        self.refuse_with: tuple[Any, ...] | None = None
        self.answers_close = True
        self.on_open: Callable[[ServedConnection], None] = lambda connection: None
        self.on_message: Callable[[ServedConnection, bytes], None] = lambda connection, payload: None

    def open_connections(self) -> list[ServedConnection]:
        """Those not closed yet, oldest first."""
        return [connection for connection in self.connections if not connection.closed]


class Recorder(list[Any]):
    """A callback that keeps what it is given."""

    def __call__(self, message: Any) -> None:
        self.append(message)


class Events(list[Event]):
    """An ``on_event`` that keeps what it is given."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    def kinds(self, conn_key: str | None = None) -> list[str]:
        """The kinds told so far, in order, of one key or of all."""
        return [event.kind for event in self if conn_key in (None, event.conn_key)]

    def dialled(self) -> list[Event]:
        """The events of dials that began."""
        return [event for event in self if event.kind == "connecting"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The info of each event of one kind."""
        return [event.info for event in self if event.kind == kind]


async def until(condition: Callable[[], Any]) -> None:
    """Wait for *condition*; the test's own timeout bounds the waiting."""
    while not condition():
        await deferLater(reactor, 0.002)


async def turns(count: int = 20) -> None:
    """Let the reactor go round, for what should not happen."""
    for _ in range(count):
        await deferLater(reactor, 0.001)


def has_ended(event: Event) -> bool:
    """Whether this event says that its socket has ended."""
    return event.kind == "gave_up" or (event.kind == "disconnected" and not event.info["retry"])


class ManagerCase(TestCase):
    """Tests of a manager in the test's own reactor, against a scripted server."""

    timeout = 20

    def setUp(self) -> None:
        #: of all managers of the test; what is counted over a process is so for this test alone
        self.timings = Timings()
        #: of each manager, the keys of sockets that have begun to connect and have not ended
        self.live: dict[int, set[str]] = {}
        self.server = ScriptedServer()
        self.port = self.listen(self.server)
        self.events = Events()
        self.got = Recorder()

    def listen(self, server: ScriptedServer, port: int = 0) -> int:
        """Serve on loopback until the test ends; returns the port."""
        listening = reactor.listenTCP(port, server, interface="127.0.0.1")
        self.addCleanup(self._gone, server, listening)
        return int(listening.getHost().port)

    def quick(self, **waits: Any) -> None:
        """Let the managers that are made from now on have other waits and limits."""
        self.timings = replace(self.timings, **waits)

    def manager(self, client: Any = None, **options: Any) -> BinanceSocketManager:
        """A started manager that goes to the scripted server and is closed when the test ends."""
        options.setdefault("endpoints", Endpoints.sandbox("127.0.0.1", self.port))
        options.setdefault("reactor", reactor)
        timings = options.pop("timings", self.timings)
        on_event, live = options.pop("on_event", self.events), set[str]()

        def noted(event: Event) -> object:
            if has_ended(event):
                live.discard(event.conn_key)
            elif event.kind in ("connecting", "limited", "key_failed", "retired"):
                live.add(event.conn_key)
            return None if on_event is None else on_event(event)

        bm = BinanceSocketManager(client, on_event=noted, **options)
        bm.timings = timings
        self.live[id(bm)] = live
        bm.start()
        self.addCleanup(self.closed, bm)
        return bm

    async def opened(self, count: int = 1) -> ServedConnection:
        """Wait until *count* connections have been open on both sides; returns the last."""
        await until(lambda: len(self.server.connections) >= count)
        await until(lambda: self.events.kinds().count("connected") >= count)
        return self.server.connections[count - 1]

    def _gone(self, server: ScriptedServer, listening: Any) -> Deferred[Any]:
        async def gone() -> None:
            await listening.stopListening()
            for connection in server.open_connections():
                connection.reset()
            await until(lambda: not server.open_connections())

        return Deferred.fromCoroutine(gone())

    def all_over(self) -> bool:
        """Whether every socket has ended, and said so."""
        return not any(self.live.values())

    def is_over(self, conn_key: str) -> bool:
        """Whether every socket of this key has."""
        return all(conn_key not in live for live in self.live.values())

    def closed(self, bm: BinanceSocketManager) -> Deferred[Any]:
        """Close a manager, and wait until its sockets have ended."""

        async def closed() -> None:
            bm.close()
            await until(lambda: not self.live.get(id(bm)))

        return Deferred.fromCoroutine(closed())


class ClockCase(ManagerCase):
    """The same on a fake clock, on which nothing is left when a test ends."""

    def setUp(self) -> None:
        super().setUp()
        self.clock = Clock()
        self.quick(clock=self.clock)
        self.addCleanup(lambda: self.assertEqual(self.clock.getDelayedCalls(), []))
