"""A test with the sandbox: a connection that is cut is opened again."""

from queue import Queue

from binance.endpoints import Endpoints
from binance.events import Event
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager


def test_a_connection_that_is_cut_is_opened_again():
    events: Queue[Event] = Queue()
    with Sandbox(seed=7) as sandbox:
        venue = Endpoints.sandbox(sandbox.host, sandbox.port)
        with BinanceSocketManager(None, endpoints=venue, on_event=events.put) as bm:
            bm.start_trade_socket("BNBBTC", print)
            assert [events.get(timeout=30).kind for _ in range(2)] == ["connecting", "connected"]
            sandbox.cut("bnbbtc@trade")
            reconnecting = ["disconnected", "retrying", "connecting", "connected"]
            assert [events.get(timeout=30).kind for _ in reconnecting] == reconnecting
