"""Prints findings: aligned lines for a reader, or one JSON object a line."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from collections import Counter
from typing import TextIO

from binance.doctor.finding import Finding, State
from binance.text.counted import counted

_COLOURS = {State.OK: "32", State.WARNING: "33", State.FAILED: "31;1", State.SKIPPED: "2"}
_STATE, _CHECK = 9, 13
#: Columns of a line, at most; in a pipe just as many.
WIDEST, PIPE = 100, 80


class Printer:
    """Prints lines as they come; at a terminal also which check is being made.

    :ivar states: how many findings of each state there were.
    """

    def __init__(self, out: TextIO) -> None:
        self.states: Counter[State] = Counter()
        self._out = out
        # an old console of Windows would print the escape sequences
        understands = (
            "WT_SESSION" in os.environ if os.name == "nt" else os.environ.get("TERM", "dumb") != "dumb"
        )
        self._is_terminal = out.isatty() and understands
        self._is_coloured = self._is_terminal and not os.environ.get("NO_COLOR")
        self._width = min(shutil.get_terminal_size().columns, WIDEST) if self._is_terminal else PIPE

    def begin(self, check: str) -> None:
        """A check begins."""
        if self._is_terminal:
            self.clear()
            self._write(f"{'...':<{_STATE}}{check}")

    def clear(self) -> None:
        """Take the name of a check off the terminal."""
        if self._is_terminal:
            self._write("\r\x1b[K")

    def show(self, check: str, finding: Finding) -> None:
        """Print one finding."""
        self.states[finding.state] += 1
        state = f"{finding.state:<{_STATE}}"
        if self._is_coloured:
            state = f"\x1b[{_COLOURS[finding.state]}m{state}\x1b[0m"
        first, *rest = self._wrapped(finding.seen)
        lines = [f"{state}{check:<{_CHECK}}{first}"]
        if finding.advice:
            rest += self._wrapped(f"Do: {finding.advice}.")
        lines += [" " * (_STATE + _CHECK) + line for line in rest]
        self.clear()
        self._write("\n".join(lines) + "\n")

    def end(self) -> None:
        """Print the sum."""
        sums = [
            counted(self.states[State.FAILED], "check failed", "checks failed"),
            counted(self.states[State.WARNING], "warning"),
        ]
        self.clear()
        self._write(f"\n{', '.join(sums)}\n")

    def _wrapped(self, text: str) -> list[str]:
        room = max(self._width - _STATE - _CHECK - 1, 20)
        return textwrap.wrap(text, room, break_on_hyphens=False) or [""]

    def _write(self, text: str) -> None:
        encoding = self._out.encoding or "utf-8"  # a Windows console's may have no letters of an issuer
        self._out.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self._out.flush()


class JsonPrinter(Printer):
    """Prints ``{"check", "state", "seen", "advice"}``, one a line."""

    def begin(self, check: str) -> None:
        """Nothing is printed."""

    def show(self, check: str, finding: Finding) -> None:
        self.states[finding.state] += 1
        line = {"check": check, "state": finding.state, "seen": finding.seen, "advice": finding.advice}
        self._write(json.dumps(line) + "\n")

    def end(self) -> None:
        """Nothing is printed."""
