"""The common parts of rows of the table, so that a row holds only its own. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from binance.rest.calls import Call, Security


class Part(NamedTuple):
    """A part of the exchange's documentation, and what its calls have in common.

    :ivar pages: its name there.
    :ivar venue: a key of :data:`~binance.rest.calls.HOSTS`; *title*: its name in a sentence.
    :ivar prefix: what the names of its methods begin with; *base*: what its paths begin with.
    """

    pages: str
    venue: str = "spot"
    title: str = ""
    prefix: str = ""
    base: str = ""


SPOT = Part("Spot *REST API*")
BINANCE_US_KEYS = Part("binance.us *User Data Streams*")
WALLET = Part("*Wallet*")
SUB_ACCOUNT = Part("*Sub Account*")
MARGIN = Part("*Margin Trading*")
USDM = Part("*USD-M Futures*", "usdm", "USD-M futures", "futures", "/fapi/v1")
COINM = Part("*COIN-M Futures*", "coinm", "COIN-M futures", "futures_coin", "/dapi/v1")
OPTIONS = Part("*European Options*", "options", "options", "options", "/eapi/v1")
PORTFOLIO_MARGIN = Part("*Portfolio Margin*", "portfolio_margin", "portfolio margin", "papi", "/papi/v1")


def rows(part: Part, verb: str, security: Security) -> Callable[..., Call]:
    """Return the function that makes rows of one part, with one verb and security.

    *page*, of a row, is the heading of the call in that part; *more*: further fields of the row.
    """

    def row(name: str, path: str, does: str, params: str, returns: str, page: str, **more: Any) -> Call:
        source = f'{part.pages}, "{page}"'
        return Call(name, verb, path, does, params, returns, part.venue, security, source=source, **more)

    return row


def pairs(verb: str, security: Security) -> Callable[..., tuple[Call, Call]]:
    """Return the function that makes two rows of one: of USD-M futures, and of COIN-M futures.

    The second is ``futures_coin_...`` at ``/dapi/...``; *coinm*, of a pair: what else differs there.
    """
    of_usdm, of_coinm = rows(USDM, verb, security), rows(COINM, verb, security)

    def pair(
        name: str,
        path: str,
        does: str,
        params: str,
        returns: str,
        page: str,
        coinm: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> tuple[Call, Call]:
        said = {"does": does, "params": params, "returns": returns, "page": page, **more}
        there = {
            "name": name.replace(USDM.prefix, COINM.prefix, 1),
            "path": path.replace("/fapi/", "/dapi/", 1),
        }
        return of_usdm(name, path, **said), of_coinm(**{**there, **said, **(coinm or {})})

    return pair


# A row a call, not a line a field.
# fmt: off
def clock(part: Part) -> tuple[Call, ...]:
    """Ping and time."""
    public = rows(part, "GET", "none")
    return (
        public(f"{part.prefix}_ping", f"{part.base}/ping",
            f"Ask whether the exchange's {part.title} answer.", "", "{}", "Test Connectivity"),
        public(f"{part.prefix}_time", f"{part.base}/time", f"Get the time of {part.title}.", "",
            '{"serverTime": epoch ms}', "Check Server Time"),
    )


def listen_key(part: Part, extended: str = "{}") -> tuple[Call, ...]:
    """The calls of the listen key. The exchange goes by the API key: no listen key is sent.

    :param extended: the answer to a keepalive.
    """
    name, path = f"{part.prefix}_stream", f"{part.base}/listenKey"
    return (
        rows(part, "POST", "key")(f"{name}_get_listen_key", path,
            f"Get the listen key of an account of {part.title}, a new one or the one that it has; it is "
            "valid for 60 minutes from now.", "", "the listen key, a str", "Start User Data Stream",
            picks="listenKey"),
        rows(part, "PUT", "key")(f"{name}_keepalive", path,
            f"Extend the listen key of an account of {part.title} by 60 minutes from now; error code -1125 "
            "means that there is no key.", "", extended, "Keepalive User Data Stream", unsent="listenKey"),
        rows(part, "DELETE", "key")(f"{name}_close", path,
            f"Delete the listen key of an account of {part.title}, for every program that uses it.", "", "{}",
            "Close User Data Stream", unsent="listenKey"),
    )
# fmt: on
