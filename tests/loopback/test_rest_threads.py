"""One client of the REST API in many threads."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceAPIException, RateLimited
from binance.rest.exchange_time import ExchangeTime
from binance.sandbox import Limits, Sandbox

from ..http_server import Answer, Seen, running

KEY, SECRET = "api-key-Qm8Zr4Tn", "api-secret-Wp6Xs2Vd"
THREADS, CALLS_EACH = 20, 100


def test_twenty_threads_make_two_thousand_calls(caplog):
    """Public and signed ones, GETs and orders, at the sandbox: no error, no key and no secret in a log."""
    caplog.set_level(logging.DEBUG)
    with Sandbox(rate=0, limits=Limits(weight_per_min=10**6)) as sandbox:
        sandbox.add_api_key(KEY, secret=SECRET)
        client = Client(KEY, SECRET, endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
        together = threading.Barrier(THREADS)
        calls = [
            client.ping,
            lambda: client.get_order_book(symbol="BNBBTC", limit=5),
            client.get_account,
            lambda: client.create_test_order(
                symbol="BNBBTC", side="BUY", type="LIMIT", timeInForce="GTC", quantity="1", price="0.01"
            ),
        ]

        def work(_: int) -> int:
            together.wait(30)
            for number in range(CALLS_EACH):
                calls[number % len(calls)]()
            return CALLS_EACH

        with ThreadPoolExecutor(THREADS) as pool:
            assert sum(pool.map(work, range(THREADS))) == THREADS * CALLS_EACH
        assert client.weight()["/api"]["weight_1m"] > 0
    assert len(caplog.records) >= THREADS * CALLS_EACH  # the URLs of all of them
    logged = caplog.text + " ".join(str(vars(record)) for record in caplog.records)
    for secret in (KEY, SECRET, "signature="):
        assert secret not in logged


def test_a_ban_in_the_middle_is_obeyed_by_all_threads():
    """After the 429 only what was on its way arrives, until its time is over; then all go on."""
    wait_s, banned_at, caught_at, seen_at = 1, [], [], []
    lock = threading.Lock()

    def answer(seen: Seen) -> Answer:
        with lock:
            seen_at.append(time.monotonic())
            if len(seen_at) == 500:
                banned_at.append(seen_at[-1])
                return Answer({"code": -1003, "msg": "Too many requests."}, 429, {"Retry-After": str(wait_s)})
        return Answer()

    with running() as server:
        server.answer = answer
        client = Client(endpoints=server.endpoints)
        refused = []

        def work(_: int) -> int:
            done = 0
            while done < CALLS_EACH // 2:
                try:
                    client.ping()
                    done += 1
                except RateLimited as exc:
                    refused.append(exc.retry_after_s)
                    time.sleep(exc.retry_after_s or 0)
                except BinanceAPIException as exc:
                    assert exc.status_code == 429
                    caught_at.append(time.monotonic())
            return done

        with ThreadPoolExecutor(THREADS) as pool:
            assert sum(pool.map(work, range(THREADS))) == THREADS * CALLS_EACH // 2
    late = [at for at in seen_at if caught_at[0] < at < banned_at[0] + wait_s]
    assert len(late) < THREADS  # each thread's one call that was on its way
    assert all(0 < left_s <= wait_s for left_s in refused)
    assert refused


@pytest.mark.parametrize("secret", [KEY, SECRET])
def test_what_is_kept_of_limits_holds_no_key(secret):
    """It is kept for the whole process."""
    from binance.wire.timings import TIMINGS
    from binance.wire.usage import rest_usage

    with running() as server:
        server.answer = lambda seen: Answer(headers={"X-MBX-ORDER-COUNT-10S": "1"})
        Client(KEY, SECRET, endpoints=server.endpoints).get_account()
    assert secret not in repr(vars(rest_usage(TIMINGS)))


def test_a_forked_process_does_not_wait_for_a_thread_that_it_has_not(monkeypatch):
    """The parent was forked while one of its threads asked for the time: the child's order goes out."""
    asked, answer = threading.Event(), threading.Event()

    def ask(venue):
        asked.set()
        answer.wait(10)

    clock = ExchangeTime(ask, lambda: 0.0, 60.0)
    of_parent = threading.Thread(target=clock.learn, args=("spot",))
    of_parent.start()
    assert asked.wait(10)
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        of_child = threading.Thread(target=clock.learn, args=("spot",), daemon=True)
        of_child.start()
        of_child.join(5)
        waits = of_child.is_alive()
    answer.set()
    of_parent.join()
    assert not waits
