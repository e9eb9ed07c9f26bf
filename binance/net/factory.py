"""The factory of one connection: it connects, and reconnects, until it is stopped or given up."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twisted.internet.protocol import ReconnectingClientFactory

from binance.net.autobahn import WebSocketClientFactory
from binance.net.dial import CannotConnect, HostConnector, NotReached, connector_to
from binance.net.dials import Place, dials
from binance.net.interfaces import NOT_OPEN, Ending, FixedLine, Listener, Meter, Options
from binance.net.protocol import StreamProtocol
from binance.venues.venue import ports
from binance.wire.budgets import Urgency
from binance.wire.waits import own_wait_s


class StreamFactory(FixedLine, ReconnectingClientFactory, WebSocketClientFactory):
    """One connection's life: connected, open, lost, connected again, until stopped or given up.

    :param url: the whole URL, ``ws://`` or ``wss://``.
    :param listener: whom it reports to.
    :param meter: counts the bytes.
    """

    protocol: Any = StreamProtocol
    noisy = False
    connector: HostConnector | None = None
    maxRetries: Any

    def __init__(self, url: str, listener: Listener, options: Options, meter: Meter) -> None:
        state = random.getstate()  # Autobahn seeds the generator that the user's script may have seeded
        WebSocketClientFactory.__init__(self, url, useragent="binance-twisted", reactor=options.reactor)
        random.setstate(state)
        self._ports = ports(self.host, self.port)
        self.setProtocolOptions(
            utf8validateIncoming=False,  # the decoder checks it, once
            maxFramePayloadSize=options.timings.message_bytes,
            maxMessagePayloadSize=options.timings.message_bytes,
            openHandshakeTimeout=0,
            closeHandshakeTimeout=0,
            serverConnectionDropTimeout=0,
            autoPingInterval=0,
        )
        self.listener = listener
        self.options = options
        self.meter = meter
        self.maxRetries = options.max_retries
        self.connection: StreamProtocol | None = None
        self.opened_at: float | None = None
        self.useful = False  # see Line; that is enough to call the connection steady
        self._dials = dials(options.timings)
        self._is_patient = False
        self._waits = 0  # place in Timings.retries_s; goes back later than `retries` does

    def __repr__(self) -> str:
        return f"<StreamFactory {self.host}:{self.port}>"  # not the path: it may hold a listen key

    def connect(self) -> None:
        """Connect, for the first time or again, in the reactor's thread."""
        if self.connector is None and len(self._ports) > 1:
            self._use_port(self._dials.reached.get(self.host, self.port))
        queue = self._dials.queue(self.host, self.port)
        place: Any = queue.ask(self.options.clock, self._urgency, self._connect)
        self._callID = place  # stopTrying() cancels it
        if place is None:
            self._connect()
        else:
            words, wait_s = place.why()
            self.listener.limited(self, "dial", words, wait_s)

    def aim(self, url: str) -> None:
        """Ask for something else on the same host, from the next connection on.

        :param url: whole, of the same scheme, host and port.
        """
        path, query = urlsplit(url)[2:4]
        self.resource = urlunsplit(("", "", path, query, ""))
        self.url = urlunsplit(urlsplit(self.url)._replace(path=path, query=query))

    def _urgency(self) -> Urgency:
        return self.listener.urgency(self)

    def urgency_changed(self) -> None:
        """What the listener says of the urgency is another thing than before."""
        if isinstance(self._callID, Place):
            self._callID.hurry()

    def _connect(self) -> None:
        self._callID = None
        self.listener.connecting(self, self.retries)
        if self.connector is None:
            addresses = self._dials.addresses(self.host)
            try:
                self.connector = connector_to(
                    self.host, self.port, self, self.isSecure, addresses, self.options
                )
            except CannotConnect as exc:
                self._callID = self.options.clock.callLater(0, self._cannot_connect, str(exc))
                return
        self.connector.connect()

    @property
    def address(self) -> str | None:
        """On which the connection is, or the last one was; None before the first."""
        return None if self.connector is None else self.connector.address

    @property
    def shown_url(self) -> str:
        """See :class:`~binance.net.interfaces.Line`; who hides a listen key in the path shows its own."""
        return str(self.url)

    @property
    def factory(self) -> StreamFactory:
        """Itself: it is a :class:`~binance.net.interfaces.Line`."""
        return self

    def set_patient(self, yes: bool) -> None:
        """See :class:`~binance.net.interfaces.Line`."""
        was_patient, self._is_patient = self._is_patient, yes
        self.maxRetries = None if yes else self.options.max_retries
        if was_patient and not yes:
            self.retries = 0
        self.urgency_changed()

    def is_open(self) -> bool:
        """Whether there is a connection that came to be open, and has not ended."""
        return self.opened_at is not None

    def stop(self) -> None:
        """Close the connection, or end the attempts at one, for good; ``ended`` follows, perhaps at once."""
        if not self.continueTrying:
            return
        connection = self.connection
        connecting = self.connector is not None and self.connector.state == "connecting"
        self.stopTrying()  # an attempt in progress ends in clientConnectionFailed
        if connection is not None:
            connection.end()
        elif not connecting:
            self.listener.ended(self, NOT_OPEN)

    def buildProtocol(self, addr: Any) -> Any:
        connection: Any = super().buildProtocol(addr)
        self.connection = connection
        return connection

    def connection_opened(self, connection: StreamProtocol) -> None:
        attempt, self.retries = self.retries, 0
        if len(self._ports) > 1:
            self._dials.reached[self.host] = self.port
        if self.address is not None:
            self._dials.addresses(self.host).served(self.address)
        self.opened_at, self.useful = self.options.clock.seconds(), False
        self.listener.opened(self, attempt)

    def _use_port(self, port: int) -> None:
        self.url = urlunsplit(urlsplit(self.url)._replace(netloc=f"{self.host}:{port}"))
        self.port = port
        if self.connector is not None:
            self.connector.port = port

    def clientConnectionFailed(self, connector: Any, reason: Any) -> None:
        if len(self._ports) > 1:
            place = self._ports.index(self.port) + 1
            self._use_port(self._ports[place % len(self._ports)])
        words = reason.getErrorMessage()
        if not reason.check(NotReached):
            words = f"{reason.type.__name__}: {words}"
        self._attempt_ended(Ending(None, words if self.continueTrying else "stopped while connecting"))

    def clientConnectionLost(self, connector: Any, unused_reason: Any) -> None:
        connection, self.connection = self.connection, None
        assert connection is not None
        if self.opened_at is not None:
            open_s = self.options.clock.seconds() - self.opened_at
            if self.useful or open_s >= self.options.timings.steady_s:
                self._waits = 0
            self.opened_at = None
        elif self.continueTrying and self.address is not None:
            self._dials.addresses(self.host).failed(self.address)
        self._attempt_ended(connection.ending())

    def _attempt_ended(self, ending: Ending) -> None:
        """A connection, or an attempt at one, has ended. What follows is begun before it is reported."""
        status, asked_s = ending.status, ending.retry_after_s
        at_least_s = own_wait_s(status, asked_s)
        if status is not None:
            queue = self._dials.queue(self.host, self.port)
            at_least_s = max(at_least_s, queue.refused(status, asked_s, self.options.clock))
        if not self.continueTrying:
            self.listener.ended(self, ending)
            return
        attempts, delay_s = self.retries, 0.0
        final, is_outage = self.options.timings.after(attempts, self.maxRetries)
        if final:
            self.continueTrying = 0
        else:
            delay_s = self._schedule_retry(at_least_s)
        self.listener.lost(self, ending, retry=not final)
        if is_outage and (final or self.continueTrying):
            self.listener.outage(self, attempts, ending.reason, final)
        if final:
            self.listener.ended(self, ending)
        elif self.continueTrying:
            self.listener.retrying(self, self.retries, delay_s)

    def _schedule_retry(self, at_least_s: float) -> float:
        waits, longest_s = self.options.timings.retries_s, self.options.timings.retry_longest_s
        delay_s = waits[self._waits] if self._waits < len(waits) else longest_s
        # to the millisecond, so that what is waited is what is reported
        delay_s = round(max(delay_s * random.uniform(1.0, 1.2), at_least_s), 3)
        self._waits += 1
        self.retries += 1
        self._callID = self.options.clock.callLater(delay_s, self._reconnect)
        return delay_s

    def _reconnect(self) -> None:
        self._callID = None
        self.connect()

    def _cannot_connect(self, why: str) -> None:
        self._callID = None
        self._attempt_ended(Ending(None, why))
