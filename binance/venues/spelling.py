"""Suggestions for misspelt names of streams, and which market a symbol is of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from binance.constants import KLINE_INTERVALS
from binance.venues.catalogue import CATALOGUE, DEPTH_LEVELS, MARKETS, SYMBOLS, Kind, kind_of, may_have
from binance.venues.catalogue_usdm import CONTRACT_TYPES

#: What stands in the place of a symbol in examples of names.
SYMBOL = "<symbol>"
#: What may stand there in the names of kinds, and an example of each.
HEADS = {
    SYMBOL: "btc-261225-100000-c",  # a symbol of options, which no pattern takes for anything else
    "<pair>_<contractType>": f"btcusdt_{CONTRACT_TYPES[0]}",
    "<pair>": "btcusd",
    "<asset>": "btcusd",
    "<underlying>": "btcusdt",
}
_DAY = "261225"
#: No symbol is longer; what is, may be a secret, and is not repeated.
LONGEST_SYMBOL = 20

_PLACES: dict[str, Sequence[object]] = {
    "<interval>": KLINE_INTERVALS,
    "<levels>": DEPTH_LEVELS,
    "<YYMMDD>": (_DAY,),
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"kline\W*_?(\d+)_?([a-z]+)")
_ZONE = re.compile(r"[+-]?\d{1,2}(:?\d{2})?")
_OPTION_DAY = re.compile(r"\w+-(\d{6})(-|$)")
_CLOSE = 0.75  # of 1, from which two spellings are near each other
_BEGUN = 5  # letters, of which a longer name may be meant
_SHOWN = 3

_LOOKS = {
    "usdm": "'btcusdt' or 'btcusdt_261225'",
    "coinm": "'btcusd_perp' or 'btcusd_261225'",
    "options": "'btc-261225-100000-c'",
}
#: Symbols of other markets than spot: what they look like in lower case, and what they are.
_CONTRACTS = (
    (r"\w+_(perp|\d{6})|\w+\.p", "a futures contract"),
    (r"\w+_(perpetual|current_quarter|next_quarter)", "a continuous futures contract"),
    (r"\w+-\d{6}-[\d.]+-[cp]", "an option"),
)


def not_of(market: str, symbol: str, kind: Kind | None = None) -> str | None:
    """Why a market cannot have a symbol; None if it can.

    :param market: one of :data:`binance.venues.catalogue.MARKETS`.
    :param symbol: in lower case.
    :param kind: of the stream that is asked for.
    """
    if may_have(market, kind, symbol):
        return None
    others = " or ".join(f"venue={other!r}" for other, form in SYMBOLS.items() if re.fullmatch(form, symbol))
    see = f" (see {others})" if others else ""
    if market != "spot":
        return f"symbols of {MARKETS[market]} look like {_LOOKS[market]}{see}"
    contract = next((what for pattern, what in _CONTRACTS if re.fullmatch(pattern, symbol)), None)
    if contract is not None:
        return f"a symbol of {contract}, which no spot market has{see}"
    return "no spot market has '-', '_' or '.' in its symbol"


def symbol_meant(text: str) -> str | None:
    """The symbol of a spot market that is written another way, in lower case; None if there is no guess.

    ``"BTC/USDT"``, ``"btc-usdt"``, ``"BTC USDT"`` and ``"BTC/USDT:USDT"`` are all ``"btcusdt"``.
    """
    text = text.strip().lower()
    if any(re.fullmatch(pattern, text) for pattern, _ in _CONTRACTS):
        return None
    market, _, _ = text.partition(":") if "/" in text else (text, "", "")
    symbol = re.sub(r"[\s/_.:-]", "", market)
    return symbol if re.fullmatch(r"[^\W_]+", symbol) and len(symbol) <= LONGEST_SYMBOL else None


def advice(name: str, catalogue: tuple[Kind, ...]) -> str:
    """What may have been meant by the name of a stream, e.g. ``"did you mean bnbbtc@aggTrade?"``; or nothing.

    :param name: of a kind that is not in *catalogue*, or of a symbol that no spot market has.
    """
    symbol, _, kind = name.partition("@")
    if name.startswith("!"):
        symbol, kind = "", name
    elif _plain(symbol) in dict(_spellings(catalogue)):  # the other way round
        symbol, kind = kind.lower(), symbol
    meant = _kinds_meant(kind, catalogue, bool(symbol))
    if not meant:
        is_kline = _plain(kind).startswith("kline")
        return f"a kline has one of the intervals {' '.join(_intervals_in(catalogue))}" if is_kline else ""
    of_option = _OPTION_DAY.match(symbol)  # then it is not a symbol of spot written another way
    own, day = (symbol_meant(symbol) or symbol, _DAY) if of_option is None else (symbol, of_option[1])
    *others, last = [example.replace(_DAY, day).replace(SYMBOL, own) for example in meant]
    if last == name:
        return ""
    return f"did you mean {', '.join(others)}{' or ' if others else ''}{last}?"


def _kinds_meant(kind: str, catalogue: tuple[Kind, ...], has_symbol: bool) -> list[str]:
    """Examples of the kinds that may be meant, the best first."""
    plain = _plain(kind)
    same = [example for spelling, example in _spellings(catalogue) if spelling == plain]
    same = [example for example in same if has_symbol or not example.startswith(SYMBOL)]
    if same:  # several: "1m" and "1M" differ only by their case
        in_place = f"{SYMBOL}@{kind}" if has_symbol else kind
        return [max(same, key=lambda example: SequenceMatcher(None, in_place, example).ratio())]
    duration = _DURATION.match(kind.lower())
    if duration is not None:
        first, _, zone = kind.partition("@")
        given = first.removeprefix("kline_")  # 1M is a month, and in lower case a minute
        offered = _intervals_in(catalogue)
        as_long = [given] if given in offered else _intervals(int(duration[1]), duration[2])
        ending = "@+08:00" if _ZONE.fullmatch(zone) else ""
        return [f"{SYMBOL}@kline_{interval}{ending}" for interval in as_long if interval in offered]
    if plain.startswith("kline"):
        return []
    alike: dict[str, str] = {}
    for spelling, example in _spellings(catalogue):
        if example.startswith(SYMBOL) == has_symbol:
            alike.setdefault(spelling, example)
    begun = [spelling for spelling in alike if len(plain) >= _BEGUN and spelling.startswith(plain)]
    near = begun[:_SHOWN] or get_close_matches(plain, alike, _SHOWN, _CLOSE)
    return list(dict.fromkeys(alike[spelling] for spelling in near))


@lru_cache(8)
def _intervals_in(catalogue: tuple[Kind, ...]) -> tuple[str, ...]:
    """Those that klines of a venue have."""
    return tuple(i for i in KLINE_INTERVALS if kind_of(f"{HEADS[SYMBOL]}@kline_{i}", catalogue) is not None)


def _intervals(count: int, unit: str) -> Iterator[str]:
    """The interval of klines that is as long, however its unit is written; a month is ``1M``."""
    if unit.startswith("mo"):
        if count == 1:
            yield "1M"
        return
    seconds = count * _SECONDS.get(unit[0], 0)
    for interval in KLINE_INTERVALS:
        if interval != "1M" and int(interval[:-1]) * _SECONDS[interval[-1]] == seconds:
            yield interval


@lru_cache(8)
def _spellings(catalogue: tuple[Kind, ...] = CATALOGUE) -> tuple[tuple[str, str], ...]:
    """Of each kind its examples by how they are spelt, and its first one by its event type, too."""
    spellings = [(_plain(example), example) for kind in catalogue for example in examples(kind)]
    events = [(_plain(event), next(examples(kind))) for kind in catalogue for event in kind.events]
    known = {spelling for spelling, _ in spellings}
    return (*spellings, *(pair for pair in events if pair[0] not in known))


def examples(kind: Kind) -> Iterator[str]:
    """Every name of a kind, with ``<symbol>`` for what is before its ``@``: ``"<symbol>@depth5@100ms"``."""
    head = head_of(kind)
    names = [kind.name.replace(head, SYMBOL, 1) if head else kind.name]
    for place, values in {**_PLACES, "<speed>": kind.speeds_ms}.items():
        names = [name.replace(place, str(value)) for name in names for value in values or [place]]
    names = list(dict.fromkeys(names))
    speeds = [f"@{ms}ms" for ms in kind.speeds_ms[1:]] + [f"@{ms // 1000}s" for ms in kind.speeds_ms[1:]]
    for name in [*names, *(f"{name}{speed}" for speed in speeds for name in names)]:
        if re.fullmatch(kind.pattern, name.replace(SYMBOL, HEADS[head]) if head else name):
            yield name


def head_of(kind: Kind) -> str:
    """What stands before the ``@`` in a kind's name, one of :data:`HEADS`; "" if nothing does."""
    head, at, _ = kind.name.partition("@")
    return head if at and head in HEADS else ""


def _plain(text: str) -> str:
    """Letters and digits alone, in lower case, without the symbol's place."""
    return re.sub(r"[^a-z0-9]", "", text.removeprefix(SYMBOL).lower())
