"""Which streams of a subscription deliver nothing, while their connection is open. Pure.

The exchange accepts any name: a misspelt stream, or one that it has ended, connects and is silent for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

#: A check counts as on time although its clock, rounded, shows a moment less.
_ROUNDING_S = 1e-3


class QuietStreams:
    """How long each stream has been silent.

    A stream is told of once, and again only after it has been heard in between.

    :param watched: seconds after which a stream is silent, by name; at least one.
    :ivar every_s: seconds between two checks. A silence that begins later than the connection is told of
        at most so much too late.
    """

    def __init__(self, watched: Mapping[str, float]) -> None:
        self.every_s = min(watched.values())
        self._watched = watched
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def begin(self, now: float) -> None:
        """A connection is open: from now on its streams may be heard.

        :param now: seconds of any clock.
        """
        self._since = dict.fromkeys(self._watched, now)

    def check(self, heard: Set[str], now: float) -> dict[str, float]:
        """The streams that are to be told of, and the seconds for which each has been silent.

        :param heard: what has brought something since the last check, or since the beginning.
        :param now: seconds, by the clock of :meth:`begin`.
        """
        silent = {}
        for name, after_s in self._watched.items():
            if name in heard:
                self._since[name] = now
                self._told.discard(name)
            elif name not in self._told and now - self._since[name] >= after_s - _ROUNDING_S:
                self._told.add(name)
                silent[name] = now - self._since[name]
        return silent
