"""``sandbox run`` with scripts of the shapes that are found in the wild, unchanged."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from binance.cli import main
from binance.sandbox import Sandbox
from binance.terminal import script

ROOT = Path(__file__).parents[2]

TRADE_PRINTER = """
from binance.client import Client
from binance.websockets import BinanceSocketManager
from twisted.internet import reactor

client = Client('my-key', 'my-secret')
bm = BinanceSocketManager(client, user_timeout=60)
count = 0

def process_message(msg):
    global count
    count += 1
    print("message type: {}".format(msg['e']))
    print(msg['p'])
    if count == 5:
        bm.stop_socket(conn_key)
        reactor.stop()

conn_key = bm.start_trade_socket('BNBBTC', process_message)
bm.start()
"""

# keeps a book by the diff stream and a REST snapshot, and checks that it never crosses
BOOK_KEEPER = """
import sys
import threading
from binance.client import Client
from binance.websockets import BinanceSocketManager

client = Client()
waiting, book, state = [], {'b': {}, 'a': {}}, {'id': None, 'applied': 0}
enough = threading.Event()

def apply(msg):
    if msg['u'] <= state['id']:
        return
    assert msg['U'] <= state['id'] + 1, 'gap'
    for side in 'ba':
        for price, quantity in msg[side]:
            if float(quantity) == 0:
                book[side].pop(price, None)
            else:
                book[side][price] = quantity
    state['id'] = msg['u']
    state['applied'] += 1
    best_bid, best_ask = max(map(float, book['b'])), min(map(float, book['a']))
    assert best_bid < best_ask, (best_bid, best_ask)
    if state['applied'] == 15:
        enough.set()

def process_depth(msg):
    if state['id'] is None:
        waiting.append(msg)
    else:
        apply(msg)

bm = BinanceSocketManager(client)
bm.start_depth_socket('BNBBTC', process_depth, interval=100)
bm.start()
while not waiting:
    pass
snapshot = client.get_order_book(symbol='BNBBTC', limit=5000)
book['b'] = dict(snapshot['bids'])
book['a'] = dict(snapshot['asks'])
state['id'] = snapshot['lastUpdateId']
assert enough.wait(30)
bm.close()
print('book kept over', state['applied'], 'events')
"""

USER_LOGGER = """
import logging
import threading
from binance.client import Client
from binance.websockets import BinanceSocketManager

logging.basicConfig(level=logging.INFO)
log = logging.getLogger('orders')
done = threading.Event()

def process_user(msg):
    if msg['e'] == 'executionReport':
        log.info('order %s of %s is %s', msg['i'], msg['s'], msg['X'])
        if msg['X'] == 'FILLED':
            done.set()

bm = BinanceSocketManager(Client('key', 'secret'))
bm.start_user_socket(process_user)
bm.start()
assert done.wait(30)
bm.close()
"""


def python(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python, which finds the repository's package wherever it is run, to its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run(tmp_path: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``python -m binance sandbox run`` of a script that ends."""
    path = tmp_path / "script.py"
    path.write_text(script)
    return python("-m", "binance", "sandbox", "run", "--rate", "200", "--user-rate", "5", path, *arguments)


def test_a_trade_printer_prints_trades_of_the_sandbox(tmp_path):
    """It goes to the sandbox though it names no host, and ends by its own reactor.stop()."""
    done = run(tmp_path, TRADE_PRINTER)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[::2][:5] == ["message type: trade"] * 5
    assert done.stderr.startswith("sandbox: http://127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1


def test_a_script_may_have_a_whole_market(tmp_path):
    """--symbols says how many there are, or which."""
    path = tmp_path / "script.py"
    path.write_text(
        "from binance.client import Client\n"
        "print(*sorted(symbol['symbol'] for symbol in Client().get_exchange_info()['symbols'][-2:]))\n"
        "print(len(Client().get_exchange_info()['symbols']))\n"
    )
    for symbols, printed in (("600", "600"), ("ABCUSDT,abcbtc", "ABCBTC ABCUSDT\n2")):
        done = python("-m", "binance", "sandbox", "run", "--symbols", symbols, path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(f"{printed}\n")


def test_a_script_may_go_to_a_sandbox_that_runs(tmp_path):
    """--url names it; no other is started, and it goes on running after the script."""
    path = tmp_path / "script.py"
    path.write_text(TRADE_PRINTER)
    with Sandbox(rate=200) as sandbox:
        done = python("-m", "binance", "sandbox", "run", "--url", f"{sandbox.url}/", path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("message type: trade\n")
        assert done.stderr == f"sandbox: {sandbox.url}, running {path}\n"
        assert any("trade" in one["path"] for one in sandbox.state()["connections"])


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--url", "http://127.0.0.1:1"], 1, "no sandbox answers at http://127.0.0.1:1 "),
        (["--url", "http://192.0.2.1:9000"], 2, "'http://192.0.2.1:9000'; use a port of this machine"),
        (["--url", "127.0.0.1:9000"], 2, "'127.0.0.1:9000'; use a port of this machine"),
        (
            ["--url", "http://127.0.0.1:1", "--rate", "3", "--no-listen-keys"],
            2,
            "--rate, --no-listen-keys: for a sandbox that is started; --url names one that runs",
        ),
        (["--speed", "0"], 2, "argument --speed: '0' cannot be used; use a finite number above 0"),
    ],
)
def test_a_sandbox_that_a_script_cannot_have_is_an_error_with_advice(options, status, words, capsys):
    """With 2 for options that cannot be, and 1 if no sandbox answers; the script is not run."""
    try:
        assert main(["sandbox", "run", *options, __file__]) == status
    except SystemExit as ending:
        assert ending.code == status
    assert words in capsys.readouterr().err


def test_the_exchange_of_a_script_has_the_clock_and_the_listen_keys_that_were_asked_for(tmp_path):
    """--speed makes its clock faster, --no-listen-keys answers with 410."""
    path = tmp_path / "script.py"
    path.write_text(
        "import time\n"
        "from binance.client import Client\n"
        "from binance.exceptions import BinanceAPIException\n"
        "client = Client('key', 'secret')\n"
        "first = client.get_server_time()['serverTime']\n"
        "time.sleep(0.2)\n"
        "passed = client.get_server_time()['serverTime'] - first\n"
        "assert passed > 0.2 * 1000 * 50, passed\n"
        "try:\n"
        "    client.stream_get_listen_key()\n"
        "except BinanceAPIException as exc:\n"
        "    print(exc.status_code)\n"
    )
    done = python("-m", "binance", "sandbox", "run", "--speed", "100", "--no-listen-keys", path)
    assert (done.returncode, done.stdout) == (0, "410\n"), done.stderr


def test_an_order_book_keeper_keeps_a_book(tmp_path):
    """REST and the diff stream are those of one market: no gap, and the book never crosses."""
    done = run(tmp_path, BOOK_KEEPER)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "book kept over 15 events\n"


def test_a_user_stream_logger_sees_orders(tmp_path):
    """Account events come by listen key for whatever API key the script has."""
    done = run(tmp_path, USER_LOGGER)
    assert done.returncode == 0, done.stderr
    assert "is FILLED" in done.stderr


def test_a_script_that_names_another_venue_goes_to_the_sandbox_all_the_same(tmp_path):
    """endpoints=, a changed STREAM_URL: nothing leaves this machine."""
    named = TRADE_PRINTER.replace(
        "bm = BinanceSocketManager(client, user_timeout=60)",
        "from binance.endpoints import BINANCE_US\n"
        "BinanceSocketManager.STREAM_URL = 'wss://stream.binance.us:9443/'\n"
        "assert Client(endpoints=BINANCE_US).ping() == {}\n"
        "bm = BinanceSocketManager(client, endpoints=BINANCE_US)",
    )
    done = run(tmp_path, named)
    assert done.returncode == 0, done.stderr
    assert "message type: trade" in done.stdout


def test_a_script_that_raises_shows_its_own_traceback_and_ends_with_1(tmp_path):
    """The traceback begins in the script, not in what runs it."""
    done = run(tmp_path, "def f():\n    raise KeyError('mine')\nf()\n")
    assert done.returncode == 1
    lines = done.stderr.splitlines()[1:]
    assert lines[0] == "Traceback (most recent call last):"
    assert f'File "{tmp_path / "script.py"}", line 3, in <module>' in lines[1]
    assert lines[-1] == "KeyError: 'mine'"


def test_a_script_that_does_not_compile_says_where(tmp_path):
    """A SyntaxError is shown as Python shows it."""
    done = run(tmp_path, "print(\n")
    assert done.returncode == 1
    assert "SyntaxError" in done.stderr
    assert "script.py" in done.stderr


def test_a_script_that_exits_3_ends_with_3(tmp_path):
    """sys.exit passes through, also with sockets opened and closed before; the arguments are the script's."""
    script = (
        "import sys, __main__\n"
        "from binance.websockets import BinanceSocketManager\n"
        "mine = 7\n"
        "assert __name__ == '__main__' and __main__.mine == 7 and __file__ == sys.argv[0]\n"
        "with BinanceSocketManager(None) as bm:\n"
        "    bm.start_trade_socket('BNBBTC', print)\n"
        "    sys.exit(int(sys.argv[1]))\n"
    )
    done = run(tmp_path, script, "3")
    assert done.returncode == 3, done.stderr


def test_a_missing_script_is_told():
    """A path that is none: a line, and status 2."""
    done = python("-m", "binance", "sandbox", "run", "no-such-script.py")
    assert done.returncode == 2
    assert "no-such-script.py" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize(
    "ending", ["", "import time\ntime.sleep(3600)\n"], ids=["main ended", "main sleeping"]
)
def test_a_script_that_never_ends_is_ended_by_ctrl_c(tmp_path, ending):
    """It streams on after its last line; Ctrl-C ends it, and the sandbox with it."""
    path = tmp_path / "script.py"
    path.write_text(
        "from binance.websockets import BinanceSocketManager\n"
        "bm = BinanceSocketManager(None)\n"
        "bm.start_trade_socket('BNBBTC', lambda msg: print(msg['e'], flush=True))\n"
        "bm.start()\n" + ending
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "binance", "sandbox", "run", path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "trade\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == (130 if ending else 0), err
    assert "Traceback" not in err


def test_chaos_comes_from_a_seed_and_the_script_lives_through_it(tmp_path):
    """With --chaos the exchange misbehaves; a plain script is reconnected and goes on to its end."""
    path = tmp_path / "script.py"
    path.write_text(TRADE_PRINTER.replace("count == 5", "count == 100"))
    done = python("-m", "binance", "sandbox", "run", "--rate", "500", "--chaos", "7", path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("message type: trade") >= 100


def test_a_script_finds_what_it_would_find_under_plain_python(tmp_path):
    """__file__, the path of imports, builtins and annotations are those of ``python script.py``."""
    (tmp_path / "neighbour.py").write_text("name = 'next door'\n")
    script = (
        "import builtins, os, sys\n"
        "import neighbour\n"
        "os.chdir('/')\n"
        "assert open(__file__).read().startswith('import builtins')\n"
        "assert sys.path[0] == os.path.dirname(os.path.realpath(__file__)), sys.path\n"
        "assert __builtins__ is builtins and __loader__ is not None\n"
        "def f(x: int): pass\n"
        "assert f.__annotations__ == {'x': int}, f.__annotations__\n"
        "print(neighbour.name)\n"
    )
    path = tmp_path / "script.py"
    path.write_text(script)
    done = python("-m", "binance", "sandbox", "run", "script.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "next door\n"), done.stderr


PROCESSES = """
import multiprocessing, os, subprocess, sys
from binance import endpoints

def where(_=None):
    return endpoints.in_force(endpoints.BINANCE_COM).rest

if __name__ == '__main__':
    here = where()
    assert here.startswith('http://127.0.0.1:'), here
    code = 'from binance import endpoints as e; print(e.in_force(e.BINANCE_COM).rest)'
    assert subprocess.check_output([sys.executable, '-c', code], text=True).strip() == here
    for method in ('fork', 'spawn'):
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.map(where, [None]) == [here], method
    print('all here')
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_processes_that_a_script_starts_go_to_the_sandbox_too(tmp_path):
    """Forked, spawned or run as a command: nothing that the script starts reaches the real exchange."""
    done = run(tmp_path, PROCESSES)
    assert (done.returncode, done.stdout) == (0, "all here\n"), done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_neither_ends_nor_keeps_the_sandbox():
    """A fork that exits leaves the sandbox running; one that lives on does not hold up its end."""
    with Sandbox() as sandbox:
        child = os.fork()
        if not child:
            sandbox.stop()
            os._exit(0)
        os.waitpid(child, 0)
        assert sandbox.state()["connections"] == []
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)  # until the parent closes its end
            os._exit(0)
        process = sandbox._process
        sandbox.stop()
        assert process is not None
        assert process.returncode == 0  # not killed after ten seconds of waiting
        os.close(writing)
        os.close(reading)
        os.waitpid(child, 0)


def test_a_sandbox_leaves_no_file_behind(tmp_path):
    """Its log has no name, so that whatever ends a program leaves nothing of it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TMPDIR", str(tmp_path))
        patched.setattr("tempfile.tempdir", None)
        with Sandbox() as sandbox:
            sandbox.cut()
            assert list(tmp_path.iterdir()) == []
            assert "cut" in sandbox.log()
        assert "cut" in sandbox.log()
    assert list(tmp_path.iterdir()) == []


def test_the_sandbox_does_not_import_what_lies_about(tmp_path):
    """A module in the working directory that has the name of one of Python's own does not break it."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "selectors.py").write_text("raise SystemExit('imported what lies about')\n")
    script = tmp_path / "script.py"
    script.write_text("from binance.sandbox import Sandbox\nwith Sandbox():\n    print('runs')\n")
    done = python(script, cwd=tmp_path / "here")
    assert (done.returncode, done.stdout) == (0, "runs\n"), done.stderr


@pytest.mark.parametrize("seed", [None, 0, 7])
def test_chaos_is_switched_on_with_its_seed(tmp_path, monkeypatch, seed):
    """The seed of the command line reaches the exchange, 0 too; without one there is no chaos."""

    class FakeSandbox:
        host, port, url = "127.0.0.1", 1, "http://127.0.0.1:1"

        def __init__(self) -> None:
            self.did: list[object] = []

        def start(self) -> None:
            self.did.append("start")

        def chaos(self, seed: int) -> None:
            self.did.append(seed)

        def stop(self) -> None:
            self.did.append("stop")

    for name in ("argv", "path"):
        monkeypatch.setattr(sys, name, list(getattr(sys, name)))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(script, "send_everything_to_sandbox", lambda host, port: None)
    monkeypatch.setattr("atexit.register", lambda *call: None)
    path = tmp_path / "script.py"
    path.write_text("")
    sandbox: Any = FakeSandbox()
    assert script.run_script(str(path), [], script.Started(sandbox, seed)) == 0
    assert sandbox.did == (["start"] if seed is None else ["start", seed])


SENDS_KEY_AND_SIGNATURE = """
from binance.client import Client

client = Client('my-key', 'my-secret', {'proxies': {'http': PROXY}} if PROXY else None)
client.ping()
client.stream_get_listen_key()
client.margin_get_listen_token()
"""


@pytest.mark.parametrize("named_by", ["environment", "script"])
def test_no_proxy_hears_of_a_script_that_runs_against_the_sandbox(tmp_path, monkeypatch, named_by):
    """Key and signatures stay on this machine, whoever names a proxy."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.setenv(name.lower(), url if named_by == "environment" else "")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        proxies = "" if named_by == "environment" else url
        done = run(tmp_path, f"PROXY = {proxies!r}\n{SENDS_KEY_AND_SIGNATURE}")
        assert done.returncode == 0, done.stderr
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has connected
            proxy.accept()
