"""The wall clock is set back by 45 s while a program runs: it ends when told to, and timers are in time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from binance.sandbox import Sandbox
from tests.scripts import BOUND_S, Running

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")

#: Ten times the promise that an ending keeps, and far below the step.
STOP_BOUND_S = 10.0

#: The system's clock, as Python and Twisted see it.
CLOCK = """
from twisted.internet import base

real, stepped_s = time.time, 0
time.time = lambda: real() + stepped_s
base.ReactorBase.seconds = staticmethod(lambda: time.time())

def step(seconds):
    global stepped_s
    stepped_s += seconds

from twisted.internet import reactor
"""

#: A manager that has been idle since before the step.
STEPPED = (
    CLOCK
    + """
bm = manager()
bm.start()
time.sleep(0.3)
step(-45)
time.sleep(0.5)  # a wait that the reactor had begun before is over
"""
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(symbols=["BNBBTC"]) as running:
        yield running


@pytest.mark.parametrize(
    "ending",
    [
        "reactor.stop()",
        "reactor.stop(); bm.join()",
        "threading.Thread(target=reactor.stop).start()",
        "bm.close()",
        "bm.close(); reactor.stop()",
        "bm.close(); step(-3600)",
    ],
)
def test_a_program_ends_when_told_to_though_the_clock_was_set_back(run: Running, ending: str) -> None:
    """reactor.stop() from any thread and close() at the end act at once, not 45 s later."""
    run(STEPPED + ending).end_quietly(STOP_BOUND_S)


def test_a_with_block_ends_the_program_though_the_clock_was_set_back(run: Running) -> None:
    """The end of the block is the end of the last manager."""
    script = run(
        CLOCK
        + """
with manager():
    time.sleep(0.3)
    step(-45)
"""
    )
    script.end_quietly(STOP_BOUND_S)


@pytest.mark.parametrize("main", ["time.sleep(3600)", "bm.join()", "threading.Event().wait()"])
def test_ctrl_c_ends_a_program_though_the_clock_was_set_back(run: Running, main: str) -> None:
    """KeyboardInterrupt ends the main thread, and the reactor with it."""
    script = run(STEPPED + f"say('main')\n{main}")
    script.wait_for("main")
    time.sleep(0.05)  # from the line to what it does after it
    script.interrupt()
    script.end_by_ctrl_c(STOP_BOUND_S)


@pytest.mark.parametrize("receiver", ["threading.main_thread().ident", "threading.get_ident()"])
def test_ctrl_c_ends_a_program_whose_main_thread_has_ended_though_the_clock_was_set_back(
    run: Running, receiver: str
) -> None:
    """It ends quietly, also where the signal does not interrupt the main thread's wait."""
    script = run(
        STEPPED
        + f"""
def interrupt():
    threading.main_thread().join()
    time.sleep(0.3)
    signal.pthread_kill({receiver}, signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
"""
    )
    script.end_quietly(STOP_BOUND_S)


#: Who runs the reactor.
OWNERS = {
    "we": "bm = manager(); bm.start(); reactor.callFromThread(arm); bm.join()",
    "the application": "manager(reactor=reactor).start(); reactor.callWhenRunning(arm); reactor.run()",
}


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("seconds", [-45, 45])
def test_timers_of_our_clock_keep_their_time(run: Running, owner: str, seconds: int) -> None:
    """A call that is pending when the clock is set is made when it is due: not before, and not much later."""
    script = run(
        CLOCK
        + f"""
from binance.net.clock import clock_of

def arm():
    armed = time.monotonic()

    def fire():
        say("early" if time.monotonic() < armed + 1 else "in time")
        reactor.stop()

    clock_of(reactor).callLater(1, fire)
    threading.Timer(0.3, step, [{seconds}]).start()

{OWNERS[owner]}
"""
    )
    script.wait_for("in time", bound_s=STOP_BOUND_S)
    script.end_quietly(STOP_BOUND_S)


def test_a_forked_process_has_a_beat_of_its_own(run: Running) -> None:
    """The thread does not live on in the child; what the child adds is called there."""
    script = run(
        """
        import os
        from binance.process.beat import beat

        class Listener:
            def __init__(self):
                self.called = threading.Event()

            def beat(self):
                self.called.set()

        ours = Listener()
        beat.add(ours)
        assert ours.called.wait(15)
        child = os.fork()
        if not child:
            ours.called.clear()
            theirs = Listener()
            beat.add(theirs)
            os._exit(0 if theirs.called.wait(15) and not ours.called.is_set() else 1)
        say("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    script.wait_for("child 0")
    assert script.end() == 0


#: A socket that has been open since before the step.
OPEN_AND_STEPPED = (
    CLOCK
    + """
bm = manager()
bm.start_trade_socket(IDLE, no_data)
bm.start()
wait_for(f"connected {IDLE}@trade")
step(-45)
say("stepped")
"""
)


def test_a_socket_that_is_cut_after_the_step_is_back_after_its_own_wait(run: Running) -> None:
    """Half a second, as ever: neither the wait before the retry nor the limit of attempts is 45 s longer."""
    script = run(
        OPEN_AND_STEPPED
        + """
wait_for(f"disconnected {IDLE}@trade")
wait_for(f"connected {IDLE}@trade")
bm.close()
"""
    )
    script.wait_for("stepped")
    assert run.sandbox.cut(script.idle) == 1
    script.wait_for("connected", bound_s=STOP_BOUND_S)
    assert "limited" not in " ".join(script.printed)
    assert script.end(STOP_BOUND_S) == 0


def test_a_healthy_connection_is_kept_and_its_pings_are_answered_after_the_step(tmp_path: Path) -> None:
    """Nine pings later, more than any limit, it is the same connection."""
    with Sandbox(symbols=["BNBBTC"], ping_interval_s=0.3, pong_timeout_s=2.0) as exchange:
        running = Running(tmp_path, exchange)
        try:
            opened = OPEN_AND_STEPPED.replace("manager()", "manager(silence_s=2)")
            script = running(opened + "time.sleep(3); bm.close()")
            script.end_quietly(BOUND_S)
            assert len(running.connections(script)) == 1
            assert running.close_codes(script) == [1000]
        finally:
            running.stop()


@pytest.mark.parametrize(
    "ending", ["bm.close()", "reactor.stop()", "bm.stop_socket(IDLE + '@trade'); bm.close()"]
)
def test_a_program_with_an_open_socket_ends_with_a_close_frame_though_the_clock_was_set_back(
    run: Running, ending: str
) -> None:
    """The close frame is sent, and the end of the connection waited for, as ever."""
    script = run(OPEN_AND_STEPPED + ending)
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]
