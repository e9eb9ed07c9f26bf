"""The constants under the module name that older scripts import."""

from binance.constants import *  # noqa: F403
