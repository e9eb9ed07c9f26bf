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

_MARKS = re.compile(r"[*?\[]")
_SET = re.compile(r"\[.*?\]")
_SEPARATORS = re.compile(r"[-/_ ]")
_HOW = "* stands for any characters, ? for one, [ab] for one of some"


def is_pattern(name: str) -> bool:
    """Whether a name of the command line means several streams."""
    return _MARKS.search(name) is not None


class Pattern:
    """Streams of one kind, of all symbols that match.

    :param text: e.g. ``"*usdt@bookTicker"``; the symbol part in any case.
    :raises InvalidStream: if it names no kind of stream, or holds a pattern where no symbol stands.

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
        if is_pattern(self._kind):
            raise InvalidStream(
                f"{text!r}: only the symbol may be a pattern; name each kind of stream, "
                f"e.g. '{self._symbol}@kline_1m'"
            )
        try:
            names.spelt(f"bnbbtc@{self._kind}")
        except InvalidStream as exc:
            raise InvalidStream(f"{text!r} cannot be: {exc}") from exc
        self._matches = re.compile(fnmatch.translate(self._symbol.lower())).match

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
