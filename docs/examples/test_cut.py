"""A test with the sandbox: a connection that is cut is opened again."""

from queue import Queue

from binance.endpoints import Endpoints
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager


def test_a_connection_that_is_cut_is_opened_again():
    kinds = Queue()
    with Sandbox(seed=7) as sandbox:
        venue = Endpoints.sandbox(sandbox.host, sandbox.port)
        with BinanceSocketManager(None, endpoints=venue, on_event=lambda event: kinds.put(event.kind)) as bm:
            bm.start_trade_socket("BNBBTC", print)
            assert [kinds.get(timeout=30) for _ in range(2)] == ["connecting", "connected"]
            sandbox.cut("bnbbtc@trade")
            reconnecting = ["disconnected", "retrying", "connecting", "connected"]
            assert [kinds.get(timeout=30) for _ in reconnecting] == reconnecting
