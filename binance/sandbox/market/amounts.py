"""Amounts: integers in units of 1e-8, and the decimal text the exchange writes."""

import re
from functools import lru_cache
from typing import Final

from binance.exceptions import InvalidArgument

UNIT: Final = 10**8


@lru_cache(maxsize=1 << 16)
def decimal(units: int) -> str:
    """Write an amount the way the exchange does: eight decimals, always.

    :param units: amount in units of 1e-8; may be negative.
    :returns: e.g. ``"0.00900000"``.

    Source: Spot *Web Socket Streams*, the payloads shown there.
    """
    if units < 0:
        return "-" + decimal(-units)
    return f"{units // UNIT}.{units % UNIT:08d}"


@lru_cache(maxsize=1 << 16)
def fixed(units: int, digits: int) -> str:
    """Write an amount with a number of decimals, as the derivatives markets do; further ones are cut off.

    :param units: amount in units of 1e-8; may be negative.
    :param digits: decimals, 0 to 8.
    :returns: e.g. ``"67000.10"``.
    """
    if units < 0:
        return "-" + fixed(-units, digits)
    whole, rest = divmod(units, UNIT)
    return f"{whole}.{rest // 10 ** (8 - digits):0{digits}d}" if digits else str(whole)


def units(text: str) -> int:
    """Read a decimal string exactly.

    :param text: e.g. ``"0.5"``; at most eight decimals.
    :returns: amount in units of 1e-8.
    :raises InvalidArgument: if *text* is not such a number.
    """
    found = re.fullmatch(r"([+-]?)([0-9]+)(?:\.([0-9]{1,8}))?", text)
    if found is None:
        raise InvalidArgument(f"{text!r} is not a decimal number with at most eight decimals")
    sign, whole, fraction = found.groups(default="")
    amount = int(whole) * UNIT + int(fraction.ljust(8, "0"))
    return -amount if sign == "-" else amount
