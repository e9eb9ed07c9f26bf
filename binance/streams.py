"""The kinds of streams that there are."""

from binance.venues.catalogue import CATALOGUE, Kind, Retirement

__all__ = ["CATALOGUE", "Kind", "Retirement"]
