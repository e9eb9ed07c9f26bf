"""``python -m binance watch``: the table, one message a line, and how it ends."""

from __future__ import annotations

import io
import json
import os
import queue
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from binance.events import Event
from binance.terminal.table import Row, Screen, Table, last_value
from binance.terminal.watch import VENUES, Watch

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parents[1] / "data"


def watch(*arguments: str) -> subprocess.Popen[str]:
    """The command with its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "binance", "watch", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status, rest of the output and errors."""
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, out, err


def test_the_table_shows_streams_of_the_sandbox_and_events_as_they_come():
    """Rates, last values, lag and states of every stream; what is retired is told."""
    status, out, err = ended(
        watch("--sandbox", "--seconds", "2.5", "BNBBTC@trade", "btcusdt@bookTicker", "!ticker@arr")
    )
    assert (status, err) == (0, "")
    table = out.rpartition("stream  ")[2].splitlines()[1:]
    rows = {line.split()[0]: line.split() for line in table}
    assert list(rows) == ["bnbbtc@trade", "btcusdt@bookTicker", "!ticker@arr"]
    assert int(rows["bnbbtc@trade"][2]) > 0
    assert rows["bnbbtc@trade"][1] == "live"
    assert rows["!ticker@arr"][1:4] == ["nothing", "yet", "0"]
    assert "connected" in out
    assert "2026-03-26" in out


def test_json_prints_one_message_a_line_and_events_elsewhere():
    """Every line of the output is a message; what happens to the line goes to stderr."""
    status, out, err = ended(
        watch("--sandbox", "--json", "--seconds", "2", "bnbbtc@trade", "ethbtc@aggTrade")
    )
    assert status == 0
    messages = [json.loads(line) for line in out.splitlines()]
    assert {message["stream"] for message in messages} == {"bnbbtc@trade", "ethbtc@aggTrade"}
    ids = [message["data"]["t"] for message in messages if message["stream"] == "bnbbtc@trade"]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert "connected" in err


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_ctrl_c_ends_it_well(options):
    """Ctrl-C is how one stops watching: status 0 and no traceback."""
    process = watch("--sandbox", *options, "bnbbtc@trade")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    status, _, err = ended(process)
    assert status == 0
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="pipes")
def test_a_closed_pipe_ends_it_quietly():
    """``watch --json ... | head -1`` leaves nothing but the events on stderr."""
    process = watch("--sandbox", "--json", "bnbbtc@trade")
    assert process.stdout is not None
    assert process.stdout.readline().startswith('{"stream":"bnbbtc@trade"')
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert "Traceback" not in err
    assert "Exception" not in err


GIVEN_UP = """
import socket, sys
from binance.net import protocol
from binance.terminal import watch
from binance.endpoints import Endpoints

protocol.RETRY_DELAYS_S = (0.01,) * 5
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    venue = Endpoints.sandbox("127.0.0.1", probe.getsockname()[1])
sys.exit(watch.Watch(["bnbbtc@trade"], as_json=sys.argv[1] == "json", seconds=None).run(venue))
"""


@pytest.mark.parametrize("form", ["json", "table"])
def test_an_exchange_that_is_not_there_ends_it(form):
    """After the last retry it ends by itself with 1 and the reason; only messages are printed as messages."""
    done = subprocess.run(
        [sys.executable, "-c", GIVEN_UP, form],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1].startswith("watch: given up: ConnectionRefusedError")
    assert "Traceback" not in done.stderr
    if form == "json":
        assert done.stdout == ""


def test_it_ends_after_the_seconds_that_were_asked_for(monkeypatch):
    """--seconds 5 is five seconds."""

    class FakeTime:
        now = 0.0
        monotonic = staticmethod(lambda: FakeTime.now)

        @staticmethod
        def sleep(seconds: float) -> None:
            FakeTime.now += seconds

    monkeypatch.setattr("binance.terminal.watch.time", FakeTime)
    Watch(["bnbbtc@trade"], as_json=False, seconds=5)._show()
    assert 5 <= FakeTime.now < 5.1


def test_a_message_does_not_wait_for_the_next_one(monkeypatch):
    """Through a pipe, too, each message is there at once, however seldom they come."""

    class Pipe:
        held = arrived = ""

        def write(self, text: str) -> None:
            self.held += text

        def flush(self) -> None:
            self.arrived, self.held = self.arrived + self.held, ""

    pipe = Pipe()
    watching = Watch(["bnbbtc@trade"], as_json=True, seconds=None)
    watching._take_json({"stream": "bnbbtc@trade", "data": {}})
    monkeypatch.setattr(sys, "stdout", pipe)
    watching._print_messages()
    assert pipe.arrived == '{"stream":"bnbbtc@trade","data":{}}\n'


def test_a_wrong_name_is_told():
    """What cannot be a stream ends with 2 and the reason."""
    status, out, err = ended(watch("--sandbox", "bnbbtc"))
    assert status == 2
    assert "bnbbtc@aggTrade" in err
    assert out == ""


def event(kind: str, **info: Any) -> Event:
    """An event of the one connection."""
    return Event(kind, "streams=bnbbtc@trade", 0.0, info)


def test_states_and_news_follow_the_events():
    """Lost, retrying, back, given up: the row's state and a line each."""
    watching = Watch(["bnbbtc@trade"], as_json=False, seconds=None)
    row = watching._rows["bnbbtc@trade"]
    for told, state, words in [
        (event("connecting", url="", attempt=0), "waiting", None),
        (event("connected", url="", attempt=0), "live", "connected"),
        (event("disconnected", code=1006, reason="it broke", clean=False, retry=True), "lost", "it broke"),
        (event("retrying", attempt=1, delay_s=0.4), "lost", "retry 1 in 0.4 s"),
        (event("malformed", count=1, length=3, error="x"), "lost", "malformed"),
        (event("disconnected", code=None, reason="no", clean=False, retry=False), "given up", "no"),
        (event("gave_up", attempts=5, reason="no"), "given up", None),
    ]:
        watching._on_event(told)
        assert row.state == state
        news = [] if watching._news.empty() else [watching._news.get()]
        assert bool(news) == (words is not None)
        assert not news or words in news[0]
    assert watching._given_up == "no"


def test_a_reader_that_is_too_slow_is_told_what_was_dropped(capsys):
    """More messages than may wait are dropped, and their number is told, never silently."""
    watching = Watch(["bnbbtc@trade"], as_json=True, seconds=None)
    watching._messages = queue.Queue(2)
    for number in range(5):
        watching._take_json({"stream": "bnbbtc@trade", "data": {"t": number}})
    watching._print_messages()
    out, err = capsys.readouterr()
    assert [json.loads(line)["data"]["t"] for line in out.splitlines()] == [0, 1]
    assert "3 messages dropped" in err


def test_all_venues_of_the_command_line_are_presets():
    """The words that --venue takes each have their hosts."""
    assert set(VENUES) == {"com", "us", "testnet", "demo", "data"}


@pytest.mark.parametrize("sample", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_every_kind_of_payload_can_be_counted(sample):
    """No payload of the exchange is too odd for a row."""
    data = json.loads(sample.read_text())
    row = Row("x")
    row.count(data.get("data", data) if isinstance(data, dict) else data)
    assert row.messages == 1
    assert row.text(1.0, 10)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_narrow_terminal_keeps_the_state(columns, monkeypatch):
    """Names are shortened before anything else is lost."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 24)))
    row = Row("streams=bnbbtc@aggTrade/neobtc@ticker")
    row.state = "lost"
    out = Terminal()
    Table(Screen(out), [row]).draw(1.0)
    lines = out.getvalue().replace("\x1b[K", "").splitlines()
    assert all(len(line) < columns for line in lines)
    assert " lost " in lines[-1]
    assert ("\N{HORIZONTAL ELLIPSIS}" in lines[-1]) == (columns < 100)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"e": "trade", "p": "1.5"}, "1.5"),
        ({"e": "kline", "k": {"c": "2.5"}}, "2.5"),
        ({"e": "24hrTicker", "c": "3.5", "b": "1"}, "3.5"),
        ({"u": 1, "s": "X", "b": "4.5", "B": "1", "a": "5", "A": "1"}, "4.5"),
        ({"lastUpdateId": 1, "bids": [["6.5", "1"]], "asks": []}, "6.5"),
        ({"e": "depthUpdate", "b": [], "a": []}, ""),
        ({"e": "executionReport", "c": "client id", "L": "7.5"}, "7.5"),
        ([{}, {}], "2 symbols"),
        ({}, ""),
    ],
)
def test_the_last_value_is_the_price_a_reader_looks_for(data, value):
    """Last price, close, best bid: by the kind of the message."""
    assert last_value(data) == value


def test_what_came_before_the_end_is_printed_for_a_slow_reader():
    """--seconds ends the watching, not the printing: a reader that was behind gets it all."""
    process = watch("--sandbox", "--json", "--seconds", "1.5", "bnbbtc@trade", "ethbtc@trade")
    status, out, err = ended(process)
    assert status == 0
    for symbol in ("bnbbtc", "ethbtc"):
        lines = [json.loads(line)["data"]["t"] for line in out.splitlines() if symbol in line]
        assert lines == list(range(lines[0], lines[0] + len(lines)))
    assert "dropped" not in err


def test_messages_left_in_the_queue_are_printed_at_the_end(capsys, monkeypatch):
    """What was taken before Ctrl-C is printed after it."""
    watching = Watch(["bnbbtc@trade"], as_json=True, seconds=None)

    def interrupted() -> None:
        for number in range(3):
            watching._take_json({"stream": "bnbbtc@trade", "data": {"t": number}})
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "_show", interrupted)
    monkeypatch.setattr("binance.terminal.watch.BinanceSocketManager", FakeManager)
    assert watching.run(VENUES["com"]) == 0
    assert [json.loads(line)["data"]["t"] for line in capsys.readouterr().out.splitlines()] == [0, 1, 2]


class FakeManager:
    """A manager that opens nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Takes what the real one takes."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing to close."""

    def start_multiplex_socket(self, names: Any, callback: Any) -> str:
        """Opens nothing."""
        return "streams="
