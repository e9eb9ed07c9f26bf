"""Names of python-binance 1.0 that have another form here: the error says which call does their work."""

from __future__ import annotations

import copy
import importlib
import inspect
import sys
import time
import traceback
from typing import Any

import pytest

import binance
from binance import constants, depthcache, exceptions
from binance.client import Client
from binance.packaging.newer import OF_MANAGER, OF_MODULES
from binance.websockets import BinanceSocketManager

#: Sockets of BinanceSocketManager of 1.0.37. Those of ThreadedWebsocketManager are start_ and these.
SOCKETS = """
aggtrade_futures_socket aggtrade_socket all_mark_price_socket all_ticker_futures_socket book_ticker_socket
coin_futures_socket coin_futures_user_socket depth_socket futures_coin_ticker_socket futures_depth_socket
futures_multiplex_socket futures_rpi_depth_socket futures_socket futures_ticker_socket futures_user_socket
index_price_socket individual_symbol_ticker_futures_socket isolated_margin_socket kline_futures_socket
kline_socket margin_socket miniticker_socket multiplex_socket options_book_ticker_socket
options_depth_socket options_index_price_socket options_kline_socket options_mark_price_socket
options_multiplex_socket options_new_symbol_socket options_open_interest_socket options_recent_trades_socket
options_ticker_by_expiration_socket options_ticker_socket portfolio_margin_socket symbol_book_ticker_socket
symbol_mark_price_socket symbol_miniticker_socket symbol_ticker_futures_socket symbol_ticker_socket
ticker_socket trade_socket user_socket
""".split()  # noqa: SIM905, a list of one name a line would be three pages
#: What else their objects have.
OTHERS = """
DSTREAM_URL STREAM_TESTNET_URL FSTREAM_DEMO_URL socket_listener start_listener stop stop_client
""".split()  # noqa: SIM905, a list of one name a line would be three pages

#: What the package of 1.0.37 has besides constants, exceptions of 0.7 and modules of 0.7.
PACKAGE = """
AsyncClient BinanceRegionException BinanceSocketType BinanceWebsocketClosed BinanceWebsocketQueueOverflow
BinanceWebsocketUnableToConnect ContractType DepthCacheManager FuturesDepthCacheManager FuturesType
HistoricalKlinesType KEEPALIVE_TIMEOUT KeepAliveWebsocket OptionsDepthCacheManager ReadLoopClosed
ReconnectingWebsocket ThreadedDepthCacheManager ThreadedWebsocketManager UnknownDateFormat WSListenerState
async_client base_client ws
""".split()  # noqa: SIM905, a list of one name a line would be three pages

#: Names that scripts take from modules, of releases of 1.0 and of 0.7.
ELSEWHERE = [
    ("binance.client", "AsyncClient"),
    ("binance.enums", "HistoricalKlinesType"),
    ("binance.exceptions", "BinanceWebsocketUnableToConnect"),
    ("binance.helpers", "round_step_size"),
    ("binance.helpers", "convert_ts_str"),
    ("binance.client", "date_to_milliseconds"),
    ("binance.streams", "BinanceSocketManager"),
    ("binance.streams", "ThreadedWebsocketManager"),
    ("binance.websockets", "ThreadedWebsocketManager"),
    ("binance.websockets", "BinanceClientFactory"),
    ("binance.websockets", "reactor"),
    *(("binance", name) for name in PACKAGE),
]


@pytest.fixture
def bm() -> BinanceSocketManager:
    return BinanceSocketManager(Client("key", "secret"))


def words_on(obj: Any, name: str) -> str:
    """What the error says on what to use."""
    with pytest.raises(AttributeError) as caught:
        getattr(obj, name)
    assert (caught.value.name, caught.value.obj) == (name, obj)
    _, found, words = str(caught.value).partition(f"has no attribute {name!r}: ")
    assert found, caught.value
    return words


# -- the manager ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for plain in SOCKETS for name in (plain, f"start_{plain}")])
def test_each_socket_of_the_newer_library_names_a_call_that_opens_it(bm, name):
    """The call that the error names returns the key of a socket."""
    if hasattr(bm, name):
        assert name.startswith("start_")
        return
    call = words_on(bm, name).removeprefix("use ")
    values: dict[str, Any] = {"symbol": "BTCUSDT", "callback": print, "streams": ["btcusdt@aggTrade"]}
    if "options" in call:
        values |= {"symbol": "BTC-261225-100000-C", "streams": ["btc-261225-100000-c@optionTrade"]}
    method = call.partition("(")[0]
    assert isinstance(eval(call, {method: getattr(bm, method), **values}), str)


@pytest.mark.parametrize("name", OTHERS)
def test_what_else_a_manager_of_the_newer_library_has_is_explained(bm, name):
    """Hosts, and how it is started and ended."""
    assert words_on(bm, name).startswith("use ")


def test_every_row_for_managers_is_of_a_name_that_is_not_there(bm):
    """No row explains what there is; each is of the newer library."""
    assert not [name for name in OF_MANAGER if hasattr(bm, name) or hasattr(bm, f"start_{name}")]
    assert set(OF_MANAGER) <= {*SOCKETS, *OTHERS}


def test_the_arguments_that_a_call_needs_are_named(bm):
    """Those that may be left out are not."""
    assert words_on(bm, "kline_socket") == "use start_kline_socket(symbol, callback)"
    assert words_on(bm, "multiplex_socket") == "use start_multiplex_socket(streams, callback)"


def test_a_traceback_shows_what_to_use(bm):
    """Python's own last line, with the name that is alike behind it."""
    try:
        bm.trade_socket  # noqa: B018
    except AttributeError as exc:
        last = traceback.format_exception(exc)[-1]
    assert "has no attribute 'trade_socket': use start_trade_socket(symbol, callback)" in last


# -- the client -------------------------------------------------------------------------------------------


def test_the_client_says_how_to_make_a_call_that_it_has_no_method_for():
    """Any public name; a call over the WebSocket API names the method that does the same over REST."""
    client = Client()
    assert words_on(client, "get_all_coins_of_tomorrow").startswith("use request(verb, path, venue='spot'")
    assert words_on(client, "ws_get_order_book") == "use get_order_book, which makes the same call over REST"
    assert words_on(client, "ws_nothing").startswith("use request(")
    assert "Client(api_key, api_secret)" in words_on(client, "create")
    assert "nothing of a client has to be closed" in words_on(client, "close_connection")
    assert words_on(client, "response").startswith("use weight()")
    assert words_on(client, "session").startswith("use Client(requests_params=")


def test_the_offset_of_the_clock_has_its_older_name_too():
    """Scripts of 0.7 set ``client.timestamp_offset``; it is the one that timestamps go by."""
    client = Client("key", "secret")
    client.timestamp_offset = -86_400_000
    assert client.clock_offset_ms == client.timestamp_offset == -86_400_000
    yesterday_ms = (time.time() - 86_400) * 1000
    assert abs(client.sign_request({})["timestamp"] - yesterday_ms) < 60_000


# -- modules ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("module", "name"), ELSEWHERE)
def test_a_name_of_a_module_is_explained_to_whoever_asks_and_whoever_imports(module, name):
    """An attribute is an AttributeError, an import an ImportError with the same words; neither is there."""
    found = importlib.import_module(module)
    words = words_on(found, name)
    assert not hasattr(found, name)
    assert getattr(found, name, 7) == 7
    with pytest.raises(ImportError) as caught:
        exec(f"from {module} import {name}")
    assert str(caught.value) == f"cannot import name {name!r} from {module!r}: {words}"
    assert (caught.value.name, caught.value.path) == (module, found.__file__)


def test_every_name_of_the_table_is_explained_by_the_package():
    """No row is of a name that there is, but for those that are in a module of their own."""
    there = [name for name in OF_MODULES if hasattr(binance, name)]
    assert there == ["BinanceSocketManager"]


def test_a_name_that_is_said_to_be_in_another_module_is_there():
    """Depth caches are not names of the package."""
    caches = [name for name, words in OF_MODULES.items() if words.startswith("it is in binance.depthcache")]
    assert len(caches) == 4
    assert all(hasattr(depthcache, name) for name in caches)


def test_exceptions_are_names_of_the_clients_module_too():
    """Scripts of 0.7 take them from there, since it imported them."""
    from binance.client import BinanceAPIException, BinanceRequestException, BinanceWithdrawException

    assert BinanceWithdrawException is exceptions.BinanceWithdrawException
    assert BinanceAPIException is exceptions.BinanceAPIException
    assert BinanceRequestException is exceptions.BinanceRequestException


def test_an_import_among_many_names_is_explained():
    """In a program of hundreds of names, where an instruction has a prefix, and in a function, too."""
    names = "\n".join(f"name{number} = {number}" for number in range(300))
    code = f"{names}\ndef f():\n    from binance import AsyncClient\nfrom binance import AsyncClient"
    for entry in (code, code.rpartition("\n")[0] + "\nf()"):
        with pytest.raises(ImportError, match="not awaited"):
            exec(compile(entry, "many", "exec"), {})


def test_an_import_is_explained_while_a_debugger_or_a_tool_for_coverage_looks_on():
    """A trace function changes the instructions that Python goes by, not the words."""

    def trace(frame, event, argument):
        frame.f_trace_opcodes = True
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        exec("from binance import AsyncClient")
    except ImportError as exc:
        said = str(exc)
    finally:
        sys.settrace(before)
    assert "not awaited" in said


def test_unknown_names_of_modules_are_pythons_own_errors():
    """No words of ours on them, and what a module imports for itself is no name of the package."""
    for name in ("nothing", "Nothing", "NOTHING", "printable", "TYPE_CHECKING", "Final", "__wrapped__"):
        with pytest.raises(AttributeError) as caught:
            getattr(binance, name)
        assert str(caught.value) == f"module 'binance' has no attribute {name!r}"
    with pytest.raises(ImportError, match=r"cannot import name 'nothing' from 'binance' \(.*__init__.py\)"):
        exec("from binance import nothing")


def test_constants_and_exceptions_are_names_of_the_package():
    """``from binance import BinanceAPIException, SIDE_BUY`` works, as in the newer library."""
    for name in (name for name in vars(constants) if name.isupper()):
        assert getattr(binance, name) == getattr(constants, name)
    errors = [name for name, value in vars(exceptions).items() if inspect.isclass(value) and name[0] != "_"]
    assert "BinanceAPIException" in errors
    for name in errors:
        assert getattr(binance, name) is getattr(exceptions, name)


def test_star_imports_bring_no_names_of_ours():
    """Old scripts begin with ``from binance.enums import *``: nothing else comes with the constants."""
    brought: dict[str, object] = {}
    exec("from binance.enums import *\nfrom binance.exceptions import *", brought)
    assert not [name for name in brought if "explain" in name]


# -- what must not be disturbed ---------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda: BinanceSocketManager(None), Client], ids=["manager", "client"])
def test_protocols_of_python_find_no_names_of_ours(make):
    """Names with underscores are not explained: pickle, copy and inspect ask for them."""
    obj = make()
    for name in ("__wrapped__", "__deepcopy__", "_nothing", "_repr_html_", "__array__"):
        with pytest.raises(AttributeError) as caught:
            getattr(obj, name)
        assert str(caught.value) == f"{type(obj).__name__!r} object has no attribute {name!r}"
        assert (caught.value.name, caught.value.obj) == (name, obj)
    assert inspect.unwrap(obj) is obj
    assert vars(copy.copy(obj)) == vars(obj)  # made without __init__, and asked before it has any attribute


def test_an_attribute_error_inside_a_property_is_not_hidden():
    """A subclass with a mistake in a property gets the error of that mistake."""

    class Mine(Client):
        @property
        def get_worth(self) -> Any:
            return None.worth  # type: ignore[attr-defined]

    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'worth'"):
        Mine().get_worth  # noqa: B018


def test_a_subclass_finds_its_own_calls(bm):
    """The call of a subclass is named like one of ours."""

    class Mine(BinanceSocketManager):
        def start_rumour_socket(self, symbol: str, callback: Any, loud: bool = False) -> None: ...

    assert words_on(Mine(None), "rumour_socket") == "use start_rumour_socket(symbol, callback)"
    with pytest.raises(AttributeError, match=r"has no attribute 'rumour_socket'$"):
        bm.rumour_socket  # noqa: B018
