"""The pictures of a terminal in the docs, which ``docs/pictures/terminal.py`` makes."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


@pytest.mark.parametrize("name", ["demo", "watch"])
def test_a_picture_of_a_terminal_needs_nothing_from_elsewhere(name):
    """No font, no link to another site; small; it has the head of the table, and states that differ."""
    text = (PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    assert len(text) < 200 * 1024
    assert set(re.findall(r"https?://[^\"<\s]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "@font-face" not in text and "@import" not in text
    texts = [
        one.replace("\N{NO-BREAK SPACE}", " ").strip() for one in ElementTree.fromstring(text).itertext()
    ]
    shown = " ".join(texts)
    for words in ("last value", "lag ms", "events"):
        assert words in shown
    assert {"live", "lost"} <= set(texts)  # the states of rows, each of which is a text of its own
