"""What one exchange offers, and how it is reached. Pure.

A venue is a value: rules (catalogue, pings, limits, time units) and hosts. Which rules hold is decided once,
by the domain of the stream host, where a manager makes its venue out of its endpoints.

Source: Spot *Web Socket Streams* and *WebSocket API*, "General API Information"; binance.us *General Info*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from binance.endpoints import BINANCE_COM, BINANCE_US, Endpoints
from binance.exceptions import InvalidArgument, InvalidStream
from binance.venues import names
from binance.venues.catalogue import CATALOGUE, US_CATALOGUE, Kind, Stream, kind_of, served_elsewhere
from binance.venues.spelling import advice, not_spot

TIME_UNITS = ("MILLISECOND", "MICROSECOND")
#: A name of no known kind is most likely misspelt.
UNKNOWN_SILENT_S = 60.0

#: How the events of an account are authorised.
Method = Literal["signature", "token", "listen_key"]

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
    """One exchange.

    :ivar name: for messages.
    :ivar endpoints: its hosts.
    :ivar catalogue: the kinds of streams that it serves.
    :ivar silence_s: seconds without any frame after which a connection counts as dead: three missed pings of
        binance.com, one every 20 s; two of binance.us, one every 3 minutes.
    :ivar time_units: what may be asked for; the first is the default.
    :ivar max_streams: how many one connection carries.
    :ivar max_url: how many characters its URL may have, scheme and host counted.
    """

    name: str
    endpoints: Endpoints
    catalogue: tuple[Kind, ...]
    silence_s: float
    time_units: tuple[str, ...]
    max_streams: int = 1024
    max_url: int = 8000

    # -- streams ------------------------------------------------------------------------------------------

    def stream(self, name: str) -> Stream:
        """The stream of a name, spelt as the exchange does.

        :raises InvalidStream: if it cannot be a market stream's name, such as a listen key.
        """
        spelt = names.spelt(name)
        return Stream(spelt, kind_of(spelt, self.catalogue))

    def streams(self, several: Iterable[str]) -> tuple[Stream, ...]:
        """The streams of names; a name given twice counts once.

        :raises InvalidStream: as :func:`binance.venues.names.several`.
        """
        spelt = names.several(several)
        return tuple(Stream(name, kind_of(name, self.catalogue)) for name in spelt)

    def silent_after_s(self, stream: Stream) -> float | None:
        """Seconds after which a stream without messages is reported; None: it may be quiet for any time."""
        if stream.kind is None:
            return UNKNOWN_SILENT_S
        return None if stream.kind.retirement is not None else stream.kind.silent_s

    def lacks(self, stream: Stream) -> bool:
        """Whether it is a stream of binance.com that this venue does not serve."""
        return stream.kind is None and kind_of(stream.name) is not None

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

    def _doubt(self, stream: Stream) -> tuple[str, bool] | None:
        """Why a stream may well send nothing, and whether it may be misspelt; None if there is no doubt."""
        whose = None if stream.kind is not None else served_elsewhere(stream.name)
        if whose is not None:
            return f"a stream of {whose}; the spot market accepts the name and is silent", False
        symbol, _, _ = stream.name.partition("@")
        why = None if stream.name.startswith("!") else not_spot(symbol)
        if why is not None:
            return f"{why}; the exchange accepts the name and is silent", True
        if stream.kind is not None:
            return None
        if self.lacks(stream):
            return f"{self.name} has no such stream; it accepts the name and is silent", False
        return "not a known kind of stream; the exchange accepts misspelt names and is silent", True

    def _with_advice(self, name: str) -> str:
        hint = advice(name, self.catalogue)
        return f"{name} ({hint})" if hint else name

    # -- where --------------------------------------------------------------------------------------------

    def raw_url(self, stream: Stream, time_unit: str | None) -> str:
        """Where one stream is served bare.

        :raises InvalidStream: if the URL would be longer than the exchange takes.
        """
        url = self.endpoints.stream + names.raw_path(stream.name, self._unit(time_unit))
        if len(url) > self.max_url:
            raise InvalidStream(
                f"the name would make a URL of {len(url):,} characters; the exchange takes {self.max_url:,}"
            )
        return url

    def combined_url(self, several: Iterable[str], time_unit: str | None) -> tuple[str, int]:
        """Where several streams are served as ``{"stream", "data"}``.

        :param several: names, as the exchange spells them.
        :returns: the URL, and how many of them are in it, the first; the others are to be asked for by
            message.
        :raises InvalidArgument: if the venue has no such time unit.
        """
        host = self.endpoints.stream
        path, count = names.combined_path(several, self.max_url - len(host), self._unit(time_unit))
        return host + path, count

    def listen_key_url(self, listen_key: str) -> str:
        """Where the events of the account are served that a listen key belongs to."""
        return self.endpoints.stream + names.raw_path(listen_key)

    def api_url(self, time_unit: str | None) -> str:
        """The WebSocket API."""
        return self.endpoints.ws_api + names.api_query(self._unit(time_unit))

    def _unit(self, time_unit: str | None) -> str | None:
        if time_unit is not None and time_unit not in self.time_units:
            raise InvalidArgument(f"{self.name} has no time_unit; leave it out: its times are milliseconds")
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
    name="binance.com", endpoints=BINANCE_COM, catalogue=CATALOGUE, silence_s=75.0, time_units=TIME_UNITS
)
US = Venue(
    name="binance.us",
    endpoints=BINANCE_US,
    catalogue=US_CATALOGUE,
    silence_s=400.0,  # it kept the rules of 2024
    time_units=TIME_UNITS[:1],
)

#: Venues by the domain of their stream host; whatever is not listed goes by the rules of binance.com.
_BY_DOMAIN = {"binance.us": US}


def spot_venue(endpoints: Endpoints) -> Venue:
    """The spot venue at some endpoints."""
    host = urlsplit(endpoints.stream).hostname or ""
    rules = next((venue for domain, venue in _BY_DOMAIN.items() if f".{host}".endswith(f".{domain}")), SPOT)
    return replace(rules, endpoints=endpoints)


def ports(host: str, port: int) -> tuple[int, ...]:
    """The ports on which a host serves the same as on *port*, that one first."""
    known = _PORTS.get(host, ())
    return (port, *(other for other in known if other != port)) if port in known else (port,)
