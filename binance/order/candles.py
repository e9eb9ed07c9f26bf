"""The closed candles of one kline stream: those that fell between two connections. Pure.

A kline stream pushes the running candle again and again, and a last time, with ``x`` true, when it is closed.
A candle whose close falls into an outage is not pushed again. When the new connection pushes a later candle,
this is known:

- A candle was seen open, and not its close: that one never came. (What has been pushed once is pushed when it
  is closed.)
- The candles between that one and the new one: whether the exchange pushes candles without trades is not
  documented.

  - If this stream has pushed one (``n`` is 0), there is one for every interval, and all of them are missing.
  - Else the ids of the trades decide: if the new candle's first trade, ``f``, does not follow the last one
    seen, ``L``, there were trades between, and so at least one candle; how many is not known.
  - Kinds without ids of trades: if each of the last three intervals was pushed, those between were, too.

On one connection nothing is missing. A candle that opens earlier than the last one is a repetition, or the
exchange's clock was set back: what follows is compared to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

#: Intervals in a row that have to be pushed before each one is expected to be.
REGULAR = 3

_DAY_MS = 86_400_000
_SHORTEST_MONTH_DAYS = 28
_EPOCH_DAY = date(1970, 1, 1).toordinal()
#: Times from here on are in microseconds: as milliseconds this is the year 5138, as microseconds 1973.
_MICROSECONDS_FROM = 10**14
#: The year 8307, in microseconds: no time of a candle, and still a day of the calendar.
_NO_TIME = 2 * 10**17


@dataclass(frozen=True)
class Missing:
    """Closed candles that never came.

    :ivar first: when the first of them opened, in the unit of the messages.
    :ivar last: when the last one did.
    :ivar count: how many there are; None: not known, for an interval without trades may have no candle.
    """

    first: int
    last: int
    count: int | None


class Candles:
    """What has been seen of the candles of one stream.

    :param by_ids: the ids of trades, ``f`` and ``L``, say whether there were trades between two candles.

    :ivar has_come: a candle has come since this was last set to False.
    """

    __slots__ = (
        "_by_ids", "_is_closed", "_is_in_doubt", "_last_id", "_next", "_opens", "_pushes_all", "_regular",
        "has_come",
    )  # fmt: skip

    def __init__(self, by_ids: bool) -> None:
        self.has_come = False
        self._by_ids = by_ids
        self._is_in_doubt = False  # another connection has taken over since the last candle
        self._pushes_all = False  # one without trades has come
        self._opens: int | None = None  # the last candle seen
        self._next = 0  # the one after it
        self._is_closed: Any = False
        self._last_id: Any = None  # of the last trade seen
        self._regular = 0  # how many intervals in a row have been pushed up to now

    def interrupted(self) -> None:
        """What comes next comes on another connection."""
        self._is_in_doubt = True

    def goes_on(self, kline: dict[str, Any]) -> bool:
        """Take a kline, if it is of the last candle, or of the next one on the same connection.

        :param kline: member ``k`` of a message.
        :returns: False if it is not, and has to be judged.
        :raises LookupError, TypeError: if it is not a kline, and has to be judged, too.
        """
        if self._is_in_doubt:
            return False
        opens, is_closed, last_id = kline["t"], kline["x"], kline["L"]
        if opens != self._opens:
            closes = kline["T"]
            if opens != self._next or type(closes) is not int:
                return False
            self._opens, self._next = opens, closes + 1
            self._regular += 1
        if kline["n"] == 0:
            self._pushes_all = True
        else:
            self._last_id = last_id
        self._is_closed = is_closed
        self.has_come = True
        return True

    def judge(self, kline: dict[str, Any]) -> Missing | None:
        """Take any kline, and say which candles never came before it.

        :param kline: member ``k`` of a message; what is not a kline counts for nothing.
        """
        opens, closes = kline.get("t"), kline.get("T")
        if type(opens) is not int or type(closes) is not int or not 0 <= opens <= closes < _NO_TIME:
            return None
        if kline.get("n") == 0:
            self._pushes_all = True
        missing = None
        if self._is_in_doubt and self._opens is not None and opens > self._opens:
            missing = self._missing(opens, closes, kline.get("f"))
        if opens != self._opens:
            self._regular = self._regular + 1 if opens == self._next else 1
        self._opens, self._next = opens, closes + 1
        self._is_closed = kline.get("x")
        if kline.get("n") != 0 and "L" in kline:
            self._last_id = kline["L"]
        self._is_in_doubt = False
        self.has_come = True
        return missing

    def _missing(self, opens: int, closes: int, first_id: Any) -> Missing | None:
        """Of the candles from the last one seen to the one that opens at *opens*."""
        assert self._opens is not None
        first = self._next if self._is_closed else self._opens
        if first >= opens:
            return None
        if not self._lacks_between(first_id):
            return None if self._is_closed else Missing(first, first, 1)
        length = closes + 1 - opens
        day = _DAY_MS if opens < _MICROSECONDS_FROM else _DAY_MS * 1000
        if length < _SHORTEST_MONTH_DAYS * day:
            last, count = opens - length, (opens - first) // length
        else:
            last, count = _month_before(opens, day), _month(opens, day) - _month(first, day)
        last = max(first, last)
        return Missing(first, last, count if self._pushes_all else 1 if first == last else None)

    def _lacks_between(self, first_id: Any) -> bool:
        if self._pushes_all:
            return True
        if self._by_ids and _is_id(first_id) and _is_id(self._last_id):
            return bool(first_id > self._last_id + 1)
        return self._regular >= REGULAR


def _is_id(value: Any) -> bool:
    return type(value) is int and value >= 0


def _first_day(opens: int, day: int) -> date:
    """The first day of the month that opens then, in any time zone up to twelve hours from UTC.

    :param day: a day, in the unit of *opens*.
    """
    return date.fromordinal(_EPOCH_DAY + (opens + day // 2) // day).replace(day=1)


def _month(opens: int, day: int) -> int:
    """A number of the month that opens then; that of the next month is one more."""
    first = _first_day(opens, day)
    return first.year * 12 + first.month


def _month_before(opens: int, day: int) -> int:
    """When the month before the one that opens then opened."""
    days = date.fromordinal(_first_day(opens, day).toordinal() - 1).day
    return opens - days * day
