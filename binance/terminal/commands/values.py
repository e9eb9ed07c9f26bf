"""Values of the command line, read and checked."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence

from binance.exceptions import InvalidArgument
from binance.sandbox.market.market import Market
from binance.sandbox.options import SandboxOptions, read_symbols

SYMBOLS_HELP = "how many symbols are traded, e.g. 600, or which, e.g. BNBBTC,ETHBTC (default: six)"


def symbols(text: str) -> Sequence[str] | int:
    """Read what a sandbox trades: symbols with commas between them, or their number."""
    read = read_symbols(text)
    try:
        if isinstance(read, int):
            SandboxOptions(symbols=read).check()
        else:
            Market(read)
    except InvalidArgument as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
    return read


def rate(text: str) -> float:
    """Read a number a second."""
    return _between(text, 0, sys.float_info.max, "use a finite number, 0 or more")


def factor(text: str) -> float:
    """Read a factor."""
    return _between(text, math.ulp(0.0), sys.float_info.max, "use a finite number above 0")


def seconds(text: str) -> float:
    """Read a time."""
    return _between(text, math.ulp(0.0), sys.float_info.max, "use a number of seconds above 0")


def demo_seconds(text: str) -> float:
    """Read how long the demo lasts."""
    return _between(text, 4, 3600, "use 4 to 3600")


def _between(text: str, least: float, most: float, advice: str) -> float:
    """Read a number; "nan" is not one, and "inf" is not between any two."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be used; {advice}")
    return number
