"""What scripts do with a manager as with the thread that it was in python-binance 0.7."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager
from tests.scripts import Running

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rate=100, symbols=["BNBBTC"]) as running:
        yield running


# -- names ------------------------------------------------------------------------------------------------


def test_a_manager_that_is_not_started_answers_as_a_thread_that_is_not():
    """It is not a daemon, is not alive, and has a name but no numbers; name and daemon are set both ways."""
    bm = BinanceSocketManager(None)
    assert (bm.daemon, bm.isDaemon(), bm.is_alive(), bm.isAlive()) == (False, False, False, False)
    assert (bm.ident, bm.native_id) == (None, None)
    assert bm.name == bm.getName() == "binance reactor"
    bm.setDaemon(True)
    bm.setName("prices")
    assert (bm.daemon, bm.name) == (True, "prices")
    bm.daemon, bm.name = False, "more prices"
    assert (bm.isDaemon(), bm.getName()) == (False, "more prices")


def test_names_and_numbers_are_those_of_the_thread_that_calls_back(run: Running) -> None:
    """The name of the manager that makes the thread is the thread's, also when it is set later; another
    manager's is its own affair. ident and native_id are those of the thread, for all managers.
    """
    script = run(
        """
        bm, other = manager(on_event=None), manager(on_event=None)
        bm.name, other.name = "prices", "others"

        def got(message):
            here = threading.current_thread()
            same = [here.ident, here.native_id] == [bm.ident, bm.native_id] == [other.ident, other.native_id]
            say(here.name, same)

        bm.start_trade_socket("BNBBTC", got)
        bm.start()
        other.start()
        wait_for("prices True")
        bm.setName("trades")
        other.setName("rest")
        wait_for("trades True")
        say(bm.name, other.name, bm.isAlive())
        bm.close()
        say(bm.ident, bm.native_id, bm.isAlive(), other.ident is None)
        other.close()
        """
    )
    script.end_quietly()
    assert "trades rest True" in script.printed
    assert "None None False False" in script.printed
    names = [line for line in script.printed if line.endswith("s True")]
    assert set(names) == {"prices True", "trades True"}


def test_numbers_are_those_of_the_applications_thread_where_it_runs_the_reactor(run: Running) -> None:
    """The main thread's, say, whose name is left alone; before that there are none."""
    run(
        """
        from twisted.internet import reactor

        bm = manager(reactor=reactor)
        bm.name = "prices"

        def got(message):
            assert threading.current_thread() is threading.main_thread()
            assert (bm.ident, bm.native_id) == (threading.get_ident(), threading.get_native_id())
            bm.name = "trades"
            assert threading.current_thread().name == "MainThread"
            say("seen")
            reactor.stop()

        bm.start_trade_socket("BNBBTC", got)
        bm.start()
        assert bm.ident is None
        reactor.run()
        wait_for("seen")
        """
    ).end_quietly()


def test_set_daemon_is_for_managers_that_are_not_started(run: Running) -> None:
    """Before the start it lets the program end; after it, it is a RuntimeError that says what to do."""
    script = run(
        """
        bm, other = manager(), manager()
        bm.setDaemon(True)
        bm.start_trade_socket(IDLE, no_data)
        bm.start()
        for set_it in (lambda: bm.setDaemon(False), lambda: setattr(bm, "daemon", True)):
            try:
                set_it()
            except RuntimeError as exc:
                say("refused:", exc)
        say("daemon", bm.daemon)
        other.setDaemon(True)
        other.start()
        wait_for(f"connected {IDLE}@trade")
        """
    )
    script.end_quietly()
    refused = [line for line in script.printed if line.startswith("refused:")]
    assert len(refused) == 2
    assert all("before bm.start()" in line and "bm.close()" in line for line in refused)
    assert "daemon True" in script.printed


# -- run() ------------------------------------------------------------------------------------------------

#: Two sockets of `bm`, one of them idle; `seen` gets what the thread of each callback is.
RUN = """
from twisted.internet import reactor

bm = manager()
seen = []

def got(message):
    seen.append(threading.current_thread())
    if len(seen) == 20:
        say("enough")
        enough()

bm.start_trade_socket(IDLE, no_data)
bm.start_trade_socket("BNBBTC", got)
"""


@pytest.mark.parametrize("enough", ["bm.close()", "reactor.stop()", "raise SystemExit"])
def test_run_streams_in_the_calling_thread_until_it_is_told_to_end(run: Running, enough: str) -> None:
    """It returns by itself then, with close frames sent, and the program goes on behind it."""
    script = run(
        f"""{RUN}
def enough():
    {enough}

bm.run()
say("behind", set(seen) == {{threading.main_thread()}}, bm.is_alive(), bm.ident)
try:
    bm.run()
except RuntimeError as exc:
    say("again:", exc)
"""
    )
    script.end_quietly()
    assert "behind True False None" in script.printed
    assert any(line.startswith("again: the reactor was stopped") for line in script.printed)
    assert run.close_codes(script) == [1000]


def test_ctrl_c_ends_run_as_it_ends_a_program(run: Running) -> None:
    """Close frames are sent, then it is a KeyboardInterrupt where run() was called. An interrupt that was
    caught before it does not count.
    """
    script = run(
        f"""{RUN}
import os

def enough():
    pass

try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(15)
except KeyboardInterrupt:
    say("caught")
try:
    bm.run()
except KeyboardInterrupt:
    say("interrupted")
    raise
"""
    )
    script.wait_for("enough")
    script.interrupt()
    script.end_by_ctrl_c()
    assert script.printed.count("interrupted") == 1
    assert run.close_codes(script) == [1000]


def test_run_in_a_thread_of_the_programs_serves_all_managers(run: Running) -> None:
    """Managers that are started later share that thread, whose name stays; it ends with the last of them."""
    script = run(
        f"""{RUN}
def enough():
    bm.close()

bm.name = "prices"
theirs = threading.Thread(target=bm.run, name="theirs")
theirs.start()
other = manager()
other.start()
key = other.start_trade_socket(IDLE + "b", no_data)
wait_for(f"connected {{key}}")
wait_for("enough")
bm.name = "trades"
time.sleep(0.6)  # two beats
say("goes on", theirs.is_alive(), theirs.name, set(seen) == {{theirs}})
other.close()
theirs.join(15)
say("ended", not theirs.is_alive())
"""
    )
    script.end_quietly()
    assert "goes on True theirs True" in script.printed
    assert "ended True" in script.printed


def test_run_is_start_where_the_reactor_runs_already(run: Running) -> None:
    """As in 0.7 it returns then; the sockets of the second manager stream like those of the first."""
    script = run(
        f"""{RUN}
def enough():
    bm.close()

first = manager()
first.start()
bm.run()
say("back", bm.is_alive())
wait_for("enough")
first.close()
"""
    )
    script.end_quietly()
    assert "back True" in script.printed
