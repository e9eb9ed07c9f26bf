"""Requests to subscribe on one connection, so that it carries the streams that are wanted. Pure.

One request is unanswered at a time, with as many names as a frame takes: names that are no longer wanted
first, which makes room, then those that are. While there are always some of both, because the set changes
faster than the exchange answers, they take turns, as far as there is room. A frame that is refused is asked
again in halves, until it is known which names the exchange refuses.

Source: Spot *Web Socket Streams*, "Live Subscribing/Unsubscribing to streams". The greatest size of a frame
is not documented; clients have seen about 4,096 bytes ignored, or answered by the end of the connection.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

#: Bytes of one request, at most.
LONGEST_FRAME = 3_999
#: Of these, what stands around the names: the method, and an id of up to 19 digits.
_AROUND = len('{"id": , "method": "UNSUBSCRIBE", "params": []}') + 19

SUBSCRIBE = "SUBSCRIBE"
UNSUBSCRIBE = "UNSUBSCRIBE"


class Request(NamedTuple):
    """A control message: SUBSCRIBE or UNSUBSCRIBE, and names of streams."""

    method: str
    names: tuple[str, ...]


class Carried:
    """Which streams a connection carries, and what is asked on it.

    :ivar names: the streams whose messages come: they were in its URL, or their SUBSCRIBE was answered, and
        no UNSUBSCRIBE has been sent since.
    :ivar asked: the request that is not answered yet.
    """

    __slots__ = ("_halves", "_last", "asked", "names")

    def __init__(self) -> None:
        self.begin(())

    def begin(self, names: Iterable[str]) -> None:
        """A connection was made with these names in its URL; what the one before carried is lost."""
        self.names: dict[str, None] = dict.fromkeys(names)
        self.asked: Request | None = None
        self._halves: deque[Request] = deque()  # of frames that were refused
        self._last = SUBSCRIBE  # what was asked last

    def next(self, wanted: Collection[str]) -> Request | None:
        """Ask what is to be asked next, if anything is, and nothing is unanswered.

        :param wanted: the names that the connection is to carry; those that stand first are asked for first.
        """
        if self.asked is not None:
            return None
        for method, names in self._candidates(wanted):
            taken = tuple(_as_many_as_fit(self._lacking(method, names, wanted)))
            if taken:
                self.asked, self._last = Request(method, taken), method
                break
        if self.asked is not None and self.asked.method == UNSUBSCRIBE:
            for name in self.asked.names:
                del self.names[name]
        return self.asked

    def answered(self) -> None:
        """The exchange has done what was asked."""
        request, self.asked = self.asked, None
        if request is not None and request.method == SUBSCRIBE:
            self.names.update(dict.fromkeys(request.names))

    def refused(self) -> str | None:
        """The exchange refuses what was asked.

        :returns: the name that it does not subscribe, if it was asked for alone; None: nothing is known yet,
            or it was to be unsubscribed, and then its messages are not wanted either way.
        """
        request, self.asked = self.asked, None
        if request is None:
            return None
        method, names = request
        if len(names) > 1:
            half = len(names) // 2
            self._halves.extendleft((Request(method, names[half:]), Request(method, names[:half])))
            if method == UNSUBSCRIBE:
                self.names.update(dict.fromkeys(names))
            return None
        return names[0] if method == SUBSCRIBE else None

    def expects(self, name: str) -> bool:
        """Whether messages of a stream come, or may come before the answer does."""
        asked = self.asked
        return name in self.names or (asked is not None and asked.method == SUBSCRIBE and name in asked.names)

    def is_rid_of(self, name: str) -> bool:
        """Whether a stream is neither carried, nor is anything asked about it."""
        return name not in self.names and (self.asked is None or name not in self.asked.names)

    def _candidates(self, wanted: Iterable[str]) -> Iterator[tuple[str, Iterable[str]]]:
        """What may have to be asked, in this order: methods, and names of which some may be done.

        The two take turns: a set that changes all the time always has something to unsubscribe.
        """
        while self._halves:
            yield self._halves.popleft()
        both: list[tuple[str, Iterable[str]]] = [(UNSUBSCRIBE, self.names), (SUBSCRIBE, wanted)]
        yield from reversed(both) if self._last == UNSUBSCRIBE else both

    def _lacking(self, method: str, names: Iterable[str], wanted: Collection[str]) -> Iterator[str]:
        """Those of the names for which the request still has to be made, and of which there is room."""
        if method == SUBSCRIBE:
            room = max(len(wanted) - len(self.names), 0)
            return islice((name for name in names if name not in self.names and name in wanted), room)
        return (name for name in names if name in self.names and name not in wanted)


def _as_many_as_fit(names: Iterable[str]) -> Iterator[str]:
    left = LONGEST_FRAME - _AROUND
    for name in names:
        left -= len(json.dumps(name)) + len(", ")
        if left < 0:
            return
        yield name
