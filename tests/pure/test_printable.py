"""Text of others, made fit for a log line and a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import BinanceAPIException, BinanceRequestException, MalformedMessage
from binance.text.printable import LONGEST, printable, printable_lines

#: What a terminal obeys, or what looks like a line of somebody else's.
HOSTILE = "\x1b[2J\x9b31m\r\nERROR:root:paid\x07\x7f\u202egpj.exe\u2066\u2028\x85\ud800"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Too many requests; current limit is 6000.", "Too many requests; current limit is 6000."),
        ("", ""),
        ("a\r\nb\tc\u2028d\x85e\xa0f", "a  b c d e f"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J\x00\x7f", "\\x9b2J\\x00\\x7f"),
        ("\u202eevil\u2069\u200b", "\\u202eevil\\u2069\\u200b"),
        ("\ud800", "\\ud800"),
        ("币安人生 ü", "币安人生 ü"),
    ],
)
def test_text_is_on_one_line_and_does_nothing_to_a_terminal(text, shown):
    """Ordinary text of any script stays as it is; what cannot be printed is a blank, or escaped."""
    assert printable(text) == shown


def test_long_text_is_cut_and_says_how_long_it_was():
    """The cut text has the promised length, its end included."""
    shown = printable("x" * 70_000)
    assert len(shown) == LONGEST
    assert shown.endswith("xxx... (70000 characters)")
    assert printable("x" * 70_000, 70_000) == "x" * 70_000
    assert len(printable("\x1b" * LONGEST)) == LONGEST


@given(st.text() | st.text(alphabet=HOSTILE), st.integers(min_value=30, max_value=200))
def test_any_text_becomes_printable_and_short_and_stays_so(text, longest):
    """Nothing but letters, digits, signs and blanks gets out, and never more than was asked for."""
    shown = printable(text, longest)
    assert shown.isprintable()
    assert not any(unicodedata.category(character)[0] == "C" for character in shown)
    assert len(shown) <= longest
    assert printable(shown, longest) == shown


def test_a_traceback_keeps_its_line_breaks_alone():
    """Each line is made printable by itself."""
    assert printable_lines("a\n  b\x1b[2J\rc\n") == "a\n  b\\x1b[2J c\n"


@pytest.mark.parametrize(
    "error",
    [
        BinanceRequestException(HOSTILE),
        BinanceAPIException(418, -1003, HOSTILE * 1000),
        BinanceAPIException(502, None, HOSTILE),
        MalformedMessage(HOSTILE),
    ],
    ids=["request", "api", "no code", "malformed"],
)
def test_errors_quote_the_exchange_in_printable_text(error):
    """Neither str() nor ``message`` of an exception holds what a terminal obeys, nor without end."""
    for text in (str(error), str(getattr(error, "message", ""))):
        assert text.isprintable()
        assert len(text) < LONGEST + 100
