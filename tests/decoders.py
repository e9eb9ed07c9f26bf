"""The decoders that come by default, as fixtures: see conftest.py."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from binance.wire.codec import Decoder, default_decoder


def standard_decoder() -> Decoder:
    """The default decoder where orjson is not installed."""
    with patch.dict(sys.modules, {"orjson": None}):
        return default_decoder()


@pytest.fixture(params=["json", "orjson"])
def decoder(request: Any) -> Callable[[bytes], Any]:
    """Each of the two decoders that come by default."""
    if request.param == "json":
        return standard_decoder()
    loads: Decoder = pytest.importorskip("orjson").loads
    return loads


@pytest.fixture(params=["json", "orjson"])
def either_decoder(request: Any) -> Iterator[None]:
    """Each of the two is what comes by default: without orjson, and with it."""
    if request.param == "orjson":
        pytest.importorskip("orjson")
        yield
    else:
        with patch.dict(sys.modules, {"orjson": None}):
            yield
