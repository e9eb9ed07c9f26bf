"""Patterns over the exchange's symbols: ``*usdt@bookTicker``. Pure.

``*`` stands for any characters of a symbol, ``?`` for one, ``[ab]`` for one of some, as in a shell. Only the
part before the ``@`` may hold them, and only symbols that are trading are meant.
"""

from __future__ import annotations

import contextlib
import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any

from binance.exceptions import BinanceRequestException, InvalidStream
from binance.text.counted import counted
from binance.venues import names
from binance.venues.catalogue import CATALOGUE, kind_of, served_elsewhere
from binance.venues.spelling import advice, not_of, symbol_meant
from binance.venues.venue import SPOT

_MARKS = re.compile(r"[*?\[]")
_SET = re.compile(r"\[!?+\]?+[^\]]*\]")  # as fnmatch reads it: a ] at its begin is one of the characters
_SEPARATORS = re.compile(r"[-/_ ]")
_WHOLE_NAME = re.compile(r"[\w!]*@[\w@+:]*\w")  # in a sentence
_ANY = "bnbbtc"  # stands for the symbols where a kind of stream is looked up
_HOW = "* stands for any characters, ? for one, [ab] for one of some"


def is_pattern(name: str) -> bool:
    """Whether a name of the command line means several streams."""
    return _MARKS.search(name) is not None


def read(text: str) -> str | Pattern:
    """Read one argument of the command line.

    :returns: the name of a stream as the exchange spells it, or a pattern.
    :raises InvalidStream: if it cannot be either.
    """
    if is_pattern(text):
        return Pattern(text)
    may_be_symbol = len(text) <= names.LONGEST_QUOTED and symbol_meant(text) is not None
    if "@" not in text and not text.startswith("!") and not may_be_symbol:
        # not quoted: it may be a listen key, which is a secret
        raise InvalidStream(
            "a name without '@' is no market stream; names look like 'bnbbtc@trade'. "
            "watch shows no events of accounts"
        )
    return SPOT.stream(text).name


class Pattern:
    """Streams of one kind, of all symbols that match.

    :param text: e.g. ``"*usdt@bookTicker"``; the symbol part in any case.
    :raises InvalidStream: if it names no known kind of stream, or holds a pattern where no symbol stands, or
        a bracket that is not closed.

    :ivar text: as it was given.
    """

    def __init__(self, text: str) -> None:
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
        if kind_of(f"{_ANY}@{self._kind}") is None:
            raise InvalidStream(f"{text!r}: {self._not_known()}")
        self._matches = re.compile(fnmatch.translate(self._symbol.lower())).match

    def _not_known(self) -> str:
        """Why there is no such stream of the symbols, and what may have been meant."""
        name = f"{_ANY}@{self._kind}"
        whose = served_elsewhere(name)
        if whose is not None:
            return f"a stream of {whose}, which no spot market has"
        hint = advice(name, CATALOGUE) if len(name) <= names.LONGEST_QUOTED else ""
        if not hint:
            return "not a known kind of stream"

        def meant(found: re.Match[str]) -> str:
            symbol, at, kind = found[0].partition("@")
            return repr((self._symbol if symbol == _ANY else symbol) + at + kind)

        return f"not a known kind of stream; {_WHOLE_NAME.sub(meant, hint)}"

    def streams(self, symbols: Mapping[str, bool]) -> list[str]:
        """Return the streams that it means, in the order of the symbols.

        :param symbols: whether each is trading, see :func:`symbols_of`.
        :raises InvalidStream: if there is none.
        """
        found = [symbol for symbol in symbols if self._matches(symbol)]
        trading = [f"{symbol}@{self._kind}" for symbol in found if symbols[symbol]]
        if trading:
            return trading
        if found:
            hint = f"{counted(len(found), 'symbol')} that match: not trading, e.g. {found[0].upper()}"
        elif _SEPARATORS.search(_SET.sub("", self._symbol)):
            hint = "symbols are written without a separator, e.g. btcusdt"
        else:
            hint = _HOW
        raise InvalidStream(f"no symbol that is trading matches {self._symbol!r} of {self.text!r}; {hint}")


def symbols_of(info: Mapping[str, Any]) -> dict[str, bool]:
    """Return the exchange's symbols, lowered, in its order, and whether each is trading.

    :param info: the answer of ``exchangeInfo``.
    :raises BinanceRequestException: if it holds no list of symbols.

    Source: Spot *REST API*, "Exchange information" (``symbols``, ``status``).
    """
    listed = info.get("symbols")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BinanceRequestException("the exchange's answer holds no list of symbols")
    symbols: dict[str, bool] = {}
    for one in listed:
        with contextlib.suppress(InvalidStream):  # what cannot stand in a stream's name has no streams
            symbols[names.lowered(one.get("symbol"))] = one.get("status") == "TRADING"
    return symbols


def expanded(wanted: Iterable[str | Pattern], symbols: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Put in place of each pattern the names that it means.

    :param symbols: see :func:`symbols_of`; of no interest if there are no patterns.
    :returns: the names, each once, and a sentence for each pattern: how many streams it means; one more, of
        all of them, if anything else was wanted.
    :raises InvalidStream: if a pattern means none.
    """
    every: dict[str, None] = {}
    sentences = []
    items = list(wanted)
    for item in items:
        if isinstance(item, Pattern):
            meant = item.streams(symbols)
            sentences.append(f"{item.text!r} means {counted(len(meant), 'stream')}")
            every.update(dict.fromkeys(meant))
        else:
            every[item] = None
    if sentences and len(items) > 1:
        sentences.append(f"{counted(len(every), 'stream')} in all")
    return list(every), sentences


def unlisted(wanted: Iterable[str | Pattern], symbols: Mapping[str, bool]) -> list[str]:
    """Return a sentence about the names whose symbol is not trading; none if all are.

    :param symbols: see :func:`symbols_of`; none, if nobody was asked for them.
    """
    named = [one.partition("@")[0] for one in wanted if isinstance(one, str) and not one.startswith("!")]
    # of what no spot market can have as a symbol, the venue says so itself
    missing = [symbol for symbol in named if not symbols.get(symbol) and not_of("spot", symbol) is None]
    if not symbols or not missing:
        return []
    return [f"no symbol that is trading: {names.listed(list(dict.fromkeys(missing)))}"]
