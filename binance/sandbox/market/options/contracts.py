"""Option contracts: what is traded unless others are named, and what their prices follow from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erf, exp, log, pi, sqrt
from typing import Final, NamedTuple

from binance.exceptions import InvalidArgument
from binance.sandbox.market.amounts import UNIT
from binance.sandbox.market.futures.contracts import Contract, day_of, delivery_ms, quarter_ends
from binance.sandbox.market.times import DAY_MS

SYMBOL: Final = r"[A-Z0-9]{1,20}-[0-9]{6}-[0-9.]{1,12}-[CP]"

#: What is assumed of all underlyings: volatility and risk-free rate of a year, as parts of 1.
VOLATILITY: Final = 0.6
RATE: Final = 0.04

_YEAR_MS: Final = 365 * DAY_MS
_STRIKES: Final = {"BTC": ("70000", "100000"), "ETH": ("2500", "3000")}
_PRICES: Final = {"BTC": 67_000, "ETH": 2_600, "BNB": 600, "SOL": 150}

# A book has forty levels below its price, so a tick is a small part of it: of 1 the 400th, rounded down to a
# power of ten.
_TICKS: Final = 400
_LEAST_TICK: Final = UNIT // 10_000
_STEP: Final = UNIT // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionContract(Contract):
    """An option, beside what every contract has: its pair is the underlying.

    :ivar strike: the price at which it may be exercised, as its symbol has it; ``kind`` is ``"CALL"`` or
        ``"PUT"``, and ``delivery_ms`` when it expires.

    Source: European Options *Market Data*, "Exchange Information".
    """

    strike: str

    @property
    def is_call(self) -> bool:
        """Whether it is the right to buy."""
        return self.kind == "CALL"


class Priced(NamedTuple):
    """What an option is worth, by Black and Scholes, and how that changes: its greeks."""

    price: float
    delta: float
    theta: float
    gamma: float
    vega: float


def priced(spec: OptionContract, index: float, time_ms: int, volatility: float = VOLATILITY) -> Priced:
    """Price an option.

    :param index: price of the underlying.
    :param time_ms: now, milliseconds since the epoch; an option that has expired is priced a minute before.
    """
    years = max(spec.delivery_ms - time_ms, 60_000) / _YEAR_MS
    strike, root = float(spec.strike), sqrt(years)
    above = (log(index / strike) + (RATE + volatility**2 / 2) * years) / (volatility * root)
    below, discounted = above - volatility * root, strike * exp(-RATE * years)
    density = exp(-(above**2) / 2) / sqrt(2 * pi)
    sign = 1 if spec.is_call else -1
    price = sign * (index * _normal(sign * above) - discounted * _normal(sign * below))
    decay = -index * density * volatility / (2 * root) - sign * RATE * discounted * _normal(sign * below)
    return Priced(
        price, sign * _normal(sign * above), decay / 365, density / (index * volatility * root),
        index * density * root / 100,
    )  # fmt: skip


def _normal(value: float) -> float:
    return (1 + erf(value / sqrt(2))) / 2


def default_symbols(time_ms: int) -> list[str]:
    """Return what is traded unless symbols are named: two underlyings, two days of expiry, calls and puts."""
    ends = quarter_ends(time_ms)
    days = day_of(next(ends)), day_of(next(ends))
    return [
        f"{base}-{day}-{strike}-{side}"
        for base, strikes in _STRIKES.items()
        for day in days
        for strike in strikes
        for side in "CP"
    ]


def option(symbol: str, time_ms: int) -> OptionContract:
    """Describe an option; it opens at its price by Black and Scholes.

    :param symbol: in any case, e.g. ``"BTC-261225-100000-C"``.
    :param time_ms: now, milliseconds since the epoch.
    :raises InvalidArgument: if *symbol* is not such a symbol.
    """
    name = symbol.upper()
    wrong = InvalidArgument(f"{symbol!r} is not an option; use one like BTC-261225-100000-C")
    if not re.fullmatch(SYMBOL, name):
        raise wrong
    base, day, strike, side = name.split("-")
    try:
        expires_ms = delivery_ms(day)
        known = float(strike) > 0
    except ValueError as exc:
        raise wrong from exc
    if not known:
        raise wrong
    spec = OptionContract(
        symbol=name, base=base, quote="USDT", tick=1, step=_STEP, price=1, lots=100, venue="options",
        pair=f"{base}USDT", kind="CALL" if side == "C" else "PUT", delivery_ms=expires_ms,
        price_digits=8, quantity_digits=2, size=0, strike=strike,
    )  # fmt: skip
    worth = int(priced(spec, _PRICES.get(base, 1), time_ms).price * UNIT)
    tick = _LEAST_TICK
    while tick * 10 * _TICKS <= worth:
        tick *= 10
    price = max(worth - worth % tick, tick * _TICKS)
    digits = len(str(UNIT // tick)) - 1 if tick < UNIT else 0
    return replace(spec, tick=tick, price=price, price_digits=digits)


def options(symbols: Sequence[str] | None, time_ms: int) -> dict[str, OptionContract]:
    """Return the options of a market by symbol; None for those of :func:`default_symbols`."""
    made = [option(symbol, time_ms) for symbol in (default_symbols(time_ms) if symbols is None else symbols)]
    return {item.symbol: item for item in made}
