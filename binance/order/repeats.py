"""Messages without ids that are repeated on another connection of the same streams. Pure.

They are known by their texts, of which digests are kept.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from hashlib import blake2b
from typing import Any

from binance.order.sequence import Sequence


def digest(payload: bytes) -> bytes:
    """What is remembered of a message."""
    return blake2b(payload, digest_size=16).digest()


class Past:
    """Texts of one stream, in the order in which one connection sent them and the other one will.

    So where that one has sent one of them, whatever came before it will not come any more.
    """

    def __init__(self) -> None:
        self._texts: deque[bytes] = deque()
        self._counts: Counter[bytes] = Counter()

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: bytes) -> None:
        """One connection has sent it."""
        self._texts.append(text)
        self._counts[text] += 1

    def extend(self, later: Past) -> None:
        """One connection has sent these after those."""
        self._texts += later._texts
        self._counts += later._counts

    def repeats(self, text: bytes) -> bool:
        """The other one has sent a text; whether it is one of these."""
        if text not in self._counts:
            return False
        passed = None
        while passed != text:
            passed = self._texts.popleft()
            self._counts[passed] -= 1
            if not self._counts[passed]:
                del self._counts[passed]
        return True

    def clear(self) -> None:
        """None of them will come any more."""
        self._texts.clear()
        self._counts.clear()


class Repeats:
    """What a connection has sent that was left, and the one in its place is still about to send.

    Only messages without ids; of the others the sequence knows. They are dropped when they come, until all of
    them have, or, for *wait_s*, others and none of them.

    :ivar pasts: them, by stream.
    """

    def __init__(self, sequence: Sequence, pasts: dict[str, Past], wait_s: float) -> None:
        self.pasts = pasts
        self._sequence = sequence
        self._wait_s = wait_s
        self._until = math.inf

    def removed(self, name: str) -> None:
        """A stream was removed: nothing of it is repeated."""
        self.pasts.pop(name, None)

    def over(self, now: float) -> bool:
        """Whether nothing is repeated any more."""
        return now >= self._until or not any(self.pasts.values())

    def without(
        self, payloads: list[bytes], messages: list[Any], now: float
    ) -> tuple[list[bytes], list[Any]]:
        """What came, less what had come before on the connection that was left."""
        new: list[int] = []
        for number, message in enumerate(messages):
            past = self.pasts.get(self._sequence.stream_of(message))
            if past and self._sequence.ids_of(message) is None:
                if past.repeats(digest(payloads[number])):
                    self._until = math.inf
                    continue
                self._until = min(self._until, now + self._wait_s)
            new.append(number)
        return [payloads[number] for number in new], [messages[number] for number in new]
