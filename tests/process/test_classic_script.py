"""Scripts as users have them, pasted unchanged, against the sandbox; and the README's promises."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from binance.sandbox import Sandbox

from ..pages import README, readme_script

ROOT = Path(__file__).parents[2]

# positional arguments, msg['e'], close and restart in the error branch, reactor.stop() at the end
CLASSIC = """
import sys
import threading
from twisted.internet import reactor
from binance.client import Client
from binance.websockets import BinanceSocketManager
import binance.constants as bc
from binance.enums import KLINE_INTERVAL_30MINUTE

BinanceSocketManager.STREAM_URL = sys.argv[1]

client = Client('key', 'secret')
bm = BinanceSocketManager(client, 60)
seen = {}
enough = threading.Event()

def process_message(msg):
    if msg['e'] == 'error':
        global conn_key
        bm.stop_socket(conn_key)
        conn_key = bm.start_trade_socket('BNBBTC', process_message)
    else:
        note("message type: {}".format(msg['e']))

def process_m_message(msg):
    note("stream: {}".format(msg['stream']))

def process_depth(msg):
    note("best bid: {}".format(type(msg['bids'][0][0]).__name__))

def note(text):
    if text not in seen:
        seen[text] = 1
        print(text, flush=True)
        if len(seen) == 7:
            enough.set()

conn_key = bm.start_trade_socket('BNBBTC', process_message)
bm.start_aggtrade_socket('BNBBTC', process_message)
bm.start_symbol_ticker_socket('BNBBTC', process_message)
bm.start_kline_socket('BNBBTC', process_message, KLINE_INTERVAL_30MINUTE)
bm.start_depth_socket('BNBBTC', process_depth, bc.WEBSOCKET_DEPTH_5)
bm.start_multiplex_socket(['bnbbtc@aggTrade', 'neobtc@ticker'], process_m_message)
bm.start()

assert enough.wait(30), seen
bm.stop_socket(conn_key)
bm.close()
reactor.stop()
"""


# caches that are filled when they have been made, a shared socket manager, None when one is given up
CLASSIC_CACHES = """
import threading
from twisted.internet import reactor
from binance.client import Client
from binance.websockets import BinanceSocketManager
from binance.depthcache import DepthCacheManager

client = Client('key', 'secret')
came = threading.Event()

def process_depth(depth_cache):
    if depth_cache is not None:
        print("symbol {}".format(depth_cache.symbol))
        print(len(depth_cache.get_bids()[:5]), len(depth_cache.get_asks()[:5]))
        print("last update time {}".format(type(depth_cache.update_time).__name__))
        came.set()
    else:
        print("restart it")

dcm1 = DepthCacheManager(client, 'BNBBTC', callback=process_depth, refresh_interval=60*60)
assert came.wait(30)

bm = BinanceSocketManager(client)
dcm2 = DepthCacheManager(client, 'ETHBTC', bm=bm)
dcm3 = DepthCacheManager(client, 'LTCBTC', bm=bm, ws_interval=100)
for dcm in (dcm1, dcm2, dcm3):
    bids, asks = dcm.get_depth_cache().get_bids(), dcm.get_depth_cache().get_asks()
    print(dcm.get_symbol(), isinstance(bids[0][0], float), bids[0][0] < asks[0][0])
dcm2.close()
print(dcm2.get_depth_cache())
dcm3.close(close_socket=True)
dcm1.close(close_socket=True)
reactor.stop()
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One exchange for all scripts here."""
    with Sandbox(rate=300) as running:
        yield running


def environment() -> dict[str, str]:
    """The repository's package before any installed one."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def test_a_pasted_classic_script_streams_and_exits(sandbox, tmp_path):
    """Every kind of message arrives, and the program ends by itself with 0 and nothing on stderr."""
    script = tmp_path / "classic.py"
    script.write_text(CLASSIC)
    done = subprocess.run(
        [sys.executable, script, f"ws://{sandbox.host}:{sandbox.port}/"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert set(done.stdout.splitlines()) == {
        "message type: trade",
        "message type: aggTrade",
        "message type: 24hrTicker",
        "message type: kline",
        "best bid: str",
        "stream: bnbbtc@aggTrade",
        "stream: neobtc@ticker",
    }


def ran(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script as users do, against a sandbox of its own."""
    script = folder / "script.py"
    script.write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "binance", "sandbox", "run", script],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_classic_script_of_depth_caches_runs(tmp_path):
    """Each cache is filled when it has been made, and the program ends by itself."""
    done = ran(CLASSIC_CACHES, tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[:3] == ["symbol BNBBTC", "5 5", "last update time int"]
    others = [line for line in lines if line.endswith("True True") or line == "None"]
    assert others == ["BNBBTC True True", "ETHBTC True True", "LTCBTC True True", "None"]
    assert "restart it" not in lines


#: The application runs the reactor, and makes its cache before.
OWN_REACTOR = """
from twisted.internet import reactor
from binance.client import Client
from binance.websockets import BinanceSocketManager
from binance.depthcache import DepthCacheManager

def process_depth(depth_cache):
    print(depth_cache is manager.get_depth_cache(), len(depth_cache.get_bids()) > 5)
    bm.close()
    reactor.stop()

client = Client()
bm = BinanceSocketManager(client, reactor=reactor)
manager = DepthCacheManager(client, 'BNBBTC', process_depth, bm=bm, ws_interval=100)
reactor.run()
"""


def test_a_cache_that_is_made_before_the_reactor_runs_is_filled_when_it_does(tmp_path):
    """Making it does not wait for a reactor that this very thread is about to run."""
    done = ran(OWN_REACTOR, tmp_path)
    assert (done.returncode, done.stdout) == (0, "True True\n"), done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_the_script_of_the_readme_streams_from_the_sandbox_until_ctrl_c(tmp_path):
    """Pasted into a file and run as the README says, it prints trades; Ctrl-C ends it."""
    assert ".venv/bin/python -m binance sandbox run trades.py\n" in README
    (tmp_path / "trades.py").write_text(readme_script())
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "binance", "sandbox", "run", "trades.py"],
        env=environment(),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for _ in range(5):
            assert re.fullmatch(r"BNBBTC 0\.\d{8} \d+\.\d{8}\n", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0
    first, *log = err.splitlines()
    assert re.fullmatch(r"sandbox: http://127.0.0.1:\d+, running trades.py", first)
    assert "bnbbtc@trade: opened" in log[0]


def test_the_readme_has_two_commands_and_ci_runs_the_second():
    """Each is one line that begins with python3 -m venv; CI takes its command from here."""
    commands = re.findall(r"^ +(python3 -m venv .*)$", README, re.M)
    assert len(commands) == 2
    assert commands[0].endswith("-m binance demo")
    assert commands[1].endswith("-m pytest")
    assert "python3 -m venv .*pytest$' README.rst" in (ROOT / ".ci" / "run").read_text()


def test_the_readme_script_is_about_twenty_lines():
    """Short enough to be read before it is pasted."""
    assert len(readme_script().splitlines()) <= 22
