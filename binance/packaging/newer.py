"""Names of python-binance, most of them of 1.0, that have another form here, and what to use instead.

Whoever asks for one of them gets an AttributeError as for every name that is not there, and its words go on
with what to use; ``from binance import AsyncClient`` gets an ImportError. Other names are left to Python. The
tables are looked at only after Python has not found a name.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing's own is not imported for it: whoever imports an exception imports this
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_CLIENT = "use Client(api_key, api_secret), whose calls have the same names and are not awaited"
_MANAGER = (
    "use BinanceSocketManager(Client(api_key, api_secret)), whose start_*_socket calls take the symbol first "
    "and the callback second"
)
_CACHES = (
    "it is in binance.depthcache; start_order_book_socket(symbol, callback) of BinanceSocketManager keeps a "
    "book of exact numbers"
)
_CONNECTIONS = "use BinanceSocketManager, which reconnects and keeps listen keys alive by itself"
_SOCKET_ERRORS = (
    "sockets raise nothing; one that is given up calls back with {'e': 'error', 'm': words}, and on_event= "
    "of BinanceSocketManager reports why"
)
_ARGUMENTS = "use InvalidArgument, which is a ValueError"
_PLACES = "use binance.client.Client and binance.websockets.BinanceSocketManager"

#: Of the package and its modules.
OF_MODULES = {
    "AsyncClient": _CLIENT,
    "BaseClient": _CLIENT,
    "BinanceSocketManager": "use binance.websockets.BinanceSocketManager",
    "BinanceSocketType": "use the call of each account: start_user_socket, start_margin_socket ...",
    "ThreadedApiManager": _MANAGER,
    "ThreadedWebsocketManager": _MANAGER,
    "KeepAliveWebsocket": _CONNECTIONS,
    "ReconnectingWebsocket": _CONNECTIONS,
    "WebsocketAPI": _CONNECTIONS,
    "KEEPALIVE_TIMEOUT": "use BinanceSocketManager(client, user_timeout=seconds)",
    "WSListenerState": "use BinanceSocketManager(client, on_event=callback), which reports each change",
    "DepthCache": _CACHES,
    "DepthCacheManager": _CACHES,
    "FuturesDepthCacheManager": _CACHES,
    "OptionsDepthCacheManager": _CACHES,
    "ThreadedDepthCacheManager": (
        "use binance.depthcache.DepthCacheManager(client, symbol, callback), which starts by itself, or "
        "start_order_book_socket(symbol, callback) of BinanceSocketManager"
    ),
    "HistoricalKlinesType": "use get_historical_klines of Client, or futures_historical_klines",
    "FuturesType": "use start_stream_socket(name, callback, venue='usdm') or venue='coinm'",
    "ContractType": "it is in the stream's name; use e.g. start_stream_socket("
    "'btcusdt_perpetual@continuousKline_1m', callback, venue='usdm')",
    "BinanceWebsocketClosed": _SOCKET_ERRORS,
    "BinanceWebsocketQueueOverflow": (
        "a queue of binance.consumers that is full drops messages, and on_event= of BinanceSocketManager "
        "reports which, as overflow"
    ),
    "BinanceWebsocketUnableToConnect": _SOCKET_ERRORS,
    "ReadLoopClosed": _SOCKET_ERRORS,
    "BinanceRegionException": _ARGUMENTS,
    "UnknownDateFormat": _ARGUMENTS,
    "async_client": _PLACES,
    "base_client": _PLACES,
    "threaded_stream": _PLACES,
    "ws": _PLACES,
    "convert_list_to_json_array": "pass the list itself; calls of Client send lists as JSON",
    "convert_ts_str": "use date_to_milliseconds of binance.helpers",
    "round_step_size": "use decimals: Decimal(quantity) // Decimal(step) * Decimal(step)",
    # 0.7 had these in binance.client and binance.websockets
    "date_to_milliseconds": "use binance.helpers.date_to_milliseconds",
    "interval_to_milliseconds": "use binance.helpers.interval_to_milliseconds",
    "BinanceClientFactory": _CONNECTIONS,
    "BinanceClientProtocol": _CONNECTIONS,
    "BinanceReconnectingClientFactory": _CONNECTIONS,
    "reactor": "use twisted.internet.reactor",
}

#: Of the manager, where it is not ``start_`` before the name. Each is a call that works.
OF_MANAGER = {
    "futures_socket": "start_futures_user_socket(callback)",
    "coin_futures_socket": "start_coin_futures_user_socket(callback)",
    "futures_ticker_socket": "start_stream_socket('!ticker@arr', callback, venue='usdm')",
    "futures_coin_ticker_socket": "start_stream_socket('!ticker@arr', callback, venue='coinm')",
    "index_price_socket": "start_stream_socket('btcusd@indexPrice@1s', callback, venue='coinm')",
    "futures_rpi_depth_socket": "start_stream_socket('btcusdt@rpiDepth@500ms', callback, venue='usdm')",
    "options_book_ticker_socket": (
        "start_stream_socket('btc-261225-100000-c@bookTicker', callback, venue='options')"
    ),
    "options_index_price_socket": "start_stream_socket('!index@arr', callback, venue='options')",
    "options_mark_price_socket": (
        "start_stream_socket('btcusdt@optionMarkPrice', callback, venue='options')"
    ),
    "options_new_symbol_socket": "start_stream_socket('!optionSymbol', callback, venue='options')",
    "options_open_interest_socket": (
        "start_stream_socket('btcusdt@openInterest@261225', callback, venue='options')"
    ),
    "options_ticker_by_expiration_socket": "start_options_ticker_socket('BTC-261225-100000-C', callback)",
    "socket_listener": "start()",
    "start_listener": "start()",
    "stop": "close()",
    "stop_client": "close()",
}
_HOSTS = "use endpoints=, e.g. BinanceSocketManager(client, endpoints=binance.endpoints.SPOT_TESTNET)"

_CLOSE = "leave it out: nothing of a client has to be closed"

#: Of the client.
OF_CLIENT = {
    "create": "use Client(api_key, api_secret), which is ready when it is made",
    "close": _CLOSE,
    "close_connection": _CLOSE,
    # 0.7 had these
    "response": "use weight(), which says what is used of the limits",
    "session": "use Client(requests_params={'headers': ..., 'proxies': ...}); sessions are per thread",
}
_REQUEST = (
    "use request(verb, path, venue='spot', signed=False, **params), which makes any call of the exchange, "
    "where there is no method for it"
)


def explain_names_of(module: str) -> None:
    """Explain the names that a module has not: it gets a ``__getattr__``."""

    def __getattr__(name: str) -> Any:
        raise missing(module, name, sys._getframe(1))

    # not written in the module: to a type checker every name would be there
    vars(sys.modules[module])["__getattr__"] = __getattr__


def missing(module: str, name: str, asker: FrameType) -> AttributeError | ImportError:
    """The error for whoever asks a module for a name that it has not.

    :param asker: where it is asked for.
    """
    words = OF_MODULES.get(name)
    said = f"module {module!r} has no attribute {name!r}"
    here = sys.modules.get(module)
    if words is None:
        return AttributeError(said, name=name, obj=here)
    if _imports_from(asker):  # Python would put words of its own in the place of an AttributeError's
        said = f"cannot import name {name!r} from {module!r}: {words}"
        return ImportError(said, name=module, path=getattr(here, "__file__", None))
    return AttributeError(f"{said}: {words}", name=name, obj=here)


def _imports_from(frame: FrameType) -> bool:
    """Whether *frame* is taking a name out of a module: ``from module import name``."""
    from opcode import opmap

    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]


class ManagerNames:
    """For a manager: the names of BinanceSocketManager and ThreadedWebsocketManager."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return _missing_in(self, name, _of_manager)


class ClientNames:
    """For a client: the names of Client and AsyncClient."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return _missing_in(self, name, _of_client)


def _missing_in(obj: object, name: str, find: Callable[[type, str], str | None]) -> Any:
    """Raise the AttributeError for a name that *obj* has not.

    :param find: words on it, by the class and the name.
    """
    # the class has it if a property has raised an AttributeError; that is then raised once more
    words = None if name.startswith("_") or hasattr(type(obj), name) else find(type(obj), name)
    if words is None:
        return object.__getattribute__(obj, name)
    said = f"{type(obj).__name__!r} object has no attribute {name!r}"
    raise AttributeError(f"{said}: {words}", name=name, obj=obj)


def _of_manager(manager: type, name: str) -> str | None:
    plain = name.removeprefix("start_")
    if name.endswith("_URL"):
        return _HOSTS
    call = OF_MANAGER.get(name) or OF_MANAGER.get(plain)
    start = getattr(manager, f"start_{plain}", None)
    if call is None and start is not None and plain.endswith("_socket"):
        call = f"start_{plain}({', '.join(_arguments(start))})"
    return None if call is None else f"use {call}"


def _of_client(client: type, name: str) -> str:
    plain = name.removeprefix("ws_")
    if plain != name and hasattr(client, plain):
        return f"use {plain}, which makes the same call over REST"
    return OF_CLIENT.get(name, _REQUEST)


def _arguments(function: Callable[..., Any]) -> list[str]:
    """Names of the arguments of a method that have to be passed."""
    from inspect import signature  # not cheap

    parameters = list(signature(function).parameters.values())[1:]
    return [parameter.name for parameter in parameters if parameter.default is parameter.empty]
