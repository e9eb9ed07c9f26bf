"""Draws the pictures of these pages: each ``NAME.pikchr`` here becomes ``NAME.svg``.

Run ``python docs/pictures/draw.py`` after a change of a source or of this file. It needs ``fossil``, which
has Pikchr built in. Building the pages does not: the drawings are kept beside their sources.

A source takes its colours from :data:`INKS`, by name. In the drawing each is a CSS variable of the page, so
a picture follows the theme; a viewer without a page uses the colour for white paper. A text in backticks is
set as code. The first line of a drawing has its :func:`digest`, by which a test knows its source.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

FOLDER = Path(__file__).resolve().parent
SOURCES = sorted(FOLDER.glob("*.pikchr"))


class Ink(NamedTuple):
    """A colour: of lines and areas, and of text inside them."""

    drawn: str
    written: str


_TEXT = "var(--color-foreground-primary, #000)"
_MUTED = "var(--color-foreground-secondary, #5a5c63)"

#: The colours by the names that sources use.
INKS = {
    "plain": Ink("var(--color-foreground-muted, #6b6f76)", _TEXT),
    "quiet": Ink("var(--color-foreground-border, #878787)", _MUTED),
    "yours": Ink("var(--color-brand-primary, #7a5400)", "var(--color-brand-content, #7a5400)"),
    "broken": Ink("var(--picture-broken, #b3261e)", "var(--picture-broken, #b3261e)"),
    "paper": Ink("var(--color-background-primary, #fff)", _TEXT),
    "shade": Ink("var(--color-background-secondary, #f8f9fb)", _TEXT),
}

#: Of all text, in units of the drawing; code is wider, and set a little smaller.
FONT_SIZE, CODE_SIZE = 15, 14

#: What stands before each source: the inks as numbers, and lines and letters as all pictures have them.
PRELUDE = "".join(f"{name} = {number}\n" for number, name in enumerate(INKS, 1)) + (
    "charht = 0.13; thickness = 0.01; arrowht = 0.06; arrowwid = 0.05; dashwid = 0.035\n"
)

_OPENING = re.compile(r"<svg [^>]*viewBox=\"0 0 ([\d.]+) ([\d.]+)\">")
_INK = re.compile(r"rgb\(0,0,(\d+)\)")
_LETTERS = re.compile(r"<text ([^>]*) fill=\"(rgb\([\d,]+\))\"([^>]*)>([^<]*)</text>")
_NUMBER = re.compile(r"\d+\.\d+")
_STAMP = re.compile(r"<!-- ([0-9a-f]{64}): drawn by draw\.py from .* -->\n")


def styled(drawn: str) -> str:
    """What Pikchr has drawn, in the colours and letters of a page."""
    inks = list(INKS.values())

    def ink(number: str) -> Ink:
        return inks[int(number) - 1]

    def letters(found: re.Match[str]) -> str:
        before, colour, after, words = found.groups()
        written = f"fill:{_INK.sub(lambda one: ink(one[1]).written, colour)}"
        words = words.replace("\N{NO-BREAK SPACE}", " ")
        if words.startswith("`"):
            words = words.strip("`")
            written += f";font-family:var(--font-stack--monospace, monospace);font-size:{CODE_SIZE}px"
        return f"<text {before}{after} style={quoteattr(written)}>{words}</text>"

    def opening(found: re.Match[str]) -> str:
        width, height = (round(float(side)) for side in found.groups())
        font = f"font-family:var(--font-stack, sans-serif);font-size:{FONT_SIZE}px"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" style="{font}">'
        )

    drawn = _LETTERS.sub(letters, drawn)
    drawn = _INK.sub(lambda found: ink(found[1]).drawn, drawn)
    drawn = _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), drawn)
    drawn = _OPENING.sub(opening, drawn)
    return "".join(f"{line.rstrip()}\n" for line in drawn.splitlines() if line.strip())


def digest(source: str, drawing: str) -> str:
    """Of a source and what was drawn from it: it changes with either."""
    return hashlib.sha256(f"{PRELUDE}\0{source}\0{drawing}".encode()).hexdigest()


def stamped(name: str, source: str, drawing: str) -> str:
    """A drawing with the line that says which source it belongs to."""
    return f"<!-- {digest(source, drawing)}: drawn by draw.py from {name} -->\n{drawing}"


def belongs(source: str, svg: str) -> bool:
    """Whether the text of an SVG is what was drawn from a source, and neither was changed since."""
    found = _STAMP.match(svg)
    return found is not None and found[1] == digest(source, svg[found.end() :])


def draw(path: Path) -> None:
    """Draw a source, and keep the drawing beside it."""
    source = path.read_text(encoding="utf-8")
    done = subprocess.run(
        ["fossil", "pikchr"], input=PRELUDE + source, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode or not done.stdout.startswith("<svg"):
        sys.exit(f"{path.name}: {done.stdout}{done.stderr}")
    path.with_suffix(".svg").write_text(stamped(path.name, source, styled(done.stdout)), encoding="utf-8")


if __name__ == "__main__":
    for each in SOURCES:
        draw(each)
