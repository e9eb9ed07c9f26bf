"""The time of a screen that is redrawn, without waiting."""

from __future__ import annotations


class FakeTime:
    """In place of the module ``time``: it passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
