"""Many symbols of the sandbox: those that are asked for by their number, and what they cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.exceptions import InvalidArgument
from binance.sandbox.market.feed import Feed
from binance.sandbox.market.market import Market
from binance.sandbox.market.symbols import DEFAULT_SYMBOLS, MOST_SYMBOLS, instrument, listed
from binance.sandbox.options import ExchangeOptions

START_MS = 1_789_999_991_234
SYMBOLS = listed(3)


@given(st.integers(1, MOST_SYMBOLS), st.integers(1, MOST_SYMBOLS))
def test_a_number_of_symbols_is_always_the_same(fewer, more):
    """So many, each once; more of them begin with the same ones, and the six common ones come first."""
    fewer, more = sorted((fewer, more))
    symbols = listed(more)
    assert len(symbols) == len(set(symbols)) == more
    assert symbols[:fewer] == listed(fewer)
    assert tuple(symbols[:6]) == DEFAULT_SYMBOLS[:more]


def test_made_up_symbols_are_plausible():
    """Each has a base and a quote asset that are told apart, and can be named in a stream and in a URL."""
    for symbol in listed(MOST_SYMBOLS):
        spec = instrument(symbol)
        assert (spec.base + spec.quote, spec.base.isascii(), spec.base.isalpha()) == (symbol, True, True)
        assert len(spec.base) >= 2
        assert spec.quote in {"USDT", "BTC", "USDC", "ETH", "BNB", "FDUSD", "EUR", "TRY"}


@pytest.mark.parametrize("symbols", [0, -1, MOST_SYMBOLS + 1, True])
def test_a_number_that_cannot_be_is_refused(symbols):
    """From 1 to 10,000 symbols can be asked for."""
    with pytest.raises(InvalidArgument, match=r"symbols is .*; use names, or a number from 1 to 10,000"):
        ExchangeOptions(symbols=symbols).check()


STREAMS = [f"{symbol.lower()}@{kind}" for symbol in SYMBOLS for kind in ("depth", "depth@100ms", "trade")]


@given(
    st.lists(st.tuples(st.sampled_from(STREAMS), st.booleans(), st.floats(0, 700)), min_size=1, max_size=15)
)
def test_a_stream_does_not_depend_on_who_else_listens(steps):
    """Whatever comes and goes, a stream that is wanted has the messages that it has where all are wanted."""
    always, changing = (Feed(Market(SYMBOLS, seed=3, rate=20, start_ms=START_MS)) for _ in range(2))
    for stream in STREAMS:
        always.want(stream)
    wanted = set()
    now_ms = START_MS
    for stream, want, step_ms in steps:
        (changing.want if want else changing.unwant)(stream)
        (wanted.add if want else wanted.discard)(stream)
        now_ms += step_ms
        told = {name: [] for name in STREAMS}
        heard = {name: [] for name in STREAMS}
        for name, payload in always.advance(now_ms):
            told[name].append(payload)
        for name, payload in changing.advance(now_ms):
            heard[name].append(payload)
        assert heard == {name: told[name] if name in wanted else [] for name in STREAMS}
