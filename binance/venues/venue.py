"""A venue: what one exchange offers, and how it is reached. Pure.

A venue is a value: rules (catalogue, pings, limits, categories, time units) and hosts. A manager makes it out
of its endpoints (:func:`venue_of`). Which rules hold is decided once: by the market that is asked for, and of
spot by the domain of the stream host.

Source: Spot *Web Socket Streams* and *WebSocket API*, "General API Information"; binance.us *General Info*;
Derivatives *General Info* and *Websocket Market Streams* of each venue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from binance.endpoints import BINANCE_COM, BINANCE_US, Endpoints, lacks
from binance.exceptions import InvalidArgument, InvalidStream
from binance.venues import names, snapshots
from binance.venues.catalogue import (
    CATALOGUE,
    CATALOGUES,
    MARKETS,
    US_CATALOGUE,
    Kind,
    Stream,
    kind_of,
    served_elsewhere,
)
from binance.venues.snapshots import Snapshots
from binance.venues.spelling import advice, not_of

TIME_UNITS = ("MILLISECOND", "MICROSECOND")
#: A name of no known kind is most likely misspelt.
UNKNOWN_SILENT_S = 60.0

#: How the events of an account are authorised.
Method = Literal["signature", "token", "listen_key", "derivatives_key"]

#: Hosts that serve the same on two ports, of which a network may let only one through.
_PORTS = {
    "stream.binance.com": (9443, 443),
    "demo-stream.binance.com": (9443, 443),
    "stream.testnet.binance.vision": (443, 9443),
    "ws-api.binance.com": (443, 9443),
    "ws-api.testnet.binance.vision": (443, 9443),
    "ws-api.binance.us": (443, 9443),
}


@dataclass(frozen=True, kw_only=True)
class Venue:
    """One exchange, and one market of it.

    :ivar name: for messages.
    :ivar market: as ``venue=`` of a call names it: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
    :ivar endpoints: the hosts of all markets.
    :ivar catalogue: the kinds of streams that it serves.
    :ivar silence_s: seconds without any frame after which a connection counts as dead: three missed pings of
        spot at binance.com, one every 20 s; two of binance.us and of futures, one every 3 minutes, and of
        options, one every 5 minutes.
    :ivar time_units: what may be asked for; the first is the default.
    :ivar category: where streams of no known kind are asked for, which is where most kinds are; None: paths
        have no category. A connection carries streams of one category.
    :ivar snapshots: how the snapshot of an order book is fetched.
    :ivar max_streams: how many one connection carries.
    :ivar max_url: how many characters its URL may have, scheme and host counted.
    """

    name: str
    market: str = "spot"
    endpoints: Endpoints
    catalogue: tuple[Kind, ...]
    silence_s: float
    time_units: tuple[str, ...] = TIME_UNITS[:1]
    category: str | None = None
    snapshots: Snapshots
    max_streams: int = 1024
    max_url: int = 8000

    @property
    def prefix(self) -> str:
        """What the connection keys of its sockets begin with: nothing of spot, else ``"usdm:"`` and so on."""
        return "" if self.market == "spot" else f"{self.market}:"

    # -- streams ------------------------------------------------------------------------------------------

    def stream(self, name: str) -> Stream:
        """The stream of a name, spelt as the exchange does.

        :raises InvalidStream: if it cannot be a market stream's name, such as a listen key.
        """
        spelt = names.spelt(name, self.catalogue)
        return Stream(spelt, kind_of(spelt, self.catalogue))

    def streams(self, several: Iterable[str]) -> tuple[Stream, ...]:
        """The streams of names; a name given twice counts once.

        :raises InvalidStream: as :func:`binance.venues.names.several`.
        """
        spelt = names.several(several, self.catalogue)
        return tuple(Stream(name, kind_of(name, self.catalogue)) for name in spelt)

    def silent_after_s(self, stream: Stream) -> float | None:
        """Seconds after which a stream without messages is reported; None: it may be quiet for any time."""
        if stream.kind is None:
            return UNKNOWN_SILENT_S
        return None if stream.kind.retirement is not None else stream.kind.silent_s

    def lacks(self, stream: Stream) -> bool:
        """Whether it is a stream of binance.com's market of this sort that this venue does not serve."""
        return stream.kind is None and kind_of(stream.name, CATALOGUES[self.market]) is not None

    def doubts(self, streams: Iterable[Stream]) -> list[str]:
        """Which streams may well send nothing, for the exchange accepts any name: a sentence a reason."""
        doubtful: dict[tuple[str, bool], list[str]] = {}
        for stream in streams:
            doubt = self._doubt(stream)
            if doubt is not None:
                doubtful.setdefault(doubt, []).append(stream.name)
        sentences = []
        for (reason, is_misspelt), several in doubtful.items():
            if is_misspelt:  # only of those that are shown: it takes a while
                several[: names.LISTED] = map(self._with_advice, several[: names.LISTED])
            sentences.append(f"{names.listed(several)}: {reason}")
        return sentences

    def is_doubtful(self, stream: Stream) -> bool:
        """Whether :meth:`doubts` says something of it."""
        return self._doubt(stream) is not None

    def _doubt(self, stream: Stream) -> tuple[str, bool] | None:
        """Why a stream may well send nothing, and whether it may be misspelt; None if there is no doubt."""
        others = () if stream.kind is not None else served_elsewhere(stream.name, self.market)
        if others:
            *more, last = (f"{MARKETS[market]} (venue={market!r})" for market in others)
            whose = f"{', '.join(more)} and {last}" if more else last
            here = "accepts the name and sends" if self.market == "spot" else "accept the name and send"
            return f"a stream of {whose}; {MARKETS[self.market]} {here} no messages", False
        symbol, at, _ = stream.name.partition("@")
        has_symbol = bool(at) and not symbol.startswith("!")
        is_known = self.market == "spot" or stream.kind is not None
        why = not_of(self.market, symbol, stream.kind) if has_symbol and is_known else None
        if why is not None:
            return f"{why}; the exchange accepts the name and sends no messages", True
        if stream.kind is not None:
            return None if stream.kind.doubt is None else (stream.kind.doubt, False)
        if self.lacks(stream):
            return f"{self.name} has no such stream; it accepts the name and sends no messages", False
        return "not a known kind of stream; the exchange accepts misspelt names and sends no messages", True

    def _with_advice(self, name: str) -> str:
        hint = advice(name, self.catalogue)
        return f"{name} ({hint})" if hint else name

    # -- where --------------------------------------------------------------------------------------------

    @property
    def rest_host(self) -> str:
        """Where its REST calls are made."""
        return self._endpoint("rest")

    @property
    def stream_host(self) -> str:
        """Where its streams are served."""
        return self._endpoint("stream")

    def _endpoint(self, what: str) -> str:
        """One of the endpoints: the field *what* of spot, else that of the market, ``usdm_stream``."""
        return str(getattr(self.endpoints, what if self.market == "spot" else f"{self.market}_{what}"))

    def category_of(self, stream: Stream) -> str | None:
        """Which connections carry a stream, ``"public"`` or ``"market"``; None: all of them do.

        On a connection of another category the exchange acknowledges the name, and is silent.
        """
        return self.category if stream.kind is None or self.category is None else stream.kind.category

    def by_category(self, streams: Iterable[Stream]) -> dict[str | None, tuple[Stream, ...]]:
        """Streams by their category, each in its order; what is in one of them fits one connection's path."""
        sorted_out: dict[str | None, list[Stream]] = {}
        for stream in streams:
            sorted_out.setdefault(self.category_of(stream), []).append(stream)
        return {category: tuple(some) for category, some in sorted_out.items()}

    def raw_url(self, stream: Stream, time_unit: str | None) -> str:
        """Where one stream is served bare.

        :raises InvalidStream: if the URL would be longer than the exchange takes.
        """
        path = names.raw_path(stream.name, self.checked_unit(time_unit))
        url = self._host(self.category_of(stream)) + path
        if len(url) > self.max_url:
            raise InvalidStream(
                f"the name would make a URL of {len(url):,} characters; the exchange takes {self.max_url:,}"
            )
        return url

    def combined_url(
        self, several: Iterable[str], time_unit: str | None, category: str | None = None
    ) -> tuple[str, int]:
        """Where several streams are served as ``{"stream", "data"}``.

        :param several: names, as the exchange spells them.
        :param category: of all of them, as :meth:`by_category` says.
        :returns: the URL, and how many of them are in it, the first; the others are to be asked for by
            message.
        :raises InvalidArgument: if the venue has no such time unit, or no such category.
        """
        host = self._host(category)
        path, count = names.combined_path(several, self.max_url - len(host), self.checked_unit(time_unit))
        return host + path, count

    def api_url(self, time_unit: str | None) -> str:
        """The WebSocket API."""
        return self.endpoints.ws_api + names.api_query(self.checked_unit(time_unit))

    def _host(self, category: str | None) -> str:
        """The stream host, and the path before ``/ws`` and ``/stream``."""
        if (category is None) is not (self.category is None):
            raise InvalidArgument(f"{self.name} has no path for streams of category {category}")
        return self.stream_host if category is None else f"{self.stream_host}/{category}"

    def checked_unit(self, time_unit: str | None) -> str | None:
        """The same, if the venue has it.

        :raises InvalidArgument: if it has not.
        """
        if time_unit is not None and time_unit not in self.time_units:
            has = "has" if self.market == "spot" else "have"
            raise InvalidArgument(f"{self.name} {has} no time_unit; leave it out: times are milliseconds")
        return time_unit

    # -- accounts -----------------------------------------------------------------------------------------

    @property
    def spot_method(self) -> Method:
        """How the events of a spot account are authorised, if the client can sign."""
        return self.endpoints.user_stream

    @property
    def margin_method(self) -> Method | None:
        """How those of a margin account are; None: there is no way to them."""
        return "token" if self.endpoints.user_stream == "signature" else None


SPOT = Venue(
    name="binance.com",
    endpoints=BINANCE_COM,
    catalogue=CATALOGUE,
    silence_s=75.0,
    time_units=TIME_UNITS,
    snapshots=snapshots.SPOT,
)
USDM = Venue(
    name=MARKETS["usdm"],
    market="usdm",
    endpoints=BINANCE_COM,
    catalogue=CATALOGUES["usdm"],
    silence_s=400.0,
    category="market",
    snapshots=snapshots.USDM,
)
COINM = Venue(
    name=MARKETS["coinm"],
    market="coinm",
    endpoints=BINANCE_COM,
    catalogue=CATALOGUES["coinm"],
    silence_s=400.0,
    snapshots=snapshots.COINM,
)
OPTIONS = Venue(
    name=MARKETS["options"],
    market="options",
    endpoints=BINANCE_COM,
    catalogue=CATALOGUES["options"],
    silence_s=640.0,
    category="market",
    snapshots=snapshots.OPTIONS,
    max_streams=200,
)
US = Venue(
    name="binance.us",
    endpoints=BINANCE_US,
    catalogue=US_CATALOGUE,
    silence_s=400.0,  # it kept the rules of 2024
    snapshots=snapshots.US,
)

#: Venues by the domain of their stream host; whatever is not listed goes by the rules of binance.com.
_BY_DOMAIN = {"binance.us": US}


def spot_venue(endpoints: Endpoints) -> Venue:
    """The spot venue at some endpoints."""
    host = urlsplit(endpoints.stream).hostname or ""
    rules = next((venue for domain, venue in _BY_DOMAIN.items() if f".{host}".endswith(f".{domain}")), SPOT)
    return replace(rules, endpoints=endpoints)


def venue_of(market: str, endpoints: Endpoints) -> Venue:
    """The venue of one market at some endpoints: what ``venue=`` of a call stands for.

    :param market: ``"spot"``, ``"usdm"``, ``"coinm"`` or ``"options"``.
    :raises InvalidArgument: if there is no such market, or not at these endpoints: binance.us has spot alone.
    """
    if market == "spot":
        return spot_venue(endpoints)
    rules = next((venue for venue in (USDM, COINM, OPTIONS) if venue.market == market), None)
    if rules is None:
        known = ", ".join(map(repr, MARKETS))
        raise InvalidArgument(f"venue is {market!r}; use one of {known}")
    venue = replace(rules, endpoints=endpoints)
    if lacks(endpoints, f"{market}_stream"):
        field = f"{market}_stream"
        raise InvalidArgument(
            f"{endpoints.rest} has no {MARKETS[market]}; for a host of yours use Endpoints({field}=...)"
        )
    return venue


def ports(host: str, port: int) -> tuple[int, ...]:
    """The ports on which a host serves the same as on *port*, that one first."""
    known = _PORTS.get(host, ())
    return (port, *(other for other in known if other != port)) if port in known else (port,)
