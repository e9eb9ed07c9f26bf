"""What a client may do how often: dials of a host, messages on a connection. Pure: time is an argument.

The exchange counts over a sliding window, and who asks for too much is closed, then banned. So nothing here
is refused: it is given the moment at which it may happen.

Source: Spot *Web Socket Streams*, "WebSocket Limits".
"""

from __future__ import annotations

from collections import deque

from binance.wire.hosts import place


class Budget:
    """At most so many in any span of time, in the order in which they are asked for.

    :param most: how many.
    :param span_s: seconds.
    """

    __slots__ = ("_most", "_not_before", "_span_s", "_taken")

    def __init__(self, most: int, span_s: float) -> None:
        self._most = most
        self._span_s = span_s
        self._taken: deque[float] = deque(maxlen=most)  # moments, those to come included
        self._not_before = float("-inf")

    def take(self, now: float) -> float:
        """Take one.

        :param now: seconds of any clock, always the same one.
        :returns: seconds to wait before it may be used; 0 if at once.
        """
        when = max(now, self._not_before)
        if len(self._taken) == self._most:
            when = max(when, self._taken[0] + self._span_s)
        if self._taken:
            when = max(when, self._taken[-1])  # nobody overtakes
        self._taken.append(when)
        return when - now

    def is_closed(self, now: float) -> bool:
        """Whether it is closed for a while."""
        return now < self._not_before

    def close_until(self, then: float) -> None:
        """Nothing that is taken from now on may be used before *then*."""
        self._not_before = max(self._not_before, then)


class DialBudgets:
    """One budget of dials for each place that counts them.

    See :func:`binance.wire.hosts.place`.

    :param most: how many, in *span_s* seconds.
    """

    def __init__(self, most: int, span_s: float) -> None:
        self._most = most
        self._span_s = span_s
        self._budgets: dict[str, Budget] = {}

    def of(self, host: str, port: int) -> Budget:
        """The budget for dials of a host."""
        name = place(host, port)
        budget = self._budgets.get(name)
        if budget is None:
            budget = self._budgets[name] = Budget(self._most, self._span_s)
        return budget
