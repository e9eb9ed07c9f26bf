"""Text of others made fit for a log line and a terminal. Pure.

The exchange, or whoever answers in its place, chooses the reason of a close, a status line, the words of an
error. Such text may hold escape sequences that move a terminal's cursor, line breaks that look like log lines
of ours, marks that turn the reading direction, and a million characters. Whatever shows text of others passes
it through here: the logger, events and log lines of a socket, exceptions of REST calls, the terminal.
"""

from __future__ import annotations

#: The exchange's longest messages have a fifth of this.
LONGEST = 1_000


def printable(text: str, longest: int = LONGEST) -> str:
    """Return *text* on one line, without what acts on a terminal instead of being shown.

    White space of any kind but the blank becomes a blank. Other characters that cannot be printed are
    escaped as in Python's source (``\\x1b``, ``\\u202e``): control characters (C0, C1, DEL), marks of
    direction, what is invisible, lone surrogates.

    :param longest: characters that are kept; longer text is cut, and ends with its length.
    """
    if len(text) <= longest and text.isprintable():
        return text
    shown = "".join(map(_shown, text[:longest]))
    if len(text) <= longest and len(shown) <= longest:
        return shown
    end = f"... ({len(text)} characters)"
    return shown[: longest - len(end)] + end


def printable_lines(text: str) -> str:
    """The same of a text of several lines, a traceback say: its line breaks stay."""
    return "\n".join(map(printable, text.split("\n")))


def printable_error(error: BaseException) -> BaseException:
    """The same error, with the texts in it, and in those it came of, made printable in their place.

    For errors of other libraries that quote a server. What is chained is printed by Python, not by us.
    """
    rest: BaseException | None = error
    seen: set[int] = set()
    while rest is not None and id(rest) not in seen:
        seen.add(id(rest))
        rest.args = tuple(printable(one) if isinstance(one, str) else one for one in rest.args)
        rest = rest.__cause__ or rest.__context__
    return error


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else character.encode("unicode_escape").decode()
