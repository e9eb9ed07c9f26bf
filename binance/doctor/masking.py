"""Keeps secrets out of what is printed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from binance.doctor.finding import Finding
from binance.text.printable import printable

#: Shorter texts are not hidden: they are parts of ordinary words, and the exchange gives no such keys.
SHORTEST = 8


def masked(finding: Finding, secrets: Iterable[str | None]) -> Finding:
    """The same, printable, with ``***`` in place of secrets, which the exchange's words might quote."""
    shown = []
    for text in (finding.seen, finding.advice):
        for secret in secrets:
            for line in (secret or "").split("\n"):  # a private key has several
                if len(line.strip()) >= SHORTEST:
                    text = text.replace(line.strip(), "***")
        shown.append(printable(text))
    return Finding(finding.state, *shown)
