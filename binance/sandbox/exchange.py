"""The exchange: one market, one port, and all who are connected to it."""

import json
import logging
import math
import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args

from OpenSSL import SSL
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.protocols.tls import BufferingTLSTransport, TLSMemoryBIOFactory
from zope.interface import implementer

from binance.constants import SIDE_BUY, SIDE_SELL
from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.account import SPOT, Account, account_kind
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.events import deposit, stream_terminated
from binance.sandbox.accounts.listening import LISTEN_KEY_MS, LISTEN_TOKEN_MS
from binance.sandbox.accounts.sessions import Session, Subscription
from binance.sandbox.accounts.signatures import Clock
from binance.sandbox.answers import ws_api
from binance.sandbox.answers.rest import RestCall
from binance.sandbox.faults.line import REMOTE, Cut, Faults, checked
from binance.sandbox.limits import DIALS_SPAN_S, WEIGHT_SPAN_S, Limits, Window
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.feed import Feed
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import IN_MICROS, Payload, in_micros, message_id
from binance.sandbox.market.symbols import DEFAULT_SYMBOLS, QUIET_WEIGHT
from binance.sandbox.market.times import DAY_MS
from binance.sandbox.net import certificates
from binance.sandbox.net.connection import Channel, Connection, SandboxSite, SandboxSocketFactory
from binance.sandbox.net.frames import frame

log = logging.getLogger(__name__)

# The market is moved in batches: a timer for every message would cost more than the message.
TICK_S: Final = 0.01

# After a pause longer than this (a sleeping computer, an overloaded one) the market was idle meanwhile.
LONGEST_CATCH_UP_S: Final = 0.5

# Closed connections that are kept to be looked at.
_MOST_REMEMBERED: Final = 10_000

_METHODS: Final = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")

_encoder: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def _dumps_plainly(value: Any) -> bytes:
    return _encoder.encode(value).encode()


_dumps: Callable[[Any], bytes] = _dumps_plainly
try:
    import orjson
except ImportError:  # the extra "speed" is not installed
    pass
else:
    _dumps = orjson.dumps


def read_json(text: bytes) -> Any:
    """Read JSON that can be written again as UTF-8, which text with half a surrogate pair cannot.

    :raises ValueError: if it is none, or nested too deeply to be read.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as exc:
        raise ValueError("the JSON is nested too deeply") from exc
    return value


class _Listeners:
    """Who gets a stream, by the form in which they get it."""

    __slots__ = ("combined", "head", "raw")

    def __init__(self, stream: str) -> None:
        self.raw: list[Connection] = []
        self.combined: list[Connection] = []
        self.head = b'{"stream":' + _dumps(stream.removesuffix(IN_MICROS)) + b',"data":'


@implementer(IOpenSSLServerConnectionCreator)
class _ServerContext:
    """What Twisted asks for the server's side of each TLS connection."""

    def __init__(self, context: SSL.Context) -> None:
        self._context = context

    def serverConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:
        return SSL.Connection(self._context, None)


class _TlsTransport(BufferingTLSTransport):
    """The server's side of one TLS connection, which may be slow to begin."""

    def makeConnection(self, transport: Any) -> None:
        super().makeConnection(transport)
        assert isinstance(self.factory, _TlsFactory)
        exchange = self.factory.exchange
        wait_s = exchange.next_slow_start_s()
        if wait_s:
            # Nothing is read, so the client's first bytes wait in the socket.
            transport.pauseProducing()
            exchange.later(wait_s, lambda: transport.disconnected or transport.resumeProducing())


class _TlsFactory(TLSMemoryBIOFactory):
    """Wraps the site in TLS."""

    protocol = _TlsTransport
    exchange: "Exchange"


class _Timer:
    """A call that is still to come; forgotten once it has come or is cancelled."""

    def __init__(self, kept: set["_Timer"], reactor: Any, delay_s: float, call: Callable[[], Any]) -> None:
        self._kept = kept
        self._call = call
        self._timer = reactor.callLater(delay_s, self._act)
        kept.add(self)

    def _act(self) -> None:
        self._kept.discard(self)
        self._call()

    def active(self) -> bool:
        return bool(self._timer.active())

    def cancel(self) -> None:
        self._kept.discard(self)
        self._timer.cancel()


class _ControlError(Exception):
    """A control message that cannot be obeyed."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Exchange(Faults):
    """A Binance spot exchange in miniature, on one port of this machine.

    The clock of the exchange starts at the time of day and goes *speed* times as fast as the reactor's:
    event times, push speeds, the validity of listen keys and tokens and the life of a connection follow it,
    since they are the exchange's own. Pings, the wait for a pong, the windows of the limits, and what faults
    name in seconds follow the reactor's, since they are felt by a client, whose clock goes no faster.

    :param reactor: runs it; no other is touched.
    :param seed: makes the market and the listen keys.
    :param rate: trades per second of the reactor's clock, over all symbols; 0 for a still market.
    :param symbols: what is traded.
    :param speed: 20 lets a push that comes every second come every 0.05 s.
    :param ping_interval_s: seconds between pings to a client.
    :param pong_timeout_s: seconds after which a client that has not answered a ping is closed.
    :param listen_keys: True as on binance.us; False answers listen key calls with 410, as binance.com.
    :param user_rate: orders per second for accounts that have a listen key or a subscription.
    :param api_keys: api keys that exist. A mapping from each to its HMAC secret, or to its RSA or Ed25519
        public key as PEM, has signatures checked by these; without it by their form alone. None lets any
        key be an account.
    :param listen_key_s: seconds of the exchange's clock that a listen key is good for.
    :param listen_token_s: the same of a listen token, at the most.
    :param record: True keeps ids in :attr:`sent`.
    :param quiet_symbols: symbols that are listed but hardly traded, in addition to *symbols* or among them.
    :param quiet_weight: how often one of these is traded, where another is traded once; 0 for never.
    :param lifetime_s: seconds of the exchange's clock after which a connection is ended; None for never.
    :param lifetime_end: how, as in :meth:`~binance.sandbox.faults.line.Faults.cut`; ``"close"`` is with 1001.
    :param limits: what clients may do how often.
    :param flat_errors: True sends control errors as documented, ``{"code", "msg", "id"}``; False as they
        have been seen, ``{"error": {"code", "msg"}, "id"}``.
    :raises InvalidArgument: if an argument cannot be.

    :ivar connections: every :class:`~binance.sandbox.net.connection.Connection` made, oldest first, closed
        ones included.
    :ivar dials: (seconds of the reactor's clock, path) of every upgrade request, refused ones included.
    :ivar rest_calls: (method, path, parameters) of every REST call, signatures masked.
    :ivar sent: with *record*, per stream the ids sent while somebody listened (``t``, ``a``, ``u``, ``I`` or
        ``lastUpdateId``), those that a fault then lost included. What went out in microseconds stands
        under the stream's name with ``?timeUnit=MICROSECOND`` behind it. Events of the WebSocket API stand
        once under the kind of their account, e.g. ``spot``, whoever got them.
    :ivar sni: the host name that each TLS client asked for, None where it named none.
    :ivar certificate_file: with TLS, the PEM file that a client has to trust; gone after :meth:`close`.

    Source: Spot *Web Socket Streams*; *REST API*; binance.us *User Data Streams*.
    """

    def __init__(
        self,
        reactor: Any,
        *,
        seed: int = 1,
        rate: float = 50.0,
        symbols: Sequence[str] = DEFAULT_SYMBOLS,
        speed: float = 1.0,
        ping_interval_s: float = 20.0,
        pong_timeout_s: float = 60.0,
        listen_keys: bool = True,
        user_rate: float = 0.0,
        api_keys: Collection[str] | None = None,
        record: bool = False,
        flat_errors: bool = True,
        quiet_symbols: Collection[str] = (),
        quiet_weight: float = QUIET_WEIGHT,
        lifetime_s: float | None = DAY_MS / 1000,
        lifetime_end: Cut = "drop",
        limits: Limits | None = None,
        listen_key_s: float = LISTEN_KEY_MS / 1000,
        listen_token_s: float = LISTEN_TOKEN_MS / 1000,
    ) -> None:
        super().__init__()
        if listen_key_s <= 0 or listen_token_s <= 0:
            raise InvalidArgument("listen keys and listen tokens are good for more than 0 seconds")
        if speed <= 0 or ping_interval_s <= 0 or pong_timeout_s <= 0 or user_rate < 0:
            raise InvalidArgument("speed and the seconds of pings must be above 0, user_rate not below")
        if (lifetime_s is not None and lifetime_s <= 0) or lifetime_end not in get_args(Cut):
            raise InvalidArgument(f"a life has seconds and ends by one of {', '.join(get_args(Cut))}")
        self.reactor = reactor
        self.speed = speed
        self.ping_interval_s = ping_interval_s
        self.pong_timeout_s = pong_timeout_s
        self.listen_keys = listen_keys
        self.user_rate = user_rate
        self.record = record
        self.flat_errors = flat_errors
        self.lifetime_s = lifetime_s
        self.lifetime_end: Cut = lifetime_end
        self.limits = limits or Limits()
        start_ms = int(time.time() * 1000)
        self.market = Market(symbols, seed, rate / speed, start_ms, quiet_symbols, quiet_weight)
        self.accounts = Accounts(seed, api_keys, listen_key_s * 1000, listen_token_s * 1000)
        self.connections: list[Connection] = []
        self.dials: list[tuple[float, str]] = []
        self.rest_calls: list[RestCall] = []
        self.sent: dict[str, list[int]] = {}
        self.sni: list[str | None] = []
        self.certificate_file: str | None = None
        self.messages = 0
        self.dirty: list[Connection] = []
        self.transports: set[Channel | Connection] = set()
        self.hanging: set[Channel] = set()
        self._feed = Feed(self.market)
        self._listeners: dict[str, _Listeners] = {}
        self._open: dict[int, Connection] = {}
        self._by_session: dict[Session, Connection] = {}
        self._dialled: dict[str, Window] = {}
        self._weighed: dict[str, Window] = {}
        self._made = 0
        self._ports: list[Any] = []
        self._timers: set[_Timer] = set()
        self._tick_timer: Any = None
        self._last_s: float = reactor.seconds()
        self._next_user_s = 0.0
        self._user_orders = 0
        self._closing: Deferred[None] | None = None
        self._site = SandboxSite(self)
        self._sockets = SandboxSocketFactory(self)

    # -- living ------------------------------------------------------------------------------------

    def listen(
        self,
        port: int = 0,
        interface: str = "127.0.0.1",
        tls: bool = False,
        certificate: certificates.Kind = "good",
    ) -> int:
        """Open the port and let the market begin; the reactor may run already or later.

        :param port: 0 for any that is free.
        :param tls: True for TLS on it; then :attr:`certificate_file` is what clients have to trust.
        :param certificate: what kind to show, see :func:`binance.sandbox.net.certificates.make_identity`.
        :returns: the port's number.
        :raises InvalidArgument: if there is no such certificate.
        """
        factory: Any = self._site
        if tls:
            context: Any = self._context(certificate)
            factory = _TlsFactory(context, False, factory)
            factory.exchange = self
        listening = self.reactor.listenTCP(port, factory, interface=interface)
        self._ports.append(listening)
        if self._tick_timer is None:
            self._closing = None
            self._tick_timer = self.reactor.callLater(TICK_S, self._tick)
        number: int = listening.getHost().port
        log.info("listening on %s port %d%s", interface, number, " with TLS" if tls else "")
        return number

    def _context(self, kind: certificates.Kind) -> "_ServerContext":
        identity = certificates.make_identity(kind)
        self._remove_certificate_file()
        self.certificate_file = certificates.write_trusted(identity)
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        # By way of a file: pyOpenSSL's own classes for keys and certificates come and go with its versions.
        with tempfile.TemporaryDirectory(prefix="binance-sandbox-") as folder:
            pem = Path(folder, "server.pem")
            pem.write_bytes(identity.key + identity.chain)
            context.use_privatekey_file(str(pem))
            context.use_certificate_chain_file(str(pem))
        context.set_tlsext_servername_callback(self._note_sni)
        return _ServerContext(context)

    def _note_sni(self, connection: SSL.Connection) -> None:
        name = connection.get_servername()
        self.sni.append(None if name is None else name.decode("ascii", "replace"))

    def _remove_certificate_file(self) -> None:
        if self.certificate_file is not None:
            Path(self.certificate_file).unlink(missing_ok=True)
            self.certificate_file = None

    def close(self) -> Deferred[None]:
        """Close the port, drop all connections and stop all timers.

        :returns: fires when nothing is left.
        """
        if self._tick_timer is not None and self._tick_timer.active():
            self._tick_timer.cancel()
        self._tick_timer = None
        for timer in tuple(self._timers):
            timer.cancel()
        self._remove_certificate_file()
        waiting: list[Deferred[Any]] = [Deferred.fromCoroutine(_stopped(port)) for port in self._ports]
        self._ports.clear()
        if self._closing is None:
            self._closing = Deferred()
            waiting.append(self._closing)
        for transport in list(self.transports):
            tcp: Any = transport.transport
            tcp.abortConnection()
        self._closed_if_empty()
        return DeferredList(waiting, fireOnOneErrback=True).addCallback(lambda _: None)

    def lost(self, transport: Channel | Connection) -> None:
        """Note that a TCP connection is over."""
        self.transports.discard(transport)
        self._closed_if_empty()

    def _closed_if_empty(self) -> None:
        if self._closing is not None and not self._closing.called and not self.transports:
            self._closing.callback(None)

    def later(self, delay_s: float, call: Callable[..., Any], *args: Any) -> Any:
        """Call something later, unless the exchange is closed before; returns the timer."""
        return _Timer(self._timers, self.reactor, delay_s, partial(call, *args))

    def drop_hanging(self) -> None:
        """Close the connections whose requests were never answered."""
        for channel in list(self.hanging):
            channel.loseConnection()

    # -- time --------------------------------------------------------------------------------------

    @property
    def time_ms(self) -> int:
        """The exchange's time, milliseconds since the epoch."""
        return int(self.market.now_ms)

    def clock_now(self) -> Clock:
        """Return what is the time for signed calls, and for who asks for it.

        A timestamp fits to the time of day of this machine; where the exchange's clock goes at another
        speed it may fit to that as well.
        """
        offset_ms = self.clock_offset_ms
        now_ms = time.time() * 1000 + offset_ms
        own_ms = self.market.now_ms + offset_ms
        return Clock(offset_ms, (now_ms,) if self.speed == 1 else (now_ms, own_ms))

    def _tick(self) -> None:
        self._tick_timer = self.reactor.callLater(TICK_S, self._tick)
        now_s = self.reactor.seconds()
        elapsed_s = max(0.0, now_s - self._last_s)
        self._last_s = now_s
        if elapsed_s > LONGEST_CATCH_UP_S:
            self.market.idle((elapsed_s - LONGEST_CATCH_UP_S) * 1000 * self.speed)
        until_ms = self.market.now_ms + elapsed_s * 1000 * self.speed
        send = self.deliver
        for stream, payload in self._feed.advance(until_ms):
            send(stream, payload)
        self._run_accounts(now_s)
        self.flush()
        self._heartbeat(now_s)

    def _heartbeat(self, now_s: float) -> None:
        oldest_ms = -math.inf if self.lifetime_s is None else self.market.now_ms - self.lifetime_s * 1000
        for connection in tuple(self.open_connections):
            if connection.opened_ms <= oldest_ms:
                self.note("lifetime", [connection], how=self.lifetime_end)
                self.end(connection, self.lifetime_end)
                continue
            if connection.stalled:
                continue
            if connection.pings and now_s - next(iter(connection.pings.values())) > self.pong_timeout_s:
                self.note("pong_timeout", [connection])
                connection.close(1008, "Pong timeout")
            elif now_s >= connection.next_ping_s + connection.late_s:
                connection.next_ping_s = now_s + self.ping_interval_s
                connection.ping()

    # -- connections -------------------------------------------------------------------------------

    @property
    def open_connections(self) -> list[Connection]:
        """The connections that are open, oldest first."""
        return list(self._open.values())

    def too_many_dials(self, address: str) -> float | None:
        """Count an upgrade request of an address.

        :returns: the seconds it has to wait if that was one too many, else None.

        Source: Spot *Web Socket Streams*, "WebSocket Limits".
        """
        now_s = self.reactor.seconds()
        dialled = self._dialled.setdefault(address, Window(self.limits.dials_per_5_min, DIALS_SPAN_S))
        return None if dialled.count(now_s) else dialled.wait_s(now_s)

    def weigh(self, address: str, weight: int) -> tuple[int, float | None]:
        """Count the weight of a REST call of an address.

        :returns: the weight that the address has used within a minute, and the seconds it has to wait if
            that was too much, else None.

        Source: Spot *REST API*, "IP Limits".
        """
        now_s = self.reactor.seconds()
        weighed = self._weighed.setdefault(address, Window(self.limits.weight_per_min, WEIGHT_SPAN_S))
        fits = weighed.count(now_s, weight)
        return weighed.counted(now_s), None if fits else weighed.wait_s(now_s)

    def new_connection(
        self,
        path: str,
        streams: list[str],
        combined: bool,
        suffix: str,
        session: Session | None = None,
        address: str = "",
    ) -> Connection:
        """Make the protocol of a connection that is about to open.

        :param suffix: what stands behind the names of its streams in the feed, if anything.
        :param session: of the WebSocket API, or None for streams.
        :param address: where the client comes from.
        """
        self._made += 1
        connection = Connection(self, self._made, path, streams, combined, suffix, session, address)
        connection.factory = self._sockets
        self.transports.add(connection)
        self.connections.append(connection)
        if len(self.connections) > _MOST_REMEMBERED:
            self.connections = [c for c in self.connections if not c.closed]
        return connection

    def opened(self, connection: Connection) -> None:
        """Begin to serve a connection whose handshake is done."""
        now_s = self.reactor.seconds()
        connection.opened_ms = self.market.now_ms
        connection.next_ping_s = now_s + self.ping_interval_s
        self._open[connection.id] = connection
        if connection.session is not None:
            connection.session.connected_ms = self.market.now_ms
            self._by_session[connection.session] = connection
        for stream in connection.streams:
            self._listen(connection, stream)
        self.begin(connection)

    def leave(self, connection: Connection) -> None:
        """Send a connection no more messages."""
        if connection.open:
            connection.open = False
            self.tell_missed([connection])
            connection.drop_edits()
            del self._open[connection.id]
            if connection.session is not None:
                connection.session.close()
                del self._by_session[connection.session]
                return
            for stream in connection.streams:
                self._unlisten(connection, stream)

    def gone(self, connection: Connection) -> None:
        """Note that a connection is over."""
        try:
            self.leave(connection)
        finally:  # else close() would wait for it for ever
            self.lost(connection)

    def _listen(self, connection: Connection, stream: str) -> None:
        if stream.endswith(IN_MICROS):
            return  # the feed's name for what another connection asked for by its URL; here it is unknown
        stream += connection.suffix
        listeners = self._listeners.get(stream)
        if listeners is None:
            listeners = self._listeners[stream] = _Listeners(stream)
            self._feed.want(stream)
        (listeners.combined if connection.combined else listeners.raw).append(connection)

    def _unlisten(self, connection: Connection, stream: str) -> None:
        if stream.endswith(IN_MICROS):
            return
        stream += connection.suffix
        listeners = self._listeners[stream]
        (listeners.combined if connection.combined else listeners.raw).remove(connection)
        if not listeners.raw and not listeners.combined:
            del self._listeners[stream]
            self._feed.unwant(stream)

    # -- messages ----------------------------------------------------------------------------------

    @staticmethod
    def encode(value: Any) -> bytes:
        """Write a value as compact JSON."""
        return _dumps(value)

    def deliver(self, stream: str, payload: Payload) -> None:
        """Queue one message for all who listen to a stream: encoded once, framed once for each form."""
        listeners = self._listeners.get(stream)
        if listeners is None:
            return
        body = _dumps(payload)
        if listeners.raw:
            self._put(listeners.raw, stream, payload, body)
        if listeners.combined:
            self._put(listeners.combined, stream, payload, listeners.head + body + b"}")
        if self.record and (known := message_id(payload)):
            self.sent.setdefault(stream, []).append(known[1])

    def deliver_event(self, stream: str, event: dict[str, Any]) -> None:
        """Queue an event that does not come from the market, in both units of time."""
        self.deliver(stream, event)
        if stream + IN_MICROS in self._listeners:
            self.deliver(stream + IN_MICROS, in_micros(event))

    def _put(self, connections: list[Connection], stream: str, payload: Payload, body: bytes) -> None:
        whole = frame(body)
        dirty = self.dirty
        for connection in connections:
            if connection.faulty:
                connection.put_faulty(stream, payload, body)
                continue
            out = connection.out
            if not out:
                dirty.append(connection)
            out.append(whole)
            connection.sent += 1
            self.messages += 1

    def flush(self) -> None:
        """Write to every connection what is queued for it."""
        dirty, self.dirty = self.dirty, []
        for connection in dirty:
            connection.flush()

    # -- control messages --------------------------------------------------------------------------

    def control(self, connection: Connection, payload: bytes, is_binary: bool) -> bytes:
        """Obey a client's control message.

        :returns: the reply, never wrapped.

        Source: Spot *Web Socket Streams*, "Live Subscribing/Unsubscribing to streams".
        """
        request_id: Any = None
        try:
            request = self._parse(payload, is_binary)
            request_id = self._request_id(request)
            return self.encode({"result": self._obey(connection, request), "id": request_id})
        except _ControlError as error:
            told = {"code": error.code, "msg": error.message}
            reply = told | {"id": request_id} if self.flat_errors else {"error": told, "id": request_id}
            return self.encode(reply)

    @staticmethod
    def _parse(payload: bytes, is_binary: bool) -> dict[str, Any]:
        try:
            if is_binary:
                raise ValueError("binary")
            request = read_json(payload)
        except ValueError as exc:
            line, column = getattr(exc, "lineno", 1), getattr(exc, "colno", 1)
            raise _ControlError(3, f"Invalid JSON: expected value at line {line} column {column}") from exc
        if not isinstance(request, dict):
            raise _ControlError(2, "Invalid request: missing field `method`")
        return request

    @staticmethod
    def _request_id(request: dict[str, Any]) -> int | str | None:
        number = request.get("id", "")
        if number is None:
            return None
        if isinstance(number, int) and not isinstance(number, bool) and -(2**63) <= number < 2**63:
            return number
        if isinstance(number, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,36}", number):
            return number
        raise _ControlError(2, "Invalid request: request ID must be an unsigned integer")

    def _obey(self, connection: Connection, request: dict[str, Any]) -> Any:
        if "method" not in request:
            raise _ControlError(2, "Invalid request: missing field `method`")
        method, params = request["method"], request.get("params", [])
        if method not in _METHODS:
            expected = ", ".join(f"`{name}`" for name in _METHODS)
            raise _ControlError(2, f"Invalid request: unknown variant `{method}`, expected one of {expected}")
        if not isinstance(params, list):
            raise _ControlError(2, "Invalid request: params must be an array")
        if method == "LIST_SUBSCRIPTIONS":
            if params:
                raise _ControlError(2, "Invalid request: too many parameters")
            return list(connection.streams)
        if method in ("SUBSCRIBE", "UNSUBSCRIBE"):
            if not all(isinstance(stream, str) for stream in params):
                raise _ControlError(2, "Invalid request: a stream name must be a string")
            (self._subscribe if method == "SUBSCRIBE" else self._unsubscribe)(connection, params)
            return None
        return self._property(connection, params, method == "SET_PROPERTY")

    def _subscribe(self, connection: Connection, streams: list[str]) -> None:
        new = dict.fromkeys(stream for stream in streams if stream and stream not in connection.streams)
        most = self.limits.streams
        if most is not None and len(connection.streams) + len(new) > most:
            raise _ControlError(4, "Too many subscriptions")
        for stream in new:
            connection.streams[stream] = None
            if connection.open:
                self._listen(connection, stream)
        self.refit(connection)

    def _unsubscribe(self, connection: Connection, streams: list[str]) -> None:
        for stream in streams:
            if stream in connection.streams:
                del connection.streams[stream]
                connection.drop_edits(stream)
                if connection.open:
                    self._unlisten(connection, stream)
        self.refit(connection)

    def _property(self, connection: Connection, params: list[Any], write: bool) -> bool | None:
        if not params or not isinstance(params[0], str):
            raise _ControlError(2, "Invalid request: property name must be a string")
        if len(params) > (2 if write else 1):
            raise _ControlError(2, "Invalid request: too many parameters")
        if params[0] != "combined":
            raise _ControlError(0, "Unknown property")
        if not write:
            return connection.combined
        if len(params) < 2 or not isinstance(params[1], bool):
            raise _ControlError(1, "Invalid value type: expected Boolean")
        for stream in connection.streams if connection.open else ():
            self._unlisten(connection, stream)
        connection.combined = params[1]
        for stream in connection.streams if connection.open else ():
            self._listen(connection, stream)
        return None

    # -- the WebSocket API -------------------------------------------------------------------------

    def ask(self, connection: Connection, session: Session, payload: bytes, is_binary: bool) -> bytes:
        """Answer a request of the WebSocket API; what it ends is told first.

        Source: Spot *WebSocket API*, "Response format".
        """
        venue = ws_api.Venue(
            self.market, self.accounts, self.listen_keys, self.clock_now(),
            partial(self.weigh, connection.address), self.limits.weight_per_min,
        )  # fmt: skip
        reply = ws_api.answer(payload, is_binary, session, venue)
        self._told_ended(connection, reply.ended)
        self._name_subscriptions(connection, session)
        return self.encode(reply.body)

    def _name_subscriptions(self, connection: Connection, session: Session) -> None:
        """Let faults find a connection by the accounts that it is subscribed to."""
        kinds = dict.fromkeys(s.account.kind for s in session.subscriptions.values())
        if kinds != connection.streams:
            connection.streams = kinds
            self.refit(connection)

    def _told_ended(self, connection: Connection, ended: Iterable[Subscription]) -> None:
        event = stream_terminated(self.time_ms)
        for subscription in ended:
            body = self._event_body(connection, subscription.number, event)
            connection.put_last(subscription.account.kind, body)

    @staticmethod
    def _event_body(connection: Connection, number: int, event: dict[str, Any]) -> bytes:
        told = in_micros(event) if connection.suffix else event
        return _dumps({"subscriptionId": number, "event": told})

    def sessions(self) -> list[tuple[Session, Connection]]:
        """List the sessions of the WebSocket API that are open, oldest first."""
        return list(self._by_session.items())

    def settle_sessions(self) -> None:
        """Tell sessions of subscriptions and keys that are over; those that a stall holds, after it."""
        now_ms = self.market.now_ms
        for session, connection in self.sessions():
            ended = [s for s in session.subscriptions.values() if s.expires_ms <= now_ms]
            if connection.stalled or not (ended or session.warned):
                continue
            for subscription in ended:
                session.end(subscription)
            self._told_ended(connection, ended)
            self._name_subscriptions(connection, session)
            if session.warned:
                session.warned = False
                connection.send_text(self.encode(ws_api.key_revoked()))
            if ended:
                accounts = [subscription.account.kind for subscription in ended]
                self.note("stream_terminated", [connection], accounts=accounts)

    # -- accounts ----------------------------------------------------------------------------------

    def _run_accounts(self, now_s: float) -> None:
        for account in self.accounts.listen_keys.expired(self.market.now_ms):
            log.info("a listen key has run out")
            self.expire_listen_key(account.api_key)
        self.accounts.tokens.forget_expired(self.market.now_ms)
        self.settle_sessions()
        if not self.user_rate or now_s < self._next_user_s:
            return
        self._next_user_s = now_s + 1 / self.user_rate
        books = list(self.market.books.values())
        for account in self.accounts.listening():
            self._user_orders += 1
            book = books[self._user_orders // 2 % len(books)]
            spec = (book if account.symbol is None else self.market.books[account.symbol]).spec
            side = SIDE_BUY if self._user_orders % 2 else SIDE_SELL
            self._act(account, spec.symbol, side, decimal(spec.step * 10), None, None)

    @checked
    def add_api_key(self, api_key: str, secret: str | None = None, public_key: str | None = None) -> None:
        """Let an api key exist, or have its signatures checked otherwise from now on.

        :param secret: of HMAC; or *public_key*, RSA or Ed25519 as PEM; without either, the form of
            signatures is all that is checked.
        :raises InvalidArgument: if both are given, or one cannot be such.
        """
        self.accounts.keys.add(api_key, secret, public_key)

    @checked
    def fill(
        self,
        symbol: str = "BNBBTC",
        side: str = "BUY",
        quantity: str = "1",
        price: str | None = None,
        api_key: str | None = None,
        client_order_id: str | None = None,
        account: str = SPOT,
    ) -> list[dict[str, Any]]:
        """Let an account trade on the market, now; its trades are in the market's streams too.

        :param side: ``"BUY"`` or ``"SELL"``.
        :param quantity: of the base asset, as a decimal string.
        :param price: limit, as a decimal string; None for a market order.
        :param api_key: whose order; None for the last account of its kind that began to listen.
        :param account: ``"spot"``, ``"margin"``, or ``"isolated_margin:BNBBTC"``, which trades that alone.
        :returns: the events made, which were sent to the account's listen key if it has one, and to its
            subscriptions of the WebSocket API.
        :raises InvalidArgument: if an argument is none of these, or there is no account.

        Source: Spot *User Data Streams*, "Order Update".
        """
        chosen = self.accounts.choose(api_key, account_kind(account, self.market.books))
        events = self._act(chosen, symbol, side, quantity, price, client_order_id)
        self.flush()
        log.info("fill: %s %s %s, %d events", side, quantity, symbol, len(events))
        return events

    def _act(
        self,
        account: Account,
        symbol: str,
        side: str,
        quantity: str,
        price: str | None,
        client_order_id: str | None,
    ) -> list[dict[str, Any]]:
        events = self.accounts.orders.send(
            account, self.market, symbol, side, quantity, price, client_order_id
        )
        for stream, payload in self._feed.fresh(self.market.books[symbol.upper()]):
            self.deliver(stream, payload)
        self._tell(account, events)
        return events

    @checked
    def deposit(
        self, asset: str, amount: str, api_key: str | None = None, account: str = SPOT
    ) -> list[dict[str, Any]]:
        """Add to an account's balance, or take from it; arguments as :meth:`fill`.

        :param amount: signed decimal string.
        :returns: the events made.

        Source: Spot *User Data Streams*, "Balance Update".
        """
        chosen = self.accounts.choose(api_key, account_kind(account, self.market.books))
        events = deposit(chosen, asset, amount, self.time_ms)
        self._tell(chosen, events)
        self.flush()
        log.info("deposit: %s %s", amount, asset)
        return events

    def _tell(self, account: Account, events: list[dict[str, Any]]) -> None:
        for event in events:
            if account.listen_key is not None:
                self.deliver_event(account.listen_key, event)
            # A copy: a client that reads too slowly is cut off, and so unsubscribed, on the way.
            for session, number in tuple(account.subscribers.items()):
                connection = self._by_session.get(session)
                if connection is None:
                    continue
                body = self._event_body(connection, number, event)
                self._put([connection], account.kind, event, body)
            if self.record and account.subscribers and (known := message_id(event)):
                self.sent.setdefault(account.kind, []).append(known[1])

    # -- the remote control ------------------------------------------------------------------------

    def remote(self, name: str, content: bytes) -> Any:
        """Do what a POST to ``/sandbox/<name>`` asks for.

        :param content: keyword arguments as a JSON object; empty for none.
        :raises LookupError: if there is no such fault.
        :raises ValueError: if *content* is no JSON object or an argument cannot be; TypeError likewise.
        """
        if name not in REMOTE:
            raise LookupError(f"there is no {name!r}; use one of {', '.join(REMOTE)}")
        arguments = read_json(content or b"{}")
        if not isinstance(arguments, dict):
            raise InvalidArgument("send the keyword arguments as a JSON object")
        return getattr(self, name)(**arguments)

    def state(self) -> dict[str, Any]:
        """Return who is connected, what was dialled, sent and asked, and which faults are in force.

        :returns: what ``GET /sandbox/state`` answers.
        """
        return {
            "time_ms": self.time_ms,
            "speed": self.speed,
            "symbols": list(self.market.books),
            "counts": {
                "connections": len(self._open),
                "connections_made": self._made,
                "dials": len(self.dials),
                "messages": self.messages,
                "rest_calls": len(self.rest_calls),
            },
            "last_trade_ids": {symbol: book.trade_id for symbol, book in self.market.books.items()},
            "connections": [connection.describe() for connection in self.connections],
            "dials": [list(dial) for dial in self.dials],
            "rest_calls": [call._asdict() for call in self.rest_calls],
            "sent": self.sent,
            "faults": self.faults(),
            "fault_log": list(self.fault_log),
            "chaos": self.chaos_state(),
        }


async def _stopped(port: Any) -> None:
    stopping = port.stopListening()
    if stopping is not None:
        await stopping
