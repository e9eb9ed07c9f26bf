"""The constants under the module name that older scripts import."""

from binance.constants import *  # noqa: F403
from binance.packaging.newer import explain_names_of as _explain_names_of

_explain_names_of(__name__)
