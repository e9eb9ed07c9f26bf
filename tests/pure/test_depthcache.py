"""The depth cache by itself, and that the names and signatures are those of 0.7.11."""

from __future__ import annotations

import inspect

import pytest

from binance import depthcache
from binance.depthcache import BaseDepthCacheManager, DepthCache

from .. import classic


def test_levels_are_floats_and_sorted():
    """Bids fall and asks rise; a quantity of nothing removes a level, known or not, however it is written."""
    cache = DepthCache("BNBBTC")
    for price, quantity in (("0.0019", "45.0"), ("0.0021", "2"), ("0.0020", "7.50000000"), ("0.5", "0.000")):
        cache.add_bid([price, quantity])
        cache.add_ask([price, quantity, []])
    cache.add_bid(["0.0021", "0.00000000"])
    assert cache.get_bids() == [[0.0020, 7.5], [0.0019, 45.0]]
    assert cache.get_asks() == [[0.0019, 45.0], [0.0020, 7.5], [0.0021, 2.0]]
    assert (cache.symbol, cache.update_time) == ("BNBBTC", None)
    assert DepthCache.sort_depth({"2": 1.0, "10": 2.0}) == [[2.0, 1.0], [10.0, 2.0]]
    assert DepthCache.sort_depth({"2": 1.0, "10": 2.0}, reverse=True) == [[10.0, 2.0], [2.0, 1.0]]


def test_names_and_signatures_are_the_classic_ones():
    """Each class takes what it took, by position and by name; what it has more of stands behind."""
    wanted = [line.rstrip(")").split("(") for line in classic.names("binance.depthcache")]
    assert len(wanted) == 4
    for name, signature in wanted:
        ours = [*inspect.signature(getattr(depthcache, name).__init__).parameters.values()]
        shown = ", ".join(
            one.name if one.default is one.empty else f"{one.name}={one.default!r}" for one in ours
        )
        assert shown == signature, name
    for method in ("add_ask", "add_bid", "get_asks", "get_bids", "sort_depth"):
        assert callable(getattr(DepthCache, method))


def test_the_base_has_no_venue():
    """It is made by one of the managers."""
    with pytest.raises(NotImplementedError, match="use DepthCacheManager"):
        BaseDepthCacheManager(None, "BNBBTC")
