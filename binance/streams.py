"""The kinds of streams."""

from binance.packaging.newer import explain_names_of
from binance.venues.catalogue import CATALOGUE, CATALOGUES, Kind, Retirement

__all__ = ["CATALOGUE", "CATALOGUES", "Kind", "Retirement"]

explain_names_of(__name__)
