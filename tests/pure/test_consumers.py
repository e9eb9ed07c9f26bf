"""Inboxes, workers and latest values, fed by a test: no network, and no reactor that runs."""

from __future__ import annotations

import asyncio
import gc
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from itertools import chain, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred

from binance.consumers import Consumer, Ended, Inbox, Latest, in_loop, in_thread
from binance.consuming import collector
from binance.exceptions import BinanceError, InvalidArgument, ManagerError
from binance.process.once import Once

from ..feeds import FakeFeed

#: Ten times what anything here takes.
BOUND_S = 20.0

ERROR = {"e": "error", "m": "Max reconnect retries reached"}


@pytest.fixture(autouse=True)
def threshold() -> Iterator[None]:
    """Puts the garbage collector's thresholds back: the first consumer of a process raises one."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


class Worker:
    """A callback that keeps what it is called with, and is held until the test lets it go on."""

    def __init__(self, held: bool = False) -> None:
        self.got: list[Any] = []
        self.threads: set[threading.Thread] = set()
        self.begun = threading.Event()
        self.go = threading.Event()
        if not held:
            self.go.set()
        self.changed = threading.Condition()
        self.at: dict[Any, Callable[[], object]] = {}

    def __call__(self, message: Any) -> None:
        self.threads.add(threading.current_thread())
        self.begun.set()
        assert self.go.wait(BOUND_S)
        with self.changed:
            self.got.append(message)
            self.changed.notify_all()
        if isinstance(message, int) and message in self.at:
            self.at[message]()

    def has(self, count: int) -> list[Any]:
        """Wait until it was called so often."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.got) >= count, BOUND_S), self.got
            return list(self.got)

    def ended(self) -> bool:
        """Wait until its threads have ended."""
        for thread in self.threads:
            thread.join(BOUND_S)
        return not any(thread.is_alive() for thread in self.threads)


# -- Inbox ------------------------------------------------------------------------------------------------


def test_messages_are_read_in_the_order_in_which_they_came():
    """One by one, in a loop, and with get; from several sockets."""
    inbox = Inbox()
    one, other = FakeFeed(inbox).open(), FakeFeed(inbox).open()
    one.send(1, 2)
    other.send(3)
    one.send(4, 5, 6)
    assert len(inbox) == 6
    assert inbox.get() == 1
    assert [message for message, _ in zip(inbox, "ab", strict=False)] == [2, 3]
    one.close()
    assert not inbox.ended
    other.close()
    assert [*inbox] == [5, 6]  # zip had taken 4
    assert inbox.ended


def test_a_loop_that_breaks_off_leaves_the_rest_to_the_next_one():
    """Also in the middle of a batch."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()
    feed.send(1, 2, 3, 4)
    for message in inbox:
        if message == 2:
            break
    assert len(inbox) == 2
    assert inbox.pending(feed) == 2
    feed.close()
    assert list(inbox) == [3, 4]


def test_get_waits_at_most_so_long():
    """Then it raises what Python's queues raise."""
    inbox = Inbox()
    FakeFeed(inbox).open()
    with pytest.raises(queue.Empty):
        inbox.get(0)
    with pytest.raises(queue.Empty):
        inbox.get(timeout=0.01)


def test_get_says_when_nothing_will_come():
    """No socket feeds it, and it is empty; before the first socket that is not so."""
    inbox = Inbox()
    with pytest.raises(queue.Empty):
        inbox.get(0)
    feed = FakeFeed(inbox).open()
    feed.send(7)
    feed.close()
    assert inbox.get(0) == 7
    with pytest.raises(Ended):
        inbox.get()
    assert issubclass(Ended, BinanceError)


@pytest.mark.parametrize("timeout", [-1, "1", float("nan"), True])
def test_a_timeout_is_a_number_of_seconds(timeout):
    """From 0; of an Inbox, and of latest values."""
    for wait in (Inbox().get, Latest().wait):
        with pytest.raises(InvalidArgument, match="timeout"):
            wait(timeout)


def test_an_inbox_that_has_ended_is_revived_by_a_socket():
    """A new loop reads what that one brings."""
    inbox = Inbox()
    FakeFeed(inbox).open().close()
    assert list(inbox) == []
    feed = FakeFeed(inbox).open()
    assert not inbox.ended
    feed.send(1)
    feed.close()
    assert list(inbox) == [1]


def test_a_reader_that_waits_is_woken_by_a_message_and_by_the_end():
    """In its own thread."""
    inbox, got = Inbox(), Worker()
    feed = FakeFeed(inbox).open()
    thread = threading.Thread(target=lambda: [got(message) for message in inbox])
    thread.start()
    feed.send(1)
    got.has(1)
    feed.send(2, 3)
    assert got.has(3) == [1, 2, 3]
    feed.close()
    thread.join(BOUND_S)
    assert not thread.is_alive()


def test_what_is_full_drops_and_says_which():
    """Each policy; kept and dropped are what was sent."""
    for policy, kept in (("drop_oldest", [5, 6, 7]), ("drop_newest", [1, 2, 3]), ("stop", [1, 2, 3])):
        inbox = Inbox(limit=3, when_full=policy)
        feed = FakeFeed(inbox).open()
        for number in range(1, 8):
            feed.send(number)
        assert inbox.dropped == len(feed.lost) == 4
        feed.close()
        assert list(inbox) == kept
        assert sorted(kept + feed.lost) == [1, 2, 3, 4, 5, 6, 7]
        assert bool(feed.reasons) is (policy == "stop")


@given(
    st.sampled_from(["drop_oldest", "drop_newest"]),
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 20)), max_size=20),
)
def test_kept_and_dropped_are_what_was_sent(policy, limit, steps):
    """However fast it is read: each message is one of both, in order."""
    inbox = Inbox(limit, policy)
    feed = FakeFeed(inbox).open()
    sent, kept = 0, []
    for count, reads in steps:
        feed.send(*range(sent, sent + count))
        sent += count
        for _ in range(min(reads, len(inbox))):
            kept.append(inbox.get(0))
    feed.close()
    kept += inbox
    assert kept == sorted(kept)
    assert sorted(kept + feed.lost) == list(range(sent))


def test_error_messages_are_never_dropped_and_keep_their_place():
    """They come after what was received before them."""
    inbox = Inbox(limit=2)
    feed = FakeFeed(inbox).open()
    feed.send(1)
    feed.send(2)
    feed.fail(ERROR)
    for number in range(3, 9):
        feed.send(number)
    feed.fail(ERROR)
    feed.close()
    assert list(inbox) == [ERROR, 7, 8, ERROR]
    assert feed.lost == [1, 2, 3, 4, 5, 6]


def test_what_was_dropped_of_a_socket_that_has_ended_is_said_by_the_one_that_takes_its_room():
    """Nothing is lost without a word."""
    inbox = Inbox(limit=2)
    ended, feed = FakeFeed(inbox).open(), FakeFeed(inbox).open()
    ended.send(1)
    ended.close()
    ended.is_over = True
    feed.send(2)
    feed.send(3)
    assert feed.lost == [1]


def test_discard_throws_away_what_waits():
    """What is in hand, too; what comes later is read."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()
    feed.send(1, 2, 3)
    feed.send(4)
    assert inbox.get() == 1
    assert inbox.discard() == 3
    feed.send(5)
    feed.close()
    assert list(inbox) == [5]


def test_a_batch_of_a_socket_that_was_stopped_just_now_is_left():
    """stop_socket has returned: nothing more comes."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()
    feed.close()
    feed.send(1)
    assert list(inbox) == []


def test_a_message_by_hand_is_read_like_others():
    """An inbox can be called; it does not end by itself, then."""
    inbox = Inbox(limit=2)
    for number in (1, 2, 3):
        inbox(number)
    assert (inbox.get(0), inbox.get(0), inbox.dropped, inbox.ended) == (2, 3, 1, False)


def test_how_long_messages_waited_is_said_for_each_batch():
    """From the receipt until the last of them was read: reading takes its time, too."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()
    feed.send(1, 2, 3, 4)
    feed.now = 5.0
    assert inbox.get() == 1
    assert feed.waits == []
    for number in (2, 3, 4):
        feed.now += 1.0
        assert inbox.get() == number
    feed.now += 1.0  # with the last one
    feed.close()
    with pytest.raises(Ended):
        inbox.get()
    assert feed.waits == [(4, 5.0 + 3.0)]


def test_an_inbox_shows_what_it_holds():
    """And whether it has ended; it is never false."""
    inbox = Inbox(limit=7)
    assert inbox
    assert repr(inbox) == "<Inbox: 0 of 7 messages>"
    FakeFeed(inbox).open().close()
    assert repr(inbox) == "<Inbox: 0 of 7 messages, ended>"


# -- async for --------------------------------------------------------------------------------------------


def run(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine in asyncio, for a bounded time."""

    async def bounded() -> Any:
        async with asyncio.timeout(BOUND_S):
            return await main()

    return asyncio.run(bounded())


def test_async_for_reads_in_asyncio_what_another_thread_feeds():
    """It waits, is woken, and ends."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()

    async def main() -> list[Any]:
        got = []

        def play() -> None:
            feed.send(1, 2)
            feed.send(3)
            feed.close()

        thread = threading.Thread(target=play)
        asyncio.get_running_loop().call_later(0.01, thread.start)
        async for message in inbox:
            got.append(message)
        thread.join()
        return got

    assert run(main) == [1, 2, 3]


def test_async_for_lets_others_run_though_there_is_always_a_message():
    """Every 256 messages at least."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()
    for number in range(2_000):
        feed.send(number)
    feed.close()

    async def main() -> list[int]:
        seen: list[int] = []
        others: list[int] = []

        async def other() -> None:
            while True:
                others.append(len(seen))
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        async for message in inbox:
            seen.append(message)
        task.cancel()
        return others

    others = run(main)
    assert max(after - before for before, after in pairwise(others)) <= 256


def test_a_task_that_waits_can_be_shown():
    """asyncio shows what its tasks wait for, in debug mode and in warnings."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()

    async def read() -> None:
        async for _ in inbox:
            pass

    async def main() -> str:
        task = asyncio.create_task(read())
        await asyncio.sleep(0)
        shown = repr(task)
        feed.close()
        await task
        return shown

    assert "wait_for=<Woken, pending>" in run(main)


def test_a_task_that_is_cancelled_while_it_waits_loses_nothing():
    """The next loop reads on."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()

    async def read() -> list[Any]:
        return [message async for message in inbox]

    async def main() -> list[Any]:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read(), 0.01)
        feed.send(1, 2)
        asyncio.get_running_loop().call_later(0.01, feed.close)
        return await read()

    assert run(main) == [1, 2]


def test_a_loop_that_was_closed_while_a_task_waited_does_not_stop_the_feeding():
    """Nobody is woken, and what comes is there for the next loop."""
    inbox = Inbox()
    feed = FakeFeed(inbox).open()
    loop = asyncio.new_event_loop()

    async def read() -> list[Any]:
        return [message async for message in inbox]

    task = loop.create_task(read())
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    feed.send(1)
    feed.close()
    assert run(read) == [1]
    task._log_destroy_pending = False  # type: ignore[attr-defined]


def test_async_for_reads_in_a_coroutine_of_twisted():
    """With no loop of asyncio anywhere; a Deferred that is cancelled is, too."""
    inbox = Inbox()
    feed = FakeFeed(inbox)
    feed.reactor.callFromThread = lambda function, *args: waiting.append((function, args))
    waiting: list[Any] = []
    feed.open()
    got: list[Any] = []

    async def read() -> str:
        async for message in inbox:
            got.append(message)
        return "through"

    def turn() -> None:
        turns, waiting[:] = list(waiting), []
        for function, args in turns:
            function(*args)

    reading: Deferred[str] = ensureDeferred(read())
    feed.send(1)
    assert got == []  # not in the middle of somebody else's work
    turn()
    feed.send(2, 3)
    turn()
    assert got == [1, 2, 3]
    reading.cancel()
    failures: list[Any] = []
    reading.addErrback(failures.append)
    assert failures[0].check(CancelledError)
    again: Deferred[str] = ensureDeferred(read())
    feed.send(4)
    feed.close()
    turn()
    results: list[str] = []
    again.addCallback(results.append)
    assert (results, got) == (["through"], [1, 2, 3, 4])


# -- in_thread --------------------------------------------------------------------------------------------


def test_a_callback_is_called_in_a_thread_of_its_own():
    """A daemon, in order, one call at a time; it ends when no socket feeds it and nothing waits."""
    worker = Worker()
    feed = FakeFeed(in_thread(worker)).open()
    feed.send(1, 2)
    feed.send(3)
    assert worker.has(3) == [1, 2, 3]
    [thread] = worker.threads
    assert thread is not threading.current_thread()
    assert thread.daemon
    feed.close()
    assert worker.ended()


def test_a_batch_is_a_list_of_messages_that_came_together():
    """The callback's own, which it may change."""
    worker = Worker(held=True)
    consumer = in_thread(worker, batch=True)
    feed = FakeFeed(consumer).open()
    feed.send(1, 2)
    feed.send(3)
    feed.fail(ERROR)
    worker.go.set()
    feed.close()
    assert consumer.join(BOUND_S)
    assert [*chain(*worker.got[:-1]), worker.got[-1]] == [1, 2, 3, [ERROR]]


def test_a_stop_by_somebody_else_ends_the_receipt_only():
    """What was received is handed on."""
    worker = Worker(held=True)
    feed = FakeFeed(in_thread(worker)).open()
    feed.send(1, 2, 3)
    feed.send(4)
    assert worker.begun.wait(BOUND_S)
    feed.close()
    worker.go.set()
    assert worker.has(4) == [1, 2, 3, 4]
    assert worker.ended()


@pytest.mark.parametrize("batch", [False, True])
def test_a_stop_by_the_callback_itself_throws_away_what_waits(batch):
    """Of that socket; what another one has brought is handed on."""
    worker = Worker(held=True)
    consumer = in_thread(worker, batch=batch)
    feed, other = FakeFeed(consumer).open(), FakeFeed(consumer).open()
    feed.send(1, 2, 3)
    other.send(10)
    feed.send(4)
    feed.fail(ERROR)
    other.send(11)

    def stops(messages: Any) -> None:
        Worker.__call__(worker, messages)
        if messages in (1, [1, 2, 3]):
            feed.close()

    consumer._callback = stops
    worker.go.set()
    expected = [[1, 2, 3], [10, 11]] if batch else [1, 10, 11]
    assert worker.has(len(expected)) == expected
    other.close()
    assert worker.ended()
    assert len(consumer) == 0


def test_a_socket_that_is_started_in_the_callback_goes_on_in_the_same_thread():
    """The page's recipe: the error message comes, and the socket is started again."""
    consumer: Any = None
    again: list[FakeFeed] = []

    def restart(message: Any) -> None:
        worker(message)
        if message is ERROR and not again:
            again.append(FakeFeed(consumer).open())

    worker = Worker()
    consumer = in_thread(restart)
    feed = FakeFeed(consumer).open()
    feed.fail(ERROR)
    feed.close()
    worker.has(1)
    while not again:
        pass
    again[0].send(1)
    assert worker.has(2) == [ERROR, 1]
    again[0].close()
    assert worker.ended()
    assert len(worker.threads) == 1


def test_a_thread_that_has_ended_is_made_again_for_the_next_socket():
    """And one consumer never has two."""
    worker = Worker()
    consumer = in_thread(worker)
    for number in range(3):
        feed = FakeFeed(consumer).open()
        feed.send(number)
        worker.has(number + 1)
        feed.close()
        assert worker.ended()
    assert worker.got == [0, 1, 2]
    assert len(worker.threads) == 3


def test_a_callback_that_raises_is_reported_and_called_with_the_next_one():
    """Whatever it raises; a coroutine that it returns is an error, too."""

    async def nothing() -> None: ...

    got: list[Any] = []
    last = threading.Event()

    def fails(message: Any) -> Any:
        got.append(message)
        if message == 3:
            return nothing()
        if message == 4:
            last.set()
            return None
        raise [RuntimeError, asyncio.CancelledError, KeyError][message]

    feed = FakeFeed(in_thread(fails)).open()
    feed.send(0, 1, 2, 3, 4)
    assert last.wait(BOUND_S)
    assert got == [0, 1, 2, 3, 4]
    raised = [type(error) for error in feed.errors]
    assert raised == [RuntimeError, asyncio.CancelledError, KeyError, TypeError]
    feed.close()


def test_what_is_in_the_callbacks_way_is_pending():
    """What the callback is busy with is not."""
    worker = Worker(held=True)
    consumer = in_thread(worker)
    feed = FakeFeed(consumer).open()
    feed.send(1, 2, 3)
    feed.send(4)
    assert worker.begun.wait(BOUND_S)
    assert (consumer.pending(feed), len(consumer)) == (3, 3)
    worker.go.set()
    worker.has(4)
    feed.close()
    assert worker.ended()
    assert len(consumer) == 0
    assert [count for count, _ in feed.waits] == [3, 1]


def test_no_thread_to_be_had_is_an_error_that_says_what_to_do(monkeypatch):
    """Python 3.12 starts none once the main thread has ended."""

    def refuses(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuses)
    with pytest.raises(ManagerError, match=r"bm\.join"):
        FakeFeed(in_thread(print)).open()


@pytest.mark.parametrize("options", [{"limit": 0}, {"when_full": "wait"}, {"drain_s": -1}, {"drain_s": "1"}])
def test_a_wrong_option_is_refused(options):
    """When the consumer is made."""
    with pytest.raises(InvalidArgument, match=next(iter(options))):
        in_thread(print, **options)


async def coroutine(message: object) -> None:
    """What a thread cannot call."""


@pytest.mark.parametrize("callback", [None, "print", coroutine])
def test_what_cannot_be_called_is_a_type_error(callback):
    """As in start_*."""
    with pytest.raises(TypeError, match="callback"):
        in_thread(callback)


# -- when the reactor stops -------------------------------------------------------------------------------


def test_what_waits_is_handed_on_before_the_reactor_stops():
    """It is waited for, and no longer than that takes."""
    worker = Worker(held=True)
    feed = FakeFeed(in_thread(worker)).open()
    feed.send(1, 2, 3)
    assert worker.begun.wait(BOUND_S)
    [trigger] = feed.reactor.triggers
    drained = threading.Event()
    trigger().addCallback(lambda _: drained.set())
    feed.close()
    assert not drained.is_set()
    worker.go.set()
    assert drained.wait(BOUND_S)
    assert worker.got == [1, 2, 3]


def test_a_callback_that_hangs_is_waited_for_so_long_and_no_longer(caplog):
    """What was not handed on is in a warning."""
    worker = Worker(held=True)
    consumer = in_thread(worker, drain_s=0)
    feed = FakeFeed(consumer).open()
    feed.send(1, 2, 3)
    assert worker.begun.wait(BOUND_S)
    fired: list[Any] = []
    consumer.drain(feed.reactor).addCallback(fired.append)
    for delayed in feed.reactor.clock.getDelayedCalls():
        feed.reactor.clock.advance(max(0.0, delayed.getTime() - feed.reactor.seconds()))
    assert fired == [None]
    assert "2 messages not delivered within drain_s=" in caplog.text
    worker.go.set()
    assert worker.ended()
    assert worker.got == [1]


def test_a_consumer_without_anything_to_do_holds_up_nothing():
    """The trigger fires at once."""
    worker = Worker()
    feed = FakeFeed(in_thread(worker)).open()
    feed.send(1)
    worker.has(1)
    feed.close()
    assert worker.ended()
    [trigger] = feed.reactor.triggers
    assert trigger().called


# -- in_loop ----------------------------------------------------------------------------------------------


def test_a_coroutine_function_is_awaited_for_one_message_after_another():
    """In the loop, though messages come from another thread."""
    got: list[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        enough = asyncio.Event()

        async def process(message: Any) -> None:
            assert asyncio.get_running_loop() is loop
            got.append(("begins", message))
            await asyncio.sleep(0)
            got.append(("ends", message))
            if message == 3:
                enough.set()

        feed = FakeFeed(in_loop(process, loop)).open()
        thread = threading.Thread(target=lambda: [feed.send(1, 2), feed.send(3)])
        thread.start()
        await enough.wait()
        thread.join()
        feed.close()

    run(main)
    assert got == [(what, number) for number in (1, 2, 3) for what in ("begins", "ends")]


def test_a_coroutine_that_stops_its_socket_gets_nothing_more():
    """As in a thread; and one that raises gets the next message."""
    got: list[Any] = []

    async def main() -> FakeFeed:
        done = asyncio.Event()

        async def process(message: Any) -> None:
            got.append(message)
            if message == 1:
                raise LookupError
            if message == 2:
                feed.close()
                done.set()

        feed = FakeFeed(in_loop(process, asyncio.get_running_loop())).open()
        feed.send(1, 2, 3)
        feed.send(4)
        await done.wait()
        await asyncio.sleep(0)
        return feed

    feed = run(main)
    assert got == [1, 2]
    assert [type(error) for error in feed.errors] == [LookupError]


def test_a_loop_that_runs_later_gets_what_came_before():
    """It waits there until then."""
    got: list[Any] = []
    loop = asyncio.new_event_loop()

    async def process(messages: Any) -> None:
        got.append(messages)

    feed = FakeFeed(in_loop(process, loop, batch=True)).open()
    feed.send(1, 2)
    feed.close()
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    assert got == [[1, 2]]


def test_a_loop_that_ends_says_what_it_leaves(caplog):
    """What comes later is dropped, and reported as that; the reactor does not wait for it."""

    async def process(message: Any) -> None:
        await asyncio.sleep(BOUND_S)

    async def main() -> tuple[FakeFeed, Any]:
        consumer = in_loop(process, asyncio.get_running_loop())
        feed = FakeFeed(consumer).open()
        feed.send(1, 2, 3)
        await asyncio.sleep(0.01)
        return feed, consumer

    feed, consumer = run(main)
    feed.send(4)
    assert feed.lost == [2, 3, 4]
    assert "1 socket fed it; 2 messages dropped" in caplog.text
    assert consumer.drain(feed.reactor) is None
    with pytest.raises(ManagerError, match="closed"):
        FakeFeed(consumer).open()


@pytest.mark.parametrize("is_fed", [True, False])
def test_a_loop_that_was_closed_and_left_its_task_behind_is_noticed(caplog, is_fed):
    """loop.close() cancels no task: the next message finds it out, or the end of the program."""
    consumer = in_loop(coroutine, loop := asyncio.new_event_loop())
    feed = FakeFeed(consumer).open()
    feed.send(1)
    loop.close()
    if is_fed:
        feed.send(2)
    assert consumer.drain(feed.reactor) is None
    assert feed.lost == [1, 2][: 1 + is_fed] and len(consumer) == 0
    assert "1 socket fed it; 1 message dropped" in caplog.text


def test_a_loop_that_ends_behind_its_sockets_is_no_reason_for_a_warning(caplog):
    """Its program has closed them, and ended; what was left is in a line of level INFO."""
    caplog.set_level("INFO", "binance")

    async def process(message: Any) -> None:
        await asyncio.sleep(BOUND_S)

    async def main() -> None:
        feed = FakeFeed(in_loop(process, asyncio.get_running_loop())).open()
        feed.send(1, 2, 3)
        await asyncio.sleep(0.01)
        feed.close()

    run(main)
    [record] = [one for one in caplog.records if "event loop has ended" in one.getMessage()]
    assert record.levelname == "INFO"
    assert "2 messages dropped" in record.getMessage()


@pytest.mark.parametrize("loop", [None, "loop", asyncio])
def test_a_loop_is_one_of_asyncio(loop):
    """Anything else is a TypeError."""
    with pytest.raises(TypeError, match="loop is"):
        in_loop(coroutine, loop)


# -- Latest -----------------------------------------------------------------------------------------------


def test_the_newest_message_of_each_stream_is_kept():
    """Of single streams and multiplex sockets alike, without the wrapper of the latter."""
    latest = Latest()
    one = FakeFeed(latest, "bnbbtc@bookTicker").open()
    many = FakeFeed(latest, conn_key="streams=...").open()
    one.send({"b": "1"}, {"b": "2"})
    many.send({"stream": "ethbtc@bookTicker", "data": {"b": "3"}})
    assert dict(latest) == {"bnbbtc@bookTicker": {"b": "2"}, "ethbtc@bookTicker": {"b": "3"}}
    assert len(latest) == 2
    assert latest.get("neobtc@bookTicker") is None
    assert one.waits == [(2, 0.0)]


def test_messages_by_symbol():
    """By member s; the items of a list by theirs; partial depth, which has none, by its stream."""
    latest = Latest(by="symbol")
    FakeFeed(latest, "!miniTicker@arr").open().send([{"s": "BNBBTC", "c": "1"}, {"s": "ETHBTC", "c": "2"}])
    FakeFeed(latest).open().send({"stream": "bnbbtc@trade", "data": {"s": "BNBBTC", "p": "3"}})
    FakeFeed(latest, "neobtc@depth5").open().send({"lastUpdateId": 7})
    FakeFeed(latest, conn_key="user").open().send({"e": "balanceUpdate"})
    assert dict(latest) == {
        "BNBBTC": {"s": "BNBBTC", "p": "3"},
        "ETHBTC": {"s": "ETHBTC", "c": "2"},
        "NEOBTC": {"lastUpdateId": 7},
    }


def test_messages_by_what_a_function_says():
    """None: not kept. What it raises is reported, and the others are kept."""
    latest = Latest(by=lambda message: message["i"])
    feed = FakeFeed(latest, "bnbbtc@kline_1m").open()
    feed.send({"i": "a"}, {}, {"i": None}, {"i": "b"})
    assert list(latest) == ["a", "b"]
    assert [type(error) for error in feed.errors] == [KeyError]


def test_events_of_an_account_are_kept_by_its_key():
    """They are of no stream."""
    latest = Latest()
    FakeFeed(latest, conn_key="user").open().send({"e": "balanceUpdate"})
    assert latest["user"] == {"e": "balanceUpdate"}


def test_the_age_is_the_time_since_it_came():
    """By the clock of its socket; of what never came there is none."""
    latest = Latest()
    feed = FakeFeed(latest, "bnbbtc@trade").open()
    feed.now = 10.0
    feed.send({"t": 1})
    feed.now = 12.5
    assert latest.age_s("bnbbtc@trade") == 2.5
    with pytest.raises(KeyError):
        latest.age_s("ethbtc@trade")


def test_wait_says_whether_anything_new_has_come_since_the_last_wait():
    """It waits for that, in whichever thread; an error message is new, too."""
    latest = Latest()
    feed = FakeFeed(latest, "bnbbtc@trade").open()
    assert latest.wait(0) is False
    feed.send({"t": 1})
    feed.send({"t": 2})
    assert latest.wait(0) is True
    assert latest.wait(0) is False
    thread = threading.Thread(target=feed.fail, args=(ERROR,))
    thread.start()
    assert latest.wait() is True
    thread.join()
    assert latest.errors == {"key": ERROR}
    assert len(latest) == 1


def test_wait_ends_when_nothing_will_come():
    """What is new is said first; a socket that is started again takes its error away."""
    latest = Latest()
    feed = FakeFeed(latest, "bnbbtc@trade").open()
    feed.fail(ERROR)
    feed.close()
    assert latest.ended
    assert latest.wait() is True
    assert latest.wait() is False
    FakeFeed(latest, "bnbbtc@trade").open()
    assert not latest.ended
    assert latest.errors == {}


def test_what_latest_is_kept_by():
    """A text that is not known, and what cannot be called, are refused."""
    with pytest.raises(InvalidArgument, match="'symbol'"):
        Latest(by="stream")
    with pytest.raises(TypeError):
        Latest(by=7)
    with pytest.raises(TypeError):
        Latest(by=coroutine)


# -- one's own, and what comes with the first -------------------------------------------------------------


def test_a_consumer_of_ones_own_has_one_method():
    """take; the error message comes there, too, and so does what it is called with."""

    class Mine(Consumer):
        def __init__(self) -> None:
            self.got: list[Any] = []

        def take(self, feed: Any, messages: list[Any]) -> None:
            self.got.append(messages)

    mine = Mine()
    feed = FakeFeed(mine).open()
    feed.send(1, 2)
    feed.fail(ERROR)
    mine(3)
    feed.close()
    assert mine.got == [[1, 2], [ERROR], [3]]
    assert mine.pending(feed) == 0
    with pytest.raises(TypeError):
        Consumer()  # type: ignore[abstract]


def test_the_first_queue_raises_the_collectors_threshold(monkeypatch, caplog):
    """If it is Python's own, once in a process, with a line in the log."""
    caplog.set_level("INFO", "binance")
    monkeypatch.setattr(collector, "_once", Once())
    gc.set_threshold(700, 11, 12)
    FakeFeed(Inbox()).open()
    assert gc.get_threshold() == (10_000, 11, 12)
    assert "from 700 to" in caplog.text
    gc.set_threshold(700, 11, 12)
    FakeFeed(Inbox()).open()
    assert gc.get_threshold() == (700, 11, 12)


def test_a_threshold_that_somebody_has_set_is_left_alone(monkeypatch):
    """Also 0, which turns the collector off."""
    for threshold in (0, 701, 50_000):
        monkeypatch.setattr(collector, "_once", Once())
        gc.set_threshold(threshold, 11, 12)
        FakeFeed(Inbox()).open()
        assert gc.get_threshold() == (threshold, 11, 12)
