"""Rate limits of one exchange, and windows of time to count in. Pure: time is an argument."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, NamedTuple, get_args

from binance.exceptions import InvalidArgument

Venue = Literal["spot", "futures", "options", "sapi", "sapi_account", "portfolio_margin", "web"]
Oversized = Literal["close", "ignore"]

MESSAGES_SPAN_S: Final = 1.0
DIALS_SPAN_S: Final = 300.0
WEIGHT_SPAN_S: Final = 60.0
BAN_S: Final = 120.0
LONGEST_BAN_S: Final = 3 * 86_400.0


class Pace(NamedTuple):
    """Whose limits and heartbeat a connection has.

    :ivar ping: how much rarer pings are than on spot; ``pong``: how much longer one may go unanswered.
    """

    name: Venue
    ping: int = 1
    pong: int = 1


#: Spot pings every 20 s and waits 60 s, futures 3 and 10 minutes, options 5 and 15.
#: Source: *General Info* of each.
SPOT_PACE: Final = Pace("spot")
FUTURES_PACE: Final = Pace("futures", 9, 10)
OPTIONS_PACE: Final = Pace("options", 15, 15)


# Limits of other venues, which are counted under the names of spot's.
_OF_VENUES: Final = (
    "derivatives_messages_per_s", "options_streams", "derivatives_weight_per_min", "sapi_weight_per_min",
    "sapi_account_weight_per_min",
)  # fmt: skip


# The limit of the weight of each venue, by its name; the website's calls are not weighed.
_WEIGHT_LIMITS: Final[dict[Venue, str]] = {
    "spot": "weight_per_min",
    "portfolio_margin": "weight_per_min",
    "futures": "derivatives_weight_per_min",
    "options": "derivatives_weight_per_min",
    "sapi": "sapi_weight_per_min",
    "sapi_account": "sapi_account_weight_per_min",
}


@dataclass(frozen=True)
class Limits:
    """The limits of one exchange; None lifts one.

    Seconds and minutes are those of the reactor's clock, however fast the exchange's goes: they hold
    against what a client sends, and a client has no other clock.

    :ivar streams: streams of one connection; a URL with more is refused with 400, a SUBSCRIBE with an
        error of code 4.
    :ivar messages_per_s: frames that a client may send on a connection of streams within a second, its pings
        and pongs counted; one more closes it with 1008 ``Too many requests``. Answers to pings that the
        sandbox sent less than a second after the one before are free: the real one never pings so fast.
        The WebSocket API has weights only.
    :ivar dials_per_5_min: upgrade requests of one address, refused ones counted; then 429 with
        ``Retry-After``.
    :ivar weight_per_min: weight of an address's REST calls and requests of the WebSocket API; then 429 with
        -1003 and ``Retry-After``, or ``retryAfter`` in the reply.
    :ivar request_bytes: size of a control message on a connection of streams; a larger one is met as
        ``oversized`` says. Whatever this is, more than a mebibyte closes a connection with 1009.
    :ivar url_characters: length of a URL as it was sent, scheme and host counted; a longer one is answered
        with 414.
    :ivar oversized: ``"close"`` closes with 3001 ``illegal request``, ``"ignore"`` does nothing; both have
        been seen at the real one.
    :ivar orders_per_10_s: orders that an account may send within 10 seconds, and ``orders_per_day`` within a
        day of UTC, those that have traded not counted; then 429 with -1015, and over REST no ``Retry-After``.
        Contracts have numbers of their own, 300 in 10 seconds and 1,200 a minute; None here lifts them, too.
    :ivar derivatives_messages_per_s: what ``messages_per_s`` is on futures and options.
    :ivar options_streams: what ``streams`` is on options.
    :ivar derivatives_weight_per_min: what ``weight_per_min`` is on USD-M and COIN-M together, and again on
        options.
    :ivar sapi_weight_per_min: what ``weight_per_min`` is of each path below ``/sapi``; of the paths whose
        weight is an account's and not an address's it is ``sapi_account_weight_per_min``. On portfolio margin
        the weight is counted apart from spot's, and ``/bapi`` and ``/futures/data`` count none.
    :ivar refusals_per_min: REST calls and requests of an address that are refused for their weight; one more
        bans the address: 418 with -1003 and ``Retry-After``, for two minutes, then for twice as long each
        time, three days at most. Below ``/sapi`` there are no bans. The number is not documented.
    :raises InvalidArgument: if a limit is below 1, or there is no such ``oversized``.

    Source: Spot *Web Socket Streams*, "WebSocket Limits"; *WebSocket API*, "Rate limits"; *REST API*,
    "Limits"; *Spot Unfilled Order Count Rules*. The length of a URL is not documented; it has been measured.
    """

    streams: int | None = 1024
    messages_per_s: int | None = 5
    dials_per_5_min: int | None = 300
    weight_per_min: int | None = 6000
    request_bytes: int | None = 4096
    url_characters: int | None = 8004
    oversized: Oversized = "close"
    derivatives_messages_per_s: int | None = 10
    options_streams: int | None = 200
    derivatives_weight_per_min: int | None = 2400
    sapi_weight_per_min: int | None = 12_000
    sapi_account_weight_per_min: int | None = 180_000
    refusals_per_min: int | None = 10
    orders_per_10_s: int | None = 100
    orders_per_day: int | None = 200_000

    def __post_init__(self) -> None:
        own = {name: getattr(self, name) for name in _OF_VENUES}
        for name, value in (self.numbers() | own).items():
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
                raise InvalidArgument(f"the limit {name} is a number from 1 on, or None, not {value!r}")
        if self.oversized not in get_args(Oversized):
            raise InvalidArgument(f"oversized is one of {', '.join(get_args(Oversized))}")

    def messages(self, pace: Pace) -> int | None:
        """Return ``messages_per_s`` of a venue."""
        return self.messages_per_s if pace.name == "spot" else self.derivatives_messages_per_s

    def most_streams(self, pace: Pace) -> int | None:
        """Return ``streams`` of a venue."""
        return self.options_streams if pace.name == "options" else self.streams

    def weight(self, venue: Venue) -> int | None:
        """Return ``weight_per_min`` of a venue."""
        name = _WEIGHT_LIMITS.get(venue)
        found: int | None = None if name is None else getattr(self, name)
        return found

    def numbers(self) -> dict[str, int | None]:
        """Return the limits that are numbers, by name: those of spot, under which others are counted, too."""
        known = (item.name for item in fields(self))
        return {name: getattr(self, name) for name in known if name not in ("oversized", *_OF_VENUES)}


NO_LIMITS: Final = Limits(
    None, None, None, None, None, None, "close", None, None, None, None, None, None, None, None
)  # fmt: skip


def read_limits(texts: Mapping[str, str]) -> Limits:
    """Read limits from a command line.

    :param texts: a number, or ``none``, by the name of the limit.
    :raises InvalidArgument: if there is no such limit, or it cannot have that value.
    """
    read: dict[str, Any] = {}
    for name, text in texts.items():
        if name not in {item.name for item in fields(Limits)}:
            raise InvalidArgument(
                f"there is no limit {name!r}; use one of {', '.join(item.name for item in fields(Limits))}"
            )
        read[name] = None if text == "none" else int(text) if text.isdecimal() else text
    return Limits(**read)


class Usage:
    """What clients have made of the limits.

    Limits of other venues are counted under the names of spot's.

    :ivar most: by the name of a limit the most that was seen of it, refused or not: the largest control
        message in bytes, the longest URL, the most streams of one connection, the most within a window. Of a
        window without a limit nothing is counted.
    :ivar violated: by the name of a limit, how often a client went beyond it.
    :ivar control_messages: how many have come on connections of streams.
    """

    def __init__(self, limits: Limits) -> None:
        names = limits.numbers()
        self.most = dict.fromkeys(names, 0)
        self.violated = dict.fromkeys(names, 0)
        self.control_messages = 0

    def fits(self, name: str, amount: int, limit: int | None) -> bool:
        """Count an amount under the name of a limit; return whether it is within it.

        :param limit: spot's, or where the venue has its own that one; None for no limit.
        """
        self.most[name] = max(self.most[name], amount)
        if limit is None or amount <= limit:
            return True
        self.violated[name] += 1
        return False

    def state(self) -> dict[str, Any]:
        """Return all of it, in a form that JSON can carry."""
        return {
            "violated": dict(self.violated),
            "most": dict(self.most),
            "control_messages": self.control_messages,
        }


class Window:
    """Counts what happened within the last seconds.

    :param most: how much may happen within *span_s*; None for any.
    :param span_s: the length of the window, in seconds.
    """

    __slots__ = ("_counted", "_most", "_span_s", "_times")

    def __init__(self, most: int | None, span_s: float) -> None:
        self._most = most
        self._span_s = span_s
        self._times: deque[tuple[float, int]] = deque()
        self._counted = 0

    def count(self, now_s: float, amount: int = 1) -> bool:
        """Count something that happens now; return whether it is still within the limit."""
        if self._most is None:
            return True
        self._forget(now_s)
        self._times.append((now_s, amount))
        self._counted += amount
        return self._counted <= self._most

    def counted(self, now_s: float) -> int:
        """Return how much has happened within the span."""
        self._forget(now_s)
        return self._counted

    def wait_s(self, now_s: float) -> float:
        """Return the seconds until one more would be within the limit."""
        over = self._counted + 1 - (self._most or 0)
        until_s = now_s
        for time_s, amount in self._times:
            if over <= 0:
                break
            over -= amount
            until_s = time_s + self._span_s
        return max(0.0, until_s - now_s)

    def _forget(self, now_s: float) -> None:
        while self._times and self._times[0][0] <= now_s - self._span_s:
            self._counted -= self._times.popleft()[1]
