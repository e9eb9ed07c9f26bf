"""All connections of one exchange, from the upgrade request to the end of TCP."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from twisted.internet.defer import Deferred

from binance.sandbox.accounts.sessions import Session
from binance.sandbox.answers.control import Subscribed
from binance.sandbox.limits import Limits, Usage
from binance.sandbox.market.market import Market
from binance.sandbox.net.connection import Connection, Opening, SocketFactory
from binance.sandbox.net.delivery import Delivery
from binance.sandbox.net.journal import Journal
from binance.sandbox.net.outbox import Traffic
from binance.sandbox.net.timers import Timers

# Closed connections that are kept to be looked at.
_MOST_REMEMBERED: Final = 10_000


class Watcher(Protocol):
    """Learns what happens to connections: the faults."""

    def opened(self, connection: Connection) -> None:
        """A connection has just opened."""

    def changed(self, connection: Connection) -> None:
        """The streams of a connection have changed."""

    def left(self, connection: Connection) -> None:
        """A connection gets no more messages."""


class Connections:
    """The connections of one exchange, and all else that has a transport.

    :param factory: Autobahn's factory for them.
    :param ping_interval_s: seconds until a connection gets its first ping.

    :ivar usage: what clients have made of the limits.
    :ivar made: every connection made, oldest first, closed ones included.
    :ivar number_made: how many that were, those forgotten included.
    :ivar transports: connections and HTTP channels whose TCP connection has not ended.
    :ivar hanging: HTTP channels whose requests are left without an answer.
    :ivar watcher: learns what happens to connections.
    :ivar replier: returns the reply to a message of a client, None if there is none now.
    """

    watcher: Watcher
    replier: Callable[[Connection, bytes, bool], bytes | None]

    def __init__(
        self,
        factory: SocketFactory,
        market: Market,
        limits: Limits,
        timers: Timers,
        journal: Journal,
        traffic: Traffic,
        delivery: Delivery,
        ping_interval_s: float,
    ) -> None:
        self.limits = limits
        self.usage = Usage(limits)
        self.timers = timers
        self.journal = journal
        self.traffic = traffic
        self.made: list[Connection] = []
        self.number_made = 0
        self.transports: set[Any] = set()
        self.hanging: set[Any] = set()
        self._factory = factory
        self._market = market
        self._delivery = delivery
        self._ping_interval_s = ping_interval_s
        self._open: dict[int, Connection] = {}
        self._by_session: dict[Session, Connection] = {}
        self._closing: list[Deferred[None]] = []

    # -- who is connected --------------------------------------------------------------------------

    def open(self) -> list[Connection]:
        """Return the connections that are open, oldest first."""
        return list(self._open.values())

    def matching(self, match: str | None) -> list[Connection]:
        """Return the open connections that *match* selects, in the order of their ids."""
        found = [connection for connection in self._open.values() if connection.matches(match)]
        return sorted(found, key=lambda connection: connection.id)

    def sessions(self) -> list[tuple[Session, Connection]]:
        """Return the sessions of the WebSocket API that are open, oldest first."""
        return list(self._by_session.items())

    def of_session(self, session: Session) -> Connection | None:
        """Return the open connection of a session of the WebSocket API."""
        return self._by_session.get(session)

    def time_ms(self) -> int:
        """Return the exchange's time, milliseconds since the epoch."""
        return int(self._market.now_ms)

    # -- the life of a connection ------------------------------------------------------------------

    def new(self, opening: Opening) -> Connection:
        """Make the protocol of a connection that is about to open."""
        self.number_made += 1
        connection = Connection(self, self.number_made, opening)
        connection.factory = self._factory
        self.transports.add(connection)
        self.made.append(connection)
        if len(self.made) > _MOST_REMEMBERED:
            self.made = [connection for connection in self.made if not connection.closed]
        return connection

    def opened(self, connection: Connection) -> None:
        """Begin to serve a connection whose handshake is done."""
        connection.opened_ms = self._market.now_ms
        connection.pinger.next_s = self.timers.seconds() + self._ping_interval_s * connection.route.pace.ping
        self._open[connection.id] = connection
        session = connection.session
        if session is not None:
            session.connected_ms = self._market.now_ms
            self._by_session[session] = connection
        else:
            self._listen(connection)
        self.watcher.opened(connection)

    def reply(self, connection: Connection, payload: bytes, is_binary: bool) -> bytes | None:
        """Return the reply to a message of a client, None if there is none now."""
        return self.replier(connection, payload, is_binary)

    def leave(self, connection: Connection) -> None:
        """Send a connection no more messages."""
        if not connection.open:
            return
        connection.open = False
        connection.outbox.report_missed()
        connection.outbox.drop_edits()
        del self._open[connection.id]
        self.watcher.left(connection)
        session = connection.session
        if session is not None:
            session.close()
            del self._by_session[session]
        else:
            self._unlisten(connection)

    def gone(self, connection: Connection) -> None:
        """Note that TCP has ended."""
        try:
            self.leave(connection)
        finally:  # else close() would wait for it for ever
            self.lost(connection)

    # -- streams -----------------------------------------------------------------------------------

    def subscribe(self, connection: Connection, subscribed: Subscribed) -> None:
        """Change what a connection of streams is subscribed to."""
        before = connection.subscribed
        if subscribed is before:
            return
        for stream in before.streams:
            if stream not in subscribed.streams:
                for name in connection.route.feeds(stream):
                    connection.outbox.drop_edits(name)
        if connection.open:
            self._move(connection, before, subscribed)
        connection.subscribed = subscribed
        connection.route = connection.route.carrying(subscribed.streams)
        self.watcher.changed(connection)

    def name_accounts(self, connection: Connection, session: Session) -> None:
        """Let faults find a connection of the WebSocket API by the accounts it is subscribed to."""
        kinds = dict.fromkeys(s.account.kind for s in session.subscriptions.values())
        if kinds != connection.subscribed.streams:
            connection.subscribed = Subscribed(kinds, False)
            self.watcher.changed(connection)

    def _move(self, connection: Connection, before: Subscribed, now: Subscribed) -> None:
        """Listen to the streams that are new, and no longer to those that were removed."""
        other_form = before.combined != now.combined
        outbox, feeds = connection.outbox, connection.route.feeds
        for stream in before.streams:
            if other_form or stream not in now.streams:
                for name in feeds(stream):
                    self._delivery.remove(outbox, name, before.combined)
        for stream in now.streams:
            if other_form or stream not in before.streams:
                for name in feeds(stream):
                    self._delivery.add(outbox, name, now.combined)

    def _listen(self, connection: Connection) -> None:
        self._move(connection, Subscribed({}, connection.combined), connection.subscribed)

    def _unlisten(self, connection: Connection) -> None:
        self._move(connection, connection.subscribed, Subscribed({}, connection.combined))

    # -- ending ------------------------------------------------------------------------------------

    def drop_hanging(self) -> None:
        """Close the connections whose requests were never answered."""
        for channel in list(self.hanging):
            channel.loseConnection()

    def lost(self, transport: Any) -> None:
        """Note that a TCP connection has ended."""
        self.transports.discard(transport)
        self._closed_if_empty()

    def abort(self) -> Deferred[None]:
        """Reset all TCP connections.

        :returns: fires when all have ended.
        """
        closing: Deferred[None] = Deferred()
        self._closing.append(closing)
        for transport in list(self.transports):
            transport.transport.abortConnection()
        self._closed_if_empty()
        return closing

    def _closed_if_empty(self) -> None:
        if not self.transports:
            closing, self._closing = self._closing, []
            for deferred in closing:
                deferred.callback(None)
