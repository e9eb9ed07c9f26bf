"""The recipes of the cookbook do what their pages say, against the sandbox."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest
import requests
from websockets.sync.client import connect

from binance.client import Client
from binance.endpoints import Endpoints
from binance.sandbox import Sandbox

from ..pages import DOCS

EXAMPLES = DOCS / "examples"
LONG_S = 60
ACCOUNTS = ("FIRST", "SECOND")
KEYS = {f"{account}_API_{what}": f"{account}-{what}" for account in ACCOUNTS for what in ("KEY", "SECRET")}

# as it is run, but for waits between retries
RUN = """
import runpy
import sys
from binance.websockets import BinanceSocketManager
from binance.wire.timings import Timings

BinanceSocketManager.timings = Timings(retries_s=(0.05,) * 5)
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")


@pytest.fixture
def sandbox():
    with Sandbox(seed=12, rate=200, speed=20, user_rate=10) as running:
        yield running


@contextmanager
def started(sandbox, folder, name, *arguments, code=None):
    """Run a script of the cookbook, with the sandbox in the exchange's place, until the block ends.

    :param code: what runs it; default: Python itself.
    """
    how = ["-u"] if code is None else ["-u", "-c", code]
    with subprocess.Popen(
        [sys.executable, *how, str(EXAMPLES / name), *map(str, arguments)],
        env=os.environ
        | KEYS
        | {"PYTHONPATH": str(DOCS.parent), "BINANCE_TWISTED_EVERYTHING_TO": sandbox.url},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        limit = threading.Timer(LONG_S, process.kill)  # a line that never comes
        limit.start()
        try:
            yield process
        finally:
            limit.cancel()
            process.kill()


def wait_until(is_so):
    """Wait until a function returns something true, and return that."""
    deadline = time.monotonic() + LONG_S
    while not (found := is_so()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def interrupted(process):
    """End a script by Ctrl-C, and return what it has printed, and what it wrote to standard error."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LONG_S)
    for noise in ("Exception ignored", "Exception in thread", "Unhandled", "never retrieved"):
        assert noise not in err, err
    return out, err


def rows(file, table, order):
    """All rows of a table, in an order."""
    with closing(sqlite3.connect(file, timeout=LONG_S)) as database:
        return database.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()


def recorded(sandbox, folder, name, *arguments, table, order, more):
    """Run a script twice, each time over messages left out and 2 s without a connection.

    :param more: the number of rows that it has to write before, and after each outage.
    :returns: its rows, and the lines that it has printed.
    """
    file = folder / "recorded.sqlite"

    def wait_for_more(count):
        before = len(rows(file, table, order))
        wait_until(lambda: len(rows(file, table, order)) > before + count)

    printed = ""
    for _ in range(2):
        with started(sandbox, folder, name, *arguments, file) as process:
            wait_until(lambda: file.exists() and file.stat().st_size)
            wait_for_more(5)
            sandbox.skip("bnbbtc", times=5)
            wait_for_more(5)
            sandbox.refuse(times=1)  # connected again by the second retry, 2 s and more later
            sandbox.cut()
            wait_for_more(more)
            out, err = interrupted(process)
        assert "KeyboardInterrupt" in err.splitlines(), err
        printed += out
    return rows(file, table, order), printed.splitlines()


@pytest.fixture
def client(sandbox):
    return Client(endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))


def test_candles_have_no_holes_after_outages_and_between_two_runs(sandbox, client, tmp_path):
    """Every candle from the first to the last is in the table once, and is the exchange's."""
    found, lines = recorded(
        *(sandbox, tmp_path, "candles.py", "BNBBTC", "1s"), table="candles", order="opened_ms", more=50
    )
    refilled = [int(line.split()[1]) for line in lines if line.startswith("refilled")]
    assert len(refilled) >= 3  # two outages, and the time between the runs
    assert max(refilled) > 20  # the clock goes 20 times as fast
    first, last = found[0][0], found[-1][0]
    truth = client.get_historical_klines("BNBBTC", "1s", first, last, limit=1000)
    assert found == [tuple(candle[:7]) for candle in truth]
    assert [row[0] for row in found] == list(range(first, last + 1, 1000))


# REST that is behind the stream: for a while the two newest candles are not there yet
BEHIND = """
import runpy
import sys
from binance.client import Client

answers = []
whole = Client.get_historical_klines


def behind(*arguments, **options):
    answers.append(whole(*arguments, **options))
    return answers[-1][:-2] if len(answers) < 20 else answers[-1]


Client.get_historical_klines = behind
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_candles_that_rest_does_not_have_yet_are_asked_for_again(sandbox, client, tmp_path):
    """No candle is left out for good because the stream was faster than REST."""
    file = tmp_path / "candles.sqlite"
    first = wait_until(lambda: client.get_klines(symbol="BNBBTC", interval="1s", limit=50)[:-1])[0]
    with closing(sqlite3.connect(file)) as database, database:
        columns = "opened_ms INTEGER PRIMARY KEY, open, high, low, close, volume, closed_ms"
        database.execute(f"CREATE TABLE candles ({columns})")
        database.execute("INSERT INTO candles VALUES (?, ?, ?, ?, ?, ?, ?)", first[:7])
    with started(sandbox, tmp_path, "candles.py", "BNBBTC", "1s", file, code=BEHIND) as process:
        wait_until(lambda: len(rows(file, "candles", "opened_ms")) > 60)
        out, _ = interrupted(process)
    found = [row[0] for row in rows(file, "candles", "opened_ms")]
    assert found == list(range(first[0], found[-1] + 1, 1000))
    assert out.count("refilled") == 1


def test_trades_have_no_holes_after_outages_and_between_two_runs(sandbox, client, tmp_path):
    """Every aggregate trade from the first to the last is in the table once, and is the exchange's."""
    found, lines = recorded(
        *(sandbox, tmp_path, "every_trade.py", "BNBBTC"), table="trades", order="id", more=50
    )
    # in both runs messages left out, and an outage; and the time between the runs
    assert sum(line.startswith("refilled") for line in lines) >= 5
    ids = [row[0] for row in found]
    assert ids == list(range(ids[0], ids[-1] + 1))
    truth = []
    while len(truth) < len(found):
        next_id = truth[-1]["a"] + 1 if truth else ids[0]
        truth += client.get_aggregate_trades(symbol="BNBBTC", fromId=next_id, limit=1000)
    assert found == [tuple(trade[member] for member in "apqT") for trade in truth[: len(found)]]


def test_trades_of_a_long_pause_are_asked_for_in_several_calls(tmp_path):
    """More than the thousand that REST has in one answer."""
    file = tmp_path / "trades.sqlite"
    with Sandbox(seed=12, rate=300, symbols=["BNBBTC"]) as sandbox:
        client = Client(endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))

        def newest():
            return sum(trade["a"] for trade in client.get_aggregate_trades(symbol="BNBBTC", limit=1))

        first = wait_until(newest)
        wait_until(lambda: newest() > first + 1_100)
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("CREATE TABLE trades (id INTEGER PRIMARY KEY, price, quantity, time_ms)")
            database.execute("INSERT INTO trades VALUES (?, '', '', 0)", [first])
        with started(sandbox, tmp_path, "every_trade.py", "BNBBTC", file) as process:
            wait_until(lambda: rows(file, "trades", "id")[-1][0] > first + 1_100)
            out, _ = interrupted(process)
    ids = [row[0] for row in rows(file, "trades", "id")]
    assert ids == list(range(first, ids[-1] + 1))
    assert "refilled 1000 trades" in out


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return found.getsockname()[1]


def answer(url):
    """What a web server of this machine answers, once it listens."""

    def asked():
        try:
            return [requests.get(url, timeout=LONG_S)]  # in a list, for an answer of 503 is not true
        except requests.ConnectionError:
            return []

    return wait_until(asked)[0]


@pytest.mark.parametrize("name", ["web_flask.py", "web_fastapi.py"])
def test_a_web_server_has_the_newest_prices(name, sandbox, tmp_path):
    """The server listens, answers with bids and asks of all markets, and ends by Ctrl-C."""
    pytest.importorskip(name.removeprefix("web_").removesuffix(".py"))
    port = free_port()
    with started(sandbox, tmp_path, name, port) as process:
        wait_until(lambda: len(answer(f"http://127.0.0.1:{port}/prices").json()) == 3)
        prices = answer(f"http://127.0.0.1:{port}/prices").json()
        assert all(float(price["bid"]) < float(price["ask"]) for price in prices.values())
        interrupted(process)


def test_the_web_server_says_that_prices_are_fresh(sandbox, tmp_path):
    """/health is 503 until there are prices, and 200 then."""
    pytest.importorskip("flask")
    port = free_port()
    sandbox.refuse()
    with started(sandbox, tmp_path, "web_flask.py", port, code=RUN) as process:
        assert answer(f"http://127.0.0.1:{port}/health").status_code == 503
        sandbox.accept()
        wait_until(lambda: answer(f"http://127.0.0.1:{port}/health").status_code == 200)
        interrupted(process)


def test_browsers_get_trades_and_a_stream_ends_with_the_last_of_them(sandbox, tmp_path):
    """Two browsers follow one market by one stream; it is unsubscribed when both have left."""
    pytest.importorskip("fastapi")
    port = free_port()

    def is_subscribed():
        return any("bnbbtc@trade" in names for names in sandbox.streams().values())

    with started(sandbox, tmp_path, "web_fastapi.py", port) as process:
        answer(f"http://127.0.0.1:{port}/prices")
        assert not is_subscribed()
        url = f"ws://127.0.0.1:{port}/trades/bnbbtc"
        with connect(url, proxy=None) as first:
            with connect(url, proxy=None) as second:
                for browser in (first, second):
                    trade = json.loads(browser.recv(timeout=LONG_S))
                    assert float(trade["price"]) > 0
                    assert float(trade["quantity"]) > 0
            first.recv(timeout=LONG_S)
            assert is_subscribed()
            sandbox.quiet("bnbbtc@trade")  # nothing is left to send, so that no send fails
        wait_until(lambda: not is_subscribed())
        interrupted(process)


def test_a_service_ends_on_sigterm_with_status_0(sandbox, tmp_path):
    """It logs what it received, closes its socket and ends."""
    with started(sandbox, tmp_path, "service.py") as process:
        assert any("BNBBTC" in line for line in process.stderr)
        process.terminate()
        _, err = process.communicate(timeout=LONG_S)
    assert process.returncode == 0
    assert "bnbbtc@trade: stopped" in err


def test_a_service_whose_socket_is_given_up_ends_with_status_1(sandbox, tmp_path):
    """A service manager that restarts what has failed starts it again."""
    sandbox.refuse()
    with started(sandbox, tmp_path, "service.py", code=RUN) as process:
        _, err = process.communicate(timeout=LONG_S)
    assert process.returncode == 1, err
    assert "Traceback" not in err


def test_symbols_are_added_and_removed_while_it_runs(sandbox, tmp_path):
    """What is typed is subscribed or unsubscribed, and the end of the input ends it."""
    with started(sandbox, tmp_path, "add_symbol.py") as process:

        def type_and_wait(line, pattern):
            process.stdin.write(line)
            process.stdin.flush()
            assert any(re.match(pattern, printed) for printed in process.stdout)

        type_and_wait("add ethbtc\n", "ethbtc@trade [0-9.]+$")
        type_and_wait("remove bnbbtc\n", "unsubscribed bnbbtc@trade$")
        type_and_wait("what\n", "type add SYMBOL or remove SYMBOL")
        type_and_wait("add eth btc\n", ".*eth btc")
        process.communicate(timeout=LONG_S)
    assert process.returncode == 0


def test_two_accounts_have_their_own_orders(sandbox, tmp_path):
    """Both accounts print orders and balances."""
    with started(sandbox, tmp_path, "several_accounts.py") as process:
        out, err = process.communicate(timeout=LONG_S)
    assert process.returncode == 0, err
    for account in ACCOUNTS:
        assert f"{account} order" in out
        assert f"{account} balance" in out
