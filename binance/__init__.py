"""A Twisted client for Binance's WebSocket streams.

Nothing is imported here before it is asked for: ``import binance`` imports neither Twisted nor requests,
``from binance import Client, BinanceSocketManager`` the modules of these. Constants and exceptions are names
of the package, too. Types are in ``__init__.pyi``.
"""

#: The version, written once; setup.py and the pages read it here.
__version__ = "0.2.0"
__all__ = ["BinanceSocketManager", "Client", "__version__"]

_HOMES = {"BinanceSocketManager": "binance.websockets", "Client": "binance.client"}


def __getattr__(name):
    import sys
    from importlib import import_module

    home = _HOMES.get(name)
    if home is not None:
        value = getattr(import_module(home), name)
    elif name.isupper():
        value = vars(import_module("binance.enums")).get(name)
    elif name[:1].isupper():
        value = vars(import_module("binance.exceptions")).get(name)
        value = value if isinstance(value, type) and issubclass(value, Exception) else None
    else:
        value = None
    if value is None:
        raise import_module("binance.packaging.newer").missing(__name__, name, sys._getframe(1))
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})
