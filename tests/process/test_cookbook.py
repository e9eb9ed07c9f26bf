"""The recipes of the cookbook do what their pages say, against the sandbox."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
import requests

from binance.client import Client
from binance.endpoints import Endpoints
from binance.sandbox import Sandbox

from ..pages import DOCS

EXAMPLES = DOCS / "examples"
LONG_S = 60
ACCOUNTS = ("FIRST", "SECOND")


@pytest.fixture
def sandbox():
    with Sandbox(seed=12, rate=200, speed=20) as running:
        yield running


def started(sandbox, folder, name, *arguments):
    """A script of the cookbook, running in a folder, with the sandbox in the exchange's place."""
    return subprocess.Popen(
        [sys.executable, "-u", str(EXAMPLES / name), *arguments],
        env=os.environ | {"PYTHONPATH": str(DOCS.parent), "BINANCE_TWISTED_EVERYTHING_TO": sandbox.url},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(is_so):
    """Wait until a function returns something true, and return that."""
    deadline = time.monotonic() + LONG_S
    while not (found := is_so()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def ended(process):
    """End a script by Ctrl-C, and return what it printed."""
    try:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONG_S)
    finally:
        process.kill()
    assert "KeyboardInterrupt" in err.strip().splitlines()[-1] or not err, err
    return out


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_candles_have_no_holes_after_cuts_and_between_two_runs(sandbox, tmp_path):
    """Every candle from the first to the last is in the table once, and is the exchange's."""
    file = tmp_path / "candles.sqlite"

    def candles():
        with sqlite3.connect(file) as database:
            return database.execute("SELECT * FROM candles ORDER BY opened_ms").fetchall()

    printed = ""
    for _ in range(2):
        process = started(sandbox, tmp_path, "candles.py", "BNBBTC", "1s", str(file))
        try:
            wait_until(lambda: file.exists() and file.stat().st_size)
            count = len(candles())
            wait_until(lambda count=count: len(candles()) > count + 5)
            sandbox.refuse(times=1)  # for 2.5 s nothing is connected, which is 50 candles
            sandbox.cut()
            count = len(candles())
            wait_until(lambda count=count: len(candles()) > count + 50)
        finally:
            printed += ended(process)
    assert printed.count("refilled") >= 3  # two outages, and the time between the runs
    rows = candles()
    client = Client(endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
    truth = client.get_historical_klines("BNBBTC", "1s", rows[0][0], rows[-1][0], limit=1000)
    assert rows == [tuple(candle[:7]) for candle in truth]
    assert [row[0] for row in rows] == list(range(rows[0][0], rows[-1][0] + 1, 1000))


def answer(url):
    """What a web server of this machine answers, once it listens."""

    def asked():
        try:
            return requests.get(url, timeout=5)
        except requests.ConnectionError:
            return None

    return wait_until(asked)


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize(("name", "port"), [("web_flask.py", 5000), ("web_fastapi.py", 8000)])
def test_a_web_server_has_the_newest_prices(name, port, sandbox, tmp_path):
    """The server listens, answers with bids and asks of all markets, and ends by Ctrl-C."""
    pytest.importorskip(name.removeprefix("web_").removesuffix(".py"))
    process = started(sandbox, tmp_path, name)
    try:
        wait_until(lambda: len(answer(f"http://127.0.0.1:{port}/prices").json()) == 3)
        prices = answer(f"http://127.0.0.1:{port}/prices").json()
        assert all(float(price["bid"]) < float(price["ask"]) for price in prices.values())
    finally:
        ended(process)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_service_ends_on_sigterm_with_status_0(sandbox, tmp_path):
    """It says what it received, closes its socket and ends."""
    process = started(sandbox, tmp_path, "service.py")
    try:
        lines = iter(process.stderr.readline, "")
        assert any("BNBBTC" in line for line in lines)
        process.terminate()
        _, err = process.communicate(timeout=LONG_S)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "bnbbtc@trade: stopped" in err


def test_symbols_are_added_and_removed_while_it_runs(sandbox, tmp_path):
    """What is typed is subscribed or unsubscribed, and the end of the input ends it."""
    process = started(sandbox, tmp_path, "add_symbol.py")
    try:
        lines = iter(process.stdout.readline, "")
        process.stdin.write("add ethbtc\nremove bnbbtc\n")
        process.stdin.flush()
        assert any(line.startswith("ethbtc@trade") for line in lines)
        assert any(line == "unsubscribed bnbbtc@trade\n" for line in lines)
        process.communicate(timeout=LONG_S)
    finally:
        process.kill()
    assert process.returncode == 0


def test_two_accounts_have_their_own_orders(tmp_path):
    """Both accounts print orders and balances."""
    with Sandbox(seed=12, user_rate=10) as sandbox:
        out, err = started(sandbox, tmp_path, "several_accounts.py").communicate(timeout=LONG_S)
    assert "Traceback" not in err
    for account in ACCOUNTS:
        assert f"{account} order" in out
        assert f"{account} balance" in out
