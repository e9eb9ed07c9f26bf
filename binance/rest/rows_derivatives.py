"""What makes the rows of derivatives: their venues, and the rows that several venues share. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from binance.rest.calls import Call


class Venue(NamedTuple):
    """What the rows of one venue have in common.

    :ivar key: in :data:`~binance.rest.calls.HOSTS`.
    :ivar prefix: what the names of its methods begin with.
    :ivar base: what its paths begin with.
    :ivar title: its name in a sentence.
    :ivar pages: its part of the exchange's documentation.
    """

    key: str
    prefix: str
    base: str
    title: str
    pages: str


USDM = Venue("usdm", "futures", "/fapi/v1", "USD-M futures", "*USD-M Futures*")
COINM = Venue("coinm", "futures_coin", "/dapi/v1", "COIN-M futures", "*COIN-M Futures*")
OPTIONS = Venue("options", "options", "/eapi/v1", "options", "*European Options*")
PORTFOLIO_MARGIN = Venue("portfolio_margin", "papi", "/papi/v1", "portfolio margin", "*Portfolio Margin*")


def row(venue: Venue, name: str, verb: str, path: str, does: str, page: str, **more: Any) -> Call:
    """One call of a venue.

    :param page: of the exchange's documentation, within the venue's part.
    :param more: further fields of the row.
    """
    return Call(name, verb, path, does, venue=venue.key, source=f'{venue.pages}, "{page}"', **more)


def both(
    name: str,
    verb: str,
    path: str,
    does: str,
    page: str,
    *,
    coinm: Mapping[str, Any] | None = None,
    **more: Any,
) -> tuple[Call, Call]:
    """One call of USD-M futures, and the same call of COIN-M futures: ``futures_coin_...`` at ``/dapi/...``.

    :param coinm: the arguments of :func:`row` that differ there.
    """
    there = {
        "name": name.replace(USDM.prefix, COINM.prefix, 1),
        "verb": verb,
        "path": path.replace("/fapi/", "/dapi/", 1),
        "does": does,
        "page": page,
    }
    return row(USDM, name, verb, path, does, page, **more), row(COINM, **{**there, **more, **(coinm or {})})


# A row a call, not a line a field.
# fmt: off
def clock(venue: Venue) -> tuple[Call, ...]:
    """Ping and time."""
    return (
        row(venue, f"{venue.prefix}_ping", "GET", f"{venue.base}/ping",
            f"Ask whether the exchange's {venue.title} answer.", "Test Connectivity", returns="{}"),
        row(venue, f"{venue.prefix}_time", "GET", f"{venue.base}/time",
            f"Get the time of {venue.title}.", "Check Server Time", returns='{"serverTime": epoch ms}'),
    )


def listen_key(venue: Venue, extended: str = "{}") -> tuple[Call, ...]:
    """The calls of the listen key. The exchange goes by the API key: no listen key is sent.

    :param extended: the answer to a keepalive.
    """
    name, path = f"{venue.prefix}_stream", f"{venue.base}/listenKey"
    return (
        row(venue, f"{name}_get_listen_key", "POST", path,
            f"Get the listen key of an account of {venue.title}, a new one or the one that it has; it is "
            "valid for 60 minutes from now.", "Start User Data Stream",
            returns="the listen key, a str", security="key", picks="listenKey"),
        row(venue, f"{name}_keepalive", "PUT", path,
            f"Extend the listen key of an account of {venue.title} by 60 minutes from now; code -1125 in the "
            "error means that it has none.", "Keepalive User Data Stream",
            returns=extended, security="key", unsent="listenKey"),
        row(venue, f"{name}_close", "DELETE", path,
            f"Delete the listen key of an account of {venue.title}, for every program that uses it.",
            "Close User Data Stream", returns="{}", security="key", unsent="listenKey"),
    )
# fmt: on
