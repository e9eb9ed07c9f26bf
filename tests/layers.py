"""The layers of the package, as docs/architecture.rst draws them, and what imports what."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import binance

PACKAGE = Path(binance.__file__).parent
SANDBOX_SOURCES = sorted((PACKAGE / "sandbox").rglob("*.py"))
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


def ran(code: str) -> subprocess.CompletedProcess[str]:
    """Run *code* in a Python of its own."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )


def imported(source: Path) -> Iterator[str]:
    """The dotted names that a source file imports, at its top, in functions, or for types only."""
    here = ["binance", *source.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = here[: len(here) + 1 - node.level] if node.level else []
            base = ".".join([*origin, *([node.module] if node.module else [])])
            if PACKAGE.parent.joinpath(*base.split(".")).is_dir():  # the names are modules
                yield from (f"{base}.{alias.name}" for alias in node.names)
            else:
                yield base


def rooms_imported(source: Path) -> set[str]:
    """Those of :func:`imported` that are ours, without ``binance.``."""
    return {name.partition(".")[2] for name in imported(source) if name.partition(".")[0] == "binance"}
