"""A manager whose time passes when a test says so, for streams that are silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import Clock

from binance.websockets import BinanceSocketManager

from .support import ManagerCase, ServedConnection, turns, until


class InTurns(Clock):
    """A clock for which "at once" is a matter of the turns of the reactor, not of its time."""

    def callLater(self, delay_s: float, call: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        if delay_s == 0:
            return reactor.callLater(0, call, *args, **kw)
        return super().callLater(delay_s, call, *args, **kw)


class QuietCase(ManagerCase):
    """A manager whose time passes when the test says so."""

    def setUp(self) -> None:
        super().setUp()
        self.use(Clock())

    def use(self, clock: Clock) -> None:
        """Let the managers that are made from now on go by this clock."""
        self.clock = clock
        self.quick(clock=clock)
        self.addCleanup(lambda: self.assertEqual(clock.getDelayedCalls(), []))

    def manager(self, client: Any = None, **options: Any) -> BinanceSocketManager:
        return super().manager(client, silence_s=1e6, **options)

    async def passes(self, seconds: float) -> None:
        """Let time pass in steps, as it does; what comes of it is told in the reactor's next turn."""
        for _ in range(int(seconds)):
            self.clock.advance(1)
        await turns(3)

    async def brings(self, connection: ServedConnection, message: Any) -> None:
        """Send one message and wait until the callback has it."""
        before = len(self.got)
        connection.send(message)
        await until(lambda: len(self.got) > before)

    def silent(self) -> list[tuple[str, int]]:
        """What was told of so far."""
        return [(info["stream"], round(info["seconds"])) for info in self.events.of("silent")]
