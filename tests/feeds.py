"""A socket that feeds a consumer, without a network: a test is the exchange."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.task import Clock

from binance.sockets.consumer import Consumer, Feed


class FakeReactor:
    """Calls at once what it is asked to call, and has the triggers that were added.

    :ivar triggers: what is called before the shutdown.
    """

    running = False

    def __init__(self) -> None:
        self.clock = Clock()
        self.seconds = self.clock.seconds
        self.callLater = self.clock.callLater
        self.triggers: list[Callable[[], Any]] = []

    def callFromThread(self, function: Callable[..., object], *arguments: object) -> None:
        function(*arguments)

    def addSystemEventTrigger(
        self, phase: str, event: str, function: Callable[..., Any], *arguments: object
    ) -> None:
        assert (phase, event) == ("before", "shutdown")
        self.triggers.append(lambda: function(*arguments))


class FakeFeed(Feed):
    """Hands over what a test says, and remembers what the consumer reports.

    :ivar lost: messages that were reported as dropped.
    :ivar waits: how many messages waited for how long, as reported.
    :ivar worked_s: seconds of the user's code.
    :ivar errors: what was raised; *reasons*: why it was given up.
    """

    def __init__(self, consumer: Consumer, stream: str | None = None, conn_key: str = "key") -> None:
        self.consumer = consumer
        self.conn_key = conn_key
        self.stream = stream
        self.reactor = FakeReactor()
        self.now = self.came_at_s = 0.0
        self.is_over = False
        self.lost: list[Any] = []
        self.waits: list[tuple[int, float]] = []
        self.worked_s = 0.0
        self.errors: list[BaseException] = []
        self.reasons: list[str] = []

    def open(self) -> FakeFeed:
        """Start the socket, and connect it."""
        self.consumer.started(self)
        self.consumer.begin(self)
        return self

    def send(self, *messages: Any) -> None:
        """Messages come, as one batch."""
        self.came_at_s = self.now
        self.consumer.take(self, list(messages))

    def fail(self, message: dict[str, Any]) -> None:
        """The error message comes."""
        self.consumer.failed(self, message)

    def close(self) -> None:
        """The socket is stopped."""
        self.consumer.stopped(self)

    def seconds(self) -> float:
        return self.now

    def handed_on(self, messages: int, waited_s: float, seconds: float = 0.0) -> None:
        self.waits.append((messages, waited_s))
        self.worked_s += seconds

    def dropped(self, messages: Sequence[Any], limit: int, policy: str, of: Feed | None = None) -> bool:
        if not self.is_over:
            self.lost += messages
        return not self.is_over

    def raised(self, error: BaseException) -> None:
        self.errors.append(error)

    def give_up(self, reason: str) -> None:
        self.reasons.append(reason)
