"""Socket paths of derivatives' accounts: which events of which listen keys each one brings. Pure.

A listen key is opened at the paths of its own venue alone; at any other it connects and is silent, as a key
that does not exist. ``K`` stands for all events of a key, ``K@ORDER_TRADE_UPDATE`` for those of one name.

USD-M has five forms, and what is documented and what has been seen differ. *strict* is what has been seen of
production: a key in the path, and one without ``events=``, connects and is silent.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote

from binance.sandbox.accounts.venues import OPTIONS, PORTFOLIO_MARGIN, USDM
from binance.sandbox.answers.control import Subscribed


class PrivatePaths:
    """Reads the socket paths of derivatives' accounts.

    :param kind_of: returns the kind of account that has a listen key, None if there is no such key.
    :param strict: whether USD-M needs ``events=``.
    :param wrapped_options: whether events of options go out as ``{"stream", "data"}``.
    """

    def __init__(self, kind_of: Callable[[str], str | None], strict: bool, wrapped_options: bool) -> None:
        self._kind_of = kind_of
        self._strict = strict
        self._wrapped_options = wrapped_options

    def read(self, uri: str) -> Subscribed | None:
        """Read the path of an upgrade request.

        :param uri: path and query as sent.
        :returns: what the connection is subscribed to; None if this is no path of accounts.

        Source: *USD-M Futures*, change notice of WebSocket URLs; *European Options* and *Portfolio Margin*,
        "User Data Streams".
        """
        path, _, query = uri.partition("?")
        found = re.fullmatch("/(private|pm)/(ws|stream)(?:/(.*))?", path)
        if found is None:
            return None
        door, form, rest = found.groups(default="")
        keys = [key for key in unquote(rest).split("/") if key]
        if door == "pm":
            opened = dict.fromkeys(key for key in keys if self._kind_of(key) == PORTFOLIO_MARGIN)
            return Subscribed(opened, False) if form == "ws" else None
        names: list[str] = []
        wrapped = form == "stream"
        for key, events in [*((key, None) for key in keys), *_groups(query)]:
            kind = self._kind_of(key)
            if kind == OPTIONS:
                wrapped = wrapped or self._wrapped_options
            if kind == OPTIONS or (kind == USDM and events is None and not self._strict):
                names.append(key)
            elif kind == USDM:
                names += [f"{key}@{event}" for event in events or ()]
        return Subscribed(dict.fromkeys(names), wrapped)


def _groups(query: str) -> list[tuple[str, list[str] | None]]:
    """Return the listen keys of a query, each with the events that are named behind it, None without."""
    groups: list[tuple[str, list[str] | None]] = []
    for field in query.split("&"):
        name, _, value = field.partition("=")
        if name == "listenKey" and value:
            groups.append((unquote(value), None))
        elif name == "streams":
            groups += [(key, None) for key in unquote(value).split("/") if key]
        elif name == "events" and groups:
            key, events = groups[-1]
            groups[-1] = key, [*(events or ()), *(event for event in unquote(value).split("/") if event)]
    return groups
