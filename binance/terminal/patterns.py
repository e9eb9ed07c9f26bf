"""Patterns over the exchange's symbols: ``*usdt@bookTicker``. Pure.

``*`` stands for any characters of a symbol, ``?`` for one, ``[ab]`` for one of some, as in a shell. Only the
part before the ``@`` may hold them, and only symbols that are trading are meant. Where a stream is of a
pair or of an underlying, these are meant.
"""

from __future__ import annotations

import contextlib
import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from binance.endpoints import BINANCE_COM
from binance.exceptions import BinanceRequestException, InvalidStream
from binance.text.counted import counted
from binance.venues import names
from binance.venues.catalogue import CATALOGUES, MARKETS, NAMES_WITHOUT_AT, kind_of, may_have
from binance.venues.spelling import SYMBOL, advice, head_of, symbol_meant
from binance.venues.venue import venue_of

_MARKS = re.compile(r"[*?\[]")
_SET = re.compile(r"\[!?+\]?+[^\]]*\]")  # as fnmatch reads it: a ] at its begin is one of the characters
_SEPARATORS = re.compile(r"[-/_ ]")
_WHOLE_NAME = re.compile(r"[\w!-]*@[\w@+:]*\w")  # in a sentence
_HOW = "* stands for any characters, ? for one, [ab] for one of some"

_CONTRACT = "<pair>_<contractType>"


class _Head(NamedTuple):
    """What stands before the ``@``.

    :ivar example: one, lowered.
    :ivar members: of one that is listed, joined by an underscore.
    """

    example: str
    members: tuple[str, ...]


class _Listing(NamedTuple):
    """How ``exchangeInfo`` of a market lists what it has.

    :ivar member: with the list.
    :ivar status: member of each that is listed; it is trading if that is ``TRADING``.
    :ivar heads: by the placeholder with which a catalogue's names begin.
    """

    member: str
    status: str
    heads: dict[str, _Head]


_LISTINGS = {
    "spot": _Listing("symbols", "status", {SYMBOL: _Head("bnbbtc", ("symbol",))}),
    "usdm": _Listing(
        "symbols",
        "status",
        {
            SYMBOL: _Head("btcusdt", ("symbol",)),
            _CONTRACT: _Head("btcusdt_perpetual", ("pair", "contractType")),
        },
    ),
    "coinm": _Listing(
        "symbols",
        "contractStatus",
        {
            SYMBOL: _Head("btcusd_perp", ("symbol",)),
            _CONTRACT: _Head("btcusd_perpetual", ("pair", "contractType")),
            "<pair>": _Head("btcusd", ("pair",)),
        },
    ),
    "options": _Listing(
        "optionSymbols",
        "status",
        {
            SYMBOL: _Head("btc-261225-100000-c", ("symbol",)),
            "<underlying>": _Head("btcusdt", ("underlying",)),
        },
    ),
}


def _heads(market: str) -> Iterable[_Head]:
    return _LISTINGS[market].heads.values()


def _head_in(market: str, kind: str) -> str | None:
    """What stands before the ``@`` in names of that kind; None if the market has none of symbols it lists."""
    for head, (example, _) in _LISTINGS[market].heads.items():
        found = kind_of(f"{example}@{kind}", CATALOGUES[market])
        if found is not None and head_of(found) == head:
            return head
    return None


def is_pattern(name: str) -> bool:
    """Whether a name of the command line means several streams."""
    return _MARKS.search(name) is not None


def read(text: str, market: str = "spot") -> str | Pattern:
    """Read one argument of the command line.

    :param market: whose streams, as ``venue=`` names it.
    :returns: the name of a stream as the exchange spells it, or a pattern.
    :raises InvalidStream: if it cannot be either.
    """
    if is_pattern(text):
        return Pattern(text, market)
    may_be_symbol = len(text) <= names.LONGEST_QUOTED and symbol_meant(text) is not None
    if "@" not in text and not text.startswith("!") and text not in NAMES_WITHOUT_AT and not may_be_symbol:
        # not quoted: it may be a listen key, which is a secret
        raise InvalidStream(
            "a name without '@' is not a market stream; names look like 'bnbbtc@trade'. "
            "watch shows no events of accounts"
        )
    return venue_of(market, BINANCE_COM).stream(text).name


class Pattern:
    """Streams of one kind, of all symbols that match.

    :param text: e.g. ``"*usdt@bookTicker"``; the symbol part in any case.
    :param market: whose streams, as ``venue=`` names it.
    :raises InvalidStream: if it names no known kind of stream, or holds a pattern where no symbol stands, or
        a bracket that is not closed.

    :ivar text: as it was given.
    :ivar head: the part that it is a pattern of, ``"<symbol>"`` most often.
    """

    def __init__(self, text: str, market: str = "spot") -> None:
        self.text = text
        self._symbol, at, self._kind = text.partition("@")
        if text.startswith("!"):
            raise InvalidStream(
                f"{text!r}: only a symbol may be a pattern; name all-market streams whole, "
                "e.g. '!miniTicker@arr'"
            )
        if not at:
            raise InvalidStream(f"{text!r} does not say which stream of the symbols: write '{text}@trade'?")
        if "[" in _SET.sub("", self._symbol):
            raise InvalidStream(
                f"{text!r}: a ']' is missing behind a '['; [ab] stands for one of some characters"
            )
        if is_pattern(self._kind):
            raise InvalidStream(
                f"{text!r}: only the symbol may be a pattern; name each kind of stream, "
                f"e.g. '{self._symbol}@kline_1m'"
            )
        if not self._kind:
            raise InvalidStream(f"{text!r} does not say which stream of the symbols: write '{text}trade'?")
        head = _head_in(market, self._kind)
        if head is None:
            raise InvalidStream(f"{text!r}: {self._not_known(market)}")
        self.head = head
        self._is_spot = market == "spot"
        self._example = _LISTINGS[market].heads[head].example
        self._matches = re.compile(fnmatch.translate(self._symbol.lower())).match

    def _not_known(self, market: str) -> str:
        """Why there is no such stream of the symbols, and what may have been meant."""
        example = _LISTINGS[market].heads[SYMBOL].example
        if any(kind_of(f"{one.example}@{self._kind}", CATALOGUES[market]) for one in _heads(market)):
            return "the exchange lists no symbols of such streams; name each whole"
        serving = [other for other in MARKETS if _head_in(other, self._kind) is not None]
        if serving:
            *more, last = (f"{MARKETS[other]} (--market {other})" for other in serving)
            return f"a stream of {', '.join(more)}{' and ' if more else ''}{last}"
        is_short = len(self._kind) <= names.LONGEST_QUOTED
        hint = advice(f"{example}@{self._kind}", CATALOGUES[market]) if is_short else ""
        if not hint:
            return "not a known kind of stream"

        def meant(found: re.Match[str]) -> str:
            symbol, at, kind = found[0].partition("@")
            return repr((self._symbol if symbol == example else symbol) + at + kind)

        return f"not a known kind of stream; {_WHOLE_NAME.sub(meant, hint)}"

    def streams(self, symbols: Mapping[str, bool]) -> list[str]:
        """Return the streams that it means, in the order of the symbols.

        :param symbols: whether each is trading, those of :func:`listed` for its head.
        :raises InvalidStream: if there is none.
        """
        found = [symbol for symbol in symbols if self._matches(symbol)]
        trading = [f"{symbol}@{self._kind}" for symbol in found if symbols[symbol]]
        if trading:
            return trading
        if found:
            hint = f"{counted(len(found), 'symbol')} that match: not trading, e.g. {found[0].upper()}"
        elif self._is_spot and _SEPARATORS.search(_SET.sub("", self._symbol)):
            hint = "symbols are written without a separator, e.g. btcusdt"
        else:
            hint = _HOW if self._is_spot else f"{_HOW}; written as in {self._example}"
        raise InvalidStream(f"no symbol that is trading matches {self._symbol!r} of {self.text!r}; {hint}")


def listed(info: Mapping[str, Any], market: str = "spot") -> dict[str, dict[str, bool]]:
    """Return what patterns can mean, by their heads: symbols, lowered, and whether each is trading.

    :param info: the answer of the market's ``exchangeInfo``.
    :returns: symbols in the exchange's order; of pairs and underlyings those of which anything is trading.
    :raises BinanceRequestException: if it holds no list of symbols.

    Source: Spot *REST API*, "Exchange information" (``symbols``, ``status``); Derivatives, the same of each
    venue (COIN-M: ``contractStatus``; options: ``optionSymbols``, whose ``status`` not all answers have).
    """
    member, status, heads = _LISTINGS[market]
    items = info.get(member)
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise BinanceRequestException("the exchange's answer holds no list of symbols")
    symbols: dict[str, dict[str, bool]] = {head: {} for head in heads}
    default = "TRADING" if market == "options" else None
    for one in items:
        is_trading = one.get(status, default) == "TRADING"
        for head, (_, members) in heads.items():
            parts = [one.get(part) for part in members]
            with contextlib.suppress(InvalidStream):  # what cannot stand in a stream's name has no streams
                symbol = "_".join(names.lowered(part) for part in parts)
                symbols[head][symbol] = symbols[head].get(symbol, False) or is_trading
    return symbols


def expanded(
    wanted: Iterable[str | Pattern], symbols: Mapping[str, Mapping[str, bool]]
) -> tuple[list[str], list[str]]:
    """Put in place of each pattern the names that it means.

    :param symbols: see :func:`listed`; of no interest if there are no patterns.
    :returns: the names, each once, and a sentence for each pattern: how many streams it means; one more, of
        all of them, if anything else was wanted.
    :raises InvalidStream: if a pattern means none.
    """
    every: dict[str, None] = {}
    sentences = []
    items = list(wanted)
    for item in items:
        if isinstance(item, Pattern):
            meant = item.streams(symbols[item.head])
            sentences.append(f"{item.text!r} means {counted(len(meant), 'stream')}")
            every.update(dict.fromkeys(meant))
        else:
            every[item] = None
    if sentences and len(items) > 1:
        sentences.append(f"{counted(len(every), 'stream')} in all")
    return list(every), sentences


def unlisted(
    wanted: Iterable[str | Pattern], symbols: Mapping[str, Mapping[str, bool]], market: str = "spot"
) -> list[str]:
    """Return a sentence about the names whose symbol is not trading; none if all are.

    :param symbols: see :func:`listed`; none, if nobody was asked for them.
    """
    missing: dict[str, None] = {}
    for name in wanted if symbols else ():
        if isinstance(name, Pattern) or name.startswith("!") or "@" not in name:
            continue
        kind, symbol = kind_of(name, CATALOGUES[market]), name.partition("@")[0]
        head = SYMBOL if kind is None else head_of(kind)
        # of what the market cannot have as a symbol, the venue says so itself
        may_be = head != SYMBOL or may_have(market, None, symbol)
        if head in symbols and may_be and not symbols[head].get(symbol):
            missing[symbol] = None
    return [f"no symbol that is trading: {names.listed(list(missing))}"] if missing else []
