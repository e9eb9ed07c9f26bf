"""Signed calls and orders of the REST client: what is sent, and how often. Against a server on loopback."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import pickle
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from binance.client import Client
from binance.endpoints import BINANCE_US, Endpoints
from binance.exceptions import BinanceAPIException, BinanceRequestException, InvalidArgument, RateLimited
from binance.sandbox import Sandbox

from ..http_server import Answer, Seen, refused_port, running
from ..keys import ED25519, pem

KEY = "api-key-Qm8Zr4Tn"
SECRET = "api-secret-Wp6Xs2Vd"
ORDER = {"symbol": "BNBBTC", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
TIME = "/api/v3/time"


@pytest.fixture
def server():
    """A server whose clock is this machine's; closed when the test ends."""
    with running() as server:
        answer_with(server, Answer())
        yield server


@pytest.fixture
def client(server):
    """A client with key and secret that goes to the server."""
    return Client(KEY, SECRET, endpoints=server.endpoints)


def answer_with(server, *answers: Answer, ahead_s: float = 0.0) -> None:
    """Let the server give these answers in turn, the last one for ever; its time when it is asked for it."""
    left = list(answers)

    def answer(seen: Seen) -> Answer:
        if seen.path == TIME:
            return Answer({"serverTime": int((time.time() + ahead_s) * 1000)})
        return left.pop(0) if len(left) > 1 else left[0]

    server.answer = answer


def orders(server) -> list[Seen]:
    """What the server was asked, without questions for its time."""
    return [seen for seen in server.seen if seen.path != TIME]


# -- what is sent -----------------------------------------------------------------------------------------


def test_a_signed_get_has_its_signature_at_the_end_of_its_query(client, server):
    """It is over the query before it, byte for byte; the key is in the header, and nothing in a body."""
    client.get_account(omitZeroBalances=True)
    [seen] = server.seen
    sent, _, signature = urlsplit(seen.url).query.rpartition("&signature=")
    assert signature == hmac.new(SECRET.encode(), sent.encode(), hashlib.sha256).hexdigest()
    assert seen.query["omitZeroBalances"] == ["true"]
    assert (seen.headers["x-mbx-apikey"], seen.body) == (KEY, b"")


def test_no_signature_stands_in_a_log(client, server, caplog):
    """The libraries below log the URL of each call at DEBUG: without its signature."""
    caplog.set_level(logging.DEBUG)
    client.get_account()
    client.create_order(**ORDER, quantity="1", price="0.5")
    get = server.seen[0]
    assert "/api/v3/account" in caplog.text
    assert get.query["signature"][0] not in caplog.text
    assert orders(server)[1].form["signature"][0] not in caplog.text


@pytest.mark.parametrize(
    ("amount", "sent"),
    [
        ("0.00001000", "0.00001000"),
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("100.10"), "100.10"),
        (0.00001, "0.00001"),
        (1e22, "10000000000000000000000"),
        (3, "3"),
    ],
)
def test_an_amount_is_sent_digit_by_digit(client, server, amount, sent):
    """Text and Decimals as they are, floats without an exponent."""
    client.create_order(**ORDER, quantity=amount, price="0.5")
    assert orders(server)[0].form["quantity"] == [sent]


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), Decimal("NaN"), b"1", object()])
def test_an_amount_that_is_none_sends_nothing(client, server, amount):
    """The error names the parameter."""
    with pytest.raises(InvalidArgument, match="quantity"):
        client.create_order(**ORDER, quantity=amount, price="0.5")
    assert orders(server) == []


def test_an_order_has_a_client_order_id(client, server):
    """One that was passed is sent; else each order has one of its own, which the exchange accepts."""
    client.create_order(**ORDER, newClientOrderId="mine-1")
    client.create_order(**ORDER)
    client.create_order(**ORDER, newClientOrderId=None)
    mine, first, second = (seen.form["newClientOrderId"][0] for seen in orders(server))
    assert mine == "mine-1"
    assert first != second
    assert all(len(made) <= 32 and made.isalnum() for made in (first, second))


def test_a_window_is_sent_with_signed_calls(server):
    """That of the client, unless the call has one of its own; not with calls that are not signed."""
    client = Client(KEY, SECRET, endpoints=server.endpoints, recv_window_ms=2_000)
    client.get_account()
    client.get_account(recvWindow=700)
    client.ping()
    assert [seen.query.get("recvWindow") for seen in server.seen] == [["2000"], ["700"], None]


@pytest.mark.parametrize("window", [0, -1, 60_001, "5000", 1.5])
def test_a_window_out_of_range_is_refused(window):
    """When the client is made."""
    with pytest.raises(InvalidArgument, match="recv_window_ms"):
        Client(recv_window_ms=window)


@pytest.mark.parametrize("key", [ED25519, rsa.generate_private_key(65537, 2048)], ids=["Ed25519", "RSA"])
def test_a_private_key_signs_rest(key):
    """The sandbox takes its signatures: of a GET and of an order, whose values have to be encoded."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with Sandbox(rate=0) as sandbox:
        sandbox.add_api_key(KEY, public_key=public)
        client = Client(KEY, pem(key), endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
        assert client.get_account()["accountType"] == "SPOT"
        order = {"symbol": "BNBBTC", "side": "SELL", "type": "LIMIT", "timeInForce": "GTC"}
        placed = client.create_order(**order, quantity="1", price="0.02", newClientOrderId="a:b/c.d_e-f")
        assert client.get_order(symbol="BNBBTC", orderId=placed["orderId"])["clientOrderId"] == "a:b/c.d_e-f"


# -- how often --------------------------------------------------------------------------------------------


def drops_after(server, whole: int) -> None:
    """Let the server answer so many calls, and close the connection of the next without an answer."""
    left = [whole]

    def answer(seen: Seen) -> Answer:
        if left[0] == 0:
            for connection in list(server.open):
                connection.shutdown(socket.SHUT_RDWR)
        left[0] -= 1
        return Answer({"serverTime": int(time.time() * 1000)})

    server.answer = answer


def test_an_order_is_never_sent_twice(client, server):
    """A connection that is closed without an answer: one attempt; the error names the order to ask for."""
    client.create_order(**ORDER)
    drops_after(server, 0)
    with pytest.raises(BinanceRequestException, match="client order id, once-1") as caught:
        client.create_order(**ORDER, newClientOrderId="once-1")
    assert caught.value.client_order_id == "once-1"
    assert caught.value.was_sent
    assert [seen.form["newClientOrderId"][0] for seen in orders(server)][1:] == ["once-1"]


def test_a_get_is_sent_again_by_another_connection(client, server):
    """The one that was kept had been closed by the server: the caller does not notice."""
    client.get_exchange_info()
    drops_after(server, 0)
    assert client.get_exchange_info()["serverTime"]
    assert len(server.seen) == 3


@pytest.mark.parametrize(
    ("status", "code"), [(500, None), (503, -1000), (504, None), (408, -1007), (400, -1006)]
)
def test_an_order_whose_outcome_is_not_known_is_named(client, server, status, code):
    """The exchange broke or timed out within: it may have accepted the order."""
    answer_with(server, Answer({"code": code, "msg": "Timeout waiting for response."}, status))
    with pytest.raises(BinanceAPIException, match="may have accepted the order") as caught:
        client.create_order(**ORDER)
    assert caught.value.client_order_id == orders(server)[0].form["newClientOrderId"][0]
    assert len(orders(server)) == 1


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"orderId": 7'])
def test_an_order_whose_answer_cannot_be_read_is_named(client, server, body):
    """The exchange says yes with what is not JSON: the order is there."""
    answer_with(server, Answer(body))
    with pytest.raises(BinanceRequestException, match="may have accepted the order") as caught:
        client.create_order(**ORDER, newClientOrderId="mine-1")
    assert caught.value.client_order_id == "mine-1"


def test_an_order_whose_answer_was_lost_is_found_again():
    """The sandbox takes it and resets the connection: the id in the error is the one to ask for it by."""
    with Sandbox(rate=0) as sandbox:
        client = Client(KEY, SECRET, endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
        client.get_account()
        sandbox.rest(how="lose", match="/api/v3/order")
        with pytest.raises(BinanceRequestException) as caught:
            client.order_limit_sell(symbol="BNBBTC", quantity="1", price="0.02")
        sandbox.rest()
        order_id = caught.value.client_order_id
        found = client.get_order(symbol="BNBBTC", origClientOrderId=order_id)
        assert (found["status"], found["side"]) == ("NEW", "SELL")
        [listed] = client.get_open_orders(symbol="BNBBTC")
        assert listed["clientOrderId"] == order_id


def test_an_order_that_was_refused_is_not_in_doubt(client, server):
    """The exchange's words alone."""
    answer_with(server, Answer({"code": -2010, "msg": "Account has insufficient balance."}, 400))
    with pytest.raises(BinanceAPIException) as caught:
        client.create_order(**ORDER)
    assert caught.value.client_order_id is None
    assert caught.value.message == "Account has insufficient balance."


def drops_all(server) -> None:
    """Let the server close the connection of each call without an answer."""

    def answer(seen: Seen) -> Answer:
        for connection in list(server.open):
            connection.shutdown(socket.SHUT_RDWR)
        return Answer()

    server.answer = answer


@pytest.mark.parametrize("name", ["cancel_order", "universal_transfer", "futures_change_leverage"])
def test_a_call_that_changes_something_is_in_doubt_too(client, server, name):
    """It has no id to ask by, and its error says what to do."""
    client.correct_clock(0.0, 0.0, 0.0)
    drops_all(server)
    with pytest.raises(BinanceRequestException, match="may have executed the call") as caught:
        getattr(client, name)(symbol="BNBBTC")
    assert caught.value.was_sent
    assert caught.value.client_order_id is None


@pytest.mark.parametrize("name", ["get_account", "stream_get_listen_key", "margin_get_listen_token"])
def test_a_call_that_can_be_repeated_is_not_in_doubt(client, server, name):
    """It does no harm to make it again."""
    drops_all(server)
    with pytest.raises(BinanceRequestException) as caught:
        getattr(client, name)()
    assert "may have" not in str(caught.value)


def test_a_withdrawal_whose_answer_was_lost_can_be_asked_for(client, server):
    """It has an id of ours, as orders have."""
    client.correct_clock(0.0, 0.0, 0.0)
    drops_all(server)
    with pytest.raises(BinanceRequestException) as caught:
        client.withdraw(coin="BTC", address="x", amount="0.1")
    assert caught.value.client_order_id == server.seen[-1].form["withdrawOrderId"][0]


def test_a_call_without_an_answer_is_the_error_that_it_was_in_the_old_library(client, server):
    """Scripts catch the requests library's own: a lost connection, no connection, a timeout."""
    client.correct_clock(0.0, 0.0, 0.0)
    drops_all(server)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.create_order(**ORDER)
    held, port = refused_port()
    with held, pytest.raises(requests.exceptions.ConnectionError) as caught:
        Client(endpoints=Endpoints.sandbox("127.0.0.1", port)).ping()
    assert isinstance(caught.value, BinanceRequestException)
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = Endpoints.sandbox("127.0.0.1", silent.getsockname()[1])
        with pytest.raises(requests.exceptions.ReadTimeout):
            Client(requests_params={"timeout": 0.05}, endpoints=there).ping()


def test_an_order_that_nobody_can_have_received_is_not_in_doubt():
    """Nobody listens at the port: nothing was sent."""
    held, port = refused_port()
    client = Client(KEY, SECRET, endpoints=Endpoints.sandbox("127.0.0.1", port))
    client.correct_clock(0.0, 0.0, 0.0)
    with held, pytest.raises(BinanceRequestException) as caught:
        client.create_order(**ORDER)
    assert not caught.value.was_sent
    assert caught.value.client_order_id is None


@pytest.mark.parametrize("keys", [(), (KEY,)], ids=["no key", "no secret"])
def test_an_order_that_cannot_be_signed_is_not_in_doubt(server, keys):
    """Nothing was sent, and the error says so."""
    with pytest.raises(BinanceRequestException, match=r"needs (a|the secret of the API) key") as caught:
        Client(*keys, endpoints=server.endpoints).create_order(**ORDER)
    assert not caught.value.was_sent
    assert caught.value.client_order_id is None
    assert server.seen == []


# -- the clock --------------------------------------------------------------------------------------------

LATE = Answer({"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}, 400)


def test_the_clock_is_known_before_the_first_order(client, server):
    """An hour off: the exchange is asked for its time once, and the orders are stamped with it."""
    answer_with(server, Answer(), ahead_s=3600)
    client.create_order(**ORDER)
    client.create_order(**ORDER)
    assert [seen.path == TIME for seen in server.seen] == [True, False, False]
    for seen in orders(server):
        assert abs(int(seen.form["timestamp"][0]) - (time.time() + 3600) * 1000) < 60_000


def test_many_threads_ask_for_the_time_once(client, server):
    """The others wait for the answer, and stamp their orders with it."""
    answer_with(server, Answer(), ahead_s=3600)
    together = threading.Barrier(8)

    def order(_: int) -> None:
        together.wait(10)
        client.create_order(**ORDER)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(order, range(8)))
    assert len(server.seen) - len(orders(server)) == 1
    assert all(int(seen.form["timestamp"][0]) > (time.time() + 1800) * 1000 for seen in orders(server))


def test_a_venue_is_asked_for_its_own_time(client, server):
    """An order of futures does not depend on the host of spot."""
    client.futures_create_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="1")
    assert [seen.path for seen in server.seen] == ["/fapi/v1/time", "/fapi/v1/order"]


def test_an_order_is_sent_though_the_time_is_not_known(client, server, caplog):
    """The question for it fails: the order goes by this machine's clock, and the log says so."""
    caplog.set_level(logging.INFO)
    server.answer = lambda seen: Answer({}, 502) if seen.path == TIME else Answer()
    client.create_order(**ORDER)
    assert abs(int(orders(server)[0].form["timestamp"][0]) - time.time() * 1000) < 60_000
    assert "did not answer with its time" in caplog.text


def test_what_the_way_explains_is_not_corrected(client, server):
    """The exchange's time lies within the time that the question took: the machine's clock stays."""
    client.create_order(**ORDER)
    assert client.clock_offset_ms == 0.0


def test_an_order_with_a_wrong_timestamp_is_not_repeated(client, server):
    """It was not executed, and the error says so; the clock is corrected for the next."""
    answer_with(server, Answer(), LATE, Answer())
    client.create_order(**ORDER)
    server_answer = server.answer
    server.answer = lambda seen: (
        Answer({"serverTime": int((time.time() + 3600) * 1000)}) if seen.path == TIME else server_answer(seen)
    )
    with pytest.raises(BinanceAPIException, match="not executed") as caught:
        client.create_order(**ORDER)
    assert caught.value.code == -1021
    client.create_order(**ORDER)
    stamps = [int(seen.form["timestamp"][0]) for seen in orders(server)]
    assert len(stamps) == 3
    assert stamps[2] - stamps[1] > 3_000_000


def test_a_signed_get_with_a_wrong_timestamp_is_repeated(client, server):
    """Reading twice does no harm."""
    answer_with(server, LATE, Answer({"balances": []}), ahead_s=3600)
    assert client.get_account() == {"balances": []}
    assert len(orders(server)) == 2


# -- where to ---------------------------------------------------------------------------------------------


def test_a_changed_url_says_where_calls_go(server):
    """On a subclass or on a client, with the end that it had in 0.7 or without; other calls go elsewhere."""
    base = server.endpoints.rest
    held, port = refused_port()

    class Mine(Client):
        API_URL = base + "/api"

    there = Mine(KEY, SECRET, endpoints=Endpoints.sandbox("127.0.0.1", port))
    there.ping()
    there.API_URL = base
    there.ping()
    there.FUTURES_URL = base + "/fapi/"
    there.futures_ping()
    with held, pytest.raises(BinanceRequestException):
        there.futures_coin_ping()
    assert [seen.path for seen in server.seen] == ["/api/v3/ping", "/api/v3/ping", "/fapi/v1/ping"]


def test_an_empty_url_is_not_the_exchange(client, server):
    """A script that failed to say where its calls go does not send them to the venue of the client."""
    client.API_URL = ""
    with pytest.raises(BinanceRequestException, match="Invalid URL"):
        client.create_order(**ORDER)
    assert server.seen == []


def test_a_client_shows_where_its_calls_go():
    """The constants are whole on a client, and templates on the class, as they were."""
    assert Client.API_URL == "https://api.binance.{}/api"
    assert Client().API_URL == "https://api.binance.com/api"
    assert Client(tld="us").API_URL == "https://api.binance.us/api"
    assert Client(testnet=True).FUTURES_URL == "https://testnet.binancefuture.com/fapi"


def test_a_key_of_another_exchange_is_not_sent_to_binance_com():
    """binance.us has no futures: its key goes nowhere else."""
    client = Client(KEY, SECRET, tld="us")
    assert client.endpoints is BINANCE_US
    with pytest.raises(BinanceRequestException, match="no usdm"):
        client.request("GET", "/fapi/v2/account", venue="usdm", signed=True)


def test_a_call_without_a_method_is_made_by_its_path(client, server):
    """Signed, with the key, or without."""
    client.request("get", "/sapi/v1/simple-earn/flexible/list", signed=True, asset="BTC")
    client.request("POST", "/fapi/v1/listenKey", venue="usdm", with_key=True)
    client.request("GET", "/api/v3/ping")
    first, second, third = server.seen
    assert (first.method, first.path, first.query["asset"]) == (
        "GET", "/sapi/v1/simple-earn/flexible/list", ["BTC"],
    )  # fmt: skip
    assert "signature" in first.query
    assert (second.headers.get("x-mbx-apikey"), second.form) == (KEY, {})
    assert "x-mbx-apikey" not in third.headers


@pytest.mark.parametrize(
    ("args", "options", "word"),
    [
        (("FETCH", "/x"), {}, "verb"),
        (("GET", "x"), {}, "path"),
        (("GET", "/x?a=b"), {}, "path"),
        (("GET", "/x"), {"venue": "futures"}, "venue"),
    ],
)
def test_a_call_that_cannot_be_is_refused(client, server, args, options, word):
    """The error names the argument and what to use."""
    with pytest.raises(InvalidArgument, match=word):
        client.request(*args, **options)
    assert server.seen == []


# -- limits -----------------------------------------------------------------------------------------------


def test_what_has_been_used_of_the_limits_is_known(client, server):
    """Weights of the address for all clients of the process, orders for those of the account."""
    used = {"X-MBX-USED-WEIGHT": "21", "X-MBX-USED-WEIGHT-1M": "21", "X-MBX-ORDER-COUNT-10S": "3"}
    answer_with(server, Answer(headers={"Content-Type": "application/json", **used}))
    assert client.weight() == {}
    client.create_order(**ORDER)
    assert client.weight() == {"/api": {"weight_1m": 21, "orders_10s": 3}}
    other = Client("another-key", "another-secret", endpoints=server.endpoints)
    other.get_server_time()
    assert other.weight() == {"/api": {"weight_1m": 21}}


def test_a_ban_is_obeyed_by_all_clients(client, server):
    """429 with Retry-After: nobody sends anything to the host, and each call says for how long."""
    answer_with(server, Answer({"code": -1003, "msg": "Too many."}, 429, {"Retry-After": "30"}))
    with pytest.raises(BinanceAPIException):
        client.create_order(**ORDER)
    before = len(server.seen)
    for refused in (client, Client(endpoints=server.endpoints)):
        with pytest.raises(RateLimited) as caught:
            refused.ping()
        assert 0 < caught.value.retry_after_s <= 30
        assert not caught.value.was_sent
    assert len(server.seen) == before


# -- processes --------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_has_connections_of_its_own(client, server):
    """A connection that two processes use would give one the answer of the other."""
    client.ping()
    child = os.fork()
    if child == 0:
        try:
            client.ping()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    client.ping()
    first, theirs, second = (seen.peer for seen in server.seen)
    assert first == second != theirs


def test_too_many_orders_do_not_hold_back_a_cancel(client, server):
    """They are counted by account: 429 with -1015, even with a wait, is not about the host."""
    too_many = {"code": -1015, "msg": "Too many new orders; current limit is 100 orders per 10 SECOND."}
    answer_with(server, Answer(too_many, 429, {"Retry-After": "30"}), Answer())
    with pytest.raises(BinanceAPIException) as caught:
        client.create_order(**ORDER)
    assert (caught.value.code, caught.value.retry_after_s) == (-1015, 30.0)
    assert client.cancel_order(symbol="BNBBTC", orderId=1) is not None
    assert Client(endpoints=server.endpoints).ping() is not None
