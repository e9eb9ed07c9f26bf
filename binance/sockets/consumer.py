"""The interfaces of a consumer, and of the socket that feeds it. Pure.

A consumer is passed to ``start_*`` in place of a function. It gets whole batches of messages, in the
reactor's thread, where it must not block: it keeps them for another thread, for an event loop, or as latest
values. One consumer may be fed by several sockets, each of which is a :class:`Feed` to it.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from binance.process.logs import Log

log = Log(__name__)


class Feed(ABC):
    """One socket, as its consumer sees it; from any thread, where nothing else is said.

    :ivar conn_key: what ``start_*`` returned.
    :ivar stream: the name of its only stream, whose messages are bare; None: messages are
        ``{"stream", "data"}``, or events of an account, or an order book.
    :ivar reactor: that it goes by.
    :ivar came_at_s: when the messages that are being handed over came, by the clock of :meth:`seconds`; in
        :meth:`Consumer.take`.
    """

    conn_key: str
    stream: str | None
    reactor: Any
    came_at_s: float

    @abstractmethod
    def seconds(self) -> float:
        """The time now, in seconds of a clock that is never set."""

    @abstractmethod
    def handed_on(self, messages: int, waited_s: float, seconds: float = 0.0) -> None:
        """Count messages that user code has been called with, or has taken.

        :param waited_s: from the receipt until the user code had the last of them.
        :param seconds: that it spent on them.
        """

    @abstractmethod
    def dropped(self, messages: Sequence[Any], limit: int, policy: str, of: Feed | None = None) -> bool:
        """Count messages of this socket that nobody will have, and report them: ``overflow`` and ``gap``.

        :param limit: of the consumer; *policy*: what it does when that is reached. Both are in the event.
        :param of: another socket, whose messages they are, and which has ended.
        :returns: False if the socket has ended, and said so: then nothing is counted or reported.
        """

    @abstractmethod
    def raised(self, error: BaseException) -> None:
        """Report an exception of user code: ``callback_error``, or the end of the program."""

    @abstractmethod
    def give_up(self, reason: str) -> None:
        """End the socket as one given up; the error message says *reason*. In the reactor's thread."""


class Consumer(ABC):
    """Takes the messages of sockets in batches; the base class of every consumer.

    A class of its own, and not a set of methods that any object may have: a mock has every method.

    ``consumer(message)`` takes one message that comes from no socket, from any thread.
    """

    def __call__(self, message: Any) -> None:
        self.take(BY_HAND, [message])

    def started(self, feed: Feed) -> None:  # noqa: B027
        """``start_*`` was called with this consumer; in the caller's thread.

        What it raises is raised by ``start_*``, and there is no socket.
        """

    def begin(self, feed: Feed) -> None:  # noqa: B027
        """The socket is about to connect: its manager was started, or is running. In the caller's thread.

        Here is the time to start threads: later Python may not start any, and before it the process may fork.
        """

    @abstractmethod
    def take(self, feed: Feed, messages: list[Any]) -> None:
        """Take messages, in order; in the reactor's thread. It must not block.

        The list is the consumer's own.
        """

    def failed(self, feed: Feed, message: dict[str, Any]) -> None:
        """Take the error message of a socket, ``{"e": "error", "m": ...}``; never drop it."""
        self.take(feed, [message])

    def stopped(self, feed: Feed) -> None:  # noqa: B027
        """Nothing comes from this socket any more; in the thread that has stopped it.

        It is called once for each :meth:`started`, after the error message if there is one.
        """

    def pending(self, feed: Feed) -> int:
        """How many messages of a socket have come and were not handed on yet; from any thread."""
        return 0


class _ByHand(Feed):
    """Where messages come from that user code passes to a consumer itself."""

    conn_key = ""
    stream = None

    @property
    def reactor(self) -> Any:
        from twisted.internet import reactor

        return reactor

    @property
    def came_at_s(self) -> float:  # type: ignore[override]
        return time.monotonic()

    def seconds(self) -> float:
        return time.monotonic()

    def handed_on(self, messages: int, waited_s: float, seconds: float = 0.0) -> None:
        """There is no socket that counts them."""

    def dropped(self, messages: Sequence[Any], limit: int, policy: str, of: Feed | None = None) -> bool:
        return False

    def raised(self, error: BaseException) -> None:
        log.error("the callback of a consumer raised", exc_info=error)

    def give_up(self, reason: str) -> None:
        """There is no socket to end."""


#: Feeds a consumer that is called like a function.
BY_HAND = _ByHand()
