"""Failures of REST, and of the clock that answers go by."""

from typing import Any

from binance.sandbox.calls import RestFailure
from binance.sandbox.faults.fault import Fault, Rule
from binance.sandbox.faults.refusals import check_status
from binance.sandbox.net.clock import ExchangeClock
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.gate import Failed


class _Failing(Rule):
    """How REST calls fail."""

    def __init__(self, match: str | None, failed: Failed) -> None:
        super().__init__(match)
        self.failed = failed

    def state(self) -> dict[str, Any]:
        failed = self.failed
        return {"down": failed.down, "delay_s": failed.delay_s, "how": failed.how, "match": self.match}


class RestFailures(Fault):
    """Lets REST calls fail or be slow."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._failing: _Failing | None = None

    def state(self) -> dict[str, Any]:
        return {"rest": None if self._failing is None else self._failing.state()}

    def rest(
        self, down: int | None, delay_s: float, how: RestFailure, match: str | None, lasting_s: float | None
    ) -> None:
        """Let REST calls fail or be slow."""
        if down is not None:
            check_status(down)
        if down is None and not delay_s and how == "http":
            self.recover()
            return
        if self._failing is not None:
            self._failing.forget_end()
        self._failing = _Failing(match, Failed(how, down, delay_s))
        self._end_after(lasting_s, self._failing, self.recover)
        self._note("rest", **self._failing.state())

    def recover(self) -> None:
        """Let REST calls work again, and log it."""
        if self._failing is not None:
            self._failing.forget_end()
            self._failing = None
        self._connections.drop_hanging()
        self._note("rest", how="up")

    def rest_failure(self, path: str) -> Failed | None:
        """Return how a REST call to *path* fails, or None."""
        failing = self._failing
        if failing is None or (failing.match is not None and failing.match not in path):
            return None
        self._note("rest_failed", path=path, **failing.failed._asdict())
        return failing.failed


class _Ban(Rule):
    """A ban.

    :ivar until_s: when it ends, on the reactor's clock.
    """

    def __init__(self, match: str | None, until_s: float) -> None:
        super().__init__(match)
        self.until_s = until_s


class Bans(Fault):
    """Bans all addresses from REST."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._ban: _Ban | None = None

    def state(self) -> dict[str, Any]:
        ban = self._ban
        return {"ban": None if ban is None else {"match": ban.match, "seconds": self._left_s(ban)}}

    def lift(self) -> None:
        if self._ban is not None:
            self._ban.forget_end()
            self._ban = None

    def _left_s(self, ban: _Ban) -> float:
        return max(0.0, ban.until_s - self._timers.seconds())

    def ban(self, seconds: float, match: str | None) -> None:
        """Answer REST calls as those of a banned address."""
        self.lift()
        self._note("ban", seconds=seconds, match=match)
        if seconds:
            self._ban = _Ban(match, self._timers.seconds() + seconds)
            self._end_after(seconds, self._ban, self.lift)

    def banned_s(self, path: str) -> float | None:
        """Return the seconds for which calls to *path* are banned, or None."""
        ban = self._ban
        if ban is None or (ban.match is not None and ban.match not in path):
            return None
        self._note("banned", path=path)
        return self._left_s(ban)


class WrongClock(Fault):
    """Sets the exchange's clock wrong."""

    def __init__(self, connections: Connections, clock: ExchangeClock) -> None:
        super().__init__(connections)
        self._clock = clock

    def state(self) -> dict[str, Any]:
        return {"clock": self._clock.offset_ms}

    def lift(self) -> None:
        self._clock.offset_ms = 0.0

    def clock(self, offset_ms: float) -> None:
        """Set the clock wrong."""
        self._clock.offset_ms = offset_ms
        self._note("clock", offset_ms=offset_ms)
