"""Forked processes: what a child may do with a manager of its parent's, and what the parent notices."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from binance.sandbox import Sandbox
from tests.scripts import Running

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks there")

#: Each way to fork runs a function in a new process, and returns when that has ended well.
FORKS = """
import multiprocessing, os, warnings

warnings.simplefilter("ignore")  # Python warns of forks in a process with threads

def by_os_fork(run):
    child = os.fork()
    if not child:
        run()
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0

def by_multiprocessing(run):
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    assert process.exitcode == 0

def by_daemonising(run):
    child = os.fork()
    if not child:
        os.setsid()
        by_os_fork(run)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

def in_callback(run):
    done = threading.Event()
    by = []
    def got(message):
        if not by:
            by.append(message)
            by_multiprocessing(run)
            done.set()
    bm.start_trade_socket("BNBBTC", got)
    assert done.wait(15)

"""

#: Tries everything with the parent's manager, and with one that was only made.
CHILD = """
from binance.exceptions import ManagerError

def refused(call, *arguments):
    try:
        say("not refused:", call(*arguments))
    except ManagerError as exc:
        say("refused" if "fork" in str(exc) else exc)

def child():
    say("alive", bm.is_alive())
    refused(bm.start)
    refused(bm.start_trade_socket, "NEOBTC", no_data)
    refused(bm.subscribe, key, [IDLE])
    made.start_trade_socket("NEOBTC", no_data)
    refused(made.start)
    refused(manager().start)
    bm.stats()
    bm.join()
    bm.stop_socket(key)
    bm.close()
    bm.join()
    made.close()
    refused(bm.start)
    say("alive", bm.is_alive())
    say("child over")

"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rate=100, symbols=["BNBBTC", "NEOBTC"]) as running:
        yield running


@pytest.mark.parametrize("way", ["by_os_fork", "by_multiprocessing", "by_daemonising", "in_callback"])
def test_a_process_forked_after_the_reactor_had_run_says_so_and_touches_nothing(
    run: Running, way: str
) -> None:
    """Starting anything raises, ending anything returns; the parent's socket stays open."""
    script = run(
        FORKS
        + CHILD
        + f"""
bm = manager()
made = manager()
key = bm.start_trade_socket(IDLE, no_data)
bm.start()
wait_for(f"connected {{key}}")
{way}(child)
say("parent", bm.is_alive())
other = bm.start_trade_socket(IDLE + "b", no_data)
wait_for(f"connected {{other}}")
bm.close()
"""
    )
    script.wait_for("connected", times=2)
    script.end_quietly()
    printed = script.printed
    assert printed.count("refused") == 6
    assert printed.count("alive False") == 2
    assert printed.count("parent True") == 1
    assert not [line for line in printed if line.startswith("not refused")]
    parent = printed.index("parent True")
    assert not [line for line in printed[:parent] if line.startswith("disconnected")]
    assert run.close_codes(script) == [1000, 1000]


def test_a_process_forked_after_reactor_stop_names_the_fork(run: Running) -> None:
    """The reactor had run, and is over in the parent."""
    script = run(
        FORKS
        + CHILD
        + """
from twisted.internet import reactor

bm = manager()
made = manager()
key = bm.start_trade_socket(IDLE, no_data)
bm.start()
reactor.stop()
bm.join()
by_os_fork(child)
"""
    )
    script.end_quietly()
    assert script.printed.count("refused") == 6


@pytest.mark.parametrize("way", ["by_os_fork", "by_multiprocessing", "by_daemonising"])
def test_a_manager_that_was_only_made_before_the_fork_works_after_it(run: Running, way: str) -> None:
    """It brings messages in the child, and in the parent afterwards."""
    script = run(
        FORKS
        + f"""
got = threading.Event()
bm = manager()
key = bm.start_trade_socket("BNBBTC", lambda message: got.set())

def stream():
    bm.start()
    assert got.wait(15)
    say(os.getpid(), "streams")
    bm.close()

{way}(stream)
stream()
"""
    )
    script.end_quietly()
    pids = {line.split()[0] for line in script.printed if line.endswith("streams")}
    assert len(pids) == 2


def test_an_application_may_daemonise_before_it_runs_the_reactor(run: Running) -> None:
    """As twistd does: the manager is started, with the application's reactor, and then comes the fork."""
    script = run(
        FORKS
        + """
from twisted.internet import reactor

bm = manager(reactor=reactor)
bm.start_trade_socket("BNBBTC", lambda message: (say("data"), bm.close(), reactor.stop()))
bm.start()

def application():
    assert bm.is_alive()
    reactor.run()
    say("over")

by_daemonising(application)
"""
    )
    script.end_quietly()
    assert script.printed.count("over") == 1
    assert "data" in script.printed
