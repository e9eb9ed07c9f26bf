"""The public names of python-binance 0.7.11, read from the lists of them."""

from __future__ import annotations

import re
from ast import literal_eval
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"


def _rows(name: str) -> list[str]:
    return [line for line in (DATA / name).read_text().splitlines() if not line.startswith("#")]


_SECTIONS = dict(line.split(": ", 1) for line in _rows("classic_names.txt"))


class Classic(NamedTuple):
    """A call of the old client.

    :ivar asked: verb, host and path that it asked; *now*: those that its name asks in a newer library.
    """

    name: str
    arguments: str
    asked: str
    now: str


#: All calls of its client.
CALLS = [Classic(*row.split("\t")) for row in _rows("classic_client.tsv")]


def constants(section: str) -> dict[str, str]:
    """Names and values of one section, ``"Client constants"`` or ``"binance.enums"``."""
    return {name: literal_eval(text) for name, text in re.findall(r"(\w+)=('[^']*')", _SECTIONS[section])}


def names(section: str) -> list[str]:
    """Names of one section, with their arguments if it has them, e.g. ``"binance.exceptions"``."""
    return re.findall(r"\w+(?:\([^)]*\))?", _SECTIONS[section])
