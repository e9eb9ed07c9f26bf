"""Chaos: faults that happen by themselves, by a plan."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from binance.sandbox.faults.fault import Fault, Rule
from binance.sandbox.faults.plan import Step, plan
from binance.sandbox.market.market import Market
from binance.sandbox.net.connections import Connections
from binance.sandbox.net.timers import Timer

# Steps that a run remembers.
_KEPT_STEPS: Final = 10_000


class _Run:
    """A plan that is carried out until it is stopped.

    :param steps: the plan, whose seed and mean are in the state.
    :param later: calls something after a number of seconds.
    :param act: carries out a step, and returns what is kept of it.

    :ivar done: the steps carried out, the last 10,000 of them.
    """

    def __init__(
        self,
        seed: int,
        mean_s: float,
        steps: Iterator[Step],
        later: Callable[..., Timer],
        act: Callable[[Step], dict[str, Any]],
    ) -> None:
        self.running = True
        self.done: deque[dict[str, Any]] = deque(maxlen=_KEPT_STEPS)
        self._named = {"seed": seed, "mean_s": mean_s}
        self._steps = steps
        self._later = later
        self._act = act
        self._await_next()

    def _await_next(self) -> None:
        step = next(self._steps)
        self._timer = self._later(step.wait_s, self._carry_out, step)

    def _carry_out(self, step: Step) -> None:
        self.done.append({"fault": step.fault, "arguments": step.arguments} | self._act(step))
        self._await_next()

    def stop(self) -> None:
        """Carry out nothing more."""
        self.running = False
        self._timer.cancel()

    def state(self) -> dict[str, Any]:
        """Return what has happened, in a form that JSON can carry."""
        return self._named | {"running": self.running, "done": list(self.done)}


class Chaos(Fault):
    """Lets faults happen by themselves.

    :param carry_out: carries out a call by its name and arguments.
    """

    def __init__(
        self, connections: Connections, market: Market, carry_out: Callable[[str, dict[str, Any]], Any]
    ) -> None:
        super().__init__(connections)
        self._market = market
        self._carry_out = carry_out
        self._run: _Run | None = None
        self._rule = Rule(None)

    def state(self) -> dict[str, Any]:
        return {"chaos": self._run is not None and self._run.running}

    def run_state(self) -> dict[str, Any] | None:
        """Return the seed of the last :meth:`chaos` and what has happened; None if there was none."""
        return None if self._run is None else self._run.state()

    def chaos(self, seed: int, mean_s: float, kinds: Collection[str] | None, seconds: float | None) -> None:
        """Let faults happen by themselves."""
        steps = plan(seed, mean_s, kinds, list(self._market.books))
        self.stop_chaos()
        self._run = _Run(seed, mean_s, steps, self._timers.later, self._act)
        self._note("chaos", seed=seed, mean_s=mean_s)
        self._rule = Rule(None)
        self._end_after(seconds, self._rule, self.stop_chaos)

    def _act(self, step: Step) -> dict[str, Any]:
        touched = self._carry_out(step.fault, step.arguments)
        return {"time_ms": self._connections.time_ms(), "touched": touched}

    def stop_chaos(self) -> int:
        """Let no more faults happen by themselves."""
        run = self._run
        if run is None or not run.running:
            return 0
        run.stop()
        self._rule.forget_end()
        self._note("stop_chaos", done=len(run.done))
        return len(run.done)
