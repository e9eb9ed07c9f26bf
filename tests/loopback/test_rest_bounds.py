"""REST against a hostile or a tired exchange: answers are bounded in size and time, and bans are kept."""

from __future__ import annotations

import gzip
import itertools
import json
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.task import Clock

from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceRequestException, RateLimited
from binance.wire.timings import Timings

from ..raw_http import RawServer, raw_server, says

MIB = 2**20
EMPTY = says(b"{}")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """A proxy of the machine is not asked."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "*")


def client_of(server: RawServer, params: Any = None, **waits: Any) -> Client:
    """A client with waits and limits of its own."""
    client = Client("k" * 64, "s" * 64, params, endpoints=server.endpoints)
    client.timings = Timings(**waits)
    return client


def sends(data: bytes) -> Callable[[RawServer, Any], None]:
    """An answer that is the same each time."""
    return lambda server, connection: connection.sendall(data)


def chunked(*chunks: bytes) -> bytes:
    """The bytes of an answer that does not say its length."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


# -- size -------------------------------------------------------------------------------------------------


def bomb(length: int) -> bytes:
    """So many bytes of JSON, as few of gzip."""
    return gzip.compress(b'{"a":"' + bytes(length).replace(b"\0", b"0") + b'"}', 9)


def test_a_gzip_bomb_is_broken_off_at_the_limit():
    """300 kB that would be 300 MB: an error that says so, and little more memory than the limit."""
    with raw_server(sends(says(bomb(300 * MIB), Content_Encoding="gzip"))) as server:
        client = client_of(server, rest_bytes=4 * MIB)
        tracemalloc.start()
        try:
            with pytest.raises(
                BinanceRequestException, match="decoded answer is larger than 4 MiB"
            ) as caught:
                client.get_exchange_info()
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert "GET " in caught.value.message
    assert "/api/v3/exchangeInfo" in caught.value.message
    assert caught.value.status_code is None
    assert most < 16 * MIB


@pytest.mark.parametrize("status", ["200 OK", "503 Service Unavailable"])
def test_an_answer_without_an_end_is_broken_off_at_the_limit(status):
    """Plain bytes, and of an error too; the next call is made on another connection, and works."""

    def answer(server: RawServer, connection: Any) -> None:
        if len(server.asked) == 2:
            connection.sendall(EMPTY)
            return
        connection.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n".encode())
        while True:
            connection.sendall(bytes(MIB))

    with raw_server(answer) as server:
        client = client_of(server, rest_bytes=MIB)
        with pytest.raises(BinanceRequestException, match="larger than 1 MiB"):
            client.ping()
        assert client.ping() == {}


def test_parameters_of_the_requests_library_do_not_lift_the_limits():
    """A script may ask for a stream, or read the answer by a hook of its own."""
    read: list[bytes] = []
    hooks = {"response": lambda response, **options: read.append(response.content)}
    with raw_server(sends(says(b"{%b}" % (b" " * 1000)))) as server:
        for params in ({"stream": True}, {"hooks": hooks}):
            assert client_of(server, params).ping() == {}
            with pytest.raises(BinanceRequestException, match="larger than 100 bytes"):
                client_of(server, params, rest_bytes=100).ping()
    assert len(read) == 1


def test_an_answer_of_the_limit_is_taken_and_one_of_a_byte_more_is_not():
    """The limit is that of the decoded bytes."""
    body = json.dumps({"a": "x" * 1000}).encode()
    for encoded, headers in ((body, {}), (gzip.compress(body), {"Content_Encoding": "gzip"})):
        with raw_server(sends(says(encoded, **headers))) as server:
            assert client_of(server, rest_bytes=len(body)).ping() == json.loads(body)
            with pytest.raises(BinanceRequestException, match=f"{len(body) - 1:,} bytes"):
                client_of(server, rest_bytes=len(body) - 1).ping()


BODY = b'{"a": "%b"}' % bytes(itertools.islice(itertools.cycle(b"abc"), 500_000))


@pytest.mark.parametrize(
    "data",
    [
        says(BODY),
        says(gzip.compress(BODY), Content_Encoding="gzip"),
        says(gzip.compress(BODY), Content_Encoding=" GZIP "),
        says(gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), Content_Encoding="gzip"),
        says(gzip.compress(BODY) + bytes(512), Content_Encoding="gzip"),
        says(zlib.compress(BODY), Content_Encoding="deflate"),
        says(BODY, Content_Encoding="identity"),
        chunked(BODY[:1], BODY[1:70_000], BODY[70_000:]),
        b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
    ],
    ids=["plain", "gzip", "GZIP", "two of gzip", "padded", "deflate", "identity", "chunked", "to the end"],
)
def test_answers_are_read_however_they_are_sent(data):
    """Encoded, in chunks, or up to the end of the connection: it is the same answer."""

    def answer(server: RawServer, connection: Any) -> None:
        connection.sendall(data)
        if data.startswith(b"HTTP/1.0"):
            connection.shutdown(1)

    with raw_server(answer) as server:
        client = client_of(server)
        for _ in range(2):
            assert client.ping() == json.loads(BODY)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (says(b"{}", Content_Encoding="br"), "Content-Encoding 'br'; only gzip was requested"),
        (says(b"{}", Content_Encoding="gzip, gzip"), "only gzip was requested"),
        (says(b"{}", Content_Encoding="gzip"), "Content-Encoding gzip, but is not"),
    ],
)
def test_an_encoding_that_was_not_asked_for_is_an_error(data, words):
    """Nothing but gzip is asked for, once; what says that it is and is not is no answer either."""
    with raw_server(sends(data)) as server, pytest.raises(BinanceRequestException, match=words):
        client_of(server).ping()


# -- time -------------------------------------------------------------------------------------------------


def drips(data: bytes, at_once: int) -> Callable[[RawServer, Any], None]:
    """A server that sends the beginning at once, and then a byte every 50 ms."""

    def answer(server: RawServer, connection: Any) -> None:
        connection.sendall(data[:at_once])
        for number in range(at_once, len(data)):
            if server.over.wait(0.05):
                return
            connection.sendall(data[number : number + 1])

    return answer


LONG = says(b"{%b}" % (b" " * 9000))
TO_THE_END = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b" " * 9000


@pytest.mark.parametrize(
    ("data", "at_once"),
    [
        (LONG, 0),
        (LONG, 20),
        (LONG, 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 9000, 60),
        (TO_THE_END, 100),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 900, 0),
    ],
    ids=["from the first byte", "in the head", "in the body", "in a chunk's head", "to the end", "continue"],
)
def test_an_answer_that_drips_is_broken_off_in_time(data, at_once):
    """However short the pauses, a call ends, and says how long it was waited for; no thread stays."""
    with raw_server(drips(data, at_once)) as server:
        client = client_of(server, rest_s=0.5)
        ended = threading.Event()
        raised: list[BaseException] = []

        def call() -> None:
            try:
                client.ping()
            except BaseException as exc:
                raised.append(exc)
            ended.set()

        thread = threading.Thread(target=call)
        thread.start()
        assert ended.wait(20)
        thread.join()
    [error] = raised
    assert isinstance(error, BinanceRequestException)
    assert "no complete answer in 0.5 s" in error.message


def test_a_connection_that_was_used_before_is_bounded_too():
    """The second call on it drips, and is broken off; the third is made on another one."""
    drip = drips(LONG, 20)

    def answer(server: RawServer, connection: Any) -> None:
        if len(server.asked) == 2:
            drip(server, connection)
        else:
            connection.sendall(EMPTY)

    with raw_server(answer) as server:
        client = client_of(server, rest_s=0.5)
        assert client.ping() == {}
        with pytest.raises(BinanceRequestException, match=r"no complete answer in 0\.5 s"):
            client.ping()
        assert client.ping() == {}


def test_a_script_that_asks_for_longer_timeouts_gets_them():
    """The limit of the whole is no shorter than the timeouts that the client was given."""

    def answer(server: RawServer, connection: Any) -> None:
        server.over.wait(1.0)
        connection.sendall(EMPTY)

    with raw_server(answer) as server:
        assert client_of(server, {"timeout": (30, 30)}, rest_s=0.1).ping() == {}


# -- bans -------------------------------------------------------------------------------------------------


def banned(status: str, body: bytes = b'{"code":-1003,"msg":"Too much."}', **headers: object) -> bytes:
    return says(body, status, **headers)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "418 I'm a teapot"])
def test_nothing_is_sent_to_a_host_before_the_wait_is_over_that_it_asked_for(status):
    """By no client that goes there: each call raises at once, with the seconds that are left."""
    clock = Clock()
    timings = Timings(clock=clock)
    left = [EMPTY, banned(status, Retry_After=120), EMPTY]
    with raw_server(lambda server, connection: connection.sendall(left.pop(0))) as server:
        clients = [client_of(server) for _ in range(2)]
        for client in clients:
            client.timings = timings
        assert clients[0].ping() == {}
        with pytest.raises(BinanceAPIException) as caught:
            clients[0].ping()
        assert not isinstance(caught.value, RateLimited)
        for passes_s, left_s in ((0, 120), (20, 100), (99.9, 0.1)):
            clock.advance(passes_s)
            for call in (clients[0].ping, clients[1].get_exchange_info, clients[1].margin_get_listen_token):
                with pytest.raises(RateLimited, match=f"HTTP {status[:3]}") as limited:
                    call()
                error = limited.value
                assert (error.status_code, error.code) == (int(status[:3]), -1003)
                assert error.retry_after_s == pytest.approx(left_s)
        assert len(server.asked) == 2
        clock.advance(0.2)
        assert clients[1].ping() == {}


def test_another_host_is_asked_meanwhile():
    """A ban is that of the host which said so."""
    with raw_server(sends(banned("418 x", Retry_After=120))) as one, raw_server(sends(EMPTY)) as other:
        timings = Timings()
        first, second = client_of(one), client_of(other)
        first.timings = second.timings = timings
        with pytest.raises(BinanceAPIException):
            first.ping()
        assert second.ping() == {}


@pytest.mark.parametrize(
    ("data", "waits_s"),
    [
        (banned("429 x", Retry_After=86_400), 3_600),
        (banned("418 x", Retry_After=86_400), 86_400),
        (banned("418 x", Retry_After=9_999_999), 3 * 86_400),
        (banned("418 x"), 120),
        (banned("418 x", b"<html>"), 120),
        (banned("429 x"), 0),
        (banned("503 x", Retry_After=86_400), 0),
        (banned("403 x", Retry_After=86_400), 0),
    ],
)
def test_how_long_a_host_is_left_alone_depends_on_the_status(data, waits_s):
    """A limit an hour at most, a ban as asked, or two minutes if nothing was; a gateway's 503 bans nobody."""
    with raw_server(sends(data)) as server:
        client = client_of(server, clock=Clock())
        with pytest.raises(BinanceAPIException):
            client.ping()
        if not waits_s:
            with pytest.raises(BinanceAPIException) as again:
                client.ping()
            assert not isinstance(again.value, RateLimited)
            return
        with pytest.raises(RateLimited) as limited:
            client.ping()
        assert limited.value.retry_after_s == pytest.approx(waits_s)


def test_a_ban_whose_end_stands_in_its_words_is_kept_until_then():
    """Where there is no Retry-After: the words name the epoch milliseconds."""
    until_ms = int((time.time() + 600) * 1000)
    body = b'{"code":-1003,"msg":"Way too much request weight used; IP banned until %d."}' % until_ms
    with raw_server(sends(banned("418 x", body))) as server:
        client = client_of(server, clock=Clock())
        with pytest.raises(BinanceAPIException) as caught:
            client.ping()
        wait_s = caught.value.retry_after_s
        assert wait_s is not None
        assert 500 < wait_s <= 600
        with pytest.raises(RateLimited) as limited:
            client.ping()
        assert limited.value.retry_after_s == wait_s
