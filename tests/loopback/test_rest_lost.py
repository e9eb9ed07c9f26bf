"""An order whose answer is lost, however it is lost: sent once, and named. Against servers on loopback."""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import ssl
import time

import pytest

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceAPIException, BinanceRequestException
from binance.sandbox.net.certificates import make_identity

from ..http_server import Answer, refused_port, running
from ..raw_http import raw_server, says

KEY = "api-key-Qm8Zr4Tn"
SECRET = "api-secret-Wp6Xs2Vd"
ORDER = {"symbol": "BNBBTC", "side": "BUY", "type": "MARKET", "quantity": "1", "newClientOrderId": "mine-1"}
WHOLE = says(json.dumps({"orderId": 7, "clientOrderId": "mine-1"}).encode(), Content_Type="application/json")


def client_of(endpoints: Endpoints, **options) -> Client:
    """A client that knows the time, so that it asks for nothing but what it is told to."""
    client = Client(KEY, SECRET, endpoints=endpoints, **options)
    client.correct_clock(time.time() * 1000, time.time(), time.time())
    return client


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    """The server's side of TLS, and the file that a client has to trust."""
    made = make_identity()
    directory = tmp_path_factory.mktemp("tls")
    for name, pem in (("key", made.key), ("chain", made.chain), ("trusted", made.trusted)):
        (directory / name).write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "chain", directory / "key")
    return context, str(directory / "trusted")


@pytest.mark.parametrize(
    "begins", [b"", WHOLE[:25], WHOLE[:-9]], ids=["at once", "in the head", "in the body"]
)
@pytest.mark.parametrize(
    "broken", [b"HTTP/1.1 502 Bad Gateway\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x50"], ids=["text", "alert"]
)
def test_an_order_that_tls_broke_after_is_named(identity, begins, broken):
    """The request is there, then TLS fails: the order may have been taken, and the error says which."""
    context, trusted = identity

    def answer(server, connection):
        connection.sendall(begins)
        os.write(connection.fileno(), broken)  # past TLS
        connection.shutdown(socket.SHUT_RDWR)

    with raw_server(answer, context) as server:
        client = client_of(server.endpoints, requests_params={"verify": trusted})
        with pytest.raises(BinanceRequestException, match="may have accepted the order") as caught:
            client.create_order(**ORDER)
        assert (caught.value.was_sent, caught.value.client_order_id) == (True, "mine-1")
        assert server.asked == ["POST /api/v3/order HTTP/1.1"]


def test_an_order_is_named_at_whichever_byte_its_answer_ends():
    """And it is sent once."""
    ends = [0]

    def answer(server, connection):
        connection.sendall(WHOLE[: ends[0]])
        connection.shutdown(socket.SHUT_RDWR)

    with raw_server(answer) as server:
        client = client_of(server.endpoints)
        for length in range(0, len(WHOLE), 3):
            ends[0] = length
            with pytest.raises(BinanceRequestException) as caught:
                client.create_order(**ORDER)
            assert caught.value.client_order_id == "mine-1"
        assert len(server.asked) == len(range(0, len(WHOLE), 3))


def test_an_order_for_which_there_was_no_tls_is_not_in_doubt(identity):
    """The certificate is not trusted: nothing of the order has left."""
    context, _ = identity
    with raw_server(lambda server, connection: connection.sendall(WHOLE), context) as server:
        client = client_of(server.endpoints)
        with pytest.raises(BinanceRequestException, match="CERTIFICATE_VERIFY_FAILED") as caught:
            client.create_order(**ORDER)
        assert (caught.value.was_sent, caught.value.client_order_id) == (False, None)
        assert server.asked == []


@pytest.mark.parametrize(
    "params",
    [
        {"headers": {"X-Mine": "two\r\nlines"}},
        {"cert": "/no/such/file"},
        {"proxies": {"https": "nonsense://x"}},
    ],
    ids=["header", "certificate", "proxy"],
)
def test_an_order_that_cannot_be_sent_is_not_in_doubt(params):
    """What was passed for the requests library is wrong: nothing has left."""
    held, port = refused_port()
    venue = Endpoints(rest=f"https://sandbox.invalid:{port}")
    with held, pytest.raises(BinanceRequestException) as caught:
        client_of(venue, requests_params=params).create_order(**ORDER)
    assert (caught.value.was_sent, caught.value.client_order_id) == (False, None)


def test_an_order_that_a_proxy_did_not_take_is_not_in_doubt():
    """There is no proxy at the address: nothing has left."""
    held, port = refused_port()
    params = {"proxies": {"https": f"http://127.0.0.1:{port}"}}
    with held, pytest.raises(BinanceRequestException) as caught:
        client_of(Endpoints(rest="https://sandbox.invalid"), requests_params=params).create_order(**ORDER)
    assert (caught.value.was_sent, caught.value.client_order_id) == (False, None)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no alarm on this system")
def test_a_ctrl_c_while_an_order_is_under_way_names_it():
    """As a note of the exception; the next call of the thread does not get the answer to that one."""
    answers = [None, says(b'{"orderId": 8}')]

    def answer(server, connection):
        if len(server.asked) == 1:
            os.kill(os.getpid(), signal.SIGALRM)
            server.over.wait(10)
        connection.sendall(answers[1])

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with raw_server(answer) as server:
            client = client_of(server.endpoints)
            with pytest.raises(KeyboardInterrupt) as caught:
                client.create_order(**ORDER)
            assert caught.value.__notes__ == [
                "the exchange may have accepted the order: query it by its client order id, mine-1"
            ]
            assert client.create_order(**ORDER) == {"orderId": 8}
            assert len(server.asked) == 2
    finally:
        signal.signal(signal.SIGALRM, before)


def test_an_order_by_its_path_is_named_by_the_id_it_was_given():
    """Client.request makes no id, but knows one."""
    with running() as server:
        server.answer = lambda seen: Answer({"code": -1007, "msg": "Timeout."}, 504)
        client = client_of(server.endpoints)
        with pytest.raises(BinanceAPIException) as caught:
            client.request(
                "POST", "/api/v3/sor/order", signed=True, symbol="BNBBTC", newClientOrderId="mine-1"
            )
        assert caught.value.client_order_id == "mine-1"


def test_a_replacement_that_was_half_made_is_named():
    """The cancel failed, the new order is there: the error names it, and has all that the exchange said."""
    outcome = {"cancelResult": "FAILURE", "newOrderResult": "SUCCESS"}
    with running() as server:
        server.answer = lambda seen: Answer({"code": -2021, "msg": "partly", "data": outcome}, 409)
        client = client_of(server.endpoints)
        with pytest.raises(BinanceAPIException, match="may have accepted the order") as caught:
            client.cancel_replace_order(**ORDER, cancelReplaceMode="ALLOW_FAILURE", cancelOrderId=1)
        assert caught.value.client_order_id == "mine-1"
        assert caught.value.data == outcome


def test_a_wrong_timestamp_is_said_though_the_time_is_not_known():
    """The exchange refuses it, and does not say its time: the error is that of the order."""
    late = {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}
    with running() as server:
        server.answer = lambda seen: Answer({}, 502) if seen.path == "/api/v3/time" else Answer(late, 400)
        with pytest.raises(BinanceAPIException) as caught:
            client_of(server.endpoints).create_order(**ORDER)
        assert (caught.value.status_code, caught.value.code) == (400, -1021)
        assert caught.value.client_order_id is None


def test_a_wrong_timestamp_of_an_exchange_that_broke_does_not_say_that_nothing_was_done():
    """A 5xx leaves it open, whatever its code."""
    with running() as server:
        server.answer = lambda seen: Answer({"code": -1021, "msg": "x"}, 500)
        with pytest.raises(BinanceAPIException) as caught:
            client_of(server.endpoints).create_order(**ORDER)
        assert caught.value.client_order_id == "mine-1"
        assert "not executed" not in caught.value.message


def test_a_copy_of_a_client_goes_where_the_copy_says():
    """And not where the one goes that it is a copy of, though that one has made calls."""
    with running() as first, running() as second:
        for server in (first, second):
            server.answer = lambda seen: Answer({})
        client = client_of(first.endpoints)
        client.ping()
        other = copy.deepcopy(client)
        other.API_URL = f"{second.endpoints.rest}/api"
        other.create_order(**ORDER)
        assert [seen.path for seen in first.seen] == ["/api/v3/ping"]
        assert second.seen[-1].path == "/api/v3/order"


def test_a_signature_does_not_go_along_with_a_redirect():
    """Who allows redirects: the signature is over another query, and the key stays where it belongs."""
    with running() as there, running() as here:
        there.answer = lambda seen: Answer({"balances": []})
        elsewhere = there.endpoints.rest.replace("127.0.0.1", "localhost")
        here.answer = lambda seen: Answer({}, 307, {"Location": f"{elsewhere}/moved?asset=BNB"})
        client = client_of(here.endpoints, requests_params={"allow_redirects": True})
        assert client.get_account() == {"balances": []}
        assert "signature" in here.seen[0].query
        assert there.seen[0].url == "/moved?asset=BNB"
        assert "x-mbx-apikey" not in there.seen[0].headers
