"""The field's words, in what the package says: docstrings, comments, messages."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Where texts are held to the table: a folder, or a file. Python is read by its strings and comments, pages
#: (``"docs"``, ``"README.rst"``) as plain text.
PATHS = ["binance", "docs", "README.rst", "CHANGELOG.rst", "CONTRIBUTING.rst", "changelog.d"]
#: Of these folders, what is not held to it.
EXCEPT = ["docs/_build"]
SUFFIXES = (".py", ".pyi", ".rst")

#: What is not to be said, and what to write instead.
WORDS = {
    r"told|tells?|telling": "emits, reports, logs, calls back: whichever it is",
    r"(re)?dial(s|led|ling|lers?)?": "connect, reconnect",
    r"brings?|brought": "sends, delivers, has received",
    r"mutes?": "silent, stale",
    r"(is|are|was|were|has|have|be|been) gone": "removed, closed, lost",
    r"mend(s|ed|ing)?": "fixed",
    r"lets? (\w+ )?go": "releases",
    r"anew|afresh": "again; restarts",
    r"(comes?|came) again": "is repeated",
    r"what waits|waits? for which": "rate limited; what is pending",
    r"vouch(es|ed)?|whom it trusts": "issuer, trust store",
    r"so (much|many|long)": "the noun: 5 s, 1,000 messages, the interval",
    r"what (is it|it is)": "the noun: the message",
    r"(?<!there )(is|are|was|were) no (?!longer\b|more\b)": "X is not a Y",
    r"(?<!there )(is|are|was|were) (?-i:none)": "is not one; no messages",
}

#: Uses that are meant, by file: the piece of text around the word.
ALLOWED = {
    "docs/architecture.rst": [":file:`net/dial.py`", ":file:`net/dials.py`"],
    "docs/events.rst": ["'what': 'dial'", "``'dial'``"],
    "binance/sandbox/exchange.py": ['"dials"'],
    "binance/terminal/words.py": ['"dial"'],
    "binance/events.py": ['``"dial"``'],  # a value of the event limited
    "binance/net/factory.py": ['"dial"'],
    "binance/sockets/shard.py": ['"dial"'],
    "binance/wire/timings.py": [":ivar dials:"],  # a field of Timings
}

FORBIDDEN = {re.compile(rf"\b(?:{word})\b", re.IGNORECASE): use for word, use in WORDS.items()}


def files() -> Iterator[Path]:
    """What is held to the table."""
    for path in (ROOT / one for one in PATHS):
        found = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in found:
            if file.suffix in SUFFIXES and not any(file.is_relative_to(ROOT / one) for one in EXCEPT):
                yield file


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file, each on one line, and the line on which it begins."""
    if path.suffix == ".rst":
        yield from _paragraphs(path.read_text())
        return
    comment, begun, end = "", 0, -1
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type == tokenize.COMMENT:
            line = token.line.strip()
            if line.startswith("#") and token.start[0] == end + 1:  # it goes on
                comment += " " + token.string.lstrip("#: ")
            else:
                yield begun, comment
                comment, begun = token.string.lstrip("#: "), token.start[0]
            end = token.start[0]
        elif token.type == tokenize.STRING or tokenize.tok_name[token.type] == "FSTRING_MIDDLE":
            yield token.start[0], " ".join(token.string.split())
    yield begun, comment


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    number = 1
    for paragraph in text.split("\n\n"):
        yield number, " ".join(paragraph.split())
        number += paragraph.count("\n") + 2


def found_in(path: Path) -> Iterator[str]:
    """What a file says that it should not: where, and what to write."""
    name = path.relative_to(ROOT).as_posix()
    for number, text in texts(path):
        for piece in ALLOWED.get(name, ()):
            text = text.replace(piece, "")
        for word, use in FORBIDDEN.items():
            for match in word.finditer(text):
                around = text[max(match.start() - 30, 0) : match.end() + 30]
                yield f"{name}:{number}: ...{around}...: {match[0]!r}; write {use}"


def test_texts_are_in_the_words_of_the_field():
    """No text of the package holds a word of the table, but for the uses that are named here."""
    found = [one for path in files() for one in found_in(path)]
    assert not found, "\n".join(found)


def test_every_exception_is_of_a_text_that_there_is():
    """A use that was allowed and is not there any more leaves the table."""
    for name, pieces in ALLOWED.items():
        said = " ".join(text for _, text in texts(ROOT / name))
        for piece in pieces:
            assert piece in said, f"{name}: {piece}"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('"""Whoever is\n    told of it dials again."""', 2),
        ("# it has been\n# told\nx = 1  # and that is no reason", 2),
        ('x = f"{told} brings {what}"  # there is no message, it is no longer open', 2),
        ("told = brings = dial = None", 0),
        ('"""The dialect: retold, dialects, mutely, None, and there is none."""', 0),
    ],
)
def test_words_are_found_in_strings_and_comments_across_lines(tmp_path, monkeypatch, text, count):
    """Names in code are not texts; a word is found whole, and where it is wrapped."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "module.py"
    path.write_text(text + "\n")
    assert len(list(found_in(path))) == count


def test_pages_are_read_as_plain_text(tmp_path, monkeypatch):
    """A page may hold a word across a line's end; where it is, is the paragraph's line."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "page.rst"
    path.write_text("Title\n=====\n\nNothing waits so\nlong.\n")
    [line] = found_in(path)
    assert line.startswith("page.rst:4: ") and "'so long'" in line
