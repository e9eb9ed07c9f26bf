"""The versions of other packages that this one needs.

An installed package says so in its metadata; a clone of the repository in its ``requirements.txt``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

_OURS = "binance-twisted"
_LINE = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;()]*)\)?\s*(;.*)?", re.ASCII)
_CLAUSE = re.compile(r"(>=|<=|==|!=|~=|>|<)\s*(\d+(?:\.\d+)*)", re.ASCII)
_NUMBERS = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
#: What a sign asks of a version and a limit; the upper end that "~=" also has is left out.
_HOLDS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "~=": operator.ge,
    ">": operator.gt,
    "<": operator.lt,
}


class Clauses:
    """The versions of one package that will do, e.g. ``">=23.6.2,!=25.9.1"``.

    Only the numbers of a version are compared: 23.10.0rc1 counts as 23.10.0.
    """

    def __init__(self, text: str) -> None:
        self._clauses = [(sign, _numbers(number)) for sign, number in _CLAUSE.findall(text)]
        self._text = ",".join(sign + number for sign, number in _CLAUSE.findall(text))

    def __str__(self) -> str:
        return self._text

    def allows(self, version: str) -> bool:
        """Return whether a version will do."""
        found = _NUMBERS.match(version)
        numbers = _numbers(found[0]) if found is not None else ()
        return all(_HOLDS[sign](numbers, limit) for sign, limit in self._clauses)


def required() -> dict[str, Clauses]:
    """Return the required packages and their versions; empty if that is not known, as in a frozen program."""
    listed = Path(__file__).parents[2] / "requirements.txt"
    if listed.with_name("setup.py").is_file() and listed.is_file():
        return read(listed.read_text(encoding="utf-8").splitlines())
    try:
        return read(requires(_OURS) or ())
    except PackageNotFoundError:
        return {}


def read(lines: Iterable[str]) -> dict[str, Clauses]:
    """Read the lines of ``requirements.txt`` or of a package's metadata; extras are left out."""
    found = (_LINE.fullmatch(line.partition("#")[0].strip()) for line in lines)
    return {one[1]: Clauses(one[2]) for one in found if one is not None and "extra" not in (one[3] or "")}


def _numbers(text: str) -> tuple[int, ...]:
    """A version's numbers, without zeros at the end: 23.1 and 23.1.0 are the same."""
    numbers = [int(part) for part in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
