"""The layers of the package, as docs/architecture.rst draws them."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "architecture.rst"


def layers(table: str) -> list[set[str]]:
    """The rooms of each row of a table, from the bottom of the imports up.

    :param table: the name that the table has on the page.
    """
    text = PAGE.read_text(encoding="utf-8")
    _, found, rest = text.partition(f":name: {table}\n")
    assert found, f"{PAGE.name} has no table {table!r}"
    body = re.split(r"\n(?=\S)", rest, maxsplit=1)[0]
    rows = re.findall(r"^   \* - (.*)$", body, re.M)[1:]  # without the heads
    return [set(re.findall(r"``(\w+)``", row)) for row in rows]


def allowed(table: str) -> dict[str, set[str]]:
    """Of each room, the rooms that it may import beside its own package: those of the rows above."""
    rows = layers(table)
    return {room: set().union(*rows[:number]) for number, row in enumerate(rows) for room in row}
