"""Ask REST after messages of a socket, in the main thread, so that no socket waits for an answer."""

from binance.client import Client
from binance.consumers import Latest
from binance.websockets import BinanceSocketManager

client = Client()
latest = Latest()  # should messages come faster than calls are made, those before the newest are of no use

with BinanceSocketManager(client) as bm:
    key = bm.start_trade_socket("BNBBTC", latest)
    for _ in range(5):
        latest.wait()
        if key in latest.errors:
            print("gave up:", latest.errors[key]["m"])
            break
        msg = latest["bnbbtc@trade"]
        book = client.get_order_book(symbol=msg["s"], limit=5)  # as long as it takes
        print("traded at", msg["p"], "bid", book["bids"][0][0], "ask", book["asks"][0][0])
