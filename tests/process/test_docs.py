"""The documentation: its examples run, and what it lists is what there is."""

import ast
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from twisted.internet.task import Clock

import binance
from binance import endpoints
from binance.client import Client
from binance.consumers import Latest, in_thread
from binance.events import KINDS
from binance.net import trust
from binance.net.dials import Queue
from binance.rest.table import CALLS, ENDED
from binance.sandbox import Sandbox
from binance.sandbox.calls import REMOTE
from binance.sockets.subscription import STATES
from binance.venues.venue import COINM, OPTIONS, SPOT, US, USDM
from binance.websockets import BinanceSocketManager
from binance.wire.bans import Bans
from binance.wire.budgets import Urgency, per_second
from binance.wire.timings import Timings

from .. import classic
from ..pages import DOCS, PAGES, blocks

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = DOCS / "examples"
DATA = ROOT / "tests" / "data"
ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(ROOT),
    "BINANCE_API_KEY": "a-key-of-the-sandbox",
    "BINANCE_API_SECRET": "and-its-secret",
}

# Each of several waits for a process of its own to begin and for messages to come.
LONG_S = 120


def page(name):
    return (DOCS / f"{name}.rst").read_text(encoding="utf-8")


#: The pages that write the start_* calls: each call on one of them, with its signature and its key.
SOCKET_PAGES = ("sockets", "futures", "coin_futures", "options")


def socket_pages():
    return "\n".join(map(page, SOCKET_PAGES))


def flat(text):
    """The text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


def python_blocks():
    """The blocks of Python of all pages, each known by its page and line."""
    return [pytest.param(block.code, id=f"{block.page}:{block.line}") for block in blocks("python")]


def start_calls():
    return [name for name in vars(BinanceSocketManager) if name.startswith("start_")]


# -- the examples -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(seed=11, rate=200, speed=5, user_rate=10) as running:
        yield running


PRELUDE = """
import runpy
import binance.endpoints
from binance.websockets import BinanceSocketManager
from binance.wire.timings import Timings

binance.endpoints.send_everything_to_sandbox("127.0.0.1", {port})
BinanceSocketManager.timings = Timings(retries_s=(0.05,) * 5)
runpy.run_path({path!r}, run_name="__main__")
"""


def run_example(name, sandbox, folder=EXAMPLES, status=0):
    """Run one example, unmodified, as a process that finds the sandbox in the exchange's place.

    :param folder: where it runs, and writes its files.
    :param status: with which it ends.
    """
    return run_script(EXAMPLES / name, sandbox, folder, status)


def run_script(path, sandbox, folder, status=0):
    """Run a script there, in a folder."""
    code = PRELUDE.format(port=sandbox.port, path=str(path))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=folder,
        timeout=LONG_S,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def test_the_trade_printer_prints_ten_trades_and_ends(sandbox):
    """The script of the first page prints ten trades of its market and ends by itself."""
    lines = run_example("trades.py", sandbox)
    assert len(lines) == 10
    assert all(re.fullmatch(r"BNBBTC [0-9.]+ x [0-9.]+", line) for line in lines)


def text_blocks(name):
    """The outputs that a page shows."""
    return [block.code.strip("\n").splitlines() for block in blocks("text") if block.page == name]


def worded(lines):
    """Lines without what differs from run to run: numbers."""
    return [re.sub(r"[0-9.]+", "0", line) for line in lines]


def test_a_lost_connection_looks_as_on_the_first_page():
    """The script of the quick start cuts its socket, and prints line for line what the page shows."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "pull_the_cable.py")],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=LONG_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert worded(lines) == worded(text_blocks("quickstart")[1])
    first, last, missing = re.search(
        r"missing: (\d+) to (\d+)\n.*and (\d+) missing", done.stdout, re.DOTALL
    ).groups()
    assert int(last) - int(first) + 1 == int(missing) > 0


def test_the_multiplex_printer_names_streams_and_ends(sandbox):
    """The multiplex script prints messages of all its streams, the partial book too, and ends."""
    lines = run_example("multiplex.py", sandbox)
    assert lines.pop() == f"closed after {len(lines)} messages"
    assert {line.split()[0] for line in lines} == {"bnbbtc@aggTrade", "neobtc@ticker", "bnbbtc@depth5@100ms"}
    assert "bnbbtc@depth5@100ms partial book" in lines


def test_the_script_of_futures_has_streams_of_both_paths(sandbox):
    """Order book and mark price come on two connections, one a path, and ten lines have both."""
    lines = run_example("futures_depth.py", sandbox)
    paths = [line for line in lines if line.startswith("connected: ")]
    assert sorted(paths) == ["connected: market/stream", "connected: public/stream"]
    pattern = r"BTCUSDT bid ([0-9.]+) ask ([0-9.]+) mark [0-9.]+ funding -?[0-9.]+"
    prices = [re.fullmatch(pattern, line) for line in lines if line not in paths]
    assert len(prices) == 10
    assert all(found is not None and float(found[1]) < float(found[2]) for found in prices)


def test_the_script_of_an_order_book_prints_ten_lines_and_ends(sandbox):
    """It is synced once, and its best prices are those of a book that is not crossed."""
    lines = run_example("order_book.py", sandbox)
    assert lines[0] == "book_synced: start"
    pattern = r"BNBBTC bid ([0-9.]+) ask ([0-9.]+) bids are [0-9]+%"
    prices = [found for line in lines if (found := re.fullmatch(pattern, line))]
    assert len(prices) == 10
    assert all(float(found[1]) < float(found[2]) for found in prices)


def test_the_script_of_a_whole_market_follows_all_of_it(sandbox):
    """It asks for the symbols itself, and says once a second how many of them it has heard of."""
    lines = run_example("whole_market.py", sandbox)
    assert len(lines) == 10
    heard, of = map(int, re.fullmatch(r"(\d+) of (\d+) symbols have moved", lines[-1]).groups())
    assert 0 < heard <= of


def test_the_restart_script_lives_through_an_outage(sandbox):
    """Where the first dial and five retries fail, the script closes and restarts its socket, and goes on."""
    sandbox.refuse(503, times=6)
    lines = run_example("restart.py", sandbox)
    kinds = [line.split()[1] for line in lines if line.startswith("event:")]
    assert kinds.count("retrying") == 5
    assert lines.count("error: Max reconnect retries reached") == 1
    trades = [line for line in lines if re.fullmatch(r"\d+ [0-9.]+ [0-9.]+", line)]
    assert len(trades) >= 10
    assert kinds[-1] == "disconnected"


def test_the_user_socket_logger_logs_orders_and_balances(sandbox):
    """The spot account's script subscribes, prints account events, and ends."""
    lines = run_example("user_events.py", sandbox)
    assert len(lines) >= 10
    assert any(line.startswith("order ") and " is FILLED, " in line for line in lines)
    assert any(line.startswith("balances: ") for line in lines)


@pytest.mark.parametrize("name", ["margin_events.py", "isolated_margin_events.py", "us_events.py"])
def test_the_scripts_of_the_other_accounts_print_events_and_end(sandbox, name):
    """A cross margin account, two isolated ones, and one on binance.us bring their orders."""
    lines = run_example(name, sandbox)
    assert len(lines) >= 10
    assert any("executionReport" in line and line.endswith("FILLED") for line in lines)
    if name.startswith("isolated"):
        assert {line.split()[0] for line in lines} == {"BNBBTC", "ETHBTC"}


def test_the_script_of_a_futures_account_prints_orders_and_ends(sandbox):
    """An account of USD-M futures brings its orders, with an API key alone."""
    lines = run_example("futures_events.py", sandbox)
    assert len(lines) >= 10
    assert any(re.fullmatch(r"ORDER_TRADE_UPDATE \w+ FILLED", line) for line in lines)


def test_the_script_with_its_own_reactor_ends_with_it(sandbox):
    """A script that runs the reactor itself gets its klines, and ends when it stops the reactor."""
    assert len(run_example("app_reactor.py", sandbox)) == 5


def test_the_script_that_stops_the_reactor_ends(sandbox):
    """Its callback has ten trades, and perhaps more that came in the same chunk as the tenth."""
    lines = run_example("stop_reactor.py", sandbox)
    assert len(lines) >= 10
    assert all(re.fullmatch(r"BNBBTC [0-9.]+", line) for line in lines)


def test_the_script_that_runs_in_its_main_thread_goes_on_behind_run(sandbox):
    """It closes its manager after ten trades, which is at once, and ``run`` returns."""
    *lines, last = run_example("run_here.py", sandbox)
    assert len(lines) == 10
    assert all(re.fullmatch(r"BNBBTC [0-9.]+", line) for line in lines)
    assert last == "run has returned"


def test_the_script_of_a_daemon_ends_with_its_main_thread(sandbox):
    """Its last line is the last thing it does, though its socket is open."""
    lines = run_example("daemon.py", sandbox)
    assert len(lines) > 1
    assert "the last line" in lines


def test_the_script_with_a_status_of_its_own_leaves_with_it(sandbox):
    """It is 0 after ten trades, and 1 if its socket cannot be opened."""
    assert run_example("exit_status.py", sandbox) == ["status 0"]
    sandbox.refuse(503, times=3)
    assert run_example("exit_status.py", sandbox, status=1) == ["status 1"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to handle")
def test_the_script_with_a_handler_for_sigterm_ends_in_good_order(sandbox):
    """It closes its socket and goes on to its last line, with status 0."""
    code = PRELUDE.format(port=sandbox.port, path=str(EXAMPLES / "sigterm.py"))
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("BNBBTC ")
        running.terminate()
        printed, _ = running.communicate(timeout=LONG_S)
    assert running.returncode == 0
    assert printed.splitlines()[-1] == "closed"


def test_the_script_with_asyncio_prints_trades_and_changes_and_ends(sandbox):
    """A loop and a coroutine in asyncio's thread get theirs, and the program ends with asyncio's main."""
    lines = run_example("with_asyncio.py", sandbox)
    trades = [line for line in lines if re.fullmatch(r"BNBBTC [0-9.]+ x [0-9.]+", line)]
    changes = [line for line in lines if re.fullmatch(r"BNBBTC changes \d+ to \d+", line)]
    assert (len(trades), len(changes), len(lines)) == (10, 5, 15)


def test_the_short_script_with_asyncio_prints_ten_trades_and_ends(sandbox):
    """The first script with asyncio prints ten trades, and ends with asyncio's main."""
    lines = run_example("asyncio_trades.py", sandbox)
    assert len(lines) == 10
    assert all(re.fullmatch(r"BNBBTC [0-9.]+ x [0-9.]+", line) for line in lines)


def test_the_recorder_has_all_trades_in_its_database(sandbox, tmp_path):
    """Of each market one row a trade, without a hole between the first and the last."""
    lines = run_example("recorder.py", sandbox, tmp_path)
    assert lines.pop(0).startswith("behind by 0.")
    rows = [line.split() for line in lines]
    assert [row[0] for row in rows] == ["BNBBTC", "ETHBTC"]
    for _, count, first, last in rows:
        assert int(count) == int(last) - int(first) + 1 > 10


def test_the_dashboard_draws_the_newest_prices(sandbox):
    """Of each of its markets, six times."""
    lines = run_example("dashboard.py", sandbox)
    pattern = r"(\w+) ([0-9.]+) ([0-9.]+) [0-9.]+ s old"
    rows = [re.fullmatch(pattern, line).groups() for line in lines]
    assert {symbol for symbol, _, _ in rows} == {"BNBBTC", "ETHBTC", "NEOBTC"}
    assert all(float(bid) < float(ask) for _, bid, ask in rows)
    assert 6 <= len(rows) <= 18


def test_the_script_of_0_7_prints_candles_of_the_past_and_live_ones(sandbox):
    """A script that was written for the old library prints both, and ends."""
    words = [line.split()[0] for line in run_example("classic.py", sandbox)]
    assert words == sorted(words, reverse=True)
    assert set(words) == {"was", "is"}


def test_the_script_with_a_worker_asks_rest_after_messages(sandbox):
    """Five answers of REST, each after a message, in a thread that is not the reactor's."""
    lines = run_example("worker.py", sandbox)
    assert len(lines) == 5
    assert all(re.fullmatch(r"traded at [0-9.]+ bid [0-9.]+ ask [0-9.]+", line) for line in lines)


ORDER_LINES = [r"BUY 0\.50000000 BNBBTC at 0\.00\d{6} is NEW", "now it is CANCELED"]


def test_the_script_of_an_order_places_and_cancels_it(sandbox):
    """It is placed far below the market, so that it can be cancelled."""
    lines = run_example("order.py", sandbox)
    assert len(lines) == 2
    assert all(re.fullmatch(pattern, line) for pattern, line in zip(ORDER_LINES, lines, strict=True))


def test_the_script_of_an_order_asks_for_one_whose_answer_was_lost(sandbox):
    """The exchange times out within and has not taken the order: the script finds out, and places another."""
    body = {"code": -1007, "msg": "Timeout waiting for response from backend server."}
    sandbox.rest_answer("POST", "/api/v3/order", body, status=408, security="signed", times=1)
    lost, *lines = run_example("order.py", sandbox)
    assert re.search(r"may have accepted the order: query it by its client order id, [0-9a-f]{32}$", lost)
    assert all(re.fullmatch(pattern, line) for pattern, line in zip(ORDER_LINES, lines, strict=True))


def test_the_examples_of_tests_pass(tmp_path):
    """The pytest examples of the sandbox page pass as they stand."""
    names = ("test_cut.py", "test_outage.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *(str(EXAMPLES / name) for name in names)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=tmp_path,
        timeout=LONG_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_every_example_is_shown_on_a_page_and_run_by_a_test():
    """No example lies about that no page shows or no test runs."""
    shown = set(
        re.findall(r"literalinclude:: (?:\.\./)?examples/(\S+)", "".join(path.read_text() for path in PAGES))
    )
    there = {path.name for path in EXAMPLES.glob("*.py")}
    assert shown == there
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in there if f'"{name}"' not in tests] == []


@pytest.mark.parametrize("block", python_blocks())
def test_python_on_the_pages_compiles(block):
    """Every block of Python on a page is Python."""
    ast.parse(block)


@pytest.mark.parametrize("block", python_blocks())
def test_names_imported_on_the_pages_exist(block):
    """What a block of Python imports can be imported."""
    imports = [node for node in ast.parse(block).body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(ast.unparse(imports), {})


def test_the_errors_on_the_page_of_1_0_are_those_raised():
    """Each line at a prompt raises the error that is shown under it."""
    shown = re.findall(
        r"^>>> (.+)\n(\w+: .+)$",
        "\n".join(block.code for block in blocks("pycon", [DOCS / "migrating_1.rst"])),
        re.MULTILINE,
    )
    assert len(shown) == 2
    for line, error in shown:
        with pytest.raises((ImportError, AttributeError)) as raised:
            exec(line, {"bm": BinanceSocketManager(None)})
        assert f"{type(raised.value).__name__}: {raised.value}" == error


# -- what the pages list ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", start_calls())
def test_every_start_call_is_on_a_page_of_sockets(name):
    """Each start_* call is in the table of a page of sockets; its entry leads to its reference."""
    text = next(text for text in map(page, SOCKET_PAGES) if f"* - :ref:`{name} <{name}>`" in text)
    assert f".. _{name}:\n" in text
    assert f"BinanceSocketManager.{name}>`" in text


def test_the_pages_of_sockets_write_signatures_as_they_are():
    """The pages of sockets write each start_* call once with its parameters and their defaults."""
    written = re.findall(r":meth:`(start_\w+)\(([^)]*)\)", flat(socket_pages()))
    assert sorted(name for name, _ in written) == sorted(start_calls())
    for name, parameters in written:
        signature = inspect.signature(getattr(BinanceSocketManager, name))
        kept = [p for p in signature.parameters.values() if p.name != "self"]
        names = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in kept]
        by_name = [p.kind is p.KEYWORD_ONLY for p in kept]
        if True in by_name:
            names.insert(by_name.index(True), "*")
        assert parameters == ", ".join(names), name


def symbol_of(call):
    """The symbol for which the pages show the key of a call."""
    if "options" in call:
        return "BTC-261225-100000-C"
    return "BTCUSDT" if "futures" in call or "mark_price" in call else "BNBBTC"


#: What the pages pass to calls that take the name of a stream, or names of several.
NAMES = {
    "start_stream_socket": "BNBBTC@kline_1M",
    "start_multiplex_socket": ["BNBBTC@trade"],
    "start_futures_multiplex_socket": ["BTCUSDT@trade"],
    "start_options_multiplex_socket": ["BTC-261225-100000-C@optionTrade"],
}


def test_the_keys_on_the_pages_of_sockets_are_the_keys_returned():
    """The connection keys in the tables of the pages of sockets are what the calls return."""
    table = dict(re.findall(r"\* - :ref:`(start_\w+) <\1>`\n     - ``([^`]+)``", socket_pages()))
    assert set(table) == set(start_calls())
    bm = BinanceSocketManager(Client("key", "secret"))
    for name, key in table.items():
        if name in NAMES:
            arguments = [NAMES[name]]
        else:
            has_symbol = "symbol" in inspect.signature(getattr(bm, name)).parameters
            arguments = [symbol_of(name)] if has_symbol else []
        assert getattr(bm, name)(*arguments, print) == key.removesuffix("/...")


@pytest.mark.parametrize(
    ("name", "field"),
    [("futures", "usdm_stream"), ("coin_futures", "coinm_stream"), ("options", "options_stream")],
)
def test_the_hosts_on_the_pages_of_derivatives_are_those_of_the_code(name, field):
    """Each has every preset that has a host of its own for that market, and binance.com's."""
    rows = dict(re.findall(r"^   \* - ``([A-Z_]+)``\n     - ``([^`]+)``", page(name), re.MULTILINE))
    presets = {k: getattr(v, field) for k, v in vars(endpoints).items() if isinstance(v, endpoints.Endpoints)}
    everyones = presets.pop("BINANCE_COM")
    assert rows.pop("BINANCE_COM") == everyones
    assert rows == {k: host for k, host in presets.items() if host != everyones}


@pytest.mark.parametrize(("name", "venue"), [("futures", USDM), ("options", OPTIONS)])
def test_silence_and_streams_of_a_connection_are_those_of_the_code(name, venue):
    """The pages of derivatives say after how many seconds a connection is dropped, and what it carries."""
    text = flat(page(name))
    assert f"without any frame for {venue.silence_s:g} s" in text
    assert f"A connection carries {venue.max_streams:,} streams; more take more connections." in text
    assert (COINM.silence_s, COINM.max_streams) == (USDM.silence_s, USDM.max_streams)


SAMPLED = {
    "usdm": {
        "aggTrade": "btcusdt@aggTrade",
        "markPriceUpdate": "btcusdt@markPrice@1s",
        "bookTicker": "btcusdt@bookTicker",
        "24hrTicker": "btcusdt@ticker",
        "kline": "btcusdt@kline_1m",
        "depthUpdate": "btcusdt@depth",
        "forceOrder": "!forceOrder@arr",
    },
    "coinm": {
        "depthUpdate": "btcusd_perp@depth",
        "indexPriceUpdate": "btcusd@indexPrice@1s",
        "markPriceUpdate": "btcusd@markPrice@1s",
        "indexPrice_kline": "btcusd@indexPriceKline_1m",
    },
    "options": {
        "trade": "btc-261225-70000-c@optionTrade",
        "24hrTicker": "btc-261225-70000-c@optionTicker261225",
        "kline": "btc-261225-70000-c@kline_1m",
        "depthUpdate": "btc-261225-70000-c@depth5@500ms",
        "markPrice": "btcusdt@optionMarkPrice",
    },
}

SAMPLING = """
import sys
from binance.endpoints import Endpoints
from binance.sandbox import Sandbox
from binance.terminal.watch import Watch

market, *names = sys.argv[1:]
with Sandbox(seed=3, rate=1000, speed=4, options_symbols=["BTC-261225-70000-C"]) as sandbox:
    Watch(names, as_json=True, seconds=2.5, market=market).run(Endpoints.sandbox(sandbox.host, sandbox.port))
"""


def members(message):
    """The names of a message's members, or of the first item's of a list, and those of objects in it."""
    first = message[0] if isinstance(message, list) else message
    return {key: members(value) if isinstance(value, dict) else None for key, value in first.items()}


@pytest.mark.parametrize("market", SAMPLED)
def test_samples_of_derivatives_have_the_members_that_the_sandbox_sends(market):
    """Each sample on the pages is of a stream of its market, and is made as such a message is."""
    samples = {path.stem: json.loads(path.read_text()) for path in (DATA / market).glob("*.json")}
    assert set(samples) == set(SAMPLED[market])
    done = subprocess.run(
        [sys.executable, "-c", SAMPLING, market, *SAMPLED[market].values()],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=LONG_S,
    )
    sent = {}
    for line in map(json.loads, done.stdout.splitlines()):
        # of all contracts only those of this market: "st" is 1 for USD-M
        if market != "usdm" or line["stream"] != "!forceOrder@arr" or line["data"]["st"] == 1:
            sent[line["stream"]] = line["data"]
    for event, sample in samples.items():
        assert members(sample) == members(sent[SAMPLED[market][event]]), event
        assert (sample[0] if isinstance(sample, list) else sample)["e"] == event


def test_samples_named_on_the_pages_exist():
    """Every payload sample that a page includes lies in tests/data."""
    for path in PAGES:
        for name in re.findall(r"literalinclude:: (?:\.\./)+tests/data/(\S+)", path.read_text()):
            assert (DATA / name).is_file(), f"{path.name}: {name}"


def test_every_sample_is_on_a_page_of_sockets():
    """No payload sample is missing from the pages of the sockets."""
    text = socket_pages() + page("accounts")
    samples = [path.relative_to(DATA).as_posix() for path in DATA.rglob("*.json")]
    assert [sample for sample in samples if f"tests/data/{sample}" not in text] == []


EVENT_HEAD = r"^``(\w+)``\n~+$"


def event_sections():
    """The entry of each kind on the events page."""
    described = page("events").partition("The log\n")[0]
    _, *parts = re.split(EVENT_HEAD, described, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_the_events_page_has_every_kind():
    """The events page describes each kind of event once, and no other."""
    assert list(event_sections()) == list(KINDS)
    assert len(re.findall(EVENT_HEAD, page("events"), re.MULTILINE)) == len(KINDS)


def test_every_kind_of_event_says_what_to_do():
    """Each kind of event on the events page says what a script should do."""
    assert all("*Do:*" in section for section in event_sections().values())


def test_the_table_of_events_links_each_kind():
    """Each kind is in the table at the top, with a link to its entry."""
    linked = re.findall(r":ref:`(\w+) <event-(\w+)>`", page("events").partition("\nConnections\n")[0])
    assert linked == [(kind, kind) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_the_samples_of_an_event_have_the_members_that_are_described(kind):
    """Each entry of the events page has samples, and explains their members and no others."""
    section = event_sections()[kind]
    rows = re.findall(r"^(``\w+``(?:, ``\w+``)*)\n   \S", section, re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"``(\w+)``", row)}
    shown = set(re.findall(r"'(\w+)':", "".join(re.findall(r"^   \{'.*\}$", section, re.MULTILINE))))
    assert shown == described - ({"symbol"} if kind in ("gap", "reset") else set())  # of few streams only


def test_the_samples_of_limits_have_the_words_of_the_code():
    """A budget in a sample is what a connection beyond the limit, or a message, waits for."""
    timings, clock = Timings(), Clock()
    queue = Queue("host", timings.dials, timings.dials_span_s, Bans())
    places = [queue.ask(clock, lambda: Urgency.RECONNECT, lambda: None) for _ in range(timings.dials + 1)]
    last = places.pop()
    assert last is not None and set(places) == {None}
    shown = re.findall(r"'budget': '([^']+)'", event_sections()["limited"])
    assert shown == [last.why()[0], per_second(timings.messages)]


def test_the_waits_on_the_page_are_those_of_the_code():
    """The table of waits is that of the code."""
    waits = re.findall(r"^   \* - .+\n     - ([0-9.]+) s", page("line_breaks"), re.MULTILINE)
    timings = Timings()
    assert [float(wait) for wait in waits] == [*timings.retries_s, timings.retry_longest_s]


def test_the_silence_on_the_page_is_that_of_the_code():
    """The seconds of silence on the page about lost connections are those of the two venues."""
    words = f"for {SPOT.silence_s:g} s ({US.silence_s:g} s on binance.us)"
    assert words in flat(page("line_breaks"))


def test_the_limits_on_the_pages_are_those_of_the_code():
    """What the exchange allows, and how much a handover holds, are the limits that the code goes by."""
    timings = Timings()
    text = flat(page("line_breaks"))
    assert f"{timings.dials} attempts to connect in {timings.dials_span_s / 60:g} minutes" in text
    assert f"{timings.messages} messages a second on one connection" in text
    assert f"sends at most {timings.messages - 1} in any {timings.messages_span_s:g} s" in text
    held = f"if {timings.held:,} messages or {timings.held_bytes / 2**20:g} MiB have been held"
    assert held in flat(page("handover"))
    parameters = inspect.signature(BinanceSocketManager).parameters
    hours, handover_s = parameters["lifetime_s"].default / 3600, parameters["handover_s"].default
    assert f"lifetime_s={hours:g} * 3600, handover_s={handover_s}" in page("handover")


#: A start_* call of each kind of socket, and its arguments before the callback.
KINDS_OF_SOCKETS = {
    "start_trade_socket": ["BNBBTC"],
    "start_multiplex_socket": [["bnbbtc@trade", "bnbbtc@depth"]],
    "start_futures_depth_socket": ["BTCUSDT"],
    "start_order_book_socket": ["BNBBTC"],
    "start_user_socket": [],
    "start_margin_socket": [],
    "start_futures_user_socket": [],
}


@pytest.mark.parametrize("made", [lambda: print, lambda: in_thread(print), Latest])
@pytest.mark.parametrize("call", KINDS_OF_SOCKETS)
def test_the_numbers_on_the_page_are_those_of_stats(call, made):
    """The table has each number of each kind of socket, and says which are None before a message came."""
    first = r"^   \* - (``\w+``(?:, ``\w+``)*)$"
    cells = rf"{first}\n     - .+\n     - (?:.+\n       )*.+\n     - (.+)$"
    rows = re.findall(cells, page("stats"), re.MULTILINE)
    assert len(rows) == len(re.findall(first, page("stats"), re.MULTILINE))
    said = {name: when for names, when in rows for name in re.findall(r"``(\w+)``", names)}
    bm = BinanceSocketManager(Client("key", "secret"))
    start = getattr(bm, call)
    numbers = bm.stats(start(*KINDS_OF_SOCKETS[call], made()))
    assert set(said) == set(numbers)
    assert {name for name, when in said.items() if when != "never"} == {
        name for name, value in numbers.items() if value is None
    }


def test_the_states_on_the_page_are_those_of_the_code():
    """The page of numbers describes each state and no other."""
    described = re.findall(r"^``'([\w ]+)'``$", page("stats"), re.MULTILINE)
    assert described[-1] == "given up"
    assert sorted(described[:-1]) == sorted(STATES)


@pytest.mark.parametrize("name", ["!ticker@arr", "!bookTicker"])
def test_the_retired_streams_have_their_dates(name):
    """The sockets page gives each retired stream the day that its event gives."""
    kind = SPOT.stream(name).kind
    assert kind is not None and kind.retirement is not None
    assert f"- ``{name}`` - {kind.retirement.since}" in flat(page("sockets"))


def test_the_venues_on_the_page_are_those_of_the_code():
    """The table of venues has every preset, with its stream host."""
    rows = dict(re.findall(r"^   \* - ``([A-Z_]+)``\n     - ``([^`]+)``", page("rest"), re.MULTILINE))
    presets = {k: v.stream for k, v in vars(endpoints).items() if isinstance(v, endpoints.Endpoints)}
    assert rows == presets


def test_the_sandbox_page_has_every_fault():
    """The sandbox page names everything that can be done to a sandbox."""
    text = page("sandbox")
    assert [name for name in REMOTE if f"{name}(" not in text and f"Sandbox.{name}`" not in text] == []


def test_the_order_of_trust_on_the_page_is_that_of_the_code(tmp_path, monkeypatch):
    """ca_file is believed before the environment, and the environment before the platform."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("")
    environ = {"SSL_CERT_FILE": str(bundle)}
    assert trust.chosen_trust(bundle, environ).source == "ca_file"
    assert trust.chosen_trust(None, environ).source == "SSL_CERT_FILE"
    assert trust.chosen_trust(None, {}, "win32").source == "certifi"
    text = page("tls")
    places = [text.index(f"\n{number}. ") for number in (1, 2, 3, 4)]
    assert places == sorted(places)


# -- the calls of REST ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rest_directives():
    """What makes the tables of calls."""
    pytest.importorskip("sphinx")
    sys.path.insert(0, str(DOCS))
    try:
        yield importlib.import_module("rest_directives")
    finally:
        sys.path.remove(str(DOCS))


def test_every_call_is_in_the_tables_once(rest_directives):
    """Each row of the code's table is in one topic of one part, and each part is on both pages."""
    shown = [
        call.name
        for part in rest_directives.PARTS
        for _, some in rest_directives.by_topic(part)
        for call in some
    ]
    assert sorted(shown) == sorted(CALLS)
    for part in rest_directives.PARTS:
        assert f".. rest-calls:: {part}\n" in page("rest_calls")
        assert f".. rest-entries:: {part}\n" in page("api_client")


def test_every_method_of_the_client_is_on_a_page(rest_directives):
    """It is in the table, has ended, is more than one call, or is the client's own."""
    public = {
        name for name in dir(Client) if not name.startswith("_") and inspect.isfunction(getattr(Client, name))
    }
    assert public == {*CALLS, *ENDED, *rest_directives.more(), *(vars(Client).keys() & public)}


def members_on(name):
    """The members of a class that a page of the reference has in its tables, table by table."""
    tables = re.findall(r"^\.\. api-members:: \S+\n\n((?:   \w+\n)+)", page(name), re.MULTILINE)
    return [member for table in tables for member in table.split()]


@pytest.mark.parametrize(
    ("name", "cls", "elsewhere"),
    [
        # "call" sends what the others name
        ("api_sandbox", Sandbox, {"call"}),
        ("api_manager", BinanceSocketManager, {"timings"}),
    ],
)
def test_every_member_is_in_a_table_of_the_reference_once(name, cls, elsewhere):
    """The tables of the page have each public method and property of the class; constants are elsewhere."""
    public = {
        member
        for member in dir(cls)
        if not member.startswith("_") and not isinstance(inspect.getattr_static(cls, member), str | int)
    }
    assert sorted(members_on(name)) == sorted(public - elsewhere)


def test_code_in_a_sentence_is_marked(rest_directives):
    """Calls, with calls in them, arguments, texts, streams and names; not the words between."""
    marked = rest_directives.marked(
        "Use Manager(Client(key, 'a')).run(1), venue='usdm' or a_name; \"A\", @depth."
    )
    assert marked == (
        "Use ``Manager(Client(key, 'a')).run(1)``, ``venue='usdm'`` or ``a_name``; ``\"A\"``, ``@depth``."
    )


def test_a_method_in_a_sentence_links_to_its_entry(rest_directives):
    """A method of client or manager leads to its entry, with or without arguments."""
    assert rest_directives.marked("use get_klines, or start_user_socket(callback)") == (
        "use :meth:`get_klines <binance.client.Client.get_klines>`, or"
        " :meth:`start_user_socket(callback) <binance.websockets.BinanceSocketManager.start_user_socket>`"
    )


def test_the_answers_of_former_wapi_calls_are_on_the_page_of_0_7():
    """Each call that asked /wapi has a row that says how its answer was, and is."""
    rows = re.findall(r"^   \* - :meth:`~Client\.(\w+)`\n     - .*``", page("migrating"), re.MULTILINE)
    wapi = {call.name for call in classic.CALLS if " /wapi/" in call.asked}
    assert len(wapi) > 10
    assert wapi - {"get_withdraw_history_id"} <= set(rows)


# -- the whole --------------------------------------------------------------------------------------------


def test_the_version_is_written_once():
    """The package, its metadata and these pages have the same one, for they read it in the package."""
    pytest.importorskip("setuptools")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "setup.py", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [binance.__version__], done.stderr
    for file in ("setup.py", "docs/conf.py"):
        assert f'"{binance.__version__}"' not in (ROOT / file).read_text(encoding="utf-8")


def test_the_pages_build_without_a_warning(tmp_path):
    """Sphinx builds all pages, every reference among them found."""
    pytest.importorskip("sphinx")
    done = subprocess.run(
        [
            *[sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", "-q", "-b", "html"],
            *["-d", str(tmp_path / "doctrees"), str(DOCS), str(tmp_path / "html")],
        ],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=LONG_S,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "html" / "sockets.html").is_file()
    table = (tmp_path / "html" / "rest_calls.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'<td><p><a [^>]*href="api_client\.html#binance\.client\.Client\.(\w+)"', table))
    assert linked >= {*CALLS, *ENDED}
    assert "_static/table_search.js" in table
