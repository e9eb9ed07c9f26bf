"""BinanceSocketManager: one callback per stream, from any thread.

Public calls check their arguments, claim a connection key under a lock and cross to the reactor's thread;
they never wait for the network. What happens there is in :mod:`binance.sockets.subscription` and below.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

from twisted.internet.defer import Deferred, DeferredList

from binance import constants
from binance.account import listen_key
from binance.account.keeper import Authoriser, Keeper, check_call, check_client
from binance.account.refusals import account_of, endpoints_of
from binance.account.session import Sessions
from binance.account.signature import SIGNING_CALLS, Signature
from binance.account.token import TOKEN_CALLS, ListenToken
from binance.books.keeper import BookKeeper
from binance.books.queue import snapshot_queues
from binance.client import Client
from binance.endpoints import BINANCE_COM, Endpoints, in_force, lacks
from binance.events import Event
from binance.exceptions import InvalidArgument, InvalidStream, ManagerError
from binance.net.clock import clock_of
from binance.net.factory import StreamFactory
from binance.net.interfaces import Line, Listener, Opener, Options
from binance.net.stream_line import StreamLine
from binance.net.tls import roots
from binance.net.trust import chosen_trust
from binance.order.book_audit import Audit
from binance.order.book_sync import BookSync, Chain
from binance.order.quiet_streams import Watched
from binance.order.sequence import Sequence
from binance.packaging.newer import ManagerNames, explain_names_of
from binance.process.ending import EndingWatch
from binance.process.forgotten import forgotten
from binance.process.logs import Log
from binance.process.runner import FORKED, in_reactor_thread, runner
from binance.process.thread_names import ThreadNames
from binance.sockets.counts import Counts
from binance.sockets.delivery import Callback, Delivery
from binance.sockets.functions import check_callback, check_function
from binance.sockets.report import Report, ShardReport
from binance.sockets.shard import Owner, Shard
from binance.sockets.subscription import Hooks, Plan, Reader, Subscription
from binance.text.counted import counted
from binance.text.keys import short_key
from binance.venues import names, names_derivatives
from binance.venues.catalogue import Stream
from binance.venues.listen_keys import (
    COINM_ACCOUNT,
    OPTIONS_ACCOUNT,
    PORTFOLIO_MARGIN_ACCOUNT,
    SPOT_ACCOUNT,
    USDM_ACCOUNT,
    KeyedAccount,
)
from binance.venues.venue import TIME_UNITS, Venue, venue_of
from binance.wire.codec import Codec, Decoder
from binance.wire.timings import TIMINGS, Timings

log = Log(__name__)

explain_names_of(__name__)

_CLASSIC_STREAM_URL = "wss://stream.binance.com:9443/"
_CLASSIC_FSTREAM_URL = "wss://fstream.binance.com/"
_CLASSIC_VSTREAM_URL = "wss://vstream.binance.com/"

#: The name of the stream of a symbol's changes, by market.
_DEPTH_NAMES = {
    "spot": names.depth,
    "usdm": names_derivatives.futures_depth,
    "coinm": names_derivatives.futures_depth,
    "options": names_derivatives.option_depth,
}


class BinanceSocketManager(ThreadNames, ManagerNames):
    """Opens sockets to the exchange's streams and calls back with each message.

    :param client: the REST client; for user sockets anything with ``stream_get_listen_key()`` and
        ``stream_keepalive(listenKey)`` will do, or with the calls that the ``start_*`` method names, for
        market streams None.
    :param user_timeout: seconds between keepalives of a listen key.
    :param endpoints: the venue; default: the client's, else binance.com. A changed ``STREAM_URL``,
        ``FSTREAM_URL`` or ``VSTREAM_URL`` (on the class, a subclass or the instance) replaces the stream host
        of spot, of USD-M futures or of options.
    :param max_retries: retries of one outage before a socket is given up; None: never given up.
    :param silence_s: seconds without any frame, ping or data, after which a connection counts as dead;
        default by venue, 75, 400 or 640.
    :param on_event: called with each :class:`binance.events.Event`, in the reactor's thread.
    :param ca_file: a PEM bundle to believe instead of the system's.
    :param reactor: the application's reactor, if it runs its own; default: the global one, run in a thread
        if nobody runs it.
    :param decoder: turns one payload, ``bytes``, into a dict (or a list, on all-market array streams);
        whatever it raises means that the payload is malformed. Default: orjson's, if it is
        installed (extra ``speed``), else the standard library's.
    :param lifetime_s: seconds after which a connection is left for a new one, up to a twenty-fifth less, at
        random; the exchange ends each after 24 hours. None: not for its age.
    :param handover_s: in a move to a new connection a stream without a message for this long is taken to be
        quiet; no message should be longer on its way.
    :param time_unit: ``"MICROSECOND"``: all times in the messages are microseconds. ``"MILLISECOND"`` or
        None: the exchange's default. binance.us, and account events by listen key, have milliseconds only.
    :param stream_silence_s: seconds without a message after which any market stream counts as silent: it is
        reported, and if it has sent messages before, the socket moves to a new connection. None: the seconds
        of its kind, see :ref:`silent`, and a move only if it pushes periodically. Sockets of accounts are not
        watched.
    :raises InvalidArgument: (a ValueError) if an argument is out of range.
    :raises TypeError: if *on_event* or *decoder* is not callable, or is an ``async def``.

    All ``start_*`` methods return the connection key, a string, or False if that key is open already; they
    may be called before or after :meth:`start`, from any thread, also from inside a callback. The callback
    is called in the reactor's thread, with a dict (a list on all-market array streams), and must not block:
    all sockets wait for it. A ``TypeError`` is raised if it is not callable, or is an ``async def``. If the
    retries of an outage are used up, it gets ``{'e': 'error', 'm': 'Max reconnect retries reached'}`` once,
    and the key is free again. If an account is refused for good, the same happens, and ``m`` is what the
    exchange said.
    """

    STREAM_URL = _CLASSIC_STREAM_URL
    FSTREAM_URL = _CLASSIC_FSTREAM_URL
    VSTREAM_URL = _CLASSIC_VSTREAM_URL
    VSTREAM_TESTNET_URL = "wss://testnetws.binanceops.com/"  # closed; kept for scripts that read it
    WEBSOCKET_DEPTH_5 = constants.WEBSOCKET_DEPTH_5
    WEBSOCKET_DEPTH_10 = constants.WEBSOCKET_DEPTH_10
    WEBSOCKET_DEPTH_20 = constants.WEBSOCKET_DEPTH_20
    DEFAULT_USER_TIMEOUT = 30 * 60
    #: Waits and limits. A test may set others on a subclass, or on a manager before it starts a socket.
    timings: Timings = TIMINGS

    def __init__(
        self,
        client: Any,
        user_timeout: float = DEFAULT_USER_TIMEOUT,
        *,
        endpoints: Endpoints | None = None,
        max_retries: int | None = 5,
        silence_s: float | None = None,
        on_event: Callable[[Event], object] | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        reactor: Any = None,
        decoder: Decoder | None = None,
        lifetime_s: float | None = 82_800,
        handover_s: float = 5,
        time_unit: str | None = None,
        stream_silence_s: float | None = None,
    ) -> None:
        _positive("user_timeout", user_timeout)
        if silence_s is not None:
            _positive("silence_s", silence_s)
        if max_retries is not None and (not isinstance(max_retries, int) or max_retries < 0):
            raise InvalidArgument(
                f"max_retries is {max_retries!r}; use a number from 0, or None for no limit"
            )
        if endpoints is not None and not isinstance(endpoints, Endpoints):
            raise InvalidArgument(
                f"endpoints is a {type(endpoints).__name__}; use a binance.endpoints.Endpoints"
            )
        if on_event is not None:
            check_function("on_event", on_event, "event")
        if decoder is not None:
            check_function("decoder", decoder)
        if lifetime_s is not None:
            _positive("lifetime_s", lifetime_s)
        _positive("handover_s", handover_s)
        if time_unit is not None and time_unit not in TIME_UNITS:
            raise InvalidArgument(
                f"time_unit is {time_unit!r}; use 'MICROSECOND', or 'MILLISECOND' or None for the default"
            )
        if stream_silence_s is not None:
            _positive("stream_silence_s", stream_silence_s)
        if ca_file is not None:
            roots(chosen_trust(ca_file))  # now, not when it first connects
        super().__init__()
        self._client = client
        self._user_timeout = user_timeout
        self._endpoints = endpoints
        self._max_retries = max_retries
        self._silence_s = silence_s
        self._ca_file = None if ca_file is None else os.fspath(ca_file)
        self._given_reactor = reactor
        self._watch = EndingWatch(self._hush)
        self._delivery = Delivery(
            on_event,
            interrupt=lambda: runner.interrupt(self._reactor),
            later=lambda function: self._reactor.callFromThread(function),  # whatever the clocks do
            idle=self._idle,
            is_ending=self._watch.stop_was_called,
        )
        self._hooks = Hooks(self._serving, self._given_up)
        self._codecs = {array: Codec(decoder, array) for array in (False, True)}
        self._time_unit = time_unit
        self._lifetime_s = lifetime_s
        self._handover_s = handover_s
        self._stream_silence_s = stream_silence_s
        self._own_clients: dict[Endpoints, Client] = {}

        self._was_started = False
        self._is_lost = False  # it was started before this process was forked, and is the parent's
        _managers.add(self)

        #: stands for this manager until it is started or closed, and keeps no manager alive; None after that
        self._unstarted: object | None = object()

        self._lock = threading.Lock()  # guards what is below, down to the blank line
        self._subscriptions: dict[str, Subscription] = {}
        # those that serve, by key; of further connections of a key by key#1, key#2 ...
        self._conns: dict[str, StreamFactory] = {}
        self._sessions: dict[str, Sessions] = {}  # on the WebSocket API, by URL
        self._started = False
        self._closed = threading.Event()  # set while not started
        self._closed.set()

        # in the reactor's thread only
        self._live: set[Subscription] = set()  # opened, and not known to be closed
        self._stopping: dict[str, Deferred[None]] = {}  # of the live one that is closing, by key
        self._waiting: dict[str, Subscription] = {}  # for that one to be closed
        self._trigger: Any = None
        self._last_given_up: str | None = None  # the key, since everything was handed on
        self._has_warned = False

    def __repr__(self) -> str:
        state = "started" if self._started else "not started"
        return f"<BinanceSocketManager {counted(len(self._subscriptions), 'socket')}, {state}>"

    # -- life ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect what was started before, and from now on what is started later.

        Returns when the reactor runs. Calling it again does nothing; after :meth:`close` it starts again.

        :raises ManagerError: if the reactor was stopped; a process can run it only once. If this process was
            forked after the reactor had run: it does not survive that.
        """
        with self._lock:
            if self._started:
                return
            self._not_forgotten()
            self._started = self._was_started = True
            self._closed.clear()
            waiting = list(self._subscriptions.values())
        try:
            for subscription in waiting:
                subscription.begin()
            runner.enter(self, self._reactor, self._given_reactor is not None)
        except BaseException:
            with self._lock:
                self._started = False
                self._closed.set()
            raise
        self._in_reactor(self._begin, waiting)

    def close(self) -> None:
        """Stop all sockets and end the manager; nothing is delivered any more. :meth:`start` starts it again.

        The reactor goes on; the process ends when the main thread has ended too.
        """
        with self._lock:
            stopped = list(self._subscriptions.values())
            for subscription in stopped:
                subscription.hush()
            self._subscriptions.clear()
            self._conns.clear()
            self._started = False
            self._not_forgotten()
            self._closed.set()
        for subscription in stopped:
            subscription.release()
        self._in_reactor(self._stop, stopped)

    def join(self, timeout: float | None = None) -> None:
        """Wait until this manager is closed or the reactor has stopped, at most *timeout* seconds.

        :raises InvalidArgument: if *timeout* is not a number.
        :raises ManagerError: in the reactor's thread, where it would deadlock.
        """
        if self._is_lost:
            return
        if in_reactor_thread(self._reactor):
            raise ManagerError("join() inside a callback would deadlock; call it in another thread")
        if timeout is not None:
            if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or math.isnan(timeout):
                raise InvalidArgument(f"timeout is {timeout!r}; use a number of seconds, or None")
            self._closed.wait(min(timeout, threading.TIMEOUT_MAX))
            return
        while not self._closed.wait(1.0):  # not for ever at once: on Windows that would hold back Ctrl-C
            pass

    def is_alive(self) -> bool:
        """Whether this manager is started and not closed."""
        return self._started

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stop_socket(self, conn_key: str | bool) -> None:
        """Close one socket: a close frame 1000, nothing delivered after it. An unknown key is not an error.

        :param conn_key: what ``start_*`` returned; False, its answer for a key that was open, closes nothing.
        """
        if not isinstance(conn_key, str):
            return
        with self._lock:
            subscription = self._subscriptions.get(conn_key)
            if subscription is None:
                return
            self._free(subscription)
            subscription.hush()
            if self._unstarted is not None:
                forgotten.stopped(self._unstarted, conn_key)
        subscription.release()
        self._in_reactor(self._stop, [subscription])

    def stats(self, conn_key: str | bool | None = None) -> dict[str, Any]:
        """What has been counted of one socket, or of all, since it was started; from any thread.

        :param conn_key: what ``start_*`` returned; None for all.
        :returns: of one socket a dict of numbers; of all a dict of such dicts, by key.
        :raises InvalidArgument: if no open socket has that key.

        The numbers; seconds are rounded to microseconds, and a number that is not known is None:

        * ``state``: ``"open"``, ``"connecting"``, ``"waiting"`` (for the next attempt to connect, or the
          start of the manager), ``"moving"`` (open, and about to change its connection) or ``"given up"``; of
          several connections, that of the one that is worst off.
        * ``messages`` handed to the callback or consumer; ``bytes`` received while open, heads of frames
          included.
        * ``pending`` messages, which wait in its consumer, and ``dropped`` ones, for which that had no room.
        * ``connected_since``, epoch seconds; ``reconnects``.
        * ``gaps``, how often ids or closed candles were missing; ``missed``, how many, where it is not known
          how many candles at least one; ``duplicates`` dropped; ``resets``.
        * ``last_message_age_s``, since the last payload came; ``lag_p50_s`` and ``lag_p99_s``, from the
          exchange's event time to the receipt, of the last message of each of the last 1,000 chunks, by the
          two clocks as they are; None where messages have no event time.
        * ``behind_p50_s`` and ``behind_p99_s``, how long messages waited between their receipt and the call
          of the callback (with a consumer: until its callback, or the loop over an Inbox, had them); of the
          last 1,000 batches, where a batch counts as its last message.
        * ``callback_s``, seconds in the callback so far; ``callback_longest_s``, for at most 64 messages;
          ``callback_slow``, how often that was 0.1 s or more; ``callback_errors``; ``malformed`` payloads.
        """
        if self._unstarted is not None:
            forgotten.used(self._unstarted)
        if conn_key is not None:
            return self._open_socket(conn_key).stats()
        with self._lock:
            known = dict(self._subscriptions)
        return {key: subscription.stats() for key, subscription in known.items()}

    # -- market streams of one symbol -----------------------------------------------------------------------

    def start_depth_socket(
        self, symbol: str, callback: Callback, depth: str | int | None = None, interval: int | None = None
    ) -> str | bool:
        """Changes of one symbol's order book, or the top of it.

        :param symbol: market symbol in any case, e.g. ``"BNBBTC"``.
        :param depth: None for the changes; 5, 10 or 20 (a number, or a constant such as
            :data:`~binance.constants.WEBSOCKET_DEPTH_5`) for that many levels of each side.
        :param interval: milliseconds between messages: 100, or None or 0 for the default, 1000.
        :returns: the key, e.g. ``"bnbbtc@depth5"``; False if it is open.

        The changes are ``{"e": "depthUpdate", "E", "s", "U", "u", "b": [[price, quantity], ...], "a": ...}``;
        the top is ``{"lastUpdateId", "bids", "asks"}``, without ``e``.
        """
        return self._start_raw(names.depth(symbol, depth, interval), callback)

    def start_kline_socket(
        self,
        symbol: str,
        callback: Callback,
        interval: str = constants.KLINE_INTERVAL_1MINUTE,
        *,
        time_zone: str | None = None,
    ) -> str | bool:
        """Klines of one symbol, ``{"e": "kline", "E", "s", "k": {...}}``, every 2 s (1 s for ``1s``).

        :param interval: one of :data:`binance.constants.KLINE_INTERVALS`.
        :param time_zone: None for klines that begin by the clock of UTC; ``"+08:00"`` for those of UTC+8.
            The times in the messages are those of UTC either way; only the key shows the difference.
        :returns: the key, e.g. ``"bnbbtc@kline_30m"``, ``"bnbbtc@kline_1d@+08:00"``; False if it is open.
        """
        return self._start_raw(names.kline(symbol, interval, time_zone), callback)

    def start_aggtrade_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Aggregate trades of one symbol, ``{"e": "aggTrade", ...}``; the key is ``"bnbbtc@aggTrade"``."""
        return self._start_raw(names.symbol_stream(symbol, "aggTrade"), callback)

    def start_trade_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Trades of one symbol, ``{"e": "trade", ...}``; the key is ``"bnbbtc@trade"``."""
        return self._start_raw(names.symbol_stream(symbol, "trade"), callback)

    def start_block_trade_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Block trades of one symbol, ``{"e": "blockTrade", "E", "s", "t", "p", "q", "T", "m"}``.

        ``t`` counts block trades alone. The key is ``"bnbbtc@blockTrade"``. Not on binance.us.
        """
        return self._start_raw(names.symbol_stream(symbol, "blockTrade"), callback)

    def start_symbol_ticker_socket(self, symbol: str, callback: Callback) -> str | bool:
        """24-hour statistics of one symbol, ``{"e": "24hrTicker", ...}`` every second."""
        return self._start_raw(names.symbol_stream(symbol, "ticker"), callback)

    def start_symbol_miniticker_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Short 24-hour statistics of one symbol, ``{"e": "24hrMiniTicker", ...}`` every second."""
        return self._start_raw(names.symbol_stream(symbol, "miniTicker"), callback)

    def start_symbol_book_ticker_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Best bid and ask of one symbol at each change: ``{"u", "s", "b", "B", "a", "A"}``, no ``e``."""
        return self._start_raw(names.symbol_stream(symbol, "bookTicker"), callback)

    def start_symbol_rolling_window_ticker_socket(
        self, symbol: str, callback: Callback, window: str = "1h"
    ) -> str | bool:
        """Statistics of one symbol's last hour, 4 hours or day, ``{"e": "1hTicker", ...}`` every second.

        :param window: ``"1h"``, ``"4h"`` or ``"1d"``.
        :returns: the key, e.g. ``"bnbbtc@ticker_1h"``; False if it is open.
        """
        return self._start_raw(names.window_ticker(window, symbol), callback)

    def start_avg_price_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Average price of one symbol, ``{"e": "avgPrice", "E", "s", "i", "w", "T"}`` every second.

        ``i`` is the time it is taken over, such as ``"5m"``. Not on binance.us.
        """
        return self._start_raw(names.symbol_stream(symbol, "avgPrice"), callback)

    def start_reference_price_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Reference price of one symbol, ``{"e": "referencePrice", "s", "r", "t"}`` every second, no ``E``.

        ``r`` is None where there is no such price. Not on binance.us.
        """
        return self._start_raw(names.symbol_stream(symbol, "referencePrice"), callback)

    # -- market streams of all symbols ----------------------------------------------------------------------

    def start_ticker_socket(self, callback: Callback) -> str | bool:
        """24-hour statistics of all symbols. binance.com ended this stream on 2026-03-26: it connects and is
        silent there (a warning and a ``retired`` event say so); binance.us still serves it.
        """
        return self._start_raw("!ticker@arr", callback)

    def start_miniticker_socket(self, callback: Callback, update_time: int = 1000) -> str | bool:
        """Short 24-hour statistics of all symbols that changed, a list of ``{"e": "24hrMiniTicker", ...}``.

        :param update_time: 1000 or more, for older scripts; the exchange pushes every 1000 ms either way.
        """
        if isinstance(update_time, bool) or not isinstance(update_time, int) or update_time < 1000:
            raise InvalidArgument(f"update_time is {update_time!r}; use 1000")
        return self._start_raw("!miniTicker@arr", callback)

    def start_book_ticker_socket(self, callback: Callback) -> str | bool:
        """Best bid and ask of all symbols. binance.com ended this stream on 2022-12-07: it connects and is
        silent there (a warning and a ``retired`` event say so).
        """
        return self._start_raw("!bookTicker", callback)

    def start_rolling_window_ticker_socket(self, callback: Callback, window: str = "1h") -> str | bool:
        """Statistics of the last hour, 4 hours or day of all symbols that changed, a list of
        ``{"e": "1hTicker", ...}`` every second.

        :param window: ``"1h"``, ``"4h"`` or ``"1d"``.
        :returns: the key, e.g. ``"!ticker_1h@arr"``; False if it is open.
        """
        return self._start_raw(names.window_ticker(window), callback)

    # -- USD-M futures --------------------------------------------------------------------------------------
    #
    # Classic calls get messages as a multiplex socket does, for that was their form; those of later clients
    # get them bare.

    def start_aggtrade_futures_socket(self, symbol: str, callback: Callback) -> str | bool:
        """What one order took at one price, ``{"stream", "data": {"e": "aggTrade", ...}}``.

        :param symbol: symbol of a contract in any case, e.g. ``"BTCUSDT"``.
        :returns: the key, ``"usdm:streams=btcusdt@aggTrade"``; False if it is open.
        """
        return self._start_classic(names.symbol_stream(symbol, "aggTrade"), callback)

    def start_symbol_mark_price_socket(
        self, symbol: str, callback: Callback, fast: bool = True
    ) -> str | bool:
        """Mark price and funding rate, ``{"stream", "data": {"e": "markPriceUpdate", ...}}``.

        :param fast: every second, not every three.
        :returns: the key, ``"usdm:streams=btcusdt@markPrice@1s"``; False if it is open.
        """
        return self._start_classic(names_derivatives.mark_price(symbol, fast), callback)

    def start_all_mark_price_socket(self, callback: Callback, fast: bool = True) -> str | bool:
        """The same of all symbols: ``data`` is a list. Those of COIN-M are among them, with ``st`` 2.

        :param fast: every second, not every three.
        """
        return self._start_classic(names_derivatives.mark_price(None, fast), callback)

    def start_symbol_ticker_futures_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Best bid and ask at each change, ``{"stream", "data": {"e": "bookTicker", ...}}``."""
        return self._start_classic(names.symbol_stream(symbol, "bookTicker"), callback)

    def start_individual_symbol_ticker_futures_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Statistics of 24 hours, ``{"stream", "data": {"e": "24hrTicker", ...}}``, every two seconds."""
        return self._start_classic(names.symbol_stream(symbol, "ticker"), callback)

    def start_all_ticker_futures_socket(self, callback: Callback) -> str | bool:
        """Best bid and ask of all symbols, one in each message: the stream ``!bookTicker``."""
        return self._start_classic("!bookTicker", callback)

    def start_kline_futures_socket(
        self, symbol: str, callback: Callback, interval: str = constants.KLINE_INTERVAL_1MINUTE
    ) -> str | bool:
        """Klines while they are made, ``{"e": "kline", ...}``.

        :param interval: one of :data:`binance.constants.KLINE_INTERVALS`, but not ``"1s"``.
        :returns: the key, ``"usdm:btcusdt@kline_1m"``; False if it is open.
        """
        return self._start_raw(names_derivatives.futures_kline(symbol, interval), callback, "usdm")

    def start_futures_depth_socket(
        self,
        symbol: str,
        callback: Callback,
        depth: str | int | None = None,
        interval: int | None = None,
    ) -> str | bool:
        """Changes of the order book, each of which names the one before it in ``pu``; or the top of it.

        :param depth: 5, 10 or 20 price levels, as a number or a string; None: the changes.
        :param interval: 100 or 500 milliseconds; None or 0: 250.
        :returns: the key, ``"usdm:btcusdt@depth"``; False if it is open.
        """
        return self._start_raw(names_derivatives.futures_depth(symbol, depth, interval), callback, "usdm")

    def start_futures_multiplex_socket(
        self, streams: Iterable[str], callback: Callback, *, name: str | None = None
    ) -> str | bool:
        """:meth:`start_multiplex_socket` of USD-M futures."""
        return self.start_multiplex_socket(streams, callback, name=name, venue="usdm")

    # -- options --------------------------------------------------------------------------------------------

    def start_options_ticker_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Statistics of 24 hours of one option, ``{"e": "24hrTicker", ...}``, every second.

        :param symbol: symbol of an option in any case, e.g. ``"BTC-261225-100000-C"``.
        :returns: the key, ``"options:btc-261225-100000-c@optionTicker261225"``; False if it is open.
        """
        return self._start_raw(names_derivatives.option_ticker(symbol), callback, "options")

    def start_options_recent_trades_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Each trade of one option, or of all options of an underlying, ``{"e": "trade", ...}``.

        :param symbol: symbol of an option, or an underlying, ``"BTCUSDT"``, in any case.
        """
        return self._start_raw(names.symbol_stream(symbol, "optionTrade"), callback, "options")

    def start_options_kline_socket(
        self, symbol: str, callback: Callback, interval: str = constants.KLINE_INTERVAL_1MINUTE
    ) -> str | bool:
        """Klines of one option while they are made, ``{"e": "kline", ...}``.

        :param interval: one of :data:`binance.constants.KLINE_INTERVALS`, but not ``"1s"``, ``"8h"`` and
            ``"1M"``.
        """
        return self._start_raw(names_derivatives.option_kline(symbol, interval), callback, "options")

    def start_options_depth_socket(
        self, symbol: str, callback: Callback, depth: str | int | None = "10"
    ) -> str | bool:
        """The top of the order book of one option, ``{"e": "depthUpdate", ...}``, twice a second.

        :param depth: 5, 10 or 20 price levels, as a number or a string; None: the changes.
        """
        return self._start_raw(names_derivatives.option_depth(symbol, depth), callback, "options")

    def start_options_multiplex_socket(
        self, streams: Iterable[str], callback: Callback, *, name: str | None = None
    ) -> str | bool:
        """:meth:`start_multiplex_socket` of options."""
        return self.start_multiplex_socket(streams, callback, name=name, venue="options")

    # -- any stream, several streams, and the account -------------------------------------------------------

    def start_stream_socket(self, name: str, callback: Callback, *, venue: str = "spot") -> str | bool:
        """The market stream of a name, whether there is a call of its own for it or not.

        A name of a kind that is not known here is started with a warning in the log: it may be new, or
        misspelt, and the exchange would not say.

        :param name: e.g. ``"bnbbtc@trade"``, ``"!miniTicker@arr"``; the symbol part in any case.
        :param venue: whose stream it is: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
        :returns: the key, which is the name, of a venue other than spot with that and a colon before it,
            ``"usdm:btcusdt@markPrice"``; False if it is open.
        :raises InvalidStream: if it cannot be a market stream's name, such as a listen key.
        :raises InvalidArgument: if there is no such venue.
        """
        return self._start_raw(name, callback, venue)

    def start_multiplex_socket(
        self, streams: Iterable[str], callback: Callback, *, name: str | None = None, venue: str = "spot"
    ) -> str | bool:
        """Several streams behind one key; each message is ``{"stream": name, "data": message}``.

        Any number of them: a connection carries at most 1,024, and more are opened as it takes. Names that
        the URL of a connection cannot hold, 8,000 characters, are subscribed by message right after it is
        open; ``connected`` follows when all are in force. What a connection carries can be changed while it
        runs, see :meth:`subscribe`.

        :param streams: stream names, e.g. ``["bnbbtc@aggTrade", "neobtc@ticker"]``; may be empty if there
            is a *name*.
        :param name: the key, in place of one that is made of all names: up to 60 characters without
            ``@ : = # /``, e.g. ``"all trades"``.
        :param venue: whose streams they are: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``. Streams of
            USD-M futures and of options are on two paths, and have a connection for each that is needed.
        :returns: the key, *name* or ``"streams=bnbbtc@aggTrade/neobtc@ticker"``, of a venue other than spot
            ``"usdm:streams=..."``; False if it is open.
        :raises InvalidStream: if one is not a market stream's name, or *streams* is empty without a *name*.
        :raises InvalidArgument: if *name* may be the key of another socket, or there is no such venue.
        """
        rules = self._venue(venue)
        rules.checked_unit(self._time_unit)
        several = rules.streams(streams)
        if not several and name is None:
            raise InvalidStream("streams is empty; pass at least one name, e.g. 'bnbbtc@aggTrade', or name=")
        key = rules.prefix + names.multiplex_key(tuple(stream.name for stream in several))
        return self._start(key if name is None else names.own_key(name), rules, several, callback)

    def subscribe(self, conn_key: str | bool, streams: Iterable[str]) -> None:
        """Add streams to a multiplex socket, while it runs or before; those that it has are left alone.

        It returns at once, from any thread, also inside a callback. ``subscribed`` reports that the exchange
        has confirmed them, ``refused`` that it has not: then they are no longer among :meth:`streams`.
        During an outage they come with the next connection.

        :param conn_key: what :meth:`start_multiplex_socket` returned.
        :param streams: stream names, as there.
        :raises InvalidArgument: if no open multiplex socket has that key.
        :raises InvalidStream: if one is not a market stream's name; then no stream is added.
        :raises ManagerError: if this process was forked after :meth:`start`: the socket is the parent's.

        Source: Spot *Web Socket Streams*, "Live Subscribing/Unsubscribing to streams".
        """
        subscription, venue = self._changeable(conn_key)
        new = subscription.ask(venue.streams(streams), ())
        self._warn(venue, new)
        self._reconcile(subscription)

    def unsubscribe(self, conn_key: str | bool, streams: Iterable[str]) -> None:
        """Remove streams from a multiplex socket; those that it has not are ignored.

        It returns at once, from any thread. Once the reactor's thread has come to it, at once inside a
        callback, no message of these streams is delivered any more; ``unsubscribed`` reports that the
        exchange has confirmed it. A socket without any stream stays, without a connection, until it is
        stopped.

        :param conn_key: what :meth:`start_multiplex_socket` returned.
        :param streams: stream names.
        :raises InvalidArgument: if no open multiplex socket has that key.
        :raises InvalidStream: if one is not a market stream's name; then no stream is removed.
        :raises ManagerError: as in :meth:`subscribe`.
        """
        subscription, venue = self._changeable(conn_key)
        subscription.ask((), [stream.name for stream in venue.streams(streams)])
        self._reconcile(subscription)

    def streams(self, conn_key: str | bool, *, shard: int | None = None) -> list[str]:
        """The names of the streams that a market socket was last asked to have, less those refused; from any
        thread.

        :param conn_key: what ``start_*`` returned.
        :param shard: only those that one of its connections carries, by the number that events give it in
            ``shard``; 0 where there is one connection. A number without a connection has no streams.
        :raises InvalidArgument: if no open market socket has that key.
        """
        subscription = self._open_socket(conn_key)
        if subscription.venue is None:
            raise InvalidArgument(f"{conn_key!r} is an account's socket, which has no streams")
        return subscription.streams(shard)

    def start_order_book_socket(
        self,
        symbol: str,
        callback: Callback,
        *,
        limit: int = 1000,
        interval: int | None = 100,
        venue: str = "spot",
        audit: bool = False,
    ) -> str | bool:
        """The order book of one symbol, kept true: a snapshot by REST, and every change since.

        The callback is called with the book, an :class:`~binance.order.book.OrderBook`, after each change:
        the same object each time. While the book is not true it is not called; ``book_lost`` and
        ``book_synced`` report that. After a gap the book is fetched again by itself. A consumer gets the book
        after each change, too, and has it as it is by then. See :doc:`order_books`.

        Snapshots are fetched with the manager's client, in threads; if that is None, or a
        :class:`~binance.client.Client` of another venue than the manager's *endpoints*, with one of the
        manager's own, for they need no key. All books of a process share one queue, which spends at most half
        of what the exchange lets an address spend in a minute.

        :param symbol: market symbol in any case, e.g. ``"BNBBTC"``.
        :param limit: levels of each side that a snapshot has: of spot 1 to 5,000; of futures 5, 10, 20, 50,
            100, 500 or 1,000; of options the same without 5. What lies below is known only where it has
            changed since. A snapshot of spot costs 5, 25, 50 or 250 for up to 100, 500, 1,000 or 5,000.
        :param interval: milliseconds between changes, of which the venue has: 100 everywhere; None or 0 for
            its default.
        :param venue: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
        :param audit: compare the best prices with those of the stream ``<symbol>@bookTicker``, wherever both
            are as of one update id, and fetch the book again if they differ.
        :returns: the key, ``"book:bnbbtc"``, ``"usdm:book:btcusdt"``; False if it is open.
        :raises InvalidArgument: if there is no such venue or *limit*, or the client has no call for
            snapshots.
        :raises InvalidStream: if the venue has no such *interval*.

        Source: Spot *Web Socket Streams*, "How to manage a local order book correctly"; Derivatives
        *Websocket Market Streams*, the same.
        """
        check_callback(callback, "book")
        return self._start_book(self._client, symbol, callback, limit, interval, venue, audit)

    def refresh_order_book(self, conn_key: str | bool) -> None:
        """Fetch a book again while it goes on, so that it has all levels that a snapshot has; from any
        thread.

        A book does so by itself when few of them are left.

        :param conn_key: what :meth:`start_order_book_socket` returned.
        :raises InvalidArgument: if no open order book has that key.
        """
        keeper = self._open_socket(conn_key).callback
        if not isinstance(keeper, BookKeeper):
            raise InvalidArgument(f"{conn_key!r} is not an order book; use start_order_book_socket")
        self._in_reactor(keeper.refresh)

    def _start_book(
        self,
        client: Any,
        symbol: str,
        callback: Callback,
        limit: int,
        interval: int | None,
        venue: str,
        audit: bool,
    ) -> str | bool:
        rules = self._venue(venue)
        depth = rules.stream(_DEPTH_NAMES[rules.market](symbol, None, interval))
        weight = rules.snapshots.weight(limit)
        spelt = depth.name.partition("@")[0]
        conn_key = f"{rules.prefix}book:{spelt}"
        fetch = getattr(self._snapshot_client(client, rules), rules.snapshots.call)
        queue = snapshot_queues(self.timings).of(rules.snapshots, rules.endpoints)
        assert depth.kind is not None
        chain = Chain(depth.kind)

        def keeper(subscription: Subscription, hand_on: Callback) -> BookKeeper:
            return BookKeeper(
                subscription,
                hand_on,
                BookSync(spelt.upper(), chain, limit),
                depth.name,
                partial(fetch, symbol=spelt.upper(), limit=limit),
                weight,
                queue,
                self._options(rules),
                Audit() if audit else None,
            )

        if audit:
            best = rules.stream(names.symbol_stream(symbol, "bookTicker"))
            return self._start(conn_key, rules, (depth, best), callback, reader=keeper)
        return self._start(conn_key, rules, (depth,), callback, rules.raw_url(depth, self._time_unit), keeper)

    def _start_cache(
        self, client: Any, symbol: str, callback: Callback, limit: int, interval: int | None, venue: str
    ) -> str | bool:
        """A book for a depth cache, with its own client, and as many levels as there are of *limit*."""
        levels = self._venue(venue).snapshots.at_least(limit)
        return self._start_book(client, symbol, callback, levels, interval, venue, audit=False)

    def _snapshot(self, client: Any, symbol: str, venue: str) -> Any:
        """Fetch a small snapshot of a book, in this thread; what the client raises is raised."""
        rules = self._venue(venue)
        fetch = getattr(self._snapshot_client(client, rules), rules.snapshots.call)
        return fetch(symbol=symbol.upper(), limit=rules.snapshots.at_least(5))

    def _snapshot_client(self, client: Any, rules: Venue) -> Any:
        """Who fetches the snapshots of a venue: a client of another host has another exchange's.

        :raises InvalidArgument: if the client has no call for them.
        """
        elsewhere = isinstance(client, Client) and (
            replace(rules, endpoints=client.endpoints).rest_host != rules.rest_host
        )
        if client is None or elsewhere:
            with self._lock:
                own = self._own_clients.get(rules.endpoints)
                if own is None:
                    params = {} if self._ca_file is None else {"verify": self._ca_file}
                    own = self._own_clients[rules.endpoints] = Client(
                        endpoints=rules.endpoints, requests_params=params
                    )
                    own.timings = self.timings
            return own
        check_call(client, (rules.snapshots.call,), "an order book")
        return client

    def start_user_socket(self, callback: Callback) -> str | bool:
        """Events of the spot account: ``executionReport``, ``outboundAccountPosition``, ``balanceUpdate`` ...

        Where the venue wants it (binance.com, its testnet and demo mode) the account is subscribed with a
        signature of the client's; on binance.us, and with a client that has no signatures, by listen key,
        which the client gets and keeps alive. Stopping the socket does not delete a listen key: other
        programs of the account share it.

        :returns: the key, ``"user"``; False if it is open.
        :raises InvalidArgument: if the client lacks what the venue's way needs.
        """
        check_callback(callback)
        venue = self._venue()
        if venue.spot_method == "signature" and isinstance(self._client, Client):  # no other can sign
            self._check_signing("a user socket", SIGNING_CALLS)
            return self._start_seat("user", venue, callback, lambda keeper: Signature(keeper, self._client))
        return self._start_keyed(SPOT_ACCOUNT, callback)

    def start_futures_user_socket(self, callback: Callback) -> str | bool:
        """Events of the account of USD-M futures: ``ORDER_TRADE_UPDATE``, ``ACCOUNT_UPDATE`` ...

        By listen key, which the client gets with ``futures_stream_get_listen_key()`` and keeps alive with
        ``futures_stream_keepalive(listenKey)``. Stopping the socket does not delete the key: other programs
        of the account share it.

        :returns: the key, ``"usdm_user"``; False if it is open.
        :raises InvalidArgument: if the client lacks these calls, or has no API key.

        Source: *USD-M Futures*, "User Data Streams".
        """
        return self._start_keyed(USDM_ACCOUNT, callback)

    def start_coin_futures_user_socket(self, callback: Callback) -> str | bool:
        """Events of the account of COIN-M futures, like those of :meth:`start_futures_user_socket`.

        The client's calls are ``futures_coin_stream_get_listen_key()`` and
        ``futures_coin_stream_keepalive(listenKey)``.

        :returns: the key, ``"coinm_user"``; False if it is open.
        """
        return self._start_keyed(COINM_ACCOUNT, callback)

    def start_options_user_socket(self, callback: Callback) -> str | bool:
        """Events of the account of options: ``ORDER_TRADE_UPDATE``, ``BALANCE_POSITION_UPDATE``,
        ``GREEK_UPDATE`` ...; see :meth:`start_futures_user_socket`.

        The client's calls are ``options_stream_get_listen_key()`` and
        ``options_stream_keepalive(listenKey)``.

        :returns: the key, ``"options_user"``; False if it is open.
        """
        return self._start_keyed(OPTIONS_ACCOUNT, callback)

    def start_portfolio_margin_socket(self, callback: Callback) -> str | bool:
        """Events of a portfolio margin account, of futures (``fs`` is ``"UM"`` or ``"CM"``) and of margin;
        see :meth:`start_futures_user_socket`.

        The client's calls are ``papi_stream_get_listen_key()`` and ``papi_stream_keepalive(listenKey)``.

        :returns: the key, ``"portfolio_margin"``; False if it is open.
        """
        return self._start_keyed(PORTFOLIO_MARGIN_ACCOUNT, callback)

    def start_margin_socket(self, callback: Callback) -> str | bool:
        """Events of the cross margin account, like those of :meth:`start_user_socket`.

        By listen tokens, which the client gets; the manager renews them on the same connection.

        :returns: the key, ``"margin"``; False if it is open.
        :raises InvalidArgument: if the venue has no margin accounts, or the client cannot get a token.
        """
        return self._start_margin("margin", callback, None)

    def start_isolated_margin_socket(self, symbol: str, callback: Callback) -> str | bool:
        """Events of the isolated margin account of one symbol; see :meth:`start_margin_socket`.

        :param symbol: market symbol in any case, e.g. ``"BNBBTC"``.
        :returns: the key, ``"isolated_margin:BNBBTC"``; False if it is open.
        """
        symbol = names.lowered(symbol).upper()
        return self._start_margin(f"isolated_margin:{symbol}", callback, symbol)

    def _start_keyed(self, account: KeyedAccount, callback: Callback) -> str | bool:
        """The events of an account by listen key."""
        check_callback(callback)
        check_client(self._client, (account.get, account.keep_alive), account.what)
        venue = self._venue(account.market)
        if lacks(endpoints_of(self._client, venue.endpoints), account.rest):
            raise InvalidArgument(
                f"{account.what} is not available at {venue.endpoints.rest}, whose API keys are not valid at "
                f"binance.com; for another host pass endpoints=Endpoints({account.rest}=...)"
            )
        opener = partial(listen_key.opener, account, venue.endpoints, self._client, self._user_timeout)
        return self._start_account(account.conn_key, venue, callback, opener)

    def _start_margin(self, conn_key: str, callback: Callback, symbol: str | None) -> str | bool:
        check_callback(callback)
        venue = self._venue()
        if venue.margin_method is None:
            raise InvalidArgument(
                f"{venue.name} has no margin sockets: they need the WebSocket API of binance.com, and this "
                "venue sends account events by listen key"
            )
        self._check_signing("a margin socket", TOKEN_CALLS)
        url = endpoints_of(self._client, venue.endpoints).rest
        return self._start_seat(
            conn_key, venue, callback, lambda keeper: ListenToken(keeper, self._client, symbol, url)
        )

    def _check_signing(self, what: str, calls: tuple[str, ...]) -> None:
        check_client(self._client, calls, what)
        if getattr(self._client, "key_type", True) is None:
            raise InvalidArgument(f"{what} needs a secret: Client(api_key='...', api_secret='...')")

    def _start_seat(
        self,
        conn_key: str,
        venue: Venue,
        callback: Callback,
        authoriser: Callable[[Keeper[Any]], Authoriser],
    ) -> str | bool:
        """The events of an account by the WebSocket API."""
        url = venue.api_url(self._time_unit)
        with self._lock:
            sessions = self._sessions.setdefault(url, Sessions(url, self._options(venue)))
        account = account_of(self._client, url, conn_key)
        return self._start_account(conn_key, venue, callback, partial(sessions.opener, authoriser, account))

    def _start_account(
        self,
        conn_key: str,
        venue: Venue,
        callback: Callback,
        opener: Callable[[Report, Options, Counts], Opener],
    ) -> str | bool:
        options, counts = self._options(venue), Counts()
        report = self._report(conn_key, options)
        for secret in (getattr(self._client, name, None) for name in ("API_KEY", "API_SECRET")):
            if isinstance(secret, str) and secret:
                report.hide(secret)
        make_line = opener(report, options, counts)

        def shard(owner: Owner, about: ShardReport, _: tuple[Stream, ...]) -> Shard:
            return Shard(owner, about, make_line, options, Sequence(timings=options.timings))

        return self._claim(Subscription(report, callback, options, self._hooks, counts, Plan(shard)))

    # -- within, in any thread ------------------------------------------------------------------------------

    def _open_socket(self, conn_key: str | bool) -> Subscription:
        with self._lock:
            subscription = self._subscriptions.get(conn_key) if isinstance(conn_key, str) else None
        if subscription is None:
            shown = repr(short_key(conn_key) if isinstance(conn_key, str) else conn_key)
            raise InvalidArgument(f"no open socket has the key {shown}; stats() shows all that are open")
        return subscription

    def _changeable(self, conn_key: str | bool) -> tuple[Subscription, Venue]:
        """A multiplex socket, and whose streams it has."""
        if self._is_lost:
            raise ManagerError(FORKED)
        subscription = self._open_socket(conn_key)
        venue = subscription.venue
        if venue is None or not subscription.may_change:
            raise InvalidArgument(
                f"{conn_key!r} is not a multiplex socket: its streams are fixed; use start_multiplex_socket"
            )
        return subscription, venue

    def _reconcile(self, subscription: Subscription) -> None:
        with self._lock:
            started = self._started
        if started:  # else open() does it
            self._in_reactor(subscription.reconcile)

    @property
    def _reactor(self) -> Any:
        if self._given_reactor is not None:
            return self._given_reactor
        from twisted.internet import reactor

        return reactor

    def _in_reactor(self, function: Callable[..., object], *args: Any) -> None:
        if runner.is_lost(self._reactor):
            return  # its sockets are the parent's
        if in_reactor_thread(self._reactor):
            function(*args)
            self._delivery.flush()
        else:
            self._reactor.callFromThread(function, *args)

    def _forked(self) -> None:
        """This is a child process, whose only thread this is."""
        self._lock = threading.Lock()  # another thread may have held it
        for subscription in self._subscriptions.values():
            subscription.forked()
        if self._was_started and runner.is_lost(self._reactor):
            self._is_lost = True
            self._started = False
            self._closed = threading.Event()
            self._closed.set()
            for subscription in self._subscriptions.values():
                subscription.hush()

    def _not_forgotten(self) -> None:
        """It is started or closed: nobody has forgotten to."""
        if self._unstarted is not None:
            forgotten.started(self._unstarted)
            self._unstarted = None

    def _hush(self) -> None:
        """The program is ending: nothing more is delivered, though the reactor may be busy for a while."""
        with self._lock:  # held all the time: what close() has ended may have events left
            for subscription in self._subscriptions.values():
                subscription.hush()

    def _venue(self, market: str = "spot") -> Venue:
        if self._endpoints is not None:
            return venue_of(market, in_force(self._endpoints))
        known = getattr(self._client, "endpoints", None)
        endpoints = known if isinstance(known, Endpoints) else BINANCE_COM
        if self.STREAM_URL != _CLASSIC_STREAM_URL:
            endpoints = replace(endpoints, stream=self.STREAM_URL.rstrip("/"), user_stream="listen_key")
        if self.FSTREAM_URL != _CLASSIC_FSTREAM_URL:
            endpoints = replace(endpoints, usdm_stream=self.FSTREAM_URL.rstrip("/"))
        if self.VSTREAM_URL != _CLASSIC_VSTREAM_URL:
            endpoints = replace(endpoints, options_stream=self.VSTREAM_URL.rstrip("/"))
        return venue_of(market, in_force(endpoints))

    def _options(self, venue: Venue, array: bool = False) -> Options:
        return Options(
            reactor=self._reactor,
            clock=self._clock,
            timings=self.timings,
            max_retries=self._max_retries,
            silence_s=venue.silence_s if self._silence_s is None else self._silence_s,
            ca_file=self._ca_file,
            lifetime_s=self._lifetime_s,
            handover_s=self._handover_s,
            codec=self._codecs[array],
        )

    @property
    def _clock(self) -> Any:
        return clock_of(self._reactor) if self.timings.clock is None else self.timings.clock

    def _report(self, conn_key: str, options: Options) -> Report:
        timings = options.timings
        return Report(conn_key, self._delivery, options.clock, timings.log_every_s, timings.slow_s)

    def _start_classic(self, name: str, callback: Callback) -> str | bool:
        return self.start_multiplex_socket([name], callback, venue="usdm")

    def _start_raw(self, name: str, callback: Callback, market: str = "spot") -> str | bool:
        venue = self._venue(market)
        stream = venue.stream(name)
        url = venue.raw_url(stream, self._time_unit)
        return self._start(venue.prefix + stream.name, venue, (stream,), callback, url)

    def _start(
        self,
        conn_key: str,
        venue: Venue,
        streams: tuple[Stream, ...],
        callback: Callback,
        raw_url: str | None = None,
        reader: Callable[[Subscription, Callback], Reader] | None = None,
    ) -> str | bool:
        """Market streams.

        :param raw_url: of one stream, whose messages are bare; None: there are several, which may change.
        :param reader: makes what reads the messages in place of the callback.
        """
        check_callback(callback)
        is_raw = raw_url is not None
        is_array = is_raw and any(stream.is_array for stream in streams)
        options, counts = self._options(venue, is_array), Counts()

        def shard(owner: Owner, about: ShardReport, some: tuple[Stream, ...]) -> Shard:
            wanted = {stream.name: stream for stream in some}
            sequence = Sequence(some, not is_raw, options.timings)
            category = venue.category_of(some[0])
            urls = partial(venue.combined_url, time_unit=self._time_unit, category=category)

            def opener(listener: Listener) -> Line:
                if raw_url is not None:
                    return StreamFactory(raw_url, listener, options, counts)
                return StreamLine(listener, options, counts, wanted, urls)

            watched = partial(self._watched, venue)
            doubts = partial(_doubts, venue)
            return Shard(owner, about, opener, options, sequence, wanted, watched, category, doubts)

        report = self._report(conn_key, options)
        plan = Plan(shard, venue, may_change=not is_raw and reader is None, reader=reader)
        subscription = Subscription(report, callback, options, self._hooks, counts, plan, streams)
        claimed = self._claim(subscription)
        if claimed is not False:
            self._warn(venue, streams)
        return claimed

    def _warn(self, venue: Venue, streams: Iterable[Stream]) -> None:
        """Log which of some streams may well send no messages."""
        for stream in streams:
            retirement = stream.retirement
            if retirement is not None:
                words = "%s: the exchange ended it on %s; use %s"
                log.warning(words, stream.name, retirement.since, retirement.use)
        for doubt in venue.doubts(streams):
            log.warning("%s", doubt)

    def _watched(self, venue: Venue, stream: Stream) -> Watched | None:
        """How a stream is watched for silence; None: it may be silent for any time."""
        given_s = self._stream_silence_s
        after_s = venue.silent_after_s(stream) if given_s is None else given_s
        if after_s is None:
            return None
        return Watched(after_s, moves=stream.is_periodic or given_s is not None)

    def _claim(self, subscription: Subscription) -> str | bool:
        if self._is_lost:
            raise ManagerError(FORKED)
        conn_key = subscription.conn_key
        if self._unstarted is not None:
            forgotten.used(self._unstarted)
        if conn_key in self._subscriptions:
            return False
        subscription.claimed()  # without the lock, as all that runs code of consumers
        with self._lock:
            is_first = self._subscriptions.setdefault(conn_key, subscription) is subscription
            started = is_first and self._started
            if is_first:
                for number, factory in subscription.factories():
                    self._conns[_factory_name(conn_key, number)] = factory
                if self._unstarted is not None:
                    forgotten.claimed(self._unstarted, conn_key)
        if not is_first:  # another thread was faster
            subscription.release()
            return False
        if started:
            try:
                subscription.begin()
            except BaseException:
                self.stop_socket(conn_key)
                raise
            self._in_reactor(self._open, subscription)
        return conn_key

    def _serving(self, subscription: Subscription, number: int, factory: StreamFactory | None) -> None:
        name = _factory_name(subscription.conn_key, number)
        with self._lock:
            if self._subscriptions.get(subscription.conn_key) is subscription:
                if factory is not None:
                    self._conns[name] = factory
                else:
                    self._conns.pop(name, None)

    def _free(self, subscription: Subscription) -> None:
        """Free its key, under the lock."""
        for number, _ in subscription.factories():
            self._conns.pop(_factory_name(subscription.conn_key, number), None)
        del self._subscriptions[subscription.conn_key]

    # -- within, in the reactor's thread --------------------------------------------------------------------

    def _begin(self, waiting: list[Subscription]) -> None:
        if self._trigger is None:
            self._trigger = self._reactor.addSystemEventTrigger("before", "shutdown", self._before_shutdown)
            self._watch.begin(self._reactor)
        for subscription in waiting:
            self._open(subscription)

    def _open(self, subscription: Subscription) -> None:
        """Connect, now or when a former socket of the same key is closed."""
        if subscription.stopped:
            return
        if subscription.conn_key in self._stopping:
            self._waiting[subscription.conn_key] = subscription
        else:
            self._live.add(subscription)
            subscription.open()

    def _stop(self, stopped: list[Subscription]) -> None:
        for subscription in stopped:
            if subscription in self._live:
                gone = subscription.stop()
                self._stopping[subscription.conn_key] = gone
                gone.addCallback(self._gone, subscription)
            elif self._waiting.get(subscription.conn_key) is subscription:
                del self._waiting[subscription.conn_key]
        self._forget_trigger()

    def _gone(self, _: None, subscription: Subscription) -> None:
        self._live.discard(subscription)
        self._stopping.pop(subscription.conn_key, None)
        waiting = self._waiting.pop(subscription.conn_key, None)
        if waiting is not None:
            self._open(waiting)
        self._forget_trigger()

    def _given_up(self, subscription: Subscription) -> None:
        self._live.discard(subscription)
        self._last_given_up = subscription.conn_key
        with self._lock:
            if self._subscriptions.get(subscription.conn_key) is subscription:
                self._free(subscription)

    def _idle(self) -> None:
        """Everything has been handed on; who wanted to restart a socket in a callback has done so."""
        ended, self._last_given_up = self._last_given_up, None
        if ended is not None and self._started and not self._subscriptions and not self._has_warned:
            self._has_warned = True
            log.warning(
                "%s was the last socket of its manager, and was given up; the process keeps running: start a "
                "socket again, or call bm.close()",
                ended,
            )
        self._forget_trigger()

    def _forget_trigger(self) -> None:
        """A closed manager with nothing left open has no part in the shutdown."""
        if self._trigger is not None and not (self._started or self._live) and self._delivery.is_idle:
            self._reactor.removeSystemEventTrigger(self._trigger)
            self._trigger = None
            self._watch.end()

    def _before_shutdown(self) -> Deferred[Any]:
        """The reactor is stopping: close frames first, for at most half a second."""
        self._trigger = None
        self._watch.end()
        # then Twisted has closed connections, too, whose other end did not answer
        self._reactor.addSystemEventTrigger("after", "shutdown", self._delivery.finish)
        self.close()
        self._stop(list(self._live))  # close() in another thread may not have come to its second half
        all_gone = DeferredList([_following(gone) for gone in self._stopping.values()], consumeErrors=True)
        all_gone.addTimeout(self.timings.before_stop_s, self._clock, lambda result, _: None)
        return all_gone


#: All there are.
_managers: WeakSet[BinanceSocketManager] = WeakSet()


def _forked() -> None:
    for manager in list(_managers):
        manager._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)  # after the runner's: functions are called as registered


def _doubts(venue: Venue, streams: list[str]) -> tuple[list[str], list[str]]:
    """Sentences on those of some streams that may send nothing, each with its names; and the other names."""
    several = [venue.stream(name) for name in streams]
    doubtful = [stream for stream in several if venue.is_doubtful(stream)]
    return venue.doubts(doubtful), [stream.name for stream in several if stream not in doubtful]


def _following(deferred: Deferred[None]) -> Deferred[None]:
    """A second Deferred that fires with *deferred*."""
    second = Deferred[None]()
    deferred.addCallback(lambda _: second.callback(None))
    return second


def _factory_name(conn_key: str, number: int) -> str:
    """Under which a shard's factory is kept."""
    return f"{conn_key}#{number}" if number else conn_key


def _positive(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise InvalidArgument(f"{name} is {value!r}; use a number of seconds above 0")
