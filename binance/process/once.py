"""Things that are logged once in a process."""

from __future__ import annotations


class Once:
    """What happens in this process for the first time; from any thread."""

    def __init__(self) -> None:
        self._seen: dict[str, object] = {}

    def first(self, what: str) -> bool:
        """Whether this is asked for the first time."""
        mine = object()
        return self._seen.setdefault(what, mine) is mine
