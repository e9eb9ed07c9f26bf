"""Rows of the table of REST calls, written short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance.rest.calls import Call, Security


def rows(part: str, verb: str, security: Security, venue: str = "spot") -> Callable[..., Call]:
    """Return the function that writes rows of one part of the documentation, with one verb and security.

    :param part: the part's name; *page*, of a row: the heading of the call in it.

    """

    def row(name: str, path: str, does: str, params: str, returns: str, page: str, **more: Any) -> Call:
        return Call(
            name, verb, path, does, params, returns, venue, security, source=f'{part}, "{page}"', **more
        )

    return row
