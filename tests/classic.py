"""The public names of python-binance 0.7.11, read from the lists of them."""

from __future__ import annotations

import re
from ast import literal_eval
from pathlib import Path

DATA = Path(__file__).parent / "data"


def _rows(name: str) -> list[str]:
    return [line for line in (DATA / name).read_text().splitlines() if not line.startswith("#")]


_SECTIONS = dict(line.split(": ", 1) for line in _rows("classic_names.txt"))

#: The three columns of each call of its client: arguments, what it asked, what the name asks in 1.0.37.
CALLS = {name: tuple(row) for name, *row in (line.split("\t") for line in _rows("classic_client.tsv"))}


def constants(section: str) -> dict[str, str]:
    """Names and values of one section, ``"Client constants"`` or ``"binance.enums"``."""
    return {name: literal_eval(text) for name, text in re.findall(r"(\w+)=('[^']*')", _SECTIONS[section])}


def names(section: str) -> list[str]:
    """Names of one section, with their arguments if it has them, e.g. ``"binance.exceptions"``."""
    return re.findall(r"\w+(?:\([^)]*\))?", _SECTIONS[section])
