"""The generator of :mod:`binance.rest.methods`: ``python -m binance.rest.generate``."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from binance.rest.calls import Call, Ended
from binance.rest.table import CALLS, ENDED

_HEAD = '''"""The client's methods, one for each row of the table.

Made by ``python -m binance.rest.generate``. A test holds it against the table. Do not change it by hand.
"""

# mypy: disable-error-code=no-any-return
from __future__ import annotations

from typing import Any, NoReturn

from binance.rest.caller import Caller
from binance.rest.table import retired


class TableCalls(Caller):
    """The calls of the table, under their classic names."""
'''
_WIDTH = 106  # of the line, less the quotes before and the marks after the text
_TYPES = {"{": "dict[str, Any]", "[": "list[Any]"}
#: What a call needs, in words.
NEEDS = {"none": "no key", "key": "API key", "signed": "signed"}


def module_text() -> str:
    """The text of the module."""
    methods = [*map(_live, CALLS.values()), *map(_ended, ENDED.values())]
    return _HEAD + "".join(methods)


def _live(call: Call) -> str:
    names = call.args.split()
    arguments = "".join(f", {name}: str" for name in names)
    if call.unsent:
        arguments += f", {call.unsent}: str | None = None"
    given = ", ".join(f'"{name}": {name}' for name in names)
    if (call.params or call.security == "signed") and not names:
        arguments, params = ", **params: Any", "params"
    else:
        params = f"{{{given}}}"
    kind = "str" if call.picks else _TYPES.get(call.returns[:1], "Any")
    about = [
        f"``{call.verb} {call.path}``: {NEEDS[call.security]}, weight {weight_text(call)}.",
        *([_parameters(call)] if call.params else []),
        *([_older_names(call.renamed)] if call.renamed else []),
    ]
    doc = [*_wrapped(call.does), "", *_wrapped(" ".join(about)), ""]
    if call.unsent:
        doc += _wrapped(
            f":param {call.unsent}: not sent; the exchange takes the one that the account has.", "    "
        )
    if call.returns:
        doc += _wrapped(f":returns: ``{call.returns}``", "    ")
    if call.source:
        doc += ["", f"Source: {call.source}."]
    return _method(call.name, arguments, kind, doc, f'return self._call("{call.name}", {params})')


def _ended(call: Ended) -> str:
    arguments = "".join(f", {name}: str" for name in call.args.split()) or ", **params: Any"
    did = f"{call.did} The exchange has ended it ({call.since})."
    doc = [*_wrapped(did), "", *_wrapped(f"Use {call.use}.")]
    doc += ["", ":raises Retired: always."]
    return _method(call.name, arguments, "NoReturn", doc, f'raise retired("{call.name}")')


def weight_text(call: Call) -> str:
    """What a call counts against the exchange's limit, in words."""
    text = f"{call.weight:,} to {call.most:,}" if call.most else f"{call.weight:,}"
    return f"{text} of the account" if call.by_account else text


def _parameters(call: Call) -> str:
    """What a row says of its parameters, in words."""
    needed, optional = (", ".join(f"``{name}``" for name in part) for part in (call.needed, call.optional))
    if not needed:
        return f"Parameters, all optional: {optional}."
    return f"Parameters: {needed}" + (f"; optional: {optional}." if optional else ".")


def _older_names(renamed: Iterable[tuple[str, str]]) -> str:
    """What a row says of the names that its parameters had, in words."""
    return f"Older names are taken, too: {', '.join(f'``{old}`` for ``{new}``' for old, new in renamed)}."


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH - 8, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _method(name: str, arguments: str, kind: str, doc: list[str], body: str) -> str:
    first, *rest = doc
    lines = [f"    def {name}(self{arguments}) -> {kind}:", f'        """{first}']
    lines += [f"        {line}" if line else "" for line in rest]
    while not lines[-1]:
        lines.pop()
    return "\n" + "\n".join([*lines, '        """', f"        {body}"]) + "\n"


if __name__ == "__main__":
    target = Path(__file__).with_name("methods.py")
    target.write_text(module_text())
    print(f"{target.name}: {len(CALLS)} calls, {len(ENDED)} that have ended", file=sys.stderr)
