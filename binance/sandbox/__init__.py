"""The exchange that ships with the package, to try scripts and nerves on.

:class:`Sandbox` runs one in a child process; :class:`binance.sandbox.exchange.Exchange` runs in a reactor.
"""

import binance.constants  # noqa: F401  it looks whether our files are ours
from binance.sandbox.handle import Sandbox
from binance.sandbox.limits import NO_LIMITS, Limits

__all__ = ["NO_LIMITS", "Limits", "Sandbox"]
