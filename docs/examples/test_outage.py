"""A test of one's own: does the script live through a cut?"""

import queue

import pytest

from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox(seed=7, rate=200) as running:
        yield running


@pytest.fixture(autouse=True)
def no_faults(sandbox):
    yield
    sandbox.clear()


@pytest.fixture(scope="session")
def managers(sandbox):
    """Make managers that go to the sandbox; the reactor runs until the last test has ended."""
    made = []

    def make(**options):
        venue = Endpoints.sandbox(sandbox.host, sandbox.port)
        bm = BinanceSocketManager(None, endpoints=venue, **options)
        bm.start()
        made.append(bm)
        return bm

    yield make
    for bm in made:
        bm.close()


def test_trades_go_on_after_a_cut(sandbox, managers):
    trades: queue.Queue[dict] = queue.Queue()
    events: queue.Queue[Event] = queue.Queue()
    bm = managers(on_event=events.put)
    conn_key = bm.start_trade_socket("BNBBTC", trades.put)
    assert trades.get(timeout=30)["e"] == "trade"

    assert sandbox.cut("bnbbtc@trade") == 1
    while (event := events.get(timeout=30)).kind != "disconnected":
        pass
    assert event.info["retry"]
    while events.get(timeout=30).kind != "connected":
        pass
    while not trades.empty():
        trades.get()
    assert trades.get(timeout=30)["e"] == "trade"

    bm.stop_socket(conn_key)


def test_the_error_message_comes_when_the_exchange_stays_away(sandbox, managers):
    messages: queue.Queue[dict] = queue.Queue()
    bm = managers(max_retries=0)
    bm.start_trade_socket("BNBBTC", messages.put)
    assert messages.get(timeout=30)["e"] == "trade"

    sandbox.cut("bnbbtc@trade")
    while (msg := messages.get(timeout=30))["e"] != "error":
        pass
    assert msg == {"e": "error", "m": "Max reconnect retries reached"}
