"""The command line as a user meets it: the demo, the sandbox, and mistakes."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

import binance
from binance.events import Event
from binance.terminal.demo import FAULTS, Demo, Line
from binance.terminal.screen import Screen

from ..commands import ROOT, command, ended
from ..fake_time import FakeTime

KEYS = [
    "bnbbtc@trade",
    "ethbtc@aggTrade",
    "bnbbtc@depth",
    "btcusdt@kline_1m",
    "ethusdt@ticker",
    "streams=bnbbtc@aggTrade/neobtc@ticker",
    "user",
    "margin",
    "usdm:streams=btcusdt@markPrice@1s",
    "usdm:btcusdt@depth",
]


def test_the_demo_delivers_everything_through_a_disconnect_and_ends_by_itself():
    """Every kind of socket streams, is cut, comes back and streams on; exit status 0, plain lines."""
    status, out, err = ended(command("demo", "--seconds", "9"))
    assert status == 0, out + err
    assert err == ""
    assert "\x1b" not in out
    table = out.rpartition("stream  ")[2]
    assert table.count(" live ") == len(KEYS)
    for key in KEYS:
        assert f"{key}: lost" in out
        assert f"{key}: back after" in out
        assert key in table
    assert "demo: not delivered" not in out
    assert "the exchange cuts all 9 connections without a close frame" in out
    assert " messages of 10 sockets over 9 connections (user and margin share one)\n" in out
    assert "each reconnected by itself after the cut, which cost " in out
    assert out.endswith("no other message is missing\n")


def test_the_demo_says_what_was_not_delivered():
    """With an exchange that sends no account events it ends with 1 and a line that names the socket."""
    code = (
        "import sys, binance.terminal.demo as demo; Sandbox = demo.Sandbox\n"
        "demo.Sandbox = lambda **options: Sandbox(**{**options, 'user_rate': 0})\n"
        "sys.exit(demo.Demo(4, 1).run())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "demo: not delivered: user sent no messages before the disconnect\n" in done.stdout


def test_a_line_names_what_is_missing():
    """Nothing before, nothing after, or a hole on an open connection: each is a fault in words."""
    line = Line("bnbbtc@trade")
    assert line.fault() is not None  # it was never cut: that it comes back was not seen
    line.messages_at_cut = 0
    assert line.fault() == "bnbbtc@trade sent no messages before the disconnect"
    line({"e": "trade", "s": "BNBBTC", "t": 1, "p": "1", "E": 0})
    line.messages_at_cut = 1
    assert line.fault() == "bnbbtc@trade sent no messages after the disconnect"
    line.gap("bnbbtc@trade", 2, 4, 3, "reconnect")
    line({"e": "trade", "s": "BNBBTC", "t": 5, "p": "1", "E": 0})
    assert line.fault() is None
    assert line.missed == 3
    line.gap("bnbbtc@kline_1m", 60_000, 120_000, None, "reconnect")
    assert (line.fault(), line.missed, line.candles_missed) == (None, 3, 1)
    line.gap("btcusdt@depth", 6, 9, None, "reconnect")
    assert (line.fault(), line.missed, line.chains_broken) == (None, 3, 1)
    line.gap("bnbbtc@trade", 6, 8, 3, "skipped")
    assert line.fault() == (
        "bnbbtc@trade lost messages on an open connection: bnbbtc@trade: 6 to 8 are missing"
    )


def test_a_line_that_was_given_up_says_so():
    """The page's error message is a state, not a message of the stream."""
    line = Line("bnbbtc@trade")
    line({"e": "error", "m": "Max reconnect retries reached"})
    assert line.state == "given up"
    assert line.messages == 0


class FakeSandbox:
    """An exchange that nobody goes to."""

    host, port, url = "127.0.0.1", 9, "http://127.0.0.1:9"

    def __init__(self, **options: Any) -> None:
        """Takes what the real one takes."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing to close."""

    def state(self) -> dict[str, Any]:
        """Nobody is connected."""
        return {"connections": []}

    def cut(self) -> int:
        """There is nothing to cut."""
        return 0


INFO = {
    "gave_up": {"attempts": 5, "reason": "it is not there"},
    "key_failed": {"status": 401, "code": -2015, "message": "Invalid API-key", "final": True},
    "malformed": {"count": 1, "length": 3, "error": "not JSON"},
    "reset": {"stream": "user", "last": 5, "first": 1},
    "callback_error": {"count": 1, "error": "KeyError('e')"},
    "callback_slow": {"count": 1, "seconds": 0.25, "messages": 2},
    "silent": {"stream": "user", "seconds": 75.0},
}


@pytest.mark.parametrize("kind", FAULTS)
def test_the_demo_says_what_goes_wrong(kind, monkeypatch):
    """Whatever should not happen is a line among the news, in words."""

    class FakeManager:
        def __init__(self, client: Any, on_event: Any) -> None:
            self._on_event = on_event

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *exception: object) -> None: ...

        def __getattr__(self, start: str) -> Any:
            return lambda *arguments: None

        def start_user_socket(self, callback: Any) -> None:
            self._on_event(Event(kind, "user", 0.0, INFO[kind]))

    for name, fake in (("Sandbox", FakeSandbox), ("BinanceSocketManager", FakeManager)):
        monkeypatch.setattr(f"binance.terminal.demo.{name}", fake)
    monkeypatch.setattr("binance.terminal.show.time", FakeTime())
    out = io.StringIO()
    assert Demo(4, 1, Screen(out)).run() == 1
    (news,) = [line for line in out.getvalue().splitlines() if " s  user: " in line]
    assert "{" not in news
    assert str(next(reversed([value for value in INFO[kind].values() if isinstance(value, str)]), "")) in news


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_ends_the_demo_quietly():
    """Ctrl-C: a word, exit status 130, no traceback, and no exchange left behind."""
    process = command("demo")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("exchange at"):
            break
    process.send_signal(signal.SIGINT)
    status, _, err = ended(process)
    assert status == 130
    assert err == "stopped\n"


@pytest.mark.skipif(os.name == "nt", reason="closes descriptors as a POSIX shell does")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["doctor", "--url", "http://127.0.0.1:1"],
        ["watch", "--sandbox", "bnbbtc@trade", "--seconds", "1"],
    ],
)
def test_a_program_without_an_output_or_errors_runs_all_the_same(arguments):
    """``>&- 2>&-`` of a shell, or pythonw: nothing is printed, and the exit status is that of the command."""
    code = (
        "import os, sys; os.close(1); os.close(2); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "-m", "binance", *arguments], cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == (arguments[0] == "doctor")


@pytest.mark.skipif(os.name == "nt", reason="pipes")
def test_a_closed_pipe_ends_the_demo_quietly():
    """``demo | head -1`` leaves no traceback."""
    process = command("demo")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    err = process.stderr.read()
    process.wait()
    watchdog.cancel()
    process.stderr.close()
    assert err == ""
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("dance",), "'dance' is not a command; use one of demo, watch, "),
        (("wacth", "bnbbtc@trade"), "'wacth' is not a command; did you mean watch?"),
        (("--nonsense",), "--nonsense"),
        (("demo", "--seconds", "1"), "4 to 3600"),
        (("demo", "--nonsense"), "--nonsense"),
        (("demo", "--seconds", "x"), "'x' cannot be used; use 4 to 3600"),
        (("sandbox", "--port", "x"), "--port"),
        (("sandbox", "run"), "arguments are required: SCRIPT\n"),
        (("sandbox", "run", "--rate", "-1", __file__), "argument --rate: '-1' cannot be"),
        (("sandbox", "run", "--user-rate", "nan", __file__), "argument --user-rate: 'nan' cannot be"),
    ],
)
def test_a_wrong_command_line_is_told(arguments, words):
    """What cannot be understood ends with 2 and the word that could not."""
    status, out, err = ended(command(*arguments))
    assert status == 2
    assert words in err
    assert out == ""


def test_a_library_that_is_missing_is_named_in_one_line():
    """``doctor`` runs without it, and says how to install it."""
    code = "import sys; sys.modules['rich'] = None; from binance.cli import main; sys.exit(main(['demo']))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "python -m binance: rich, which demo needs, is not installed; python -m binance doctor says what is "
        "missing, and how to install it\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "sandbox run  run a script"),
        (("--help",), "demo"),
        (("sandbox", "--help"), "--seed"),
        (("--version",), binance.__version__),
    ],
)
def test_help_is_there(arguments, words):
    """The commands, which ``python -m binance`` alone shows, too; --help of each, and --version."""
    status, out, _ = ended(command(*arguments))
    assert status == 0
    assert words in out


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_the_sandbox_command_serves_until_ctrl_c():
    """``python -m binance sandbox`` prints its address and ends with 0 on Ctrl-C."""
    process = command("sandbox")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("sandbox: http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    status, _, err = ended(process)
    assert status == 0
    assert err == ""
