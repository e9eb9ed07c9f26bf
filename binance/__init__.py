"""A Twisted client for Binance's WebSocket streams.

Nothing is imported here before it is asked for: ``import binance`` brings in neither Twisted nor requests,
``from binance import Client, BinanceSocketManager`` the modules of these. Types are in ``__init__.pyi``.
"""

#: The version, written once; setup.py and the pages read it here.
__version__ = "0.1.0"
__all__ = ["BinanceSocketManager", "Client", "__version__"]

_HOMES = {"BinanceSocketManager": "binance.websockets", "Client": "binance.client"}


def __getattr__(name):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'binance' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})
