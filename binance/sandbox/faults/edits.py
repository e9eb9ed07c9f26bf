"""What becomes of messages on their way to one connection: twice, in another order, or never. Pure."""

from typing import Final, Literal

from binance.sandbox.net.match import names

Kind = Literal["duplicate", "reorder", "skip"]

# What an edit did: the ids of the messages that it touched, in the order in which they went out.
Touched = list[int | None]

_TWICE: Final = 2


class Edit:
    """One fault of messages on one connection.

    :param kind: ``"duplicate"`` sends a message twice, ``"reorder"`` after the next one of its stream,
        ``"skip"`` not at all.
    :param match: part of a stream's name, ``=`` and the whole of it, or None for any.
    :param times: how many messages.
    """

    def __init__(self, kind: Kind, match: str | None, times: int) -> None:
        self.kind = kind
        self.left = times
        self._match = match
        self._held: dict[str, tuple[int | None, bytes]] = {}

    def wants(self, stream: str) -> bool:
        """Say whether a message of a stream is for :meth:`apply`."""
        return stream in self._held or (self.left > 0 and names(self._match, stream))

    def apply(self, stream: str, number: int | None, body: bytes) -> tuple[list[bytes], Touched]:
        """Take one message.

        :param number: its id, if it has one.
        :returns: what goes out now, and the ids touched; none while a message is held back.
        """
        if stream in self._held:
            earlier, held = self._held.pop(stream)
            return [body, held], [number, earlier]
        self.left -= 1
        if self.kind == "reorder":
            self._held[stream] = (number, body)
            return [], []
        return [body] * (_TWICE if self.kind == "duplicate" else 0), [number]

    def drop(self, stream: str | None = None) -> dict[str, int | None]:
        """Lose what is held back of a stream, or of all; return the ids by stream."""
        streams = [name for name in self._held if stream in (None, name)]
        return {name: self._held.pop(name)[0] for name in streams}

    @property
    def over(self) -> bool:
        """Whether it has nothing left to do."""
        return not self.left and not self._held

    def release(self) -> list[bytes]:
        """Give up, and return what is held back."""
        self.left = 0
        bodies = [body for _, body in self._held.values()]
        self._held.clear()
        return bodies
