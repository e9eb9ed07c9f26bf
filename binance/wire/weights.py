"""A budget of request weight. Pure: time is an argument."""

from __future__ import annotations

from collections import deque

from binance.wire.budgets import RESOLUTION_S


class WeightBudget:
    """A weight that is not exceeded in any span of time.

    :param most: weight; *span_s*: seconds.
    """

    def __init__(self, most: int, span_s: float) -> None:
        self.most = most
        self.span_s = span_s
        self._spent: deque[tuple[float, int]] = deque()  # when, and how much
        self._sum = 0

    def wait_s(self, now: float, weight: int, ahead: int = 0) -> float:
        """Seconds until *weight* may be spent; 0 if at once.

        :param weight: if it is more than there is in a span, a whole span without any other has to do.
        :param ahead: weight that others spend before, each as soon as possible: then the answer is a close
            one.
        """
        self._forget(now)
        rounds, ahead = divmod(ahead, self.most)
        too_much = self._sum + ahead + min(weight, self.most) - self.most
        if too_much <= 0:
            return rounds * self.span_s
        for at, spent in self._spent:
            too_much -= spent
            if too_much <= 0:
                wait_s = at + self.span_s - now + rounds * self.span_s
                return wait_s if wait_s > RESOLUTION_S else 0.0
        return (rounds + 1) * self.span_s

    def spend(self, now: float, weight: int) -> None:
        """Spend it, which may be spent now."""
        self._spent.append((now, weight))
        self._sum += weight

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][0] + self.span_s - now <= RESOLUTION_S:
            self._sum -= self._spent.popleft()[1]
