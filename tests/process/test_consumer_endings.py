"""Programs with consumers end like others, and hand on what was received: each in a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from binance.sandbox import Sandbox
from tests.scripts import Running, Script

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")

#: Ten times the second that draining may take.
STOP_BOUND_S = 10.0

#: A callback in a thread that handles nothing before `go` is set, and at least 20 messages that wait for it.
WAITING = """
import logging
from twisted.internet import reactor
from binance.consumers import Inbox, in_loop, in_thread

logging.basicConfig(level=logging.WARNING, format="%(message)s")
go = threading.Event()
handed = []

def slow(message):
    go.wait()
    handed.append(message)
    say("handed", len(handed))

bm = manager(on_event=None)
consumer = in_thread(slow)
key = bm.start_trade_socket("BNBBTC", consumer)

def wait():
    while len(consumer) < 20:
        time.sleep(0.01)

def left():
    # no more comes once its socket was stopped
    say("left", len(consumer) + 1)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rate=200, symbols=["BNBBTC"]) as running:
        yield running


def all_handed_on(script: Script) -> None:
    """It has ended, and said after the last message had come how many were left; these were handed on."""
    [left] = [line for line in script.printed if line.startswith("left ")]
    handed = [line for line in script.printed if line.startswith("handed ")]
    assert len(handed) == int(left.split()[1]) >= 20
    assert script.errors() == ""


@pytest.mark.parametrize(
    "ending",
    [
        "bm.stop_socket(key); left(); go.set(); reactor.stop()",
        "bm.close(); left(); go.set()",
        "bm.close(); left(); go.set(); reactor.callFromThread(reactor.stop)",
        "bm.stop_socket(key); left(); go.set(); bm.close()",
        "bm.close(); left(); threading.Timer(0.3, go.set).start(); bm.join()",
    ],
)
def test_what_was_received_is_handed_on_before_the_process_ends(run: Running, ending: str) -> None:
    """However it is told to end: messages that wait reach the callback, and then it ends."""
    script = run(WAITING + "bm.start(); wait(); " + ending)
    assert script.end(STOP_BOUND_S) == 0
    all_handed_on(script)


def test_leaving_a_with_block_hands_on_what_was_received(run: Running) -> None:
    """The block closes the manager; the process ends behind the last message."""
    script = run(WAITING + "with bm:\n    wait()\nleft()\ngo.set()\n")
    assert script.end(STOP_BOUND_S) == 0
    all_handed_on(script)


def test_ctrl_c_after_the_main_program_has_ended_hands_on_what_was_received(run: Running) -> None:
    """The process ends, and quietly."""
    script = run(
        WAITING
        + """
reactor.addSystemEventTrigger("before", "shutdown", lambda: (bm.close(), left(), go.set()))
bm.start()
wait()

def watch():
    threading.main_thread().join()
    say("ended")

threading.Thread(target=watch, daemon=True).start()
"""
    )
    script.wait_for("ended")
    script.interrupt()
    assert script.end(STOP_BOUND_S) == 0
    all_handed_on(script)


def test_ctrl_c_in_join_ends_a_program_whose_callback_is_slow(run: Running) -> None:
    """As Python ends an interrupted program; the worker, a daemon, does not hold it."""
    script = run(WAITING + "bm.start()\nwait()\nsay('waits')\nbm.join()\n")
    script.wait_for("waits")
    script.interrupt()
    assert script.end(STOP_BOUND_S) in (-signal.SIGINT, 128 + signal.SIGINT)
    *_, interrupted, left = script.errors().splitlines()
    assert interrupted == "KeyboardInterrupt"
    assert "messages not delivered within drain_s=" in left


@pytest.mark.parametrize("ending", ["reactor.stop()", "bm.close()", "bm.stop_socket(key); bm.close()"])
def test_a_callback_that_hangs_holds_the_end_for_a_second(run: Running, ending: str) -> None:
    """Then the process ends, and a warning says how many messages were left."""
    script = run(WAITING + "bm.start()\nwait()\n" + ending)
    assert script.end(STOP_BOUND_S) == 0
    [line] = script.errors().splitlines()
    assert "messages not delivered within drain_s=" in line
    assert [line for line in script.printed if line.startswith("handed")] == []


@pytest.mark.parametrize(
    "ending",
    [
        "reactor.stop()",
        "bm.close()",
        "bm.stop_socket(key); bm.close()",
        "threading.Timer(0.2, bm.close).start()",
    ],
)
def test_an_inbox_is_not_waited_for(run: Running, ending: str) -> None:
    """Messages that nobody reads hold up nothing; nor does a daemon that reads them slowly."""
    script = run(
        f"""
        from twisted.internet import reactor
        from binance.consumers import Inbox

        def read():
            for message in inbox:
                time.sleep(60)

        inbox, other = Inbox(), Inbox()
        bm = manager(on_event=None)
        key = bm.start_trade_socket("BNBBTC", inbox)
        bm.start_aggtrade_socket("BNBBTC", other)
        threading.Thread(target=read, daemon=True).start()
        bm.start()
        while not (len(inbox) and len(other)):
            time.sleep(0.01)
        {ending}
        """
    )
    script.end_quietly(STOP_BOUND_S)


def test_a_loop_over_an_inbox_in_the_main_thread_ends_with_its_manager(run: Running) -> None:
    """Closed in another thread: the loop ends behind the last message, and so does the program."""
    script = run(
        """
        from binance.consumers import Inbox

        inbox = Inbox()
        bm = manager(on_event=None)
        bm.start_trade_socket("BNBBTC", inbox)
        with bm:
            for number, message in enumerate(inbox):
                assert message["e"] == "trade"
                if number == 50:
                    threading.Timer(0.1, bm.close).start()
        say("through", inbox.ended, number > 50)
        """
    )
    script.end_quietly(STOP_BOUND_S)
    assert script.printed == ["through True True"]


def test_ctrl_c_in_a_loop_over_an_inbox_that_nothing_comes_to(run: Running) -> None:
    """The loop sleeps, and is interrupted there."""
    script = run(
        """
        from binance.consumers import Inbox

        inbox = Inbox()
        bm = manager()
        key = bm.start_trade_socket(IDLE, inbox)
        with bm:
            wait_for(f"connected {key}")
            say("waits")
            for message in inbox:
                say("a message")
        """
    )
    script.wait_for("waits")
    script.interrupt()
    script.end_by_ctrl_c(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


@pytest.mark.parametrize("how", ["in_loop", "async for"])
def test_a_program_of_asyncio_ends_with_its_main_coroutine(run: Running, how: str) -> None:
    """The manager is closed by its block, and asyncio by its main; nothing is said about what is left."""
    loops = {
        "in_loop": """
            async def process(message):
                seen.append(message)
                await asyncio.sleep(0)
                if len(seen) == 20:
                    enough.set()

            with bm:
                bm.start_trade_socket("BNBBTC", in_loop(process, asyncio.get_running_loop()))
                await enough.wait()
        """,
        "async for": """
            inbox = Inbox()
            with bm:
                bm.start_trade_socket("BNBBTC", inbox)
                async for message in inbox:
                    seen.append(message)
                    if len(seen) == 20:
                        break
        """,
    }
    script = run(
        f"""
        import asyncio
        from binance.consumers import Inbox, in_loop

        bm = manager(on_event=None)

        async def main():
            enough, seen = asyncio.Event(), []
            {loops[how]}
            say("seen", len(seen) >= 20)

        asyncio.run(main())
        """
    )
    script.end_quietly(STOP_BOUND_S)
    assert script.printed == ["seen True"]


def test_a_daemon_manager_ends_with_the_main_program_though_a_worker_is_busy(run: Running) -> None:
    """Nothing is waited for, and nothing is noisy."""
    script = run(WAITING + "bm.daemon = True\nbm.start()\nwait()\n")
    script.end_quietly(STOP_BOUND_S)


def test_a_worker_is_there_though_python_makes_no_threads_any_more(run: Running) -> None:
    """Sockets that were started before bm.start() have theirs by then; one started too late says so."""
    script = run(
        """
        from binance.consumers import in_thread

        bm = manager()
        seen = []

        def got(message):
            seen.append(message)
            if len(seen) == 50 and not threading.main_thread().is_alive():
                say("seen")
                try:
                    bm.start_aggtrade_socket("BNBBTC", in_thread(print))
                except RuntimeError as exc:
                    say("refused", type(exc).__name__, "bm.join()" in str(exc))

        bm.start_trade_socket("BNBBTC", in_thread(got))
        bm.start()
        start = threading.Thread.start

        def start_or_not(thread):
            if not threading.main_thread().is_alive():
                raise RuntimeError("can't create new thread at interpreter shutdown")
            start(thread)

        threading.Thread.start = start_or_not
        """
    )
    script.wait_for("seen")
    script.wait_for("refused ManagerError True")
    script.interrupt()
    script.end_quietly(STOP_BOUND_S)
