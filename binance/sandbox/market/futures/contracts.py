"""Contracts: what is traded on USD-M and COIN-M, and which are traded unless others are named."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from binance.exceptions import InvalidArgument
from binance.sandbox.market.amounts import UNIT
from binance.sandbox.market.symbols import Instrument

Venue = Literal["usdm", "coinm", "options"]

# What ``st`` says of a contract: which market it belongs to.
MARKET_TYPES: Final[dict[Venue, int]] = {"usdm": 1, "coinm": 2}

# What a perpetual contract names as its day of delivery: 25 December 2100.
NEVER_MS: Final = 4_133_404_800_000

# Delivery is at this hour, UTC.
_DELIVERY_HOUR: Final = 8
_FRIDAY: Final = 4
_QUARTER_DAYS: Final = 91

# A delivery contract trades this far above its index: 0.6 %, and twice that for the next quarter.
_PREMIUM: Final = 6, 1000


class _Base(NamedTuple):
    """What contracts of one asset have in common; amounts in units of 1e-8, the size of COIN-M in USD."""

    price: int
    tick: int
    price_digits: int
    step: int
    quantity_digits: int
    lots: int
    size: int


_BASES: Final = {
    "BTC": _Base(67_000 * UNIT, UNIT // 10, 1, UNIT // 1000, 3, 60, 100),
    "ETH": _Base(2_600 * UNIT, UNIT // 100, 2, UNIT // 1000, 3, 900, 10),
    "BNB": _Base(600 * UNIT, UNIT // 100, 2, UNIT // 100, 2, 300, 10),
    "SOL": _Base(150 * UNIT, UNIT // 100, 2, UNIT // 100, 2, 900, 10),
    "DEFI": _Base(700 * UNIT, UNIT // 10, 1, UNIT // 1000, 3, 700, 10),
}
_OTHER: Final = _Base(UNIT, UNIT // 10_000, 4, UNIT, 0, 900, 10)

_QUOTES: Final = ("USDT", "USDC")

#: The composite index, and the weight of each asset in it, in units of 1e-8.
COMPOSITE: Final = "DEFIUSDT"
COMPONENTS: Final = {"ETH": 12_000_000, "BNB": 40_000_000, "SOL": 90_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Instrument):
    """A contract, beside what every instrument has.

    :ivar venue: ``"usdm"``, ``"coinm"`` or ``"options"``.
    :ivar pair: the pair, e.g. ``"BTCUSDT"`` or ``"BTCUSD"``.
    :ivar kind: ``"PERPETUAL"``, ``"CURRENT_QUARTER"`` or ``"NEXT_QUARTER"``.
    :ivar delivery_ms: when it is delivered, milliseconds since the epoch.
    :ivar price_digits: decimals of a price; ``quantity_digits`` of a quantity.
    :ivar size: of COIN-M the USD that one contract is worth; 0 on USD-M, whose quantities are assets.

    Source: USD-M and COIN-M *Market Data*, "Exchange Information".
    """

    venue: Venue
    pair: str
    kind: str
    delivery_ms: int
    price_digits: int
    quantity_digits: int
    size: int

    @property
    def market_type(self) -> int:
        """What ``st`` says of it."""
        return MARKET_TYPES.get(self.venue, 0)

    @property
    def perpetual(self) -> bool:
        """Whether it is never delivered."""
        return self.kind == "PERPETUAL"


def quarter_ends(time_ms: int) -> Iterator[int]:
    """Yield the days of delivery after a moment: the last Fridays of March, June, September and December.

    :returns: milliseconds since the epoch, each at 08:00 UTC.
    """
    year, month = datetime.fromtimestamp(time_ms // 1000, UTC).year, 3
    while True:
        year, month = (year + 1, 3) if month > 12 else (year, month)
        after = datetime(year + month // 12, month % 12 + 1, 1, _DELIVERY_HOUR, tzinfo=UTC)
        last = after - timedelta(days=1)
        friday = last - timedelta(days=(last.weekday() - _FRIDAY) % 7)
        if (end_ms := int(friday.timestamp()) * 1000) > time_ms:
            yield end_ms
        month += 3


def day_of(time_ms: int) -> str:
    """Return the day of a moment as symbols have it, e.g. ``"261225"``."""
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%y%m%d")


def delivery_ms(day: str) -> int:
    """Return when contracts of a day are delivered, milliseconds since the epoch: at 08:00 UTC.

    :param day: as symbols have it, e.g. ``"261225"``.
    :raises ValueError: if it is not a day.
    """
    date = datetime.strptime(f"{day} {_DELIVERY_HOUR}+0000", "%y%m%d %H%z")
    return int(date.timestamp()) * 1000


def default_symbols(venue: Venue, time_ms: int) -> list[str]:
    """Return what is traded on a venue unless symbols are named: perpetuals, and delivery by quarters."""
    ends = quarter_ends(time_ms)
    current, following = day_of(next(ends)), day_of(next(ends))
    if venue == "usdm":
        return ["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", COMPOSITE, f"BTCUSDT_{current}"]
    return ["BTCUSD_PERP", "ETHUSD_PERP", "BNBUSD_PERP", f"BTCUSD_{current}", f"BTCUSD_{following}"]


def contract(venue: Venue, symbol: str, time_ms: int) -> Contract:
    """Describe a contract; of an asset that the sandbox does not know it has ordinary numbers.

    :param symbol: in any case: ``"BTCUSDT"`` or ``"BTCUSDT_261225"`` on USD-M, ``"BTCUSD_PERP"`` or
        ``"BTCUSD_261225"`` on COIN-M.
    :param time_ms: now, which says what the current quarter is.
    :raises InvalidArgument: if *symbol* is not such a symbol.
    """
    name = symbol.upper()
    found = re.fullmatch(r"([A-Z0-9]{1,20}?)(USDT|USDC|USD)(?:_(PERP|[0-9]{6}))?", name)
    if (
        found is None
        or (venue == "usdm") != (found[2] in _QUOTES)
        or (found[3] == "PERP") != (venue == "coinm" and not (found[3] or "").isdecimal())
    ):
        example = "BTCUSDT or BTCUSDT_261225" if venue == "usdm" else "BTCUSD_PERP or BTCUSD_261225"
        raise InvalidArgument(f"{symbol!r} is not a contract of {venue}; use one like {example}")
    base, quote, day = found[1], found[2], found[3] or "PERP"
    kind, end_ms, quarters = "PERPETUAL", NEVER_MS, 0
    if day != "PERP":
        kind, end_ms = _delivery(day, time_ms, symbol)
        quarters = 1 if kind == "CURRENT_QUARTER" else 2
    known = _BASES.get(base, _OTHER)
    price = known.price + known.price * _PREMIUM[0] * quarters // _PREMIUM[1]
    inverse = venue == "coinm"
    return Contract(
        symbol=name, base=base, quote=quote, tick=known.tick, step=UNIT if inverse else known.step,
        price=price - price % known.tick, lots=40 if inverse else known.lots, venue=venue,
        pair=base + quote, kind=kind, delivery_ms=end_ms, price_digits=known.price_digits,
        quantity_digits=0 if inverse else known.quantity_digits, size=known.size if inverse else 0,
    )  # fmt: skip


def _delivery(day: str, time_ms: int, symbol: str) -> tuple[str, int]:
    try:
        end_ms = delivery_ms(day)
    except ValueError as exc:
        raise InvalidArgument(f"{symbol!r} names no day of delivery; use one like BTCUSD_261225") from exc
    later = end_ms - time_ms > _QUARTER_DAYS * 86_400_000
    return ("NEXT_QUARTER" if later else "CURRENT_QUARTER"), end_ms


def contracts(usdm: Sequence[str] | None, coinm: Sequence[str] | None, time_ms: int) -> dict[str, Contract]:
    """Return the contracts of both venues by symbol; None for those of :func:`default_symbols`."""
    given: tuple[tuple[Venue, Sequence[str] | None], ...] = ("usdm", usdm), ("coinm", coinm)
    made = [
        contract(venue, symbol, time_ms)
        for venue, symbols in given
        for symbol in (default_symbols(venue, time_ms) if symbols is None else symbols)
    ]
    return {item.symbol: item for item in made}
