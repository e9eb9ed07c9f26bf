from binance.client import Client as Client
from binance.enums import *  # noqa: F403
from binance.exceptions import *  # noqa: F403
from binance.websockets import BinanceSocketManager as BinanceSocketManager

__all__ = ["BinanceSocketManager", "Client", "__version__"]

__version__: str
