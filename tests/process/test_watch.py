"""``python -m binance watch``: the table, one message a line, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from binance.cli import main
from binance.endpoints import VENUES, Endpoints, has_market
from binance.events import Event
from binance.order.book import OrderBook
from binance.sandbox import Sandbox
from binance.terminal.rows import Row, last_value
from binance.terminal.screen import plain
from binance.terminal.table import PIPE_ROWS, Table
from binance.terminal.watch import WAITING_LINES, Watch
from binance.venues.catalogue import MARKETS

from ..commands import ROOT, ended, watch
from ..fake_time import FakeTime
from ..raw_http import raw_server, says

DATA = Path(__file__).parents[1] / "data"


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
    assert rows["!ticker@arr"][1:3] == ["waiting", "0"]
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
from binance.terminal import watch
from binance.endpoints import Endpoints
from binance.websockets import BinanceSocketManager
from binance.wire.timings import Timings

BinanceSocketManager.timings = Timings(retries_s=(0.01,) * 5)
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


class FakeManager:
    """A manager that opens nothing; what happens to its socket is played by ``play(on_event, callback)``."""

    play: Callable[[Any, Any], None]

    def __init__(self, client: Any, on_event: Any, **options: Any) -> None:
        self._on_event = on_event

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing to close."""

    def start_multiplex_socket(self, names: Any, callback: Any, *, venue: str) -> str:
        """Opens nothing."""
        self.play(self._on_event, callback)
        return "streams="


@pytest.fixture
def playing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any, Any], None]], None]:
    """Sets what happens to the socket of a watch instead of what would happen."""

    def plays(play: Callable[[Any, Any], None]) -> None:
        manager = type("Playing", (FakeManager,), {"play": staticmethod(play)})
        monkeypatch.setattr("binance.terminal.watch.BinanceSocketManager", manager)

    return plays


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """The time of a watch."""
    time = FakeTime()
    monkeypatch.setattr("binance.terminal.show.time", time)
    return time


def test_it_ends_after_the_seconds_that_were_asked_for(playing, fake_time):
    """--seconds 5 is five seconds."""
    playing(lambda on_event, callback: None)
    assert Watch(["bnbbtc@trade"], as_json=False, seconds=5).run(VENUES["com"]) == 0
    assert 5 <= fake_time.now < 5.1


def test_a_message_does_not_wait_for_the_next_one(playing, monkeypatch):
    """Through a pipe, too, each message is there at once, however seldom they come."""

    class Pipe:
        held = arrived = ""

        def write(self, text: str) -> None:
            self.held += text

        def flush(self) -> None:
            self.arrived, self.held = self.arrived + self.held, ""
            self.on_event(event("gave_up", attempts=5, reason="that is all"))

    def play(on_event: Any, callback: Any) -> None:
        pipe.on_event = on_event
        callback({"stream": "bnbbtc@trade", "data": {}})

    pipe = Pipe()
    monkeypatch.setattr(sys, "stdout", pipe)
    playing(play)
    # 1: it ended because the message had arrived, and not after the seconds
    assert Watch(["bnbbtc@trade"], as_json=True, seconds=30).run(VENUES["com"]) == 1
    assert pipe.arrived == '{"stream":"bnbbtc@trade","data":{}}\n'


@pytest.mark.parametrize("words", ["BNBBTC", "bnb btc"])
def test_a_wrong_name_is_refused_with_one_that_there_is(words):
    """What cannot be a stream ends with 2, the usage of this command and a name to use."""
    status, out, err = ended(watch("--sandbox", words))
    assert status == 2
    assert err.startswith("usage: python -m binance watch ")
    assert f"error: {words!r} " in err
    assert "did you mean 'bnbbtc@trade'?" in err
    assert out == ""


@pytest.mark.parametrize("seconds", ["-1", "0", "nan", "inf", "-inf", "5s", ""])
def test_seconds_that_cannot_be_are_refused(seconds):
    """--seconds is a number above 0; what is none ends with 2, and says what to use."""
    status, _, err = ended(watch("--sandbox", f"--seconds={seconds}", "bnbbtc@trade"))
    assert status == 2
    assert f"argument --seconds: {seconds!r} cannot be used; use a number of seconds above 0" in err


@pytest.mark.parametrize("form", ["table", "json"])
def test_names_that_may_send_nothing_are_named(form, playing, capsys):
    """Misspelt names, symbols and kinds of other markets: each is a line before anything else happens."""
    names = ["bnbbtc@agg_trade", "btcusdt_perp@trade", "btcusdt@markPrice", "bnbbtc@trade"]
    playing(lambda on_event, callback: None)
    assert Watch(names, as_json=form == "json", seconds=0.01).run(VENUES["com"]) == 0
    out, err = capsys.readouterr()
    news = [line for line in (err if form == "json" else out).splitlines() if "no messages" in line]
    assert len(news) == 3
    assert "did you mean bnbbtc@aggTrade?" in news[0]
    assert "futures contract" in news[1]
    assert "a stream of USD-M futures (--market usdm) and COIN-M futures" in news[2]


def test_a_venue_is_asked_what_it_has(playing, capsys):
    """What binance.us does not have is said of it, and not of binance.com."""
    playing(lambda on_event, callback: None)
    for venue, count in (("us", 1), ("com", 0)):
        assert Watch(["bnbbtc@avgPrice"], as_json=False, seconds=0.01).run(VENUES[venue]) == 0
        assert capsys.readouterr().out.count("binance.us has no such stream") == count


class FakeClient:
    """A REST client that has symbols, and keeps which venues were asked for them."""

    asked: list[Endpoints] = []

    def __init__(self, *, endpoints: Endpoints) -> None:
        self.endpoints = endpoints

    def get_exchange_info(self) -> dict[str, Any]:
        self.asked.append(self.endpoints)
        trading = [f"COIN{number}USDT" for number in range(40)]
        return {
            "symbols": [
                *({"symbol": symbol, "status": "TRADING"} for symbol in trading),
                {"symbol": "LUNAUSDT", "status": "BREAK"},
            ]
        }


@pytest.fixture
def symbols(monkeypatch: pytest.MonkeyPatch) -> list[Endpoints]:
    """The venues that were asked for their symbols."""
    monkeypatch.setattr(FakeClient, "asked", [])
    monkeypatch.setattr("binance.terminal.watch.Client", FakeClient)
    return FakeClient.asked


@pytest.mark.parametrize("venue", VENUES.values(), ids=VENUES)
def test_the_venue_that_is_watched_is_asked_for_its_symbols(venue, symbols, playing, capsys):
    """Once for all patterns; what they mean is said before anything connects."""
    playing(lambda on_event, callback: print("connecting"))
    patterns = ["*usdt@bookTicker", "coin?usdt@trade", "bnbbtc@trade"]
    assert Watch(patterns, as_json=False, seconds=0.01).run(venue) == 0
    assert symbols == [venue]
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        f"asking {venue.rest} which symbols are trading",
        "'*usdt@bookTicker' means 40 streams",
        "'coin?usdt@trade' means 10 streams",
        "51 streams in all",
        "connecting",
    ]
    assert any(line.startswith("all 51: 0 have sent") for line in lines)


def test_names_without_patterns_need_no_answer_of_rest(symbols, playing, capsys):
    """Nobody is asked, and nothing is said."""
    playing(lambda on_event, callback: None)
    assert Watch(["bnbbtc@trade", "!miniTicker@arr"], as_json=False, seconds=0.01).run(VENUES["com"]) == 0
    assert symbols == []
    assert capsys.readouterr().out.startswith("\n2 streams from stream.binance.com:9443  ")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says(b"{}"), "the exchange's answer holds no list of symbols"),
        (
            says(b'{"code":-1000,"msg":"An unknown error occurred"}', "400 Bad Request"),
            "An unknown error occurred",
        ),
        (says(b"<html>", "503 Service Unavailable"), "503"),
        (None, "Connection"),
    ],
)
def test_symbols_that_cannot_be_had_end_it_with_words(answer, words, capsys):
    """REST refuses, is not there or says something else: status 1 and one line that says so."""
    with raw_server(lambda server, connection: connection.sendall(answer)) as server:
        venue = server.endpoints
        if answer is None:
            server.close()
        assert Watch(["*usdt@trade"], as_json=False, seconds=1).run(venue) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("watch: the exchange did not say which symbols it has: ")
    assert words in line


def test_a_pattern_is_watched_on_the_sandbox():
    """All symbols that match are heard, beside a name; standard error stays empty."""
    status, out, err = ended(watch("--sandbox", "--seconds", "1.5", "*btc@trade", "ethusdt@bookTicker"))
    assert (status, err) == (0, "")
    assert "'*btc@trade' means 4 streams\n5 streams in all\n" in out
    table = out.rpartition("stream  ")[2].splitlines()[1:]
    assert sorted(line.split()[0] for line in table) == [
        "bnbbtc@trade",
        "ethbtc@trade",
        "ethusdt@bookTicker",
        "ltcbtc@trade",
        "neobtc@trade",
    ]


def test_a_name_beside_patterns_whose_symbol_is_not_trading_is_a_line(symbols, playing, capsys):
    """The symbols are known then; the stream is watched all the same, for it may be listed later."""
    playing(lambda on_event, callback: None)
    names = ["coin1*usdt@trade", "bnbbtd@trade", "lunausdt@ticker", "coin2usdt@ticker"]
    assert Watch(names, as_json=False, seconds=0.01).run(VENUES["com"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^ +[0-9.]+ s  no symbol that is trading: bnbbtd, lunausdt$", out, re.MULTILINE)
    assert "\nbnbbtd@trade " in out


def test_a_pattern_of_no_known_kind_is_refused_like_a_wrong_name():
    """With 2 and what was meant, before anything is started or asked; a plain name is only doubted."""
    status, out, err = ended(watch("--sandbox", "*usdt@bookTiker"))
    assert (status, out) == (2, "")
    assert err.splitlines()[-1] == (
        "python -m binance watch: error: '*usdt@bookTiker': not a known kind of stream; "
        "did you mean '*usdt@bookTicker'?"
    )


def test_the_exchange_on_this_machine_has_as_many_symbols_as_are_asked_for():
    """--symbols 600 makes a crowd that can be watched without internet."""
    status, out, err = ended(watch("--sandbox", "--symbols", "600", "--seconds", "0.5", "*@bookTicker"))
    assert (status, err) == (0, "")
    assert "'*@bookTicker' means 600 streams\n" in out
    assert re.search(r"^550 more", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--symbols", "600"], "--symbols is what an exchange on this machine trades; use it with --sandbox"),
        (["--sandbox", "--market", "usdm", "--symbols", "600"], "--symbols is what the spot market of"),
        (
            ["--sandbox", "--symbols", "0"],
            "argument --symbols: symbols is 0; use names, or a number from 1 to",
        ),
        (["--sandbox", "--symbols", "A,a"], "argument --symbols: a market needs at least one symbol"),
        (["--sandbox", "--symbols", "A B"], "argument --symbols: 'A B' is not a symbol"),
    ],
)
def test_symbols_that_cannot_be_are_refused(options, words, capsys):
    """With 2, before anything is started."""
    with pytest.raises(SystemExit) as ending:
        main(["watch", *options, "*@trade"])
    assert ending.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("is_sandbox", [True, False], ids=["sandbox", "venue"])
def test_a_variable_that_sends_everything_to_this_machine_is_a_line(is_sandbox, playing, monkeypatch, capsys):
    """What is watched is what listens there, whatever was asked for; no other exchange is started."""
    playing(lambda on_event, callback: None)
    monkeypatch.delattr("binance.terminal.watch.Sandbox")
    with Sandbox(symbols=["ABCUSDT"]) as sandbox:
        monkeypatch.setenv("BINANCE_TWISTED_EVERYTHING_TO", sandbox.url)
        watching = Watch(["*@bookTicker"], as_json=False, seconds=0.01)
        assert watching.run(None if is_sandbox else VENUES["us"]) == 0
    out = capsys.readouterr().out
    end = "and --sandbox starts no other exchange" if is_sandbox else "not from the exchange"
    assert out.splitlines()[:3] == [
        f"BINANCE_TWISTED_EVERYTHING_TO is set: all streams come from {sandbox.url}, {end}",
        f"asking {sandbox.url} which symbols are trading",
        "'*@bookTicker' means 1 stream",
    ]


def test_a_pattern_that_matches_nothing_is_refused_like_a_wrong_name():
    """With 2, the usage, and a hint."""
    status, out, err = ended(watch("--sandbox", "*usdx@trade"))
    assert status == 2
    assert err.startswith("usage: python -m binance watch ")
    assert "error: no symbol that is trading matches '*usdx' of '*usdx@trade'; * stands for" in err
    assert out.splitlines()[1].startswith("asking http://127.0.0.1:")


WHOLE = """
import sys
from binance.endpoints import Endpoints
from binance.sandbox import Sandbox
from binance.terminal.watch import Watch

symbols = [f"COIN{number}USDT" for number in range(300)]
with Sandbox(symbols=symbols, rate=2000) as sandbox:
    watching = Watch(["*usdt@trade"], as_json=sys.argv[1] == "json", seconds=1.5)
    status = watching.run(Endpoints.sandbox(sandbox.host, sandbox.port))
sys.exit(status)
"""


@pytest.mark.parametrize("form", ["json", "table"])
def test_a_whole_market_is_watched(form):
    """Of 300 streams a table shows fifty and the sum; as JSON all messages come."""
    done = subprocess.run(
        [sys.executable, "-c", WHOLE, form], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    if form == "json":
        assert "'*usdt@trade' means 300 streams" in done.stderr
        assert len({json.loads(line)["stream"] for line in done.stdout.splitlines()}) > 250
        return
    assert done.stderr == ""
    table = done.stdout.rpartition("\nstream ")[2].splitlines()
    assert len(table) == 1 + PIPE_ROWS + 2
    assert table[-2].startswith("250 more; ")
    heard = re.match(r"all 300: (\d+) have sent ([\d,]+) messages, [\d,.]+/s$", table[-1])
    assert heard is not None
    assert int(heard[1]) > 250


def event(kind: str, **info: Any) -> Event:
    """An event of the one connection."""
    return Event(kind, "streams=bnbbtc@trade", 0.0, info)


def test_states_and_news_follow_the_events(playing, fake_time, capsys):
    """Lost, retrying, connected again, given up: the row's state and a line each."""
    steps = [
        (event("connecting", url="", attempt=0), "connecting", None),
        (event("connected", url="wss://host/stream", attempt=0), "live", "connected to wss://host/stream"),
        (event("disconnected", code=1006, reason="it broke", clean=False, retry=True), "lost", "it broke"),
        (event("retrying", attempt=1, delay_s=0.4), "lost", "retry 1 in 0.4 s"),
        (event("malformed", count=1, length=3, error="x"), "lost", "malformed"),
        (event("disconnected", code=None, reason="no", clean=False, retry=False), "given up", "no"),
        (event("gave_up", attempts=5, reason="no"), "given up", None),
    ]
    known = 0
    for count, (told, state, words) in enumerate(steps, 1):

        def play(on_event: Any, callback: Any, count: int = count) -> None:
            callback(
                {"stream": "bnbbtc@trade", "data": {"e": "trade", "p": "1"}}
            )  # a row without one says that
            for played, _, _ in steps[:count]:
                on_event(played)

        playing(play)
        status = Watch(["bnbbtc@trade"], as_json=False, seconds=fake_time.now + 0.2).run(VENUES["com"])
        out, err = capsys.readouterr()
        lines = out.splitlines()
        assert f" {state} " in lines[-1]
        news = [line for line in lines if re.match(r" +[0-9.]+ s  ", line)]
        assert len(news) == known + (words is not None)
        assert words is None or words in news[-1]
        known = len(news)
        assert status == (told.kind == "gave_up")
        assert err == ("watch: given up: no\n" if status else "")


def played(steps: list[Event], playing: Any, capsys: Any) -> tuple[list[str], str]:
    """The news of events, and the state of the row after them."""

    def play(on_event: Any, callback: Any) -> None:
        callback({"stream": "bnbbtc@trade", "data": {"e": "trade", "p": "1"}})
        for step in steps:
            on_event(step)

    playing(play)
    Watch(["bnbbtc@trade"], as_json=False, seconds=0.01).run(VENUES["com"])
    lines = capsys.readouterr().out.splitlines()
    return [line.split("s  ", 1)[1] for line in lines if re.match(r" +[0-9.]+ s  ", line)], lines[-1]


LOST = {"code": 1006, "reason": "it broke", "clean": False}


def test_several_connections_of_one_key_are_told_apart(playing, monkeypatch, capsys):
    """Each by its number; a row has the state of the connection that it comes over."""
    carried = {0: ["bnbbtc@trade"], 1: ["ethbtc@trade"]}
    monkeypatch.setattr(FakeManager, "streams", lambda self, key, shard: carried[shard], raising=False)
    steps = [
        event("connecting", url="", attempt=0, shard=0),
        event("connected", url="wss://a/stream?x", attempt=0, shard=0),
        event("connected", url="wss://a/stream", attempt=0, shard=1),
        event("disconnected", shard=1, retry=True, **LOST),
        event("retrying", attempt=1, delay_s=0.4, shard=1),
        event("limited", what="dial", budget="b", seconds=1, shard=0),
        event("disconnected", shard=0, retry=True, **LOST),
        event("connected", url="wss://a/stream", attempt=1, shard=1),
        event("gave_up", attempts=5, reason="no"),
    ]
    states = [
        ("connecting", "connecting"),
        ("waiting", "connecting"),
        *[("waiting", "waiting")],
        *[("waiting", "lost")] * 3,
        ("lost", "lost"),
        ("lost", "waiting"),
        ("given up", "given up"),
    ]
    for count, expected in enumerate(states, 1):

        def play(on_event: Any, callback: Any, count: int = count) -> None:
            for step in steps[:count]:
                on_event(step)

        playing(play)
        Watch(["bnbbtc@trade", "ethbtc@trade"], as_json=False, seconds=0.01).run(VENUES["com"])
        out = capsys.readouterr().out
        rows = re.findall(r"^(?:bnb|eth)btc@trade +\d? (\w+(?: up)?) ", out, re.MULTILINE)
        assert tuple(rows[-2:]) == expected
    news = [line.split("s  ", 1)[1] for line in out.splitlines() if re.match(r" +[0-9.]+ s  ", line)]
    assert news == [
        "shard 0: connected to wss://a/stream",
        "shard 1: connected to wss://a/stream",
        "shard 1: lost: it broke",
        "shard 1: retry 1 in 0.4 s",
        "shard 0: rate limited (b): next connection in 1.0 s",
        "shard 0: lost: it broke",
        "shard 1: connected to wss://a/stream",
    ]
    assert "2 connections given up" in out


def test_the_end_of_all_connections_carries_no_number(playing, capsys):
    """It is about each of them."""
    steps = [event("connected", url="", attempt=0)]
    steps.append(event("disconnected", retry=False, **LOST))
    news, row = played(steps, playing, capsys)
    assert " given up " in row
    assert news[-1] == "lost: it broke"


def test_news_of_a_thousand_streams_at_once_are_summed_up(playing, capsys):
    """After an outage each may have a gap: ten are shown, and how many more there were; with --json all."""
    gaps = [
        event("gap", stream=f"s{n}@trade", first=1, last=2, count=2, cause="reconnect") for n in range(1000)
    ]

    def play(on_event: Any, callback: Any) -> None:
        for gap in (*gaps, event("connected", url="", attempt=1)):
            on_event(gap)

    playing(play)
    for as_json in (False, True):
        assert Watch(["bnbbtc@trade"], as_json=as_json, seconds=0.01).run(VENUES["com"]) == 0
        out, err = capsys.readouterr()
        assert (err if as_json else out).count("during the reconnect") == (1000 if as_json else 10)
        assert (" s  990 more gaps\n" in out) != as_json
        assert (err if as_json else out).count("connected") == 1


def test_names_in_an_events_info_are_shortened(playing, capsys):
    """A list of a thousand streams is one line that can be read."""
    info = {"streams": [f"s{number}@trade" for number in range(1000)], "seconds": 0.5}
    news, _ = played([event("subscribed", **info)], playing, capsys)
    assert news == ["subscribed in 0.5 s: s0@trade and 999 more"]


def test_a_reader_that_is_too_slow_is_told_what_was_dropped(playing, capsys):
    """Of more messages than may wait the newest are dropped, and their number is reported."""

    def play(on_event: Any, callback: Any) -> None:
        for number in range(WAITING_LINES + 3):
            callback({"stream": "bnbbtc@trade", "data": {"t": number}})
        assert callback.dropped == 3
        on_event(event("overflow", dropped=3, limit=WAITING_LINES, policy="drop_newest"))

    playing(play)
    assert Watch(["bnbbtc@trade"], as_json=True, seconds=0).run(VENUES["com"]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["data"]["t"] for line in out.splitlines()] == list(range(WAITING_LINES))
    assert "3 messages dropped: the reader is too slow, 100,000 wait for it" in err


@pytest.mark.parametrize(
    ("market", "names", "streams"),
    [
        (
            "usdm",
            ["*usdt@markPrice@1s", "btcusdt_*@depth@100ms", "!forceOrder@arr"],
            {
                *(f"{coin}usdt@markPrice@1s" for coin in ("btc", "eth", "bnb", "sol", "defi")),
                "!forceOrder@arr",
            },
        ),
        (
            "coinm",
            ["*_perp@aggTrade", "BTC*@indexPrice@1s", "*_perpetual@continuousKline_1m", "!ticker@arr"],
            {
                *(f"{coin}usd_perp@aggTrade" for coin in ("btc", "eth", "bnb")),
                *(f"{coin}usd_perpetual@continuousKline_1m" for coin in ("btc", "eth", "bnb")),
                "btcusd@indexPrice@1s",
                "!ticker@arr",
            },
        ),
        (
            "options",
            ["*@optionMarkPrice", "!index@arr"],
            {"btcusdt@optionMarkPrice", "ethusdt@optionMarkPrice"},
        ),
    ],
)
def test_markets_of_derivatives_are_watched(market, names, streams):
    """Patterns mean contracts, pairs or underlyings, and streams of all paths are heard."""
    status, out, err = ended(watch("--sandbox", "--market", market, "--json", "--seconds", "3", *names))
    assert status == 0, err
    assert {json.loads(line)["stream"] for line in out.splitlines()} >= streams
    assert "silent" not in err


def test_the_table_shows_prices_of_futures():
    """A mark price is its last value; the streams are on two paths, and all rows are live."""
    status, out, err = ended(
        watch("--sandbox", "--market", "usdm", "--seconds", "3", "BTCUSDT@markPrice@1s", "btcusdt@bookTicker")
    )
    assert (status, err) == (0, "")
    rows = [line.split() for line in out.rpartition("stream  ")[2].splitlines()[1:]]
    assert [row[:3] for row in rows] == [
        ["btcusdt@markPrice@1s", "0", "live"],
        ["btcusdt@bookTicker", "1", "live"],
    ]
    assert all(float(row[5]) > 0 for row in rows)
    assert re.search(r"shard 0: connected to ws://127.0.0.1:\d+/market/stream$", out, re.MULTILINE)
    assert re.search(r"shard 1: connected to ws://127.0.0.1:\d+/public/stream$", out, re.MULTILINE)


@pytest.mark.parametrize(("venue", "market"), [("us", "usdm"), ("data", "coinm"), ("demo", "options")])
def test_a_market_that_a_venue_does_not_have_is_refused(venue, market):
    """It would be binance.com's: status 2, before anything is asked."""
    status, out, err = ended(watch("--venue", venue, "--market", market, "*@bookTicker"))
    assert (status, out) == (2, "")
    assert "error: this venue has no streams of " in err


@pytest.mark.parametrize(
    ("venue", "markets"),
    [
        ("com", {"spot", "usdm", "coinm", "options"}),
        ("testnet", {"spot", "usdm", "coinm", "options"}),
        ("demo", {"spot", "usdm", "coinm"}),
        ("us", {"spot"}),
        ("data", {"spot"}),
    ],
)
def test_which_markets_a_venue_has(venue, markets):
    """Those with hosts of their own; binance.com has all."""
    assert {market for market in MARKETS if has_market(VENUES[venue], market)} == markets


def test_all_venues_of_the_command_line_are_presets():
    """The words that --venue takes each have their hosts."""
    assert set(VENUES) == {"com", "us", "testnet", "demo", "data"}


@pytest.mark.parametrize("sample", sorted(DATA.rglob("*.json")), ids=lambda path: path.stem)
def test_every_kind_of_payload_can_be_counted(sample):
    """No payload of the exchange is too odd for a row."""
    data = json.loads(sample.read_text())
    row = Row("x")
    row.count(data.get("data", data) if isinstance(data, dict) else data)
    assert row.messages == 1
    assert plain(Table([row], lambda: 1.0).picture(80, 24)[2]).startswith("x ")


@pytest.mark.parametrize(
    ("columns", "left_out"), [(40, {"messages", "rate", "lag"}), (60, {"rate", "lag"}), (80, set())]
)
def test_a_narrow_window_keeps_the_name_and_the_price(columns, left_out):
    """Where there is no room for the names, numbers are left out, the lag first; a price is whole."""
    row = Row("bnbbtc@bookTicker")
    row.link.state = "live"
    row.count({"u": 1, "s": "BNBBTC", "b": "0.00900600", "B": "1", "a": "5", "A": "1"})
    _, head, line, *_ = (plain(line) for line in Table([row], lambda: 1.0).picture(columns, 24))
    assert len(line) <= columns
    assert "0.00900600" in line
    assert line.startswith("bnbbtc@bookT" if columns == 40 else "bnbbtc@bookTicker ")
    assert {name for name in ("messages", "rate", "lag") if name not in head} == left_out


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_narrow_window_keeps_the_state(columns):
    """Names are shortened before the state is."""
    row = Row("streams=bnbbtc@aggTrade/neobtc@ticker")
    row.link.state = "lost"
    line = plain(Table([row], lambda: 1.0).picture(columns, 24)[2])
    assert len(line) <= columns
    assert " lost " in line
    assert ("\N{HORIZONTAL ELLIPSIS}" in line) == (columns < 100)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"e": "trade", "p": "1.5"}, "1.5"),
        ({"e": "kline", "k": {"c": "2.5"}}, "2.5"),
        ({"e": "24hrTicker", "c": "3.5", "b": "1"}, "3.5"),
        ({"u": 1, "s": "X", "b": "4.5", "B": "1", "a": "5", "A": "1"}, "4.5"),
        ({"lastUpdateId": 1, "bids": [["6.5", "1"]], "asks": []}, "6.5"),
        ({"e": "depthUpdate", "b": [], "a": []}, ""),
        ({"e": "markPriceUpdate", "p": "8.5", "i": "9"}, "8.5"),
        ({"e": "indexPriceUpdate", "i": "BTCUSD", "p": "8.5"}, "8.5"),
        ({"e": "markPrice_kline", "k": {"c": "2.5"}}, "2.5"),
        ({"e": "assetIndexUpdate", "s": "ADAUSD", "i": "0.5"}, "0.5"),
        ({"e": "forceOrder", "o": {"s": "X", "p": "9", "ap": "9.5"}}, "9.5"),
        ({"e": "depthUpdate", "b": [["6.5", "1"]], "a": [], "pu": 1}, "6.5"),
        ({"e": "contractInfo", "s": "X", "cs": "TRADING"}, ""),
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


def test_messages_left_in_the_queue_are_printed_at_the_end(playing, capsys):
    """What was taken before Ctrl-C is printed after it."""

    def play(on_event: Any, callback: Any) -> None:
        for number in range(3):
            callback({"stream": "bnbbtc@trade", "data": {"t": number}})
        raise KeyboardInterrupt

    playing(play)
    assert Watch(["bnbbtc@trade"], as_json=True, seconds=None).run(VENUES["com"]) == 0
    assert [json.loads(line)["data"]["t"] for line in capsys.readouterr().out.splitlines()] == [0, 1, 2]


# -- an order book -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("symbol", "market"), [("bnbbtc", "spot"), ("BTCUSDT", "usdm")])
def test_an_order_book_is_watched(symbol, market):
    """A ladder of the sandbox's book, with its facts, and events as they come."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "binance",
            "watch",
            "--book",
            symbol,
            "--market",
            market,
            "--sandbox",
            "--seconds",
            "3",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert any("order book synced at id" in line for line in lines)
    last = lines[len(lines) - lines[::-1].index("") :]
    assert re.match(
        rf"{symbol.upper()}  synced  spread [\d.]+ \([\d.]+ %\)  imbalance [+-]\d+ %  age \d", last[0]
    )
    prices = [float(line.split()[0]) for line in last if re.match(r"\d", line)]
    assert len(prices) == 20 and prices == sorted(prices, reverse=True)


def test_what_happens_to_a_book_is_shown(playing, fake_time, monkeypatch, capsys):
    """It is waiting, synced, lost and synced again, which is a resync; a book that is given up ends it."""

    class Manager(FakeManager):
        def start_order_book_socket(self, symbol: str, callback: Any, *, venue: str, audit: bool) -> str:
            assert (symbol, venue, audit) == ("bnbbtc", "spot", True)
            book = OrderBook("BNBBTC")
            about = {"symbol": "BNBBTC", "last_update_id": 5, "seconds": 1.0}
            book.replace(5, [["1.5", "2"]], [["1.6", "3"]])
            self._on_event(event("book_synced", **about, reason="start"))
            callback(book)
            self._on_event(event("book_lost", **about, reason="gap"))
            self._on_event(event("book_synced", **about, reason="gap"))
            callback({"e": "error", "m": "Invalid symbol."})
            self._on_event(event("gave_up", attempts=0, reason="no such symbol"))
            return "book:bnbbtc"

    monkeypatch.setattr("binance.terminal.book_watch.BinanceSocketManager", Manager)
    monkeypatch.setattr("binance.terminal.show.time", fake_time)
    assert main(["watch", "--book", "bnbbtc"]) == 1
    said = capsys.readouterr()
    assert [line[10:] for line in said.out.splitlines()[:3]] == [
        "order book synced at id 5",
        "order book lost: gap",
        "order book synced at id 5",
    ]
    assert "BNBBTC  given up" in said.out and "resyncs 1\n" in said.out
    assert said.err == "watch: given up: no such symbol\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name the streams"),
        (["bnbbtc@trade", "--book", "bnbbtc"], "name the streams"),
        (["--book", "bnbbtc", "--json"], "an order book has no messages"),
        (["--book", "bnb btc"], "bnb btc"),
    ],
)
def test_a_book_and_streams_are_two_things(arguments, words, capsys):
    """One of them is named; a book has no messages to print; a wrong symbol starts no reactor."""
    with pytest.raises(SystemExit) as caught:
        main(["watch", *arguments])
    assert caught.value.code == 2
    assert "binance reactor" not in [thread.name for thread in threading.enumerate()]
    assert words in capsys.readouterr().err
