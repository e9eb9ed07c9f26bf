from binance.client import Client as Client
from binance.websockets import BinanceSocketManager as BinanceSocketManager

__all__ = ["BinanceSocketManager", "Client", "__version__"]

__version__: str
