"""Threads and endings: scripts as users write them, each in a process of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from binance.sandbox import Sandbox
from tests.scripts import Running, Script

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")

#: Ten times the promise that reactor.stop() and the end of the last manager keep.
STOP_BOUND_S = 10.0

#: One idle socket that is open; the manager is `bm`, the key is `key`.
OPEN = """
from twisted.internet import reactor

bm = manager()
key = bm.start_trade_socket(IDLE, no_data)
bm.start()
wait_for(f"connected {key}")
"""

#: Says "ended" when the main thread has ended.
WATCH_THE_MAIN_THREAD = """
def watch():
    threading.main_thread().join()
    say("ended")

threading.Thread(target=watch, daemon=True).start()
"""

#: One socket that brings messages; each prints a line.
STREAM = """
from twisted.internet import reactor

bm = manager(on_event=None)

def got(message):
    say(message["e"], "main", threading.main_thread().is_alive())

key = bm.start_trade_socket("BNBBTC", got)
bm.start()
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rate=100, symbols=["BNBBTC"]) as running:
        yield running


# -- a script that ends goes on streaming -----------------------------------------------------------------


def test_a_script_that_ends_after_start_goes_on_streaming_until_one_ctrl_c(run: Running) -> None:
    """Messages come after the main program has ended; one Ctrl-C then ends the process without a word."""
    script = run(STREAM)
    script.wait_for("trade main False", times=20)
    script.interrupt()
    script.end_quietly()


def test_an_exception_in_the_main_program_does_not_end_the_streaming(run: Running) -> None:
    """A main program that fails after start() says why, and messages go on until Ctrl-C."""
    script = run(STREAM + "raise LookupError('what is due')")
    script.wait_for("trade main False", times=5)
    script.interrupt()
    assert script.end() == 1
    assert script.errors().endswith("LookupError: what is due\n")


@pytest.mark.parametrize("python_makes_threads", [True, False])
def test_everything_goes_on_when_the_main_program_has_ended(run: Running, python_makes_threads: bool) -> None:
    """Lost connections come back, name lookups and all, and listen keys are kept alive; also where Python
    makes no threads any more, as 3.12 does.
    """
    script = run(
        """
        from binance.wire.timings import Timings

        class Client:
            def stream_get_listen_key(self):
                return IDLE + "key"

            def stream_keepalive(self, listenKey):
                say("kept alive, main", threading.main_thread().is_alive())

        by_name = Endpoints.sandbox("localhost", int(VENUE.rest.rpartition(":")[2]))
        quick = Timings(retries_s=(0.01,) * 5)
        bm = manager(Client(), user_timeout=0.2, endpoints=by_name)
        bm.timings = quick
        bm.start_user_socket(no_data)
        for number in range(12):  # more than a pool of threads has idle
            bm.start_trade_socket(f"{IDLE}{number}", no_data)
        bm.start()
        start = threading.Thread.start

        def start_or_not(thread):
            if not threading.main_thread().is_alive():
                raise RuntimeError("can't create new thread at interpreter shutdown")
            start(thread)

        if not PYTHON_MAKES_THREADS:
            threading.Thread.start = start_or_not
        """.replace("PYTHON_MAKES_THREADS", str(python_makes_threads))
    )
    connected = ["connected user", *(f"connected {script.idle}{number}@trade" for number in range(12))]
    script.wait_for_all(connected)
    script.wait_for("kept alive, main False", times=2)
    run.sandbox.cut(script.idle)
    script.wait_for_all(connected)
    script.wait_for("kept alive, main False", times=2)
    script.interrupt()
    assert script.end() == 0
    assert "Traceback" not in script.errors()


def test_a_daemon_manager_ends_with_the_main_program(run: Running) -> None:
    """With bm.daemon = True the process does not wait for open sockets, busy ones included; no noise."""
    code = """
    bm = manager()
    bm.daemon = True
    seen = threading.Event()
    bm.start_trade_socket(IDLE, no_data)
    bm.start_trade_socket("BNBBTC", lambda message: seen.set())
    bm.start()
    wait_for(f"connected {IDLE}@trade")
    assert seen.wait(15)
    """
    scripts = [run(code) for _ in range(3)]
    for script in scripts:
        script.end_quietly(STOP_BOUND_S)


# -- reactor.stop() ---------------------------------------------------------------------------------------


def test_reactor_stop_from_the_main_thread_ends_the_process_though_all_is_idle(run: Running) -> None:
    """reactor.stop() in the main program ends the process; the server gets a close frame 1000 first."""
    script = run(OPEN + "reactor.stop()")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_start_returns_when_the_reactor_runs(run: Running) -> None:
    """However long the reactor takes to begin, reactor.stop() behind bm.start() is no error."""
    script = run(
        """
        from twisted.internet import reactor

        run = reactor.run

        def slowly(**options):
            time.sleep(0.5)
            run(**options)

        reactor.run = slowly
        manager().start()
        say("running:", reactor.running)
        reactor.stop()
        """
    )
    script.end_quietly(STOP_BOUND_S)
    assert "running: True" in script.printed


def test_a_start_in_the_first_moment_of_our_reactor_does_not_wait_for_itself(run: Running) -> None:
    """A manager that is started by the reactor's own first call, before start() has returned, connects."""
    script = run(
        """
        from twisted.internet import reactor

        early, bm = manager(), manager()
        key = early.start_trade_socket(IDLE, no_data)
        reactor.callWhenRunning(early.start)
        bm.start()
        wait_for(f"connected {key}")
        reactor.stop()
        """
    )
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_close_in_another_thread_at_the_moment_of_reactor_stop_sends_close_frames(run: Running) -> None:
    """close() has returned, and the reactor stops before it has heard of it: the server gets its 1000."""
    script = run(
        OPEN
        + """
def both():
    closing = threading.Thread(target=bm.close)
    closing.start()
    closing.join()
    reactor.stop()

reactor.callFromThread(both)
bm.join()  # Python 3.12 starts no thread once the main thread has ended
"""
    )
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_reactor_stop_wakes_a_reactor_that_has_been_idle_for_seconds(run: Running) -> None:
    """However long nothing has happened, reactor.stop() is noticed at once."""
    scripts = [
        run(OPEN + "time.sleep(2); reactor.stop()"),
        run(OPEN + "threading.Timer(2, reactor.stop).start()"),  # and from a thread that is not the main one
    ]
    for script in scripts:
        script.wait_for("connected")
        script.end_quietly(2 + STOP_BOUND_S)
        assert run.close_codes(script) == [1000]


def test_reactor_stop_does_not_wait_for_a_rest_call_that_hangs(run: Running) -> None:
    """A client that never answers holds neither reactor.stop() nor the end of the process."""
    script = run(
        """
        from twisted.internet import reactor

        class Client:
            def stream_get_listen_key(self):
                say("asked")
                threading.Event().wait()

            def stream_keepalive(self, listenKey):
                pass

        bm = manager(Client())
        bm.start_user_socket(no_data)
        bm.start_trade_socket(IDLE, no_data)
        bm.start()
        wait_for("asked")
        wait_for(f"connected {IDLE}@trade")
        reactor.stop()
        """
    )
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_reactor_stop_does_not_wait_for_a_name_lookup_that_hangs(run: Running) -> None:
    """A name server that never answers holds neither reactor.stop() nor the end of the process."""
    script = run(
        """
        import socket
        from twisted.internet import reactor

        def hang(*args, **options):
            say("looking up", args[0])
            threading.Event().wait()

        socket.getaddrinfo = hang
        stuck = manager(endpoints=Endpoints.sandbox("stuck.example", 1, tls=True))
        for number in range(12):  # more than any pool has threads
            stuck.start_trade_socket(f"{IDLE}{number}", no_data)
        stuck.start()
        wait_for("looking up stuck.example")
        reactor.stop()
        """
    )
    script.end_quietly(STOP_BOUND_S)


@pytest.mark.parametrize("how", ["hang", "reset", "http"])
def test_reactor_stop_does_not_wait_for_a_dial(run: Running, how: str) -> None:
    """A handshake that is not answered, and a retry that is waited for, do not hold reactor.stop()."""
    marker = "connecting" if how == "hang" else "retrying"
    code = f"""
    from twisted.internet import reactor

    bm = manager()
    bm.start_trade_socket(IDLE, no_data)
    bm.start()
    wait_for(f"{marker} {{IDLE}}@trade")
    time.sleep(0.1)
    reactor.stop()
    """
    run.sandbox.refuse(how=how)
    try:
        script = run(code)
        assert script.end(STOP_BOUND_S) == 0
        assert "Traceback" not in script.errors()
    finally:
        run.sandbox.clear()


def test_reactor_stop_does_not_wait_for_a_server_that_answers_no_close_frame(run: Running) -> None:
    """The close handshake is waited for only briefly when the reactor stops."""
    script = run(OPEN + "sys.stdin.readline(); reactor.stop()")
    script.wait_for("connected")
    run.sandbox.stall(script.idle)
    script.type("go")
    script.end_quietly(STOP_BOUND_S)


# -- close() ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending",
    [
        "bm.close()",
        "bm.close(); reactor.callFromThread(reactor.stop)",
        "bm.stop_socket(key); bm.close(); reactor.stop()",
        "bm.stop_socket(key); bm.close()",
        "bm.close(); bm.close(); reactor.stop()",
        "bm.close(); bm.join(); reactor.stop()",
        "reactor.callFromThread(reactor.stop); bm.join(); bm.close()",
    ],
)
def test_close_at_the_end_of_the_main_program_ends_the_process(run: Running, ending: str) -> None:
    """A program whose last lines close the manager ends, with reactor.stop() after it and without."""
    script = run(OPEN + ending)
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_a_process_with_an_open_manager_outlives_the_closing_of_another(run: Running) -> None:
    """Only when the last manager is closed does the end of the main program end the process."""
    script = run(
        STREAM
        + """
other = manager()
other.start_trade_socket(IDLE, no_data)
other.start()
wait_for(f"connected {IDLE}@trade")
other.close()
say(other.is_alive(), bm.is_alive())
"""
    )
    script.wait_for("False True")
    script.wait_for("trade main False", times=50)
    assert run.close_codes(script) == [1000]
    script.interrupt()
    script.end_quietly()


# -- what was forgotten -----------------------------------------------------------------------------------

FORGOTTEN = """
def main():
    bm = manager()
    key = bm.start_trade_socket(IDLE, no_data)
    bm.start_kline_socket(IDLE, no_data)
    bm.stop_socket(f"{IDLE}@kline_1m")
    return bm

"""


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("bm = main()", 0),
        ("main()", 0),  # the manager is garbage by then
        ("bm = main(); sys.exit(3)", 3),
        ("started = manager(); started.start(); bm = main(); started.close()", 0),
    ],
)
def test_a_program_that_forgets_to_start_its_manager_is_warned_when_it_ends(
    run: Running, ending: str, status: int
) -> None:
    """The warning names the sockets that never connected, and the call."""
    script = run(FORGOTTEN + ending)
    assert script.end() == status
    [line] = script.errors().splitlines()
    assert f"1 socket never connected ({script.idle}@trade)" in line
    assert "bm.start()" in line


@pytest.mark.parametrize(
    "ending",
    [
        "bm = main(); bm.close()",
        "bm = main(); bm.close(); bm.start_trade_socket(IDLE, no_data)",
        "bm = main(); bm.stop_socket(f'{IDLE}@trade')",
        "bm = main(); bm.start(); bm.close()",
        "with main(): pass",
        "manager()",
        "import os; bm = main(); os.fork() or (bm.start(), bm.close())",
    ],
)
def test_a_program_that_forgets_nothing_is_not_warned(run: Running, ending: str) -> None:
    """A manager that was started or closed, or has no socket, is nothing to warn of."""
    script = run(FORGOTTEN + ending)
    script.end_quietly()


# -- a with block -----------------------------------------------------------------------------------------

BLOCK = """
from twisted.internet import reactor

with manager() as bm:
    key = bm.start_trade_socket(IDLE, no_data)
    wait_for(f"connected {key}")
    %s
"""


def test_leaving_a_with_block_ends_the_process(run: Running) -> None:
    """The block starts the manager and closes it, and nothing is left that would go on."""
    script = run(BLOCK % "pass")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_an_exception_in_a_with_block_keeps_its_traceback_and_status(run: Running) -> None:
    """What is raised inside gets out: one traceback, exit status 1."""
    script = run(BLOCK % "raise LookupError('what is due')")
    assert script.end(STOP_BOUND_S) == 1
    assert script.errors().endswith("LookupError: what is due\n")
    assert script.errors().count("Traceback") == 1
    assert run.close_codes(script) == [1000]


def test_sys_exit_in_a_with_block_keeps_its_status(run: Running) -> None:
    """sys.exit(3) inside ends the process with 3, and quietly."""
    script = run(BLOCK % "sys.exit(3)")
    assert script.end(STOP_BOUND_S) == 3
    assert script.errors() == ""
    assert run.close_codes(script) == [1000]


def test_a_with_block_leaves_the_reactor_to_a_manager_that_is_open(run: Running) -> None:
    """Leaving a block closes that manager only, when another one is open."""
    script = run(STREAM + (BLOCK % "pass").replace("as bm", "as other").replace("bm.start", "other.start"))
    script.wait_for("trade main False", times=20)
    assert run.close_codes(script) == [1000]
    script.interrupt()
    script.end_quietly()


def test_a_manager_that_starts_after_a_with_block_streams_or_says_that_it_cannot(run: Running) -> None:
    """It is not ended without a word together with the reactor of the block before it."""
    script = run(
        """
        from binance.exceptions import ManagerError

        for _ in range(3):
            try:
                with manager() as bm:
                    key = bm.start_trade_socket(IDLE, no_data)
                    wait_for(f"connected {key}")
            except ManagerError as exc:
                say(exc)
        """
    )
    script.end_quietly()


@pytest.mark.parametrize("stop", ["reactor.stop()", "reactor.callFromThread(reactor.stop)"])
def test_reactor_stop_after_a_with_block_is_no_error(run: Running, stop: str) -> None:
    """The last line of the classic page may follow a with block, at once or after other work."""
    scripts = [run(BLOCK % "pass" + f"\ntime.sleep({pause_s}); {stop}") for pause_s in (0, 0.6)]
    for script in scripts:
        script.end_quietly(STOP_BOUND_S)
        assert run.close_codes(script) == [1000]


# -- Ctrl-C -----------------------------------------------------------------------------------------------

MAIN_THREAD_IS = {
    "sleeping": "time.sleep(3600)",
    "waiting on an event": "threading.Event().wait()",
    "waiting on a lock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "joining": "bm.join()",
    "joining with a timeout": "bm.join(3600)",
    "joining a thread": "thread = threading.Thread(target=time.sleep, args=(3600,), daemon=True)\n"
    "thread.start(); thread.join()",
    "reading": "input()",
    "in asyncio": "import asyncio; asyncio.run(asyncio.sleep(3600))",
    "busy": "while True: pass",
}


@pytest.mark.parametrize("main", MAIN_THREAD_IS)
def test_one_ctrl_c_ends_a_program_whatever_its_main_thread_does(run: Running, main: str) -> None:
    """KeyboardInterrupt ends the main thread, with Python's traceback and status, and the sockets with it."""
    script = run(OPEN + "say('main')\n" + MAIN_THREAD_IS[main])
    script.wait_for("main")
    time.sleep(0.05)  # from the line to what it does after it
    script.interrupt()
    script.end_by_ctrl_c()
    assert run.close_codes(script) == [1000]


def test_one_ctrl_c_ends_a_program_whose_main_thread_has_ended(run: Running) -> None:
    """Nobody is there to be interrupted: the process ends with 0, without a word, and closes its sockets."""
    script = run(OPEN + WATCH_THE_MAIN_THREAD)
    script.wait_for("ended")
    script.interrupt()
    script.end_quietly()
    assert run.close_codes(script) == [1000]


def test_a_ctrl_c_that_does_not_interrupt_the_wait_for_our_thread_is_not_lost(run: Running) -> None:
    """A signal that comes just before the main thread begins to wait at its end ends the process, too.

    That instant cannot be met by chance. A signal that another thread receives has the same effect: the
    interpreter has noted it, and the main thread is in its wait and is not interrupted.
    """
    script = run(
        OPEN
        + """
def interrupt():
    threading.main_thread().join()
    say("ended")
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
"""
    )
    script.wait_for("ended")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


@pytest.mark.parametrize("after", ["", "bm.close()", "bm.close(); reactor.stop()", "reactor.stop()"])
def test_a_program_that_catches_keyboard_interrupt_ends_as_it_wants_to(run: Running, after: str) -> None:
    """One that returns after Ctrl-C ends with 0, whether or not it closes anything."""
    script = run(
        OPEN
        + f"""
try:
    say("main")
    time.sleep(3600)
except KeyboardInterrupt:
    say("caught")
{after}
"""
    )
    script.wait_for("main")
    time.sleep(0.05)
    script.interrupt()
    script.wait_for("caught")
    script.end_quietly()
    assert run.close_codes(script) == [1000]


def test_ctrl_c_in_a_with_block_ends_the_program(run: Running) -> None:
    """The block closes its manager on the way out."""
    script = run(BLOCK % "say('main'); time.sleep(3600)")
    script.wait_for("main")
    time.sleep(0.05)
    script.interrupt()
    script.end_by_ctrl_c()
    assert run.close_codes(script) == [1000]


def test_ctrl_c_ends_a_program_that_started_inside_asyncio(run: Running) -> None:
    """asyncio.run() has a SIGINT handler of its own while it runs; Ctrl-C ends the sockets all the same."""
    script = run(
        """
        import asyncio

        async def main():
            bm = manager()
            bm.start_trade_socket(IDLE, no_data)
            bm.start()
            await asyncio.sleep(3600)

        asyncio.run(main())
        """
    )
    script.wait_for("connected")
    script.interrupt()
    script.end_by_ctrl_c()
    assert run.close_codes(script) == [1000]


def test_ctrl_c_ends_a_program_that_started_in_a_worker_thread(run: Running) -> None:
    """start() in another thread cannot listen to Ctrl-C; the end of the main thread by it is seen anyway."""
    script = run(
        """
        bm = manager()
        key = bm.start_trade_socket(IDLE, no_data)
        worker = threading.Thread(target=bm.start)
        worker.start()
        worker.join()
        wait_for(f"connected {key}")
        say("default", signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        time.sleep(3600)
        """
    )
    script.wait_for("default")
    script.interrupt()
    script.end_by_ctrl_c()
    assert "default True" in script.printed  # no handler of ours
    assert run.close_codes(script) == [1000]


def test_a_handler_of_the_users_own_stays_and_is_called(run: Running) -> None:
    """start() puts its handler only in the place of Python's default one."""
    script = run(
        """
        from twisted.internet import reactor

        def mine(number, frame):
            say("mine")
            bm.close()

        signal.signal(signal.SIGINT, mine)
        bm = manager()
        bm.start_trade_socket(IDLE, no_data)
        bm.start()
        say(signal.getsignal(signal.SIGINT) is mine)
        bm.join()
        """
    )
    script.wait_for("True")
    script.wait_for("connected")
    script.interrupt()
    script.wait_for("mine")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_a_handler_that_the_user_sets_after_start_is_called_and_nothing_ends(run: Running) -> None:
    """It replaces ours for good: after the main program has ended, too, Ctrl-C means what it does."""
    script = run(
        STREAM
        + """
signal.signal(signal.SIGINT, lambda number, frame: say("mine"))
"""
        + WATCH_THE_MAIN_THREAD
    )
    script.wait_for("ended")
    script.interrupt()
    script.wait_for("trade main False", times=50)
    script.interrupt()  # now the first one is heard, too, if it came as the main thread began to wait
    script.wait_for("mine")
    script.wait_for("trade main False", times=100)
    assert script.is_running()


def test_a_wakeup_file_descriptor_of_the_application_stays(run: Running) -> None:
    """Signals are written where the application wants them, and Ctrl-C ends the program all the same."""
    script = run(
        """
        import os

        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing)
        bm = manager()
        bm.start()
        try:
            say("main")
            time.sleep(3600)
        finally:
            say("number", list(os.read(reading, 100)))
            say("kept:", signal.set_wakeup_fd(-1) == writing)
        """
    )
    script.wait_for("main")
    time.sleep(0.05)
    script.interrupt()
    script.end_by_ctrl_c()
    assert "number [2]" in script.printed
    assert "kept: True" in script.printed


def test_a_signal_of_a_forked_process_is_not_taken_for_one_of_its_parent(run: Running) -> None:
    """A child is interrupted when the parent's main program has ended; the parent streams on."""
    script = run(
        STREAM
        + """
import os

reading, writing = os.pipe()
child = os.fork()
if not child:
    try:
        os.read(reading, 1)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(3600)
    except KeyboardInterrupt:
        os._exit(7)

def interrupt():
    threading.main_thread().join()
    os.write(writing, b"now")
    say("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

threading.Thread(target=interrupt, daemon=True).start()
"""
    )
    script.wait_for("child 7")
    script.wait_for("trade main False", times=100)
    script.interrupt()
    assert script.end() == 0


def test_sigint_that_is_ignored_stays_ignored(run: Running) -> None:
    """A program started in the background ignores Ctrl-C, and goes on doing so."""
    script = run("signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + STREAM)
    script.wait_for("trade")
    script.interrupt()
    script.wait_for("trade main False", times=50)
    assert script.is_running()


# -- after the reactor was stopped ------------------------------------------------------------------------


def test_a_start_after_reactor_stop_says_why_it_cannot_be(run: Running) -> None:
    """The same manager and a new one raise ManagerError at once; is_alive() is False and join() returns."""
    script = run(
        OPEN
        + """
from binance.exceptions import ManagerError

def try_to_start(manager):
    before = time.monotonic()
    try:
        manager.start()
    except ManagerError as exc:
        say("refused:", exc)
    assert time.monotonic() - before < 5
    say(manager.is_alive())

reactor.stop()
try_to_start(manager())
bm.join()
say("joined")
try_to_start(bm)
try_to_start(manager())
bm.start_trade_socket("BNBBTC", no_data)
bm.stop_socket(key)
bm.close()
with manager():
    pass
"""
    )
    assert script.end(STOP_BOUND_S) == 1
    assert [line.startswith("refused: the reactor was stopped") for line in script.printed].count(True) == 3
    assert script.printed.count("False") == 3
    assert "joined" in script.printed
    assert (
        script.errors()
        .splitlines()[-1]
        .startswith("binance.exceptions.ManagerError: the reactor was stopped")
    )


# -- a backlog ----------------------------------------------------------------------------------------------

#: A callback that is much too slow: after the first call more than a hundred messages wait for it.
BACKLOG = """
from twisted.internet import reactor
from binance.wire.timings import Timings

calls = 0

def got(message):
    global calls
    calls += 1
    say("call", calls)
    time.sleep(1.5 if calls == 1 else 0.05)
    if calls == 10:
        meant_to_end()

def meant_to_end():
    pass

bm = manager(on_event=None, %s)
bm.timings = Timings(slow_s=3600)  # no warnings
bm.start_trade_socket("BNBBTC", got)
bm.start()
"""

#: The backlog would take more than a hundred. Ten times what a beat allows.
CALLS_BOUND = 50


@pytest.mark.parametrize(
    "ending",
    [
        "reactor.stop()",
        "reactor.callFromThread(reactor.stop)",
        "bm.close(); reactor.stop()",
        "threading.Thread(target=bm.close).start()",
    ],
)
def test_no_backlog_is_worked_off_when_the_program_is_to_end(run: Running, ending: str) -> None:
    """Whichever call ends it, in another thread while a callback runs: that one is about the last."""
    script = run(BACKLOG % "" + f"wait_for('call 10')\n{ending}")
    script.wait_for("call 10")
    script.end_quietly(STOP_BOUND_S)
    assert _calls(script) < CALLS_BOUND


@pytest.mark.parametrize(
    "ending", ["reactor.stop()", "bm.close(); reactor.stop()", "bm.close()", "sys.exit()"]
)
def test_a_slow_callback_that_ends_the_program_is_not_called_again(run: Running, ending: str) -> None:
    """Not with a message that had come together with the one at which it ended it either."""
    script = run(BACKLOG % "" + f"def meant_to_end():\n    {ending}")
    script.wait_for("call 10")
    script.end_quietly(STOP_BOUND_S)
    assert _calls(script) == 10


@pytest.mark.parametrize("main", ["", "time.sleep(3600)", "bm.join()"])
def test_no_backlog_is_worked_off_after_ctrl_c(run: Running, main: str) -> None:
    """Whether the main thread is interrupted, or has ended before."""
    script = run(BACKLOG % "" + (main or WATCH_THE_MAIN_THREAD))
    script.wait_for("call 10")
    script.interrupt()
    if main:
        script.end_by_ctrl_c()
    else:
        script.end_quietly()
    assert _calls(script) < CALLS_BOUND


@pytest.mark.parametrize("ending", ["reactor.stop", "Ctrl-C"])
def test_no_backlog_is_worked_off_in_an_application_that_runs_the_reactor(run: Running, ending: str) -> None:
    """Twisted's handler of Ctrl-C, and a thread that asks for the end, are seen between two callbacks."""
    script = run(
        BACKLOG % "reactor=reactor"
        + """
def stop_when_told():
    sys.stdin.readline()
    reactor.callFromThread(reactor.stop)

threading.Thread(target=stop_when_told, daemon=True).start()
reactor.run()
"""
    )
    script.wait_for("call 10")
    if ending == "Ctrl-C":
        script.interrupt()
    else:
        script.type("now")
    script.end_quietly(STOP_BOUND_S)
    assert _calls(script) < CALLS_BOUND


def _calls(script: Script) -> int:
    """How often its callback was called."""
    return sum(line.startswith("call ") for line in script.printed)


# -- sockets that are started later -----------------------------------------------------------------------


def test_sockets_started_after_start_connect_from_any_thread(run: Running) -> None:
    """From the main thread, a worker or a callback: 20 times each, every socket is opened at the server."""
    script = run(
        STREAM.replace("manager(on_event=None)", "manager()").replace(
            'say(message["e"], "main", threading.main_thread().is_alive())', "todo and todo.pop()()"
        )
        + """
todo = []
time.sleep(0.6)  # it has been asleep more than once
for number in range(20):
    keys = [f"{IDLE}{number}{place}" for place in "abc"]
    assert bm.start_trade_socket(keys[0], no_data)
    wait_for(f"connected {keys[0]}@trade")
    threading.Thread(target=bm.start_trade_socket, args=(keys[1], no_data)).start()
    wait_for(f"connected {keys[1]}@trade")
    todo.append(lambda: bm.start_trade_socket(keys[2], no_data))
    wait_for(f"connected {keys[2]}@trade")
    for key in keys[1:]:
        bm.stop_socket(f"{key}@trade")
    wait_for(f"disconnected {keys[2]}@trade")
say("all")
bm.close()
"""
    )
    script.wait_for("all")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000] * 60


def test_a_socket_connects_after_the_last_one_was_stopped(run: Running) -> None:
    """A manager without sockets lives on: what is started next connects, under the same key too."""
    script = run(
        OPEN
        + """
for _ in range(5):
    bm.stop_socket(key)
    wait_for(f"disconnected {key}")
    assert bm.is_alive()
    key = bm.start_trade_socket(IDLE, no_data)
    wait_for(f"connected {key}")
bm.close()
"""
    )
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000] * 6


def test_a_manager_starts_again_after_close(run: Running) -> None:
    """Rounds of data and close() in one process: the same manager and a new one each time."""
    script = run(
        """
        got = threading.Event()

        def round_of(bm):
            got.clear()
            bm.start_trade_socket("BNBBTC", lambda message: got.set())
            bm.start_trade_socket(IDLE, no_data)
            bm.start()
            assert got.wait(15)
            wait_for(f"connected {IDLE}@trade")
            assert bm.is_alive()
            bm.close()
            assert not bm.is_alive()
            assert bm.start_trade_socket("BNBBTC", no_data)  # free already, waits for a start that may come
            bm.stop_socket("bnbbtc@trade")
            bm.join()

        same = manager()
        for _ in range(5):
            round_of(same)
            round_of(manager())
        say("all")
        """
    )
    script.wait_for("all")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000] * 10


def test_two_managers_at_once_are_independent(run: Running) -> None:
    """Closing one leaves the other delivering, whichever was started first."""
    script = run(
        """
        counts = [0, 0]

        def counted(which):
            def got(message):
                counts[which] += 1
            return got

        def grows(which):
            before = counts[which]
            until = time.monotonic() + 15
            while counts[which] < before + 5:
                assert time.monotonic() < until
                time.sleep(0.01)

        for first in (0, 1):
            pair = [manager(), manager()]
            for which, bm in enumerate(pair):
                assert bm.start_trade_socket("BNBBTC", counted(which))
                bm.start()
            grows(0), grows(1)
            pair[first].close()
            assert [bm.is_alive() for bm in pair] == [first == 1, first == 0]
            grows(1 - first)
            still = counts[first]
            grows(1 - first)
            assert counts[first] == still
            pair[1 - first].close()
            assert not any(bm.is_alive() for bm in pair)
        say("all")
        """
    )
    script.wait_for("all")
    script.end_quietly(STOP_BOUND_S)


# -- an application that runs the reactor itself ----------------------------------------------------------

OWN_REACTOR = {
    "given": "bm = manager(reactor=reactor); prepare(); bm.start()",
    "given, started later": "bm = manager(reactor=reactor); prepare(); reactor.callWhenRunning(bm.start)",
    "found running": "bm = manager(); prepare(); reactor.callWhenRunning(bm.start)",
}
OWN_APPLICATION = """
import os
from twisted.internet import reactor

resolver = reactor.nameResolver

def got(message):
    assert threading.current_thread() is threading.main_thread()
    say("data")

def prepare():
    bm.start_trade_socket("BNBBTC", got)
    bm.start_trade_socket(IDLE, no_data)
    reactor.callWhenRunning(bm.start_trade_socket, IDLE + "b", no_data)

def stop_when_told():
    os.read(0, 1)
    reactor.callFromThread(reactor.stop)

theirs = threading.Thread(target=stop_when_told, daemon=True)
theirs.start()
%s
reactor.run()
ours = set(threading.enumerate()) - {threading.main_thread(), theirs}
say("ours:", *sorted(thread.name for thread in ours), all(thread.daemon for thread in ours))
say("resolver kept:", reactor.nameResolver is resolver)
"""


@pytest.mark.parametrize("how", OWN_REACTOR)
@pytest.mark.parametrize("ending", ["reactor.stop", "Ctrl-C"])
def test_an_application_that_runs_the_reactor_keeps_it(run: Running, how: str, ending: str) -> None:
    """No thread of ours but the beat, a daemon; data comes in the application's; then close frames 1000."""
    script = run(OWN_APPLICATION % OWN_REACTOR[how])
    script.wait_for("connected", times=3)
    script.wait_for("data", times=20)
    if ending == "Ctrl-C":
        script.interrupt()
    else:
        script.type("now")
    script.end_quietly()
    assert "ours: binance beat True" in script.printed
    assert "resolver kept: True" in script.printed
    assert run.close_codes(script) == [1000, 1000]


def test_a_thread_of_an_application_starts_and_stops_sockets_though_its_reactor_sleeps(run: Running) -> None:
    """The application's reactor is woken by the call: nothing of ours goes round in it."""
    script = run(
        """
        from twisted.internet import reactor

        bm = manager(reactor=reactor)

        def work():
            key = bm.start_trade_socket(IDLE, no_data)
            wait_for(f"connected {key}")
            time.sleep(2)  # by now the reactor sleeps
            key = bm.start_trade_socket(IDLE + "b", no_data)
            wait_for(f"connected {key}")
            bm.stop_socket(key)
            wait_for(f"disconnected {key}")
            reactor.callFromThread(reactor.stop)

        bm.start()
        reactor.callWhenRunning(threading.Thread(target=work).start)
        reactor.run()
        """
    )
    script.end_quietly()
    assert run.close_codes(script) == [1000, 1000]


def test_an_application_that_runs_the_reactor_at_the_same_moment_keeps_it(run: Running) -> None:
    """Our thread was about to run it and the application was first: start() returns and sockets connect."""
    script = run(
        """
        from twisted.internet import reactor

        bm = manager()
        install = reactor.installNameResolver
        ours_is_there, theirs_runs = threading.Event(), threading.Event()

        def wait_for_theirs(resolver):
            ours_is_there.set()
            assert theirs_runs.wait(15)
            return install(resolver)

        def work():
            bm.start()
            wait_for(f"connected {bm.start_trade_socket(IDLE, no_data)}")
            bm.close()
            bm.start()
            say("again")
            reactor.callFromThread(reactor.stop)

        reactor.installNameResolver = wait_for_theirs
        threading.Thread(target=work).start()
        assert ours_is_there.wait(15)
        reactor.callWhenRunning(theirs_runs.set)
        reactor.run()
        """
    )
    script.end_quietly()
    assert "again" in script.printed
    assert run.close_codes(script) == [1000]


def test_an_applications_reactor_outlives_close_and_a_with_block(run: Running) -> None:
    """A reactor that is not ours is not stopped by close() or the end of a with block."""
    script = run(
        """
        from twisted.internet import reactor

        def first():
            with manager() as bm:
                bm.start_trade_socket(IDLE, no_data)
            second = manager()
            second.start_trade_socket(IDLE, no_data)
            second.start()
            reactor.callLater(0.5, second.close)
            reactor.callLater(1.0, say, "still running")
            reactor.callLater(1.1, reactor.stop)

        reactor.callWhenRunning(first)
        reactor.run()
        """
    )
    script.wait_for("still running")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


# -- from inside a callback -------------------------------------------------------------------------------


@pytest.mark.parametrize("main", ["time.sleep(3600)", "bm.join(); time.sleep(3600)"])
@pytest.mark.parametrize("error", ["SystemExit(5)", "KeyboardInterrupt"])
@pytest.mark.parametrize("where", ["data", "event"])
def test_a_callback_that_means_to_end_the_program_does(
    run: Running, main: str, error: str, where: str
) -> None:
    """SystemExit and KeyboardInterrupt in a callback end a waiting main thread as Ctrl-C does."""
    script = run(_raising(error, where) + f"\n{main}")
    script.end_by_ctrl_c()
    assert run.close_codes(script) in ([1000], [])


@pytest.mark.parametrize("error", ["SystemExit(5)", "KeyboardInterrupt"])
def test_a_callback_ends_the_program_when_the_main_thread_has_ended(run: Running, error: str) -> None:
    """SystemExit and KeyboardInterrupt in a callback then end the process quietly."""
    script = run(
        OPEN
        + f"""
def got(message):
    if not threading.main_thread().is_alive():
        raise {error}

bm.start_trade_socket("BNBBTC", got)
"""
    )
    script.end_quietly()
    assert run.close_codes(script) == [1000]


def test_a_callback_interrupts_the_main_thread_once(run: Running) -> None:
    """However many messages the callback refuses that way, the main thread can tidy up before it ends."""
    script = run(
        """
        def got(message):
            raise SystemExit

        bm = manager()
        bm.start_multiplex_socket([f"bnbbtc@{name}" for name in ("trade", "aggTrade", "bookTicker")], got)
        bm.start()
        try:
            time.sleep(3600)
        except KeyboardInterrupt:
            time.sleep(0.3)
            say("tidied up")
        """
    )
    script.wait_for("tidied up")
    script.end_quietly()


@pytest.mark.parametrize("signals", ["", "installSignalHandlers=False"])
def test_a_callback_ends_an_application_that_runs_the_reactor(run: Running, signals: str) -> None:
    """SystemExit in a callback stops the application's reactor, as Ctrl-C does, whoever handles signals."""
    script = run(
        f"""
        from twisted.internet import reactor

        def got(message):
            raise SystemExit

        bm = manager(reactor=reactor, on_event=None)
        bm.start_trade_socket(IDLE, no_data)
        bm.start_multiplex_socket([f"bnbbtc@{{name}}" for name in ("trade", "aggTrade", "bookTicker")], got)
        bm.start()
        reactor.run({signals})
        say("over")
        """
    )
    script.wait_for("over", bound_s=STOP_BOUND_S)
    script.end_quietly(STOP_BOUND_S)


def test_a_callback_that_fails_does_not_end_the_program(run: Running) -> None:
    """An ordinary exception is logged with its traceback, and messages go on."""
    script = run(
        """
        bm = manager()

        def got(message):
            say("data")
            raise ValueError("a bug")

        bm.start_trade_socket("BNBBTC", got)
        bm.start()
        """
    )
    script.wait_for("data", times=50)
    script.interrupt()
    assert script.end() == 0
    assert script.errors().count("ValueError: a bug") == 1  # one line a minute


def _raising(error: str, where: str) -> str:
    """A script whose callback of one kind raises *error* once it is called."""
    hook = "on_event=fail" if where == "event" else ""
    return f"""
def fail(what):
    raise {error}

bm = manager({hook})
bm.start_trade_socket("BNBBTC", fail)
bm.start()
"""


@pytest.mark.parametrize(
    "call",
    [
        "bm.stop_socket(key)",
        "bm.close()",
        "bm.close(); bm.start(); bm.close()",
        "bm.close(); reactor.stop()",
        "bm.stop_socket(key); bm.close(); reactor.stop()",
    ],
)
def test_calls_inside_a_callback_do_not_deadlock(run: Running, call: str) -> None:
    """The calls that end things return when made in a callback, and nothing is delivered after them."""
    script = run(
        OPEN
        + f"""
calls = []

def got(message):
    calls.append(message)
    {call}
    say("returned")

key = bm.start_trade_socket("BNBBTC", got)
wait_for("returned")
time.sleep(0.1)
assert len(calls) == 1, calls
bm.close()
"""
    )
    script.wait_for("returned")
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


@pytest.mark.parametrize("call", ["reactor.stop()", "bm.is_alive() and [bm.close(), reactor.stop()]"])
def test_reactor_stop_inside_a_callback_ends_the_process_quietly(run: Running, call: str) -> None:
    """Messages that came in the same instant do not make the call a failure; join() returns."""
    script = run(
        OPEN
        + f"""
def got(message):
    {call}

bm.start_multiplex_socket([f"bnbbtc@{{name}}" for name in ("trade", "aggTrade", "bookTicker")], got)
bm.join()
"""
    )
    script.end_quietly(STOP_BOUND_S)
    assert run.close_codes(script) == [1000]


def test_join_inside_a_callback_is_refused(run: Running) -> None:
    """It would wait for itself, so it raises ManagerError, with a timeout too."""
    script = run(
        OPEN
        + """
from binance.exceptions import ManagerError

def got(message):
    for timeout in (None, 3600):
        try:
            bm.join(timeout)
        except ManagerError as exc:
            say("refused:", exc)
    bm.close()

bm.start_trade_socket("BNBBTC", got)
"""
    )
    script.wait_for("refused: join()", times=2)
    script.end_quietly(STOP_BOUND_S)


def test_the_recipe_of_the_page_restarts_a_socket_from_its_callback(run: Running) -> None:
    """After the last retry the message comes once, the key is free, and the new socket streams again."""
    script = run(
        """
        from binance.wire.timings import Timings

        def got(message):
            global key
            if message["e"] == "error":
                say("error", message)
                bm.stop_socket(key)
                key = bm.start_trade_socket("BNBBTC", got)
                say("restarted", key)
            else:
                say("data")

        bm = manager()
        bm.timings = Timings(retries_s=(0.01,) * 5)
        key = bm.start_trade_socket("BNBBTC", got)
        bm.start()
        """
    )
    try:
        for _ in range(2):
            script.wait_for("data")
            del script.printed[:]
            run.sandbox.refuse(times=6, match="bnbbtc")  # the retries; what is restarted is accepted
            run.sandbox.cut("bnbbtc")
            script.wait_for("restarted bnbbtc@trade")
            script.wait_for("data", times=20)
            expected = {"e": "error", "m": "Max reconnect retries reached"}
            assert [line for line in script.printed if line.startswith("error")] == [f"error {expected}"]
    finally:
        run.sandbox.clear()
    script.interrupt()
    assert script.end() == 0
    assert "Traceback" not in script.errors()
