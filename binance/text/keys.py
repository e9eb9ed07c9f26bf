"""Keys and URLs of many streams, shortened for a reader: ``streams=a@trade/...+999``. Pure.

Only words are shortened: log lines, ``repr``, messages of errors, rows of a table. What ``start_*`` returns,
``Event.conn_key``, the keys of ``stats()`` and the ``url`` of an event stay whole.
"""

from __future__ import annotations

import re
from typing import Any

from binance.text.printable import printable

#: Characters of a list of names, ``streams=`` included, that is shown whole: two or three names.
SHORT_ENOUGH = 60
#: Of a key that is shortened otherwise; that of one stream has at most 82.
LONGEST_KEY = 120
#: Names of a list that are shown whole.
FEW = 3

# a name ends in a letter or a digit: what stands behind it in a sentence is not a part of it
_LIST = re.compile(r"(streams=)([\w!@+:.%~\-]*\w)((?:/[\w!@+:.%~\-]*\w)+)")


def shortened(text: str) -> str:
    """Return *text* with each long list of streams in it, of a key or a URL, shortened.

    :returns: e.g. ``"streams=a@trade/...+999"``: the first name, and how many more there are.
    """
    return text if len(text) <= SHORT_ENOUGH else _LIST.sub(_short_list, text)


def short_key(conn_key: str) -> str:
    """Return a connection key as it is shown: printable, its streams shortened, at most 120 characters."""
    return printable(shortened(conn_key), LONGEST_KEY)


def short_value(value: Any) -> Any:
    """Return what an event's info holds as it is shown: texts and lists of many names shortened."""
    if isinstance(value, str):
        return shortened(value)
    if isinstance(value, (list, tuple, set, frozenset)) and len(value) > FEW:
        first = next(iter(value))
        return [first, f"...+{len(value) - 1}"]
    return value


def short_info(info: dict[str, Any]) -> dict[str, Any]:
    """Return an event's info as it is shown."""
    return {name: short_value(value) for name, value in info.items()}


def _short_list(found: re.Match[str]) -> str:
    prefix, first, rest = found.groups()
    return found[0] if len(found[0]) <= SHORT_ENOUGH else f"{prefix}{first}/...+{rest.count('/')}"
