"""Dates and intervals as milliseconds, for scripts."""

from __future__ import annotations

import re
import time

from binance.packaging.newer import explain_names_of
from binance.rest.dates import Moment, epoch_ms

explain_names_of(__name__)

_INTERVAL = re.compile(r"(\d+)([mhdw])", re.ASCII)
_UNITS_S = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def date_to_milliseconds(date_str: Moment) -> int:
    """The moment that a text names, as milliseconds since the epoch.

    :param date_str: e.g. ``"1 Jan, 2020"``, ``"January 01, 2018 10:30"``, ``"2020-01-01T10:00:00Z"``,
        ``"now UTC"``, ``"11 hours ago UTC"``; UTC where it names no zone. All forms: see :doc:`history`.
    :raises InvalidArgument: if it cannot be read.
    """
    return epoch_ms(date_str, int(time.time() * 1000))


def interval_to_milliseconds(interval: str) -> int | None:
    """The length of a kline interval in milliseconds.

    :param interval: a number and ``m``, ``h``, ``d`` or ``w``, e.g. ``"15m"``.
    :returns: None for anything else: ``"1M"``, since months have several lengths, and ``"1s"``, too.
    """
    found = _INTERVAL.fullmatch(interval)
    return int(found[1]) * _UNITS_S[found[2]] * 1000 if found else None
