"""A queue of messages for a loop of the user's own: in a thread, in asyncio, or in a Twisted coroutine."""

from __future__ import annotations

import queue
from collections.abc import AsyncIterator, Iterator
from typing import Any

from binance.consuming.queued import Queued
from binance.consuming.waiting import check_thread, check_timeout
from binance.exceptions import Ended

_NOTHING = object()

#: A coroutine takes no more messages without letting others run.
IN_A_ROW = 256


class Inbox(Queued):
    """A queue of messages, which a loop takes out: ``for msg in inbox``, or ``async for msg in inbox``.

    Pass it to ``start_*`` in place of a callback, to several if you like. Messages wait here in the order in
    which they came; error messages (``msg["e"] == "error"``) are never dropped and come after what was
    received before them. A loop ends when no socket feeds the inbox any more (they were stopped or given up,
    or their manager was closed) and it is empty. Starting a socket with it revives it: begin a new loop.

    ``async for`` works in asyncio, in whichever thread its loop runs, and in coroutines of Twisted.

    :param limit: how many messages wait at most.
    :param when_full: ``"drop_oldest"`` or ``"drop_newest"``: some of them are dropped, and reported by
        ``overflow`` and ``gap`` events and in ``stats()``. ``"stop"``: the socket is given up, with an error
        message.
    :raises InvalidArgument: (a ValueError) if an argument is out of range.

    ``len(inbox)`` is how many messages wait.
    """

    def __init__(self, limit: int = 100_000, when_full: str = "drop_oldest") -> None:
        super().__init__(limit, when_full)

    def __repr__(self) -> str:
        return f"<Inbox: {len(self)} of {self._backlog.limit} messages{', ended' if self.ended else ''}>"

    def get(self, timeout: float | None = None) -> Any:
        """Take the message that has waited longest, and wait for one if it is empty.

        :param timeout: seconds to wait at most; None: as long as it takes.
        :raises queue.Empty: if no message came in time.
        :raises Ended: if no message will come: no socket feeds the inbox, and it is empty.
        :raises ManagerError: in the reactor's thread, where messages come from.
        :raises InvalidArgument: if *timeout* is not a number from 0.
        """
        check_timeout(timeout)
        self._check_thread()
        while True:
            message = next(self._rest, _NOTHING)
            if message is not _NOTHING:
                return message
            found = self._refill(timeout)
            if found is None:
                raise queue.Empty
            if not found:
                raise Ended("no socket feeds this inbox, and it is empty")

    def __iter__(self) -> Iterator[Any]:
        self._check_thread()
        while self._refill():
            yield from self._rest  # which a loop that breaks off leaves to the next one

    async def __aiter__(self) -> AsyncIterator[Any]:
        in_a_row = 0
        while await self._refilled():
            for message in self._rest:
                in_a_row += 1
                yield message
            if in_a_row >= IN_A_ROW:
                in_a_row = 0
                await self._turn()

    def _check_thread(self) -> None:
        check_thread(self._reactor, "an Inbox", "async for in a coroutine")
