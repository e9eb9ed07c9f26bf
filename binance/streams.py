"""The kinds of streams that there are."""

from binance.venues.catalogue import CATALOGUE, CATALOGUES, Kind, Retirement

__all__ = ["CATALOGUE", "CATALOGUES", "Kind", "Retirement"]
