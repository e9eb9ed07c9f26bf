"""The REST client against a small HTTP server on loopback."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from twisted.internet.testing import MemoryReactorClock

from binance import constants
from binance.client import Client
from binance.endpoints import (
    BINANCE_COM,
    BINANCE_US,
    MARKET_DATA_ONLY,
    SPOT_DEMO,
    SPOT_TESTNET,
    Endpoints,
)
from binance.exceptions import BinanceAPIException, BinanceError, BinanceRequestException, InvalidArgument
from binance.rest import transport
from binance.websockets import BinanceSocketManager
from binance.wire.timings import Timings

from ..http_server import Answer, Seen, refused_port, running
from ..keys import ED25519, pem
from ..resolving import FakeResolver

KEY = "api-key-Qm8Zr4Tn"
SECRET = "api-secret-Wp6Xs2Vd"
LISTEN_KEY = "listen-key-Jb5Lc9Fg"

GONE = b"<html><head><title>410 Gone</title></head><body><center>nginx</center></body></html>"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """A proxy of the machine is not asked."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "*")


@pytest.fixture
def server():
    """A running server, closed with all its connections when the test ends."""
    with running() as server:
        yield server


@pytest.fixture
def client(server):
    """A client with key and secret that goes to the server."""
    return Client(KEY, SECRET, endpoints=server.endpoints)


CALLS: list[tuple[Callable[[Client], Any], str, str, dict[str, list[str]], dict[str, list[str]], bool]] = [
    # call, method, path, query, form, with key
    (lambda c: c.ping(), "GET", "/api/v3/ping", {}, {}, False),
    (lambda c: c.get_server_time(), "GET", "/api/v3/time", {}, {}, False),
    (lambda c: c.get_exchange_info(), "GET", "/api/v3/exchangeInfo", {}, {}, False),
    (
        lambda c: c.get_exchange_info(symbol="BNBBTC"),
        "GET",
        "/api/v3/exchangeInfo",
        {"symbol": ["BNBBTC"]},
        {},
        False,
    ),
    (
        lambda c: c.get_order_book(symbol="BNBBTC", limit=5000),
        "GET",
        "/api/v3/depth",
        {"symbol": ["BNBBTC"], "limit": ["5000"]},
        {},
        False,
    ),
    (lambda c: c.stream_get_listen_key(), "POST", "/api/v3/userDataStream", {}, {}, True),
    (
        lambda c: c.stream_keepalive(LISTEN_KEY),
        "PUT",
        "/api/v3/userDataStream",
        {},
        {"listenKey": [LISTEN_KEY]},
        True,
    ),
    (
        lambda c: c.stream_keepalive(listenKey=LISTEN_KEY),
        "PUT",
        "/api/v3/userDataStream",
        {},
        {"listenKey": [LISTEN_KEY]},
        True,
    ),
    (
        lambda c: c.stream_close(LISTEN_KEY),
        "DELETE",
        "/api/v3/userDataStream",
        {},
        {"listenKey": [LISTEN_KEY]},
        True,
    ),
    (lambda c: c.futures_ping(), "GET", "/fapi/v1/ping", {}, {}, False),
    (lambda c: c.futures_time(), "GET", "/fapi/v1/time", {}, {}, False),
    (lambda c: c.futures_exchange_info(), "GET", "/fapi/v1/exchangeInfo", {}, {}, False),
    (lambda c: c.futures_order_book(limit=5), "GET", "/fapi/v1/depth", {"limit": ["5"]}, {}, False),
    (lambda c: c.futures_stream_get_listen_key(), "POST", "/fapi/v1/listenKey", {}, {}, True),
    (lambda c: c.futures_stream_keepalive(LISTEN_KEY), "PUT", "/fapi/v1/listenKey", {}, {}, True),
    (lambda c: c.futures_stream_close(LISTEN_KEY), "DELETE", "/fapi/v1/listenKey", {}, {}, True),
    (lambda c: c.futures_coin_ping(), "GET", "/dapi/v1/ping", {}, {}, False),
    (lambda c: c.futures_coin_time(), "GET", "/dapi/v1/time", {}, {}, False),
    (lambda c: c.futures_coin_exchange_info(), "GET", "/dapi/v1/exchangeInfo", {}, {}, False),
    (lambda c: c.futures_coin_order_book(limit=5), "GET", "/dapi/v1/depth", {"limit": ["5"]}, {}, False),
    (lambda c: c.futures_coin_stream_get_listen_key(), "POST", "/dapi/v1/listenKey", {}, {}, True),
    (lambda c: c.futures_coin_stream_keepalive(listenKey="x"), "PUT", "/dapi/v1/listenKey", {}, {}, True),
    (lambda c: c.futures_coin_stream_close("x"), "DELETE", "/dapi/v1/listenKey", {}, {}, True),
    (lambda c: c.options_ping(), "GET", "/eapi/v1/ping", {}, {}, False),
    (lambda c: c.options_time(), "GET", "/eapi/v1/time", {}, {}, False),
    (lambda c: c.options_exchange_info(), "GET", "/eapi/v1/exchangeInfo", {}, {}, False),
    (lambda c: c.options_order_book(limit=5), "GET", "/eapi/v1/depth", {"limit": ["5"]}, {}, False),
    (lambda c: c.options_stream_get_listen_key(), "POST", "/eapi/v1/listenKey", {}, {}, True),
    (lambda c: c.options_stream_keepalive(), "PUT", "/eapi/v1/listenKey", {}, {}, True),
    (lambda c: c.options_stream_close(), "DELETE", "/eapi/v1/listenKey", {}, {}, True),
    (lambda c: c.papi_stream_get_listen_key(), "POST", "/papi/v1/listenKey", {}, {}, True),
    (lambda c: c.papi_stream_keepalive(), "PUT", "/papi/v1/listenKey", {}, {}, True),
    (lambda c: c.papi_stream_close(), "DELETE", "/papi/v1/listenKey", {}, {}, True),
]
CALL_IDS = [
    "ping",
    "time",
    "exchange info",
    "exchange info of a symbol",
    "order book",
    "get listen key",
    "keepalive",
    "keepalive by name",
    "close",
    *(f"{verb} {path}" for _, verb, path, *_ in CALLS[9:]),
]


# -- making one -------------------------------------------------------------------------------------------


def test_nothing_is_sent_when_a_client_is_made(server):
    """Making, printing and dropping a client asks the exchange nothing."""
    client = Client(KEY, SECRET, endpoints=server.endpoints)
    repr(client)
    del client
    assert server.seen == []
    assert not server.open


def test_key_secret_and_request_parameters_are_taken_by_position(server):
    """The first five arguments are the classic ones; endpoints have a name."""
    client = Client(KEY, SECRET, {"headers": {"X-Extra": "1"}}, endpoints=server.endpoints)
    client.ping()
    assert (client.API_KEY, client.API_SECRET) == (KEY, SECRET)
    assert server.seen[0].headers["x-extra"] == "1"
    with pytest.raises(InvalidArgument, match="endpoints="):
        Client(KEY, SECRET, None, server.endpoints)
    assert Client(KEY, SECRET, None, "us").endpoints is BINANCE_US
    assert Client(KEY, SECRET, None, "com", True).endpoints is SPOT_TESTNET


def test_a_client_knows_its_venue():
    """The endpoints are those that were given, and binance.com's otherwise."""
    assert Client().endpoints is BINANCE_COM
    assert Client(endpoints=BINANCE_US).endpoints is BINANCE_US


@pytest.mark.parametrize("endpoints", ["https://api.binance.us", {"rest": "https://api.binance.us"}, 5])
def test_endpoints_of_another_type_are_refused(endpoints):
    """A bare URL is no venue, and the error says what is."""
    with pytest.raises(InvalidArgument, match="Endpoints"):
        Client(endpoints=endpoints)


@pytest.mark.parametrize("name", [n for n in vars(constants) if n.startswith(("KLINE_INTERVAL_", "SIDE_"))])
def test_classic_constants_are_readable_on_the_class(name):
    """Scripts read ``Client.KLINE_INTERVAL_1MINUTE`` and its like."""
    assert getattr(Client, name) == getattr(constants, name)


def test_request_parameters_are_not_changed(server):
    """What a script passed stays the script's, whatever the client adds for a call."""
    params = {"headers": {"X-Extra": "1"}, "timeout": 5}
    Client(KEY, SECRET, params, endpoints=server.endpoints).stream_keepalive(LISTEN_KEY)
    assert params == {"headers": {"X-Extra": "1"}, "timeout": 5}


# -- what is sent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "method", "path", "query", "form", "with_key"), CALLS, ids=CALL_IDS)
def test_a_call_has_its_method_path_and_parameters(client, server, call, method, path, query, form, with_key):
    """A GET has its parameters in the URL, all others in the form body; the key goes where it is needed."""
    server.answer = lambda seen: Answer({"listenKey": LISTEN_KEY})
    call(client)
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.query, seen.form) == (method, path, query, form)
    assert seen.headers.get("x-mbx-apikey") == (KEY if with_key else None)
    assert LISTEN_KEY not in seen.url
    assert seen.headers["accept"] == "application/json"
    if form:
        assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert SECRET not in repr(seen)


@pytest.mark.parametrize("call", [calls[0] for calls in CALLS if calls[-1]])
def test_without_a_key_nothing_is_sent_that_needs_one(server, call):
    """A call that needs a key says so, and the exchange is not asked."""
    with pytest.raises(BinanceRequestException, match="API key"):
        call(Client(endpoints=server.endpoints))
    assert server.seen == []


def test_a_key_does_not_stay_for_the_next_call(client, server):
    """After a call with the key, a market call goes without it."""
    client.stream_keepalive(LISTEN_KEY)
    client.ping()
    assert "x-mbx-apikey" not in server.seen[1].headers


def test_one_thread_keeps_one_connection(client, server):
    """Calls one after another share a connection."""
    for _ in range(3):
        client.ping()
    assert len({seen.peer for seen in server.seen}) == 1


def test_threads_do_not_disturb_one_another(client, server):
    """Eight threads with 25 calls each get each their own answers, all of them."""
    server.answer = lambda seen: Answer({"symbol": seen.query["symbol"][0]})
    symbols = [[f"T{thread}N{number}" for number in range(25)] for thread in range(8)]
    together = threading.Barrier(8)

    def calls(mine: list[str]) -> list[str]:
        together.wait(10)
        return [client.get_order_book(symbol=symbol)["symbol"] for symbol in mine]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(calls, symbols)) == symbols
    assert len(server.seen) == 200


# -- answers ----------------------------------------------------------------------------------------------


def test_threads_share_no_session(client, server):
    """A requests session is not made for several threads: each has its own connection, and keeps it."""
    client.ping()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(client.ping).result()
        pool.submit(client.ping).result()
    client.ping()
    mine, theirs, theirs_again, mine_again = [seen.peer for seen in server.seen]
    assert mine_again == mine
    assert theirs_again == theirs != mine


def test_answers_are_the_exchanges_objects(client, server):
    """What the exchange sent is returned as it is; a listen key bare."""
    book = {"lastUpdateId": 7, "bids": [["0.01234400", "12.000"]], "asks": []}
    server.answer = lambda seen: Answer(book if seen.method == "GET" else {"listenKey": LISTEN_KEY})
    assert client.get_order_book(symbol="BNBBTC") == book
    assert client.stream_get_listen_key() == LISTEN_KEY


@pytest.mark.parametrize("answer", [{}, {"listenKey": None}, {"listenKey": 5}, {"listenkey": "x"}])
def test_an_answer_without_a_listen_key_is_an_error(client, server, answer):
    """A listen key is a string or there is none."""
    server.answer = lambda seen: Answer(answer)
    with pytest.raises(BinanceRequestException, match="listenKey"):
        client.stream_get_listen_key()


HOSTS = ("usdm_rest", "coinm_rest", "options_rest", "portfolio_rest")


@pytest.mark.parametrize(
    ("field", "prefix"), list(zip(HOSTS, ("/fapi/", "/dapi/", "/eapi/", "/papi/"), strict=True))
)
def test_calls_of_derivatives_go_to_the_host_of_their_venue(server, field, prefix):
    """Each of them to the one of the endpoints that it belongs to, and nothing else goes there."""
    held, port = refused_port()
    nowhere = f"http://127.0.0.1:{port}"
    hosts = {name: nowhere for name in (*HOSTS, "rest") if name != field}
    client = Client(KEY, endpoints=replace(server.endpoints, **hosts))
    server.answer = lambda seen: Answer({"listenKey": LISTEN_KEY})
    with held:
        for call, *_ in CALLS:
            with contextlib.suppress(BinanceRequestException):
                call(client)
    assert [seen.path for seen in server.seen] == [
        path for _, _, path, *_ in CALLS if path.startswith(prefix)
    ]
    assert server.seen


@pytest.mark.parametrize("answer", [[], [{}], "text", 5, None, True])
@pytest.mark.parametrize("call", [calls[0] for calls in CALLS if calls[1] in ("GET", "POST")])
def test_json_that_is_no_object_is_an_error(client, server, call, answer):
    """A list or a text where an object is due is not handed on, by calls that change nothing."""
    server.answer = lambda seen: Answer(answer)
    with pytest.raises(BinanceRequestException, match="not an object"):
        call(client)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b"text", b'{"a":', b"\xff\xfe\x00", b"\xed\xa0\x80", b"[" * 100_000],
    ids=["empty", "html", "text", "cut", "bytes", "surrogate", "deep"],
)
def test_an_answer_that_is_no_json_is_an_error(client, server, body):
    """A success that cannot be read raises BinanceRequestException with its status."""
    server.answer = lambda seen: Answer(body)
    with pytest.raises(BinanceRequestException) as caught:
        client.ping()
    assert not isinstance(caught.value, BinanceAPIException)
    assert caught.value.status_code == 200


# -- errors of the exchange -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, -1121, "Invalid symbol."),
        (400, -1125, "This listenKey does not exist."),
        (401, -2015, "Invalid API-key, IP, or permissions for action."),
        (403, -1000, "x"),
        (418, -1003, "Way too much request weight used; IP banned."),
        (429, -1003, "Too much request weight used."),
        (503, -1008, "Server is currently overloaded."),
    ],
)
def test_an_error_has_status_code_and_message(client, server, status, code, message):
    """The exchange's error code and words, and the HTTP status, are on the exception and in its text."""
    server.answer = lambda seen: Answer({"code": code, "msg": message}, status)
    with pytest.raises(BinanceAPIException) as caught:
        client.ping()
    error = caught.value
    assert (error.status_code, error.code, error.message) == (status, code, message)
    assert error.retry_after_s is None
    for part in (str(status), str(code), message):
        assert part in str(error)
    assert isinstance(error, BinanceRequestException)
    assert isinstance(error, BinanceError)


@pytest.mark.parametrize("status", [302, 404, 410, 451, 500, 502, 503])
@pytest.mark.parametrize(
    ("body", "kind"),
    [(GONE, "text/html"), (GONE, "application/json"), (b"", "text/plain")],
    ids=["html", "html said to be json", "empty"],
)
def test_a_page_instead_of_an_error_has_no_code(client, server, status, body, kind):
    """A page of a proxy or a retired path is an error with its status and no code, and is not repeated."""
    server.answer = lambda seen: Answer(body, status, {"Content-Type": kind})
    with pytest.raises(BinanceAPIException, match=str(status)) as caught:
        client.stream_keepalive(LISTEN_KEY)
    assert (caught.value.status_code, caught.value.code) == (status, None)
    assert "nginx" not in str(caught.value)


def test_an_error_nested_too_deeply_to_decode_has_no_code(client, server):
    """JSON that no decoder takes is treated as any other page."""
    server.answer = lambda seen: Answer(b"[" * 100_000, 503)
    with pytest.raises(BinanceAPIException) as caught:
        client.ping()
    assert (caught.value.status_code, caught.value.code) == (503, None)
    assert "[[" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [[], "text", None, 5, {}, {"code": "x"}, {"msg": ""}, {"code": None, "msg": "m"}]
)
def test_an_error_of_an_odd_shape_is_still_an_error(client, server, body):
    """JSON that is no error object leaves the code None and still has words."""
    server.answer = lambda seen: Answer(body, 400)
    with pytest.raises(BinanceAPIException) as caught:
        client.ping()
    assert caught.value.code is None
    assert caught.value.message


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "120"}, 120),
        ({"Retry-After": "259201"}, 259_200),
        ({"Retry-After": "9" * 30}, 259_200),
        ({}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
    ],
)
@pytest.mark.parametrize("body", [{"code": -1003, "msg": "Too much."}, GONE], ids=["json", "html"])
def test_the_wait_that_the_exchange_asks_for_is_on_the_exception(client, server, header, seconds, body):
    """Retry-After is seconds, or None where it is missing or cannot be read."""
    server.answer = lambda seen: Answer(body, 429, header)
    with pytest.raises(BinanceAPIException) as caught:
        client.ping()
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("call", [calls[0] for calls in CALLS], ids=CALL_IDS)
def test_redirects_are_not_followed(client, server, call, status):
    """The key goes to the venue and nowhere else: a redirect is an error with its status."""
    server.answer = lambda seen: Answer({}, status, {"Location": f"{server.endpoints.rest}/elsewhere"})
    with pytest.raises(BinanceAPIException) as caught:
        call(client)
    assert caught.value.status_code == status
    assert len(server.seen) == 1


# -- no answer --------------------------------------------------------------------------------------------


def test_a_refused_port_is_an_error_with_its_address():
    """Nobody listening raises BinanceRequestException that says where, with the cause kept."""
    held, port = refused_port()
    with held, pytest.raises(BinanceRequestException, match=str(port)) as caught:
        Client(endpoints=Endpoints.sandbox("127.0.0.1", port)).ping()
    assert caught.value.status_code is None
    assert not isinstance(caught.value, BinanceAPIException)
    assert isinstance(caught.value.__cause__, requests.ConnectionError)
    assert "HTTPConnection" not in str(caught.value)  # no repr of what is beneath
    assert "refused" in str(caught.value)


@pytest.mark.parametrize(
    ("params", "environ", "words"),
    [({"verify": "/no/such/bundle.pem"}, "", "bundle.pem"), ({}, "/no/such/file.pem", "SSL_CERT_FILE")],
    ids=["verify", "environment"],
)
def test_certificates_that_cannot_be_read_are_an_error_of_the_call(monkeypatch, params, environ, words):
    """A bundle that is not there raises BinanceRequestException that names it, and nothing is sent."""
    monkeypatch.setenv("SSL_CERT_FILE", environ)
    monkeypatch.setenv("SSL_CERT_DIR", "")
    held, port = refused_port()
    with held, pytest.raises(BinanceRequestException, match=words):
        Client(None, None, params, endpoints=Endpoints.sandbox("127.0.0.1", port, tls=True)).ping()


def test_an_exchange_that_never_answers_is_given_up():
    """After the timeout that was asked for, a silent server is an error."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(
            KEY, None, {"timeout": 0.2}, endpoints=Endpoints.sandbox("127.0.0.1", silent.getsockname()[1])
        )
        with pytest.raises(BinanceRequestException, match="no answer in time") as caught:
            client.stream_get_listen_key()
    assert caught.value.status_code is None


def test_an_answer_cut_short_is_an_error():
    """A connection that ends in the middle of an answer raises BinanceRequestException."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

        thread = threading.Thread(target=serve)
        thread.start()
        endpoints = Endpoints.sandbox("127.0.0.1", listening.getsockname()[1])
        with pytest.raises(BinanceRequestException):
            Client(None, None, {"timeout": 5}, endpoints=endpoints).ping()
        thread.join()


@pytest.mark.parametrize("host", ["a..b", "a" * 70])
def test_a_host_that_cannot_be_one_is_an_error_of_ours(host):
    """A name that no resolver takes raises BinanceError, not an error of a library beneath."""
    with pytest.raises(BinanceError):
        Client(endpoints=Endpoints(rest=f"http://{host}")).ping()


class Sent(NamedTuple):
    """How a request was about to be sent."""

    url: str
    options: dict[str, Any]


@pytest.fixture
def sent(monkeypatch):
    """Requests that get as far as the transport; none leaves."""
    caught: list[Sent] = []

    def send(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> Any:
        caught.append(Sent(str(request.url), options))
        raise requests.ConnectionError("caught on the way")

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return caught


@pytest.mark.parametrize("call", [calls[0] for calls in CALLS], ids=CALL_IDS)
@pytest.mark.parametrize(
    ("params", "timeout"),
    [
        (None, transport.DEFAULT_TIMEOUT_S),
        ({}, transport.DEFAULT_TIMEOUT_S),
        ({"proxies": {}}, transport.DEFAULT_TIMEOUT_S),
        ({"timeout": None}, transport.DEFAULT_TIMEOUT_S),
        ({"timeout": 20}, 20),
        ({"timeout": (3, 20)}, (3, 20)),
    ],
)
def test_every_call_has_a_timeout(sent, call, params, timeout):
    """A call waits as long as was asked, and 10 s if nothing was."""
    with pytest.raises(BinanceRequestException):
        call(Client(KEY, SECRET, params))
    assert [request.options["timeout"] for request in sent] == [timeout]
    assert transport.DEFAULT_TIMEOUT_S == 10


def test_rest_believes_whom_the_sockets_believe(sent, tmp_path, monkeypatch):
    """The choice of certificates is made as for the sockets, and a script's own ``verify`` wins."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "of-another-library.pem"))
    for params in (None, {"verify": "/own.pem"}):
        with pytest.raises(BinanceRequestException):
            Client(requests_params=params).ping()
    assert [request.options["verify"] for request in sent] == [str(bundle), "/own.pem"]


# -- secrets ----------------------------------------------------------------------------------------------


def texts(error: BaseException | None) -> str:
    """All that a traceback prints of an error and of what is chained to it."""
    words = ""
    while error is not None:
        words += f"{error} {error!r} "
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return words


def assert_no_secret(text: str) -> None:
    """None of the three secrets, nor their distinctive ends, stands in *text*."""
    for secret in (KEY, SECRET, LISTEN_KEY):
        assert secret not in text
        assert secret[-8:] not in text


def test_a_client_is_printed_without_its_secrets(client):
    """Neither repr nor str shows the key or the secret."""
    assert_no_secret(f"{client!r} {client}")


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"listenKey": LISTEN_KEY}),
        Answer({"code": -1125, "msg": "This listenKey does not exist."}, 400),
        Answer(GONE, 410, {"Content-Type": "text/html"}),
        Answer({}, 302, {"Location": "/elsewhere"}),
        Answer([LISTEN_KEY]),
        Answer({"listenKey": [LISTEN_KEY]}),
    ],
    ids=["success", "error", "gone", "redirect", "list", "odd"],
)
def test_no_secret_is_logged_or_told_in_an_error(client, server, answer, caplog):
    """At DEBUG of all loggers, and in the text of every error, no key, secret or listen key appears."""
    caplog.set_level(logging.DEBUG)
    server.answer = lambda seen: answer
    for call, *_ in CALLS:
        try:
            call(client)
        except BinanceError as exc:
            assert_no_secret(texts(exc))
    assert caplog.records  # urllib3's, with URLs
    assert_no_secret(caplog.text)
    assert_no_secret(" ".join(str(vars(record)) for record in caplog.records))


def test_no_secret_is_told_when_there_is_no_answer(caplog):
    """A refused port and a timeout tell neither key nor listen key."""
    caplog.set_level(logging.DEBUG)
    held, port = refused_port()
    with held, socket.create_server(("127.0.0.1", 0)) as silent:
        for there in (port, silent.getsockname()[1]):
            client = Client(KEY, SECRET, {"timeout": 0.05}, endpoints=Endpoints.sandbox("127.0.0.1", there))
            for call in (
                client.stream_get_listen_key,
                lambda client=client: client.stream_keepalive(LISTEN_KEY),
            ):
                with pytest.raises(BinanceRequestException) as caught:
                    call()
                assert_no_secret(texts(caught.value))
    assert_no_secret(caplog.text)


@pytest.mark.parametrize(
    "key",
    [f"{KEY}\n", f" {KEY}", f"{KEY}\r\nX: y", f"{KEY}\u20ac"],
    ids=["newline", "blank", "header", "not latin-1"],
)
def test_a_key_that_no_header_can_hold_is_an_error_that_does_not_repeat_it(server, key):
    """A key read with its line's end either works or raises BinanceError; it stands in no error text."""
    try:
        Client(key, SECRET, endpoints=server.endpoints).stream_keepalive(LISTEN_KEY)
    except BinanceError as exc:
        assert_no_secret(texts(exc))


# -- venues -----------------------------------------------------------------------------------------------


class Recording(MemoryReactorClock):
    """A reactor that connects nowhere, and knows where it should have.

    :param known: the addresses of each name.
    """

    def __init__(self, known: dict[str, list[str]]) -> None:
        super().__init__()
        self.nameResolver = FakeResolver(known)

    def callFromThread(self, call: Callable[..., object], *arguments: Any) -> None:
        call(*arguments)


@pytest.mark.parametrize(
    ("options", "venue"),
    [
        ({}, BINANCE_COM),
        ({"tld": "com"}, BINANCE_COM),
        ({"tld": "us"}, BINANCE_US),
        ({"testnet": True}, SPOT_TESTNET),
        ({"demo": True}, SPOT_DEMO),
        ({"endpoints": MARKET_DATA_ONLY}, MARKET_DATA_ONLY),
    ],
)
def test_a_client_goes_to_the_venue_that_it_is_told(options, venue):
    """tld, testnet, demo or endpoints name the venue, and a manager made with the client goes there too."""
    client = Client("key", "secret", **options)
    assert client.endpoints == venue
    hosts = [venue.stream, venue.ws_api] if venue.user_stream == "signature" else [venue.stream]
    urls = list(map(urlsplit, hosts))
    known = {str(url.hostname): [f"192.0.2.{number}"] for number, url in enumerate(urls)}
    reactor = Recording(known)
    bm = BinanceSocketManager(client, reactor=reactor)
    bm.timings = Timings()
    bm.start_trade_socket("BNBBTC", print)
    if venue.ws_api in hosts:
        bm.start_user_socket(print)
    bm.start()
    bm.close()
    assert reactor.nameResolver.asked == list(known)
    there = [(f"192.0.2.{number}", url.port or 443) for number, url in enumerate(urls)]
    assert [(host, port) for host, port, *_ in reactor.tcpClients] == there


@pytest.mark.parametrize(
    "options",
    [
        {"tld": "jp"},
        {"testnet": True, "demo": True},
        {"tld": "us", "testnet": True},
        {"tld": "us", "demo": True},
        {"testnet": True, "endpoints": BINANCE_US},
        {"tld": "us", "endpoints": BINANCE_COM},
    ],
)
def test_a_venue_that_is_none_or_two_is_refused(options):
    """What cannot be meant is an error when the client is made."""
    with pytest.raises(InvalidArgument):
        Client(**options)


# -- signed calls -----------------------------------------------------------------------------------------

TOKEN = {"token": "T" * 40, "expirationTime": 1790000000123}


@pytest.mark.parametrize(
    ("args", "form"),
    [
        ((), {"isIsolated": ["false"]}),
        (("bnbbtc",), {"isIsolated": ["true"], "symbol": ["BNBBTC"]}),
    ],
)
def test_a_listen_token_is_asked_for_with_a_signature(client, server, args, form):
    """Parameters, timestamp and signature are in the body, the signature last; the key is in the header."""
    server.answer = lambda seen: Answer(TOKEN)
    assert client.margin_get_listen_token(*args) == TOKEN
    [seen] = server.seen
    assert (seen.method, seen.url) == ("POST", "/sapi/v1/userListenToken")
    assert seen.headers["x-mbx-apikey"] == KEY
    sent, _, signature = seen.body.decode().rpartition("&signature=")
    assert signature == hmac.new(SECRET.encode(), sent.encode(), hashlib.sha256).hexdigest()
    assert {**form, "timestamp": seen.form["timestamp"], "signature": [signature]} == seen.form
    assert abs(int(seen.form["timestamp"][0]) - time.time() * 1000) < 60_000


def wrong_clock(seen: Seen) -> Answer:
    """An exchange whose clock is an hour ahead."""
    now_ms = int((time.time() + 3600) * 1000)
    if seen.path == "/api/v3/time":
        return Answer({"serverTime": now_ms})
    if abs(int(seen.form["timestamp"][0]) - now_ms) > 5000:
        return Answer({"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}, 400)
    return Answer(TOKEN)


def test_a_wrong_clock_is_measured_and_the_call_made_again(client, server, caplog):
    """-1021: the exchange's time is asked for, once; later calls have the right time at once."""
    caplog.set_level(logging.INFO)
    server.answer = wrong_clock
    assert client.margin_get_listen_token() == TOKEN
    assert client.margin_get_listen_token() == TOKEN
    assert [seen.method for seen in server.seen] == ["POST", "GET", "POST", "POST"]
    assert abs(client.clock_offset_ms - 3_600_000) < 5000
    assert [record.levelname for record in caplog.records if record.name.startswith("binance.")] == ["INFO"]
    assert "3600" in caplog.text and "behind" in caplog.text


def test_a_clock_that_is_refused_twice_is_an_error(client, server):
    """Measured once, refused again: the exchange's error, and no third attempt."""
    refused = Answer({"code": -1021, "msg": "Timestamp."}, 400)
    server.answer = lambda seen: Answer({"serverTime": 1}) if seen.method == "GET" else refused
    with pytest.raises(BinanceAPIException) as caught:
        client.margin_get_listen_token()
    assert caught.value.code == -1021
    assert len(server.seen) == 3
    server.answer = lambda seen: Answer({}) if seen.method == "GET" else refused
    with pytest.raises(BinanceAPIException):
        client.margin_get_listen_token()
    assert len(server.seen) == 5


@pytest.mark.parametrize("answer", [{}, {"token": ""}, {"token": 7}])
def test_an_answer_without_a_token_is_an_error(client, server, answer):
    """Nothing else is taken for a token."""
    server.answer = lambda seen: Answer(answer)
    with pytest.raises(BinanceRequestException, match="no token"):
        client.margin_get_listen_token()


@pytest.mark.parametrize("keys", [(None, None), (KEY, None), (None, SECRET), (KEY, "")])
def test_without_key_and_secret_nothing_is_signed(server, keys):
    """The error says what to pass; nothing is sent."""
    client = Client(*keys, endpoints=server.endpoints)
    assert client.key_type is None
    with pytest.raises(BinanceRequestException, match="api_secret"):
        client.margin_get_listen_token()
    with pytest.raises(BinanceRequestException, match="api_secret"):
        client.sign_request({})
    assert server.seen == []


def test_a_private_key_signs_in_place_of_a_secret(server, tmp_path):
    """As a file, as text, and as the text in api_secret, with its passphrase."""
    file = tmp_path / "key.pem"
    file.write_text(pem(ED25519))
    for options in (
        {"private_key": file},
        {"private_key": pem(ED25519)},
        {"api_secret": pem(ED25519)},
        {"private_key": pem(ED25519, "open"), "private_key_pass": "open"},
    ):
        client = Client(KEY, endpoints=server.endpoints, **options)
        assert client.key_type == "Ed25519"
        params = client.sign_request({"recvWindow": 5000})
        payload = f"apiKey={KEY}&recvWindow=5000&timestamp={params['timestamp']}"
        ED25519.public_key().verify(base64.b64decode(params["signature"]), payload.encode())


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f" {SECRET}", 7])
def test_a_secret_that_cannot_be_one_is_refused_without_repeating_it(secret):
    """One that was read with its line's end would only fail at the exchange, as a wrong signature."""
    with pytest.raises(InvalidArgument, match="api_secret") as caught:
        Client(KEY, secret)
    assert SECRET not in str(caught.value)


def test_no_signature_token_or_secret_is_logged(client, server, caplog):
    """At DEBUG of all loggers, through success, a wrong clock, and errors."""
    caplog.set_level(logging.DEBUG)
    client.sign_request({})
    for answer in (wrong_clock, lambda seen: Answer(GONE, 410), lambda seen: Answer([TOKEN["token"]])):
        server.answer = answer
        try:
            client.margin_get_listen_token("BNBBTC")
        except BinanceError as exc:
            assert_no_secret(texts(exc))
    signatures = [seen.form["signature"][0] for seen in server.seen if seen.method == "POST"]
    assert len(signatures) == 4
    for secret in (KEY, SECRET, TOKEN["token"], *signatures):
        assert secret not in caplog.text
