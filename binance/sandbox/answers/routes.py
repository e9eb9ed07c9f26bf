"""Routes: from the path of a socket and the name of a stream to the feed that has its messages. Pure.

Spot and COIN-M both live at ``/ws`` and ``/stream``, and the name decides: COIN-M's are its contracts
(``btcusd_perp@aggTrade``) and what spot has no stream for (``!markPrice@arr``). USD-M lives at ``/public``
and ``/market``, and ``/private`` has account events. A name at the wrong place is not refused: it has no
messages, as at the real exchange.

The names that spot and COIN-M share for all markets (``!bookTicker``, ``!miniTicker@arr``, ``!ticker@arr``)
are spot's, unless all other names of the URL are COIN-M's, or the host that the client asks for begins with
``dstream``, or the port is one of COIN-M alone. A host that begins with ``fstream``, or a port of its own, is
USD-M's, whose unrouted paths still have what ``/public`` has.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple, cast
from urllib.parse import unquote

from binance.sandbox.accounts.venues import EXPIRED, OPTIONS, PORTFOLIO_MARGIN, USDM
from binance.sandbox.limits import FUTURES_PACE, OPTIONS_PACE, SPOT_PACE, Pace
from binance.sandbox.market.feeds import prefix_of
from binance.sandbox.market.futures.names import OF_SPOT, category_of, is_coinm_alone
from binance.sandbox.market.options.names import category_of as options_category
from binance.sandbox.market.payloads import IN_MICROS

#: Where a socket was opened: ``plain`` for spot and COIN-M together, ``coinm`` and ``unrouted`` for the plain
#: paths of COIN-M's and USD-M's own hosts.
Place = Literal["plain", "coinm", "unrouted", "public", "market", "private", "pm", "pm-classic"]

_PREFIX: Final = re.compile(r"/(public|market|private|pm-classic|pm)(?=/)")
_HOST: Final = re.compile(r"(?:demo-|testnet-)?(dstream|fstream)\b")
_HOST_PLACES: Final[dict[str, Place]] = {"dstream": "coinm", "fstream": "unrouted"}


class SocketPath(NamedTuple):
    """What the path of an upgrade request asks for.

    :ivar events: by listen key the kinds of events that the URL names, none for all.
    """

    place: Place
    names: list[str]
    combined: bool
    events: Mapping[str, tuple[str, ...]]


def read_path(uri: str, host: str = "", plain: Place = "plain") -> SocketPath | None:
    """Read the path of an upgrade request.

    :param uri: path and query as sent.
    :param host: the header ``Host``.
    :param plain: what plain paths are on the port that was asked.
    :returns: None if there is no such path.

    Source: *General Info* of each venue; the notice on USD-M's URLs.
    """
    prefix = _PREFIX.match(uri)
    names = parse_socket_path(uri[prefix.end() :] if prefix else uri)
    if names is None:
        return None
    if prefix is not None:
        keys = _keys(uri) if prefix[1] == "private" else {}
        return SocketPath(cast(Place, prefix[1]), [*names[0], *keys], names[1], keys)
    known = _HOST.match(host)
    place = _HOST_PLACES[known[1]] if known else plain
    if place == "plain" and _is_coinm(names[0]):
        place = "coinm"
    return SocketPath(place, *names, {})


def parse_socket_path(uri: str) -> tuple[list[str], bool] | None:
    """Read what stands behind the category in the path of an upgrade request.

    :param uri: path and query as sent.
    :returns: stream names and whether the connection is combined; None if there is no such path.

    Source: Spot *Web Socket Streams*, "General WSS information".
    """
    path, _, query = uri.partition("?")
    if path == "/stream" or path == "/stream/":
        fields = (field.partition("=") for field in query.split("&"))
        names = [unquote(value) for name, _, value in fields if name == "streams"]
        return [name for part in names for name in part.split("/") if name], True
    if re.match(r"/ws(/|$)", path):
        return [name for part in path.split("/")[2:] for name in unquote(part).split("/") if name], False
    return None


def _keys(uri: str) -> dict[str, tuple[str, ...]]:
    """Read ``listenKey=K1&events=A/B&listenKey=K2``."""
    keys: dict[str, tuple[str, ...]] = {}
    key = ""
    for part in uri.partition("?")[2].split("&"):
        name, _, value = part.partition("=")
        if name == "listenKey" and value:
            key = unquote(value)
            keys[key] = ()
        elif name == "events" and key:
            keys[key] = tuple(event for event in unquote(value).split("/") if event)
    return keys


def _is_coinm(names: list[str]) -> bool:
    known = [is_coinm_alone(name) for name in names]
    return any(known) and all(alone or name in OF_SPOT for alone, name in zip(known, names, strict=True))


@dataclass(frozen=True, slots=True)
class Route:
    """Where the streams of one connection are found in the feeds.

    :ivar suffix: what stands behind the names of spot's streams in the feed, if anything.
    :ivar options: whether the connection is one of options, since streams of options are among its own.
    :ivar lenient: whether the place of a USD-M stream does not matter, as on the testnets.
    :ivar named: the names that the URL has; others are subscribed to later.
    """

    place: Place = "plain"
    suffix: str = ""
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lenient: bool = False
    named: frozenset[str] = frozenset()
    options: bool = False

    @property
    def pace(self) -> Pace:
        """Whose limits and heartbeat the connection has."""
        if self.place == "plain":
            return SPOT_PACE
        return OPTIONS_PACE if self.options else FUTURES_PACE

    def carrying(self, names: Iterable[str]) -> "Route":
        """Return it for other streams: those of options make the connection one of options."""
        options = self.place != "plain" and is_options(names)
        return self if options == self.options else replace(self, options=options)

    def feeds(self, name: str) -> tuple[str, ...]:
        """Return the names in the feeds under which the messages of a stream come; none for silence."""
        if prefix_of(name) or name.endswith(IN_MICROS):
            return ()  # names of the feeds, which clients do not know
        if self.place == "plain":
            return (f"coinm:{name}" if is_coinm_alone(name) else name + self.suffix,)
        if self.place == "coinm":
            return (f"coinm:{name}" if _is_market(name) else name,)
        if self.place in ("pm", "pm-classic"):
            return (f"{self.place}:{name}",)
        if _is_market(name):
            return self._routed(name)
        if self.place != "private" and not self.lenient:
            return ()
        events = self.events.get(name)
        if events:
            return tuple(f"private:{name}@{event}" for event in events)
        in_path = name in self.named and not self.lenient
        return (f"private-path:{name}" if in_path else f"private:{name}",)

    def _routed(self, name: str) -> tuple[str, ...]:
        """Return where the messages of a stream of USD-M or options come from; none at a wrong category."""
        category = options_category(name)
        venue = "usdm" if category is None else "options"
        category = category or category_of(name)
        there = "public" if self.place == "unrouted" else self.place
        return (f"{venue}:{name}",) if category is not None and (self.lenient or category == there) else ()


def is_options(names: Iterable[str]) -> bool:
    """Return whether streams of options are among some names."""
    return any(options_category(name) is not None for name in names)


def key_feeds(kind: str, listen_key: str, event: str) -> tuple[str, ...]:
    """Return the names in the feeds under which an event of an account goes out.

    A key is heard at the places of its own venue alone. USD-M is silent where the URL has a key and names no
    events, as has been seen of production; options are not.

    :param kind: of the account.
    :param event: its name.
    """
    if kind == PORTFOLIO_MARGIN:
        return (f"pm:{listen_key}",)
    if kind not in (USDM, OPTIONS):
        return (listen_key,)
    names = f"private:{listen_key}", f"private:{listen_key}@{event}"
    return (*names, f"private-path:{listen_key}") if kind == OPTIONS else names


def _is_market(name: str) -> bool:
    """Return whether a name is that of a market stream, and not a listen key or a kind of its events."""
    if name.endswith(f"@{EXPIRED}"):
        return False
    return "!" in name or category_of(name) is not None or re.search("@[a-z]", name) is not None
