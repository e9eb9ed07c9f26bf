"""Calls: what can be done to an exchange that runs, each with its arguments.

:class:`Calls` is the one place where they are written. :class:`binance.sandbox.Sandbox` sends them to the
process of its exchange, ``binance.sandbox.exchange.Exchange`` carries them out, and ``POST
/sandbox/<name>`` takes the same arguments as a JSON object.

``match`` selects connections: a part of a connection's path or of one of its stream names (a listen key is
one, and on the WebSocket API ``spot``, ``margin`` and ``isolated_margin:BNBBTC`` are), ``"=btcusdt@trade"``
for the stream of exactly this name, ``"usdm:"``, ``"coinm:"`` or ``"options:"`` for connections with streams
of that venue, or ``"#7"`` for the connection whose id is 7; None selects all. Every fault is logged, and kept
in ``fault_log`` of the state, with the connections it touched, and with the ids of messages where it touched
single ones.

Numbers have bounds and texts a greatest length, which stand in ``BOUNDS``.
"""

# A call has no body of its own: whoever has the method `call` carries it out.
# mypy: disable-error-code="empty-body"

import functools
import inspect
import json
import math
from collections.abc import Callable, Collection, Mapping
from types import NoneType, UnionType
from typing import Any, Final, Literal, ParamSpec, TypeVar, Union, cast, get_args, get_origin

from binance.exceptions import InvalidArgument

Cut = Literal["reset", "close", "drop"]
Refusal = Literal["http", "reset", "hang"]
#: How a REST call fails; of ``"lose"`` the answer alone.
RestFailure = Literal["http", "reset", "hang", "lose"]
Control = Literal["refuse", "ignore", "unanswered", "late", "obey"]
ControlMethod = Literal["SUBSCRIBE", "UNSUBSCRIBE"]
Shape = Literal["nested", "flat"]
TradedOn = Literal["spot", "usdm", "coinm", "options"]
Verb = Literal["GET", "POST", "PUT", "DELETE"]
Security = Literal["none", "key", "signed"]
Side = Literal["BUY", "SELL"]
Malformed = Literal["not_json", "not_utf8", "binary", "empty", "list", "number", "string"]

# Mean of the seconds between two faults of chaos.
CHAOS_MEAN_S: Final = 5.0

# The longest time that a fault takes: a hundred years.
LONGEST_S: Final = 3_155_760_000

_TIME: Final = (0, LONGEST_S)
_SHORT: Final = (1, 100)
_AMOUNT: Final = (1, 40)

#: Least and greatest value of each argument that is a number, by its name, or by the call's and its own. Of a
#: text the number of characters, of a collection that of its items, of a JSON value the length of its text.
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "delay.seconds": (0, 3_600),  # delayed messages are kept in memory
    "seconds": _TIME,
    "lasting_s": _TIME,
    "delay_s": _TIME,
    "retry_after_s": _TIME,
    "mean_s": (0.001, LONGEST_S),
    "offset_ms": (-LONGEST_S * 1000, LONGEST_S * 1000),
    "seed": (-(2**63), 2**63 - 1),
    "times": (1, 1_000_000),
    "pieces": (2, 1_000),
    "code": (1_000, 4_999),
    "control.code": (-99_999, 99_999),
    "late_frames.times": (0, 1_000),
    "message": (0, 1_000),
    "stream": (1, 1_000),
    "status": (300, 599),
    "down": (300, 599),
    "kinds": _SHORT,
    "match": (0, 8_192),
    "body": (0, 65_536),
    "rest_answer.body": (1, 400_000),
    "rest_answer.status": (200, 599),
    "path": (1, 1_000),
    "headers": _SHORT,
    "reason": (0, 1_000),
    "symbol": _SHORT,
    "asset": _SHORT,
    "account": _SHORT,
    "event": _SHORT,
    "side": _SHORT,
    "quantity": _AMOUNT,
    "price": _AMOUNT,
    "amount": _AMOUNT,
    "client_order_id": (1, 36),
    "api_key": (1, 1_000),
    "secret": (1, 10_000),
    "public_key": (1, 10_000),
}

# Arguments that no message may repeat.
_SECRET: Final = ("secret", "public_key", "api_key")

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

# The signature of each call, without self.
_signatures: dict[str, inspect.Signature] = {}


def _sent(method: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Make a call of a signature: what is given goes to :meth:`Calls.call`."""
    signature = inspect.signature(method)
    name = method.__name__
    _signatures[name] = signature.replace(parameters=list(signature.parameters.values())[1:])

    @functools.wraps(method)
    def send(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        given = signature.bind(*args, **kwargs).arguments
        calls = cast("Calls", given.pop("self"))
        read_arguments(name, given)  # here rather than where it is carried out, perhaps in another process
        result: _Result = calls.call(name, given)
        return result

    return send


class Calls:
    """What can be done to an exchange; each method is one call, described under ``Sandbox``."""

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Carry out a call.

        :param name: one of :data:`REMOTE`.
        :param arguments: by name, those without a default at least.
        """
        raise NotImplementedError

    # -- connections -------------------------------------------------------------------------------

    @_sent
    def cut(self, match: str | None = None, how: Cut = "reset", code: int = 1001, reason: str = "") -> int:
        """End connections.

        :param how: ``"reset"`` by a TCP reset, ``"close"`` by a close frame with *code* and *reason*,
            ``"drop"`` by the end of TCP without a close frame.
        :param code: 1000 to 4999, but 1004, 1005, 1006 and 1015.
        :returns: the number of connections.
        :raises InvalidArgument: if there is no such *how*, or no such close code to send.
        """

    @_sent
    def refuse(
        self,
        status: int = 503,
        times: int | None = None,
        retry_after_s: float | None = None,
        body: str = "",
        match: str | None = None,
        how: Refusal = "http",
    ) -> None:
        """Refuse new WebSocket connections, until :meth:`accept`.

        :param status: HTTP status of the answer, 300 to 599.
        :param times: how many to refuse, a million at most; None for all.
        :param retry_after_s: seconds for the header ``Retry-After``, or None for no header.
        :param match: part of the path.
        :param how: ``"http"`` by an answer, ``"reset"`` by a TCP reset, ``"hang"`` by no answer at all.
        :raises InvalidArgument: if an argument is outside of this.
        """

    @_sent
    def accept(self) -> None:
        """Accept new connections again; requests left without an answer are closed."""

    @_sent
    def stall(self, match: str | None = None, seconds: float | None = None, new: bool = False) -> int:
        """Send nothing more on connections while TCP stays open; messages of that time are lost.

        :param seconds: of the reactor's clock, after which this stall ends; None for never.
        :param new: True also stalls connections opened later, right after their handshake.
        :returns: the number of connections stalled now.
        """

    @_sent
    def resume(self, match: str | None = None) -> int:
        """End stalls: answer what clients have sent meanwhile, and send again.

        :returns: the number of connections that were stalled.
        """

    @_sent
    def quiet(self, match: str | None = None, lasting_s: float | None = None, new: bool = True) -> int:
        """Send no messages of streams while pings go on, until :meth:`clear`; those messages are lost.

        :param match: part of a stream name, or ``=`` and the whole of it; with a slash in front, part of a
            path.
        :param lasting_s: seconds of the reactor's clock after which it ends; None for no such end.
        :param new: True also silences them on connections opened later, or subscribed to them later. False is
            only for connections that have them now: a new connection, after a move, gets them again.
        :returns: the number of open connections affected.
        """

    @_sent
    def late_pings(self, seconds: float, match: str | None = None, lasting_s: float | None = None) -> int:
        """Send pings late, on open and on new connections, until :meth:`clear`.

        :param seconds: the delay of each ping, of the reactor's clock; 0 ends it.
        :param lasting_s: as in :meth:`quiet`.
        :returns: the number of open connections affected.
        :raises InvalidArgument: if *seconds* is out of bounds.
        """

    @_sent
    def delay(
        self, seconds: float, match: str | None = None, lasting_s: float | None = None, each: bool = False
    ) -> int:
        """Send everything later, in order, on open and on new connections, until :meth:`clear`.

        What is delayed when a close frame goes out goes with it; what is delayed when TCP ends is lost.

        :param seconds: the delay, of the reactor's clock, an hour at most; 0 ends it.
        :param lasting_s: as in :meth:`quiet`.
        :param each: True for a delay of its own for each connection, between 0 and *seconds*, so that no two
            are in step.
        :returns: the number of open connections affected.
        :raises InvalidArgument: if *seconds* is out of bounds.
        """

    @_sent
    def slow_tls(self, seconds: float, times: int | None = None) -> None:
        """Let new TLS connections wait for their handshake, until :meth:`clear`.

        :param seconds: of the reactor's clock, before the client's first bytes are read; 0 ends it.
        :param times: the number of connections; None for all.
        :raises InvalidArgument: if there is no TLS, or a number is out of bounds.
        """

    @_sent
    def server_shutdown(self, match: str | None = None) -> int:
        """Announce that the server shuts down, in the form that each connection has.

        Connections of derivatives, where it is not documented, announce it only if a *match* selects them.

        :returns: the number of connections.

        Source: Spot *Web Socket Streams* and *WebSocket API*, "serverShutdown".
        """

    @_sent
    def control(
        self,
        how: Control = "refuse",
        times: int | None = None,
        match: str | None = None,
        method: ControlMethod | None = None,
        stream: str | None = None,
        seconds: float = 0.0,
        code: int = 2,
        message: str = "Invalid request: invalid stream",
        shape: Shape | None = None,
        null_id: bool = False,
        lasting_s: float | None = None,
    ) -> None:
        """Treat SUBSCRIBE and UNSUBSCRIBE otherwise than they ask for, until :meth:`clear`.

        Of several calls the first is used up first that is meant for a message. Each message is logged. What
        is wrong in itself has its own error, and counts for none of this.

        :param how: ``"refuse"`` answers with an error and does nothing, ``"ignore"`` does nothing and never
            answers, ``"unanswered"`` does it and never answers, ``"late"`` does it at once and answers after
            *seconds*, ``"obey"`` ends all earlier calls of this.
        :param times: the number of messages, a million at most; None for all.
        :param method: which of the two; None for both.
        :param stream: only messages that have this stream among their names; None for all.
        :param seconds: before the answer, also of ``"refuse"``, of the reactor's clock; an answer that is due
            during a stall never comes.
        :param code: of the error, with *message*.
        :param shape: of the error: ``"nested"`` is ``{"error": {"code", "msg"}, "id"}``, ``"flat"`` is
            ``{"code", "msg", "id"}``; None for the one that this exchange has.
        :param null_id: True leaves the id of the request out of the error, which then has ``null``.
        :param lasting_s: as in :meth:`quiet`.
        :raises InvalidArgument: if an argument is outside of this.

        Source: Spot *Web Socket Streams*, "Live Subscribing/Unsubscribing to streams"; what is not documented
        there has been seen.
        """

    # -- messages ----------------------------------------------------------------------------------

    @_sent
    def malformed(self, kind: Malformed = "not_json", times: int = 1, match: str | None = None) -> int:
        """Send malformed messages between good ones; no good message is lost.

        The first goes out at once, every other behind the next good message.

        :param kind: cut-off JSON, invalid UTF-8, a binary message, an empty one, or JSON of another type.
        :param times: the number on each connection, behind those that are still to come.
        :returns: the number of connections.
        :raises InvalidArgument: if there is no such *kind*, or *times* is out of bounds.
        """

    @_sent
    def fragments(
        self, pieces: int = 3, match: str | None = None, times: int | None = None, pings: bool = True
    ) -> int:
        """Send messages in several frames each, on open and on new connections, until :meth:`clear`.

        :param pieces: frames a message, 2 to 1,000.
        :param times: the number of messages in all; None for no end.
        :param pings: True puts a ping between any two frames.
        :returns: the number of open connections affected.
        :raises InvalidArgument: if *pieces* or *times* is out of bounds.
        """

    @_sent
    def duplicate(self, match: str | None = None, times: int = 1) -> int:
        """Send messages twice; each is logged with its id.

        :param match: part of a stream name.
        :param times: the number of messages on each connection that is open now, a million at most.
        :returns: the number of connections.
        :raises InvalidArgument: if *times* is out of bounds.
        """

    @_sent
    def reorder(self, match: str | None = None, times: int = 1) -> int:
        """Send messages behind the next one of their stream; arguments and return as :meth:`duplicate`."""

    @_sent
    def skip(self, match: str | None = None, times: int = 1) -> int:
        """Leave messages out, so that ids have gaps; arguments and return as :meth:`duplicate`."""

    @_sent
    def late_frames(self, times: int = 1, match: str | None = None, lasting_s: float | None = None) -> None:
        """Go on sending streams after the answer to their UNSUBSCRIBE, until :meth:`clear`.

        They come as soon as the stream has them, and each is logged with its id. They are over once the
        stream is subscribed again.

        :param times: the number of messages of each stream, 1,000 at most; 0 ends it.
        :param match: part of a stream name.
        :param lasting_s: as in :meth:`quiet`.
        :raises InvalidArgument: if *times* is out of bounds.
        """

    @_sent
    def lose_level(self, symbol: str = "BNBBTC", side: Side = "BUY", market: TradedOn = "spot") -> str:
        """Take the best level out of an order book, and never say so in diff depth.

        All else that is sent of the book is as it is then: snapshots, best prices, and the level itself if an
        order comes to rest there.

        :param side: ``"BUY"`` for a bid, ``"SELL"`` for an ask.
        :param market: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
        :returns: the price of the level.
        :raises InvalidArgument: if the market has no such symbol.
        """

    # -- REST --------------------------------------------------------------------------------------

    @_sent
    def rest(
        self,
        down: int | None = None,
        delay_s: float = 0.0,
        how: RestFailure = "http",
        match: str | None = None,
        lasting_s: float | None = None,
    ) -> None:
        """Let REST calls fail or be slow; without arguments they work again.

        :param down: HTTP status of a gateway's page that answers every call; None for real answers.
        :param delay_s: seconds of the reactor's clock before an answer.
        :param how: ``"http"`` by *down*; ``"reset"`` and ``"hang"`` whatever *down* is, and nothing
            is done; with ``"lose"`` the call is executed, and the connection reset in place of an answer.
        :param match: part of the path.
        :param lasting_s: as in :meth:`quiet`.
        :raises InvalidArgument: if an argument is outside of this.
        """

    @_sent
    def ban(self, seconds: float, match: str | None = None) -> None:
        """Answer REST calls with 418 and -1003, as the exchange does those of an address that it has banned.

        The answer has ``Retry-After``, and its text says until when the ban is. A client that goes on after
        429 is banned without this, see :class:`~binance.sandbox.limits.Limits`.

        :param seconds: of the reactor's clock; 0 ends it.
        :param match: part of the path, e.g. ``"/fapi/"``.
        :raises InvalidArgument: if *seconds* is out of bounds.

        Source: Spot *REST API*, "IP Limits".
        """

    @_sent
    def rest_answer(
        self,
        method: Verb,
        path: str,
        body: Any,
        *,
        status: int = 200,
        security: Security = "none",
        times: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer REST calls of one verb and path with *body*, until :meth:`clear`.

        It goes before what the sandbox itself answers there, and is for calls that it does not have:
        withdrawals, sub-accounts, loans. Answers with *times* are used first, in the order in which they were
        given; then the last one without. What was sent is in ``rest_calls``.

        :param path: from the host on, percent-decoded and without a query, e.g.
            ``"/sapi/v1/capital/withdraw/apply"``.
        :param body: any JSON value, the one that the answer has.
        :param status: HTTP status of the answer, 200 to 599.
        :param security: ``"none"`` answers whatever was sent; ``"key"`` checks the API key, ``"signed"`` the
            API key, the timestamp and the signature, as the sandbox does for calls of its own.
        :param times: the number of calls to answer, a million at most; None for all. Calls that are refused
            for their key or signature are not counted.
        :param headers: further headers of the answer, such as ``{"Retry-After": "60"}``.
        :raises InvalidArgument: if an argument is outside of this.
        """

    @_sent
    def forget_rest_answers(self, method: Verb | None = None, path: str | None = None) -> int:
        """Take answers of :meth:`rest_answer` away, so that the sandbox's own are back.

        :param method: the verb; None for any.
        :param path: the whole path; None for any.
        :returns: the number of answers, used-up ones not counted.
        """

    @_sent
    def clock(self, offset_ms: float) -> None:
        """Set the exchange's clock wrong, for signed calls and for answers that give the time.

        :param offset_ms: how far it is ahead of this machine's clock; 0 ends it.
        :raises InvalidArgument: if it is off by more than a hundred years.
        """

    # -- keys, tokens, accounts --------------------------------------------------------------------

    @_sent
    def expire_listen_key(self, api_key: str | None = None, account: str | None = None) -> int:
        """Let listen keys expire now: their sockets get the event and stay open.

        :param api_key: whose; None for all.
        :param account: the kind of account, as in :meth:`fill`; None for any.
        :returns: the number of listen keys.
        :raises InvalidArgument: if there is no such account.
        """

    @_sent
    def forget_listen_keys(self, api_key: str | None = None, account: str | None = None) -> int:
        """Forget listen keys without an event: a keepalive is answered with -1125.

        Arguments and return as :meth:`expire_listen_key`.
        """

    @_sent
    def terminate_subscriptions(self, api_key: str | None = None, account: str | None = None) -> int:
        """End subscriptions of the WebSocket API, each with its event; connections and tokens stay valid.

        A connection that is stalled gets the event after the stall.

        :param api_key: whose; None for all.
        :param account: the kind of account, as in :meth:`fill`; None for any.
        :returns: the number of subscriptions.
        :raises InvalidArgument: if there is no such account.
        """

    @_sent
    def expire_listen_tokens(self, api_key: str | None = None) -> int:
        """Let listen tokens expire now; the subscriptions made by them end, each with its event.

        :param api_key: whose; None for all.
        :returns: the number of tokens.
        """

    @_sent
    def revoke_key(self, api_key: str | None = None) -> int:
        """Refuse all calls with an API key from now on with 401 and -2015, until :meth:`restore_key`.

        Its listen keys and tokens are forgotten, its subscriptions send no more messages, and its
        connections of the WebSocket API get an error whose id is null.

        :param api_key: which; None for all.
        :returns: the number of connections that get the error.
        """

    @_sent
    def restore_key(self, api_key: str | None = None) -> None:
        """Accept an API key again, or all; listen keys and tokens do not come back."""

    @_sent
    def add_api_key(self, api_key: str, secret: str | None = None, public_key: str | None = None) -> None:
        """Let an API key exist, or have its signatures checked otherwise from now on.

        :param secret: of HMAC; or *public_key*, RSA or Ed25519 as PEM; without either, only the form of
            signatures is checked.
        :raises InvalidArgument: if both are given, or one cannot be such.
        """

    @_sent
    def fill(
        self,
        symbol: str = "BNBBTC",
        side: str = "BUY",
        quantity: str = "1",
        price: str | None = None,
        api_key: str | None = None,
        client_order_id: str | None = None,
        account: str = "spot",
    ) -> list[dict[str, Any]]:
        """Let an account trade on the market, now; its trades are in the market's streams too.

        So do accounts of derivatives on theirs.

        :param symbol: a pair of the spot market; of ``"usdm"`` a perpetual such as ``"BTCUSDT"``, of
            ``"coinm"`` one such as ``"BTCUSD_PERP"``, of ``"options"`` an option. ``"portfolio_margin"``
            trades both kinds of perpetuals, and on margin all other pairs of the spot market.
        :param side: ``"BUY"`` or ``"SELL"``.
        :param quantity: of the base asset, as a decimal string; of ``"coinm"`` in contracts.
        :param price: limit, as a decimal string; None for a market order.
        :param api_key: whose order; None for the last account of its kind that began to listen.
        :param account: ``"spot"``, ``"margin"``, ``"isolated_margin:BNBBTC"``, which trades that alone,
            ``"usdm"``, ``"coinm"``, ``"options"`` or ``"portfolio_margin"``.
        :returns: the events made, which were sent to the account's listen key if it has one, and to its
            subscriptions of the WebSocket API.
        :raises InvalidArgument: if an argument is outside of this, or there is no account.

        Source: Spot *User Data Streams*, "Order Update".
        """

    @_sent
    def move(self, symbol: str, price: str, market: TradedOn = "spot") -> int:
        """Let a market trade through all that stands between here and a price, and last at that price.

        Orders of accounts that stand there are filled, and stop prices on the way are reached.

        :param price: as a decimal string.
        :param market: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
        :returns: the number of trades, those left out that stop prices cause.
        :raises InvalidArgument: if the market has no such symbol, or the symbol no such price.
        """

    @_sent
    def deposit(
        self, asset: str, amount: str, api_key: str | None = None, account: str = "spot"
    ) -> list[dict[str, Any]]:
        """Add to an account's balance, or take from it; arguments as :meth:`fill`.

        :param amount: signed decimal string.
        :returns: the events made.

        Source: Spot *User Data Streams*, "Balance Update".
        """

    @_sent
    def account_event(
        self, event: str, account: str = "usdm", symbol: str | None = None, api_key: str | None = None
    ) -> list[dict[str, Any]]:
        """Make an event of an account of derivatives that comes from no order.

        ``ACCOUNT_UPDATE`` is a funding fee, of options equity and margins; ``ACCOUNT_CONFIG_UPDATE`` changes
        the leverage of *symbol*, without one the multi-assets mode. The others are ``MARGIN_CALL``,
        ``ALGO_UPDATE``, ``STRATEGY_UPDATE``, ``GRID_UPDATE`` and ``CONDITIONAL_ORDER_TRIGGER_REJECT``; of
        options ``GREEK_UPDATE`` and ``RISK_LEVEL_CHANGE``; of portfolio margin ``liabilityChange``,
        ``openOrderLoss``, ``riskLevelChange``, ``CONDITIONAL_ORDER_TRADE_UPDATE`` and ``ALGO_ORDER_UPDATE``.

        :param event: its name.
        :param account: ``"usdm"``, ``"coinm"``, ``"options"`` or ``"portfolio_margin"``.
        :param symbol: the contract it is about; None for the first there is.
        :param api_key: whose; None for the last account of its kind that began to listen.
        :returns: the events made, which were sent to the account's listen key if it has one.
        :raises InvalidArgument: if such an account has no such event or contract, or there is no account.

        Source: *User Data Streams* of each venue.
        """

    # -- all faults --------------------------------------------------------------------------------

    @_sent
    def chaos(
        self,
        seed: int = 1,
        mean_s: float = CHAOS_MEAN_S,
        kinds: Collection[str] | None = None,
        seconds: float | None = None,
    ) -> None:
        """Let faults happen by themselves, until :meth:`stop_chaos`; a seed repeats the same faults.

        What has happened, and to how many connections, is in ``chaos`` of the state.

        :param mean_s: mean of the seconds between two, of the reactor's clock, 0.001 at least.
        :param kinds: names of faults, of ``binance.sandbox.faults.plan.CHAOS_KINDS``; None for all of these.
            ``"control"`` and ``"late_frames"`` may be named, too.
        :param seconds: after which it stops by itself; None for never.
        :raises InvalidArgument: if there is no such fault, or *mean_s* is out of bounds.
        """

    @_sent
    def stop_chaos(self) -> int:
        """Let no more faults happen by themselves; those in force stay, see :meth:`clear`.

        :returns: the number of faults that have happened.
        """

    @_sent
    def clear(self) -> None:
        """End all faults."""


REMOTE: Final = tuple(_signatures)


def read_arguments(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check the arguments of a call, before it changes anything.

    :param given: by name.
    :returns: all arguments of the call, defaults included.
    :raises LookupError: if there is no such call.
    :raises TypeError: if an argument is missing, or one is not the call's.
    :raises InvalidArgument: if one has a wrong type, or is out of its bounds.
    """
    signature = _signatures.get(name)
    if signature is None:
        raise LookupError(f"there is no {name[:80]!r}; use one of {', '.join(REMOTE)}")
    bound = signature.bind(**given)
    for argument, value in bound.arguments.items():
        kind, *others = _kinds(signature.parameters[argument].annotation)
        if value is None and others:
            continue
        least, most = bounds(name, argument)
        if not (_fits(value, kind) and least <= _size(value, kind) <= most):
            wanted = _wanted(kind, least, most) + (", or None" if others else "")
            raise InvalidArgument(f"{argument} cannot be {_shown(argument, value)}; use {wanted}")
    bound.apply_defaults()
    return bound.arguments


def bounds(name: str, argument: str) -> tuple[float, float]:
    """Return the least and the greatest value of a call's argument, see ``BOUNDS``; without, any."""
    return BOUNDS.get(f"{name}.{argument}", BOUNDS.get(argument, (-math.inf, math.inf)))


def _kinds(annotation: Any) -> list[Any]:
    """Return the types that an annotation allows, None last."""
    kinds = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return sorted(kinds, key=lambda kind: kind is NoneType)


def _fits(value: Any, kind: Any) -> bool:
    """Return whether a value has a type."""
    if get_origin(kind) is Literal:
        return isinstance(value, str) and value in get_args(kind)
    if get_origin(kind) is Collection:
        return isinstance(value, Collection) and not isinstance(value, str) and all(map(_is_name, value))
    if get_origin(kind) is Mapping:
        return isinstance(value, Mapping) and all(map(_is_name, value)) and all(map(_is_text, value.values()))
    if kind is Any:
        return json_text(value) is not None
    if kind in (int, float):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (kind is float and isinstance(value, float) and math.isfinite(value))
    return _is_text(value) if kind is str else isinstance(value, kind)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value == value.encode("utf-8", "ignore").decode()


def _is_name(value: Any) -> bool:
    return _is_text(value) and len(value) <= _SHORT[1]


def json_text(value: Any) -> str | None:
    """Return a value as JSON, which can be written as UTF-8; None if it cannot be."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return None
    return text


def _size(value: Any, kind: Any) -> Any:
    """Return what the bounds of a value are meant for."""
    if kind is Any:
        value = json_text(value)
    return len(value) if isinstance(value, Collection) else value


def _wanted(kind: Any, least: float, most: float) -> str:
    """Return in words what an argument may be."""
    span = f"{least:,} to {most:,}"
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    if get_origin(kind) is Collection:
        return f"a list of {span} names"
    if get_origin(kind) is Mapping:
        return f"{span} texts by name"
    if kind is Any:
        return f"a JSON value whose text has {span} characters"
    words = {bool: "True or False", str: f"a text of {span} characters", int: f"a whole number, {span}"}
    return words.get(kind, f"a number, {span}")


def _shown(argument: str, value: Any) -> str:
    if argument in _SECRET:
        return "that"
    try:
        return ascii(value)[:80]
    except ValueError:  # an integer of too many digits to be written
        return "that large"
