"""What a REST call takes from the environment: never a proxy for this machine, never credentials."""

from __future__ import annotations

import json
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from binance.client import Client
from binance.endpoints import Endpoints
from binance.exceptions import BinanceRequestException

KEY = "api-key-Qm8Zr4Tn"
SECRET = "api-secret-Wp6Xs2Vd"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class Seen(NamedTuple):
    """One request."""

    method: str
    url: str
    headers: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    """Answers anything with a token; a proxy's CONNECT is refused, once it is recorded."""

    server: Recorder

    def answer(self) -> None:
        if self.server.raw:
            self.wfile.write(self.server.raw)
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.command, self.path, headers))
        body = json.dumps({"token": "a-token", "listenKey": "a-listen-key"}).encode()
        status = 502 if self.command == "CONNECT" else 302 if self.server.location else 200
        self.send_response(status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = answer  # the names that http.server calls

    def log_message(self, *args: Any) -> None:
        """Nothing: pytest's output is for pytest."""


class Recorder(ThreadingHTTPServer):
    """A server on loopback that records requests: an exchange, or a proxy."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[Seen] = []
        self.location = ""
        self.raw = b""  # in place of an answer

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@pytest.fixture
def serve():
    """Starts recorders, which are gone when the test ends."""
    running: list[tuple[Recorder, threading.Thread]] = []

    def served() -> Recorder:
        recorder = Recorder()
        thread = threading.Thread(target=recorder.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((recorder, thread))
        return recorder

    yield served
    for recorder, thread in running:
        recorder.shutdown()
        thread.join()
        recorder.server_close()


@pytest.fixture
def exchange(serve):
    return serve()


@pytest.fixture
def proxy(serve, monkeypatch):
    """A proxy that the environment names for everything."""
    recorder = serve()
    for name in (*PROXIES, "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in PROXIES[:3]:
        monkeypatch.setenv(name, f"http://127.0.0.1:{recorder.port}")
    return recorder


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    """Credentials of other programs, for this machine and for any host."""
    path: Path = tmp_path / "netrc"
    path.write_text(
        "machine 127.0.0.1 login someone password of-this-machine\n"
        "default login someone password of-any-machine\n"
    )
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_bytes(path.read_bytes())
    return path


def calls(client: Client) -> None:
    """One call of each kind: open, with the key, signed."""
    client.ping()
    client.stream_get_listen_key()
    client.margin_get_listen_token()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "127.1"])
def test_what_is_on_this_machine_is_asked_without_a_proxy(exchange, proxy, host):
    """The key and fresh signatures reach the sandbox, and no proxy of the environment."""
    calls(Client(KEY, SECRET, endpoints=Endpoints.sandbox(host, exchange.port)))
    assert proxy.seen == []
    assert [seen.method for seen in exchange.seen] == ["GET", "POST", "POST"]


@pytest.mark.parametrize("host", ["127.200.3.4", "::1", "::ffff:127.0.0.1"])
def test_no_address_of_this_machine_is_asked_for_at_a_proxy(proxy, host):
    """Whether or not anybody serves there."""
    with pytest.raises(BinanceRequestException):
        calls(Client(KEY, SECRET, endpoints=Endpoints.sandbox(host, 1)))
    assert proxy.seen == []


@pytest.mark.parametrize("name", ["http", "all", "http://127.0.0.1", "all://127.0.0.1"])
def test_a_proxy_that_the_caller_names_is_not_asked_for_this_machine_either(exchange, proxy, name):
    """A script's ``proxies`` are for the exchange; run against the sandbox it needs no change."""
    params = {"proxies": {name: f"http://127.0.0.1:{proxy.port}"}}
    calls(Client(KEY, SECRET, params, endpoints=Endpoints.sandbox("127.0.0.1", exchange.port)))
    assert proxy.seen == []
    assert len(exchange.seen) == 3


@pytest.mark.parametrize("name", [None, "https", "all"])
def test_the_exchange_is_asked_through_the_proxy(proxy, monkeypatch, name):
    """That of the environment, and that of the caller, as the requests library does it."""
    params = {"proxies": {name: f"http://127.0.0.1:{proxy.port}"}} if name else {}
    if name:
        for variable in PROXIES:
            monkeypatch.delenv(variable, raising=False)
    with pytest.raises(BinanceRequestException, match="502"):
        Client(KEY, SECRET, params).ping()
    assert [(seen.method, seen.url) for seen in proxy.seen] == [("CONNECT", "api.binance.com:443")]
    assert KEY not in repr(proxy.seen)


def test_a_host_that_is_not_to_be_proxied_is_not(proxy, monkeypatch):
    """NO_PROXY holds as it did."""
    monkeypatch.setenv("NO_PROXY", "exchange.invalid")
    with pytest.raises(BinanceRequestException):
        Client(endpoints=Endpoints(rest="https://exchange.invalid")).ping()
    assert proxy.seen == []


def test_the_password_of_a_proxy_is_in_no_error(proxy, monkeypatch):
    """Neither of one that refuses, nor of one whose URL is malformed."""
    urls = [f"http://me:hunter22@127.0.0.1:{proxy.port}", "http://me:hunter22@[", "me:hunter22@:x"]
    for url in urls:
        monkeypatch.setenv("HTTPS_PROXY", url)
        with pytest.raises(BinanceRequestException) as caught:
            Client().ping()
        assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize("way", ["client", "proxied"])
def test_credentials_of_netrc_are_not_sent(exchange, proxy, netrc, way):
    """Neither the entry of the host nor the default, by none of the calls, directly or through a proxy."""
    rest = f"http://127.0.0.1:{exchange.port}" if way == "client" else "http://exchange.example"
    calls(Client(KEY, SECRET, endpoints=Endpoints(rest=rest)))
    seen = exchange.seen if way == "client" else proxy.seen
    assert len(seen) == 3
    assert not any({"authorization", "proxy-authorization"} & set(one.headers) for one in seen)


def test_credentials_that_the_caller_names_are_sent(exchange, netrc):
    """``auth`` among the parameters is the script's own wish."""
    params = {"auth": ("mine", "password")}
    Client(KEY, SECRET, params, endpoints=Endpoints.sandbox("127.0.0.1", exchange.port)).ping()
    assert exchange.seen[0].headers["authorization"] == "Basic bWluZTpwYXNzd29yZA=="


def test_a_redirect_that_the_caller_allows_takes_no_credentials_to_another_host(exchange, serve, netrc):
    """No entry of .netrc, and not the API key."""
    other = serve()
    exchange.location = f"http://localhost:{other.port}/elsewhere"
    params = {"allow_redirects": True, "auth": ("mine", "password")}
    client = Client(KEY, SECRET, params, endpoints=Endpoints.sandbox("127.0.0.1", exchange.port))
    client.stream_get_listen_key()
    assert exchange.seen[0].headers["x-mbx-apikey"] == KEY
    assert not {"authorization", "x-mbx-apikey"} & set(other.seen[0].headers)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x1b[2J\x9b31mnothing\r\n\r\n",
        b"HTTP/\x1b[2J 200 OK\r\n\r\n",
        b"HTTP/1.1 \x1b[2J OK\r\n\r\n",
        b"HTTP/1.1 503 \x1b[2J\r\nContent-Length: 0\r\nContent-Type: \x1b[2J\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\x1b[2J\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: \x1b[2J\r\nContent-Length: 1\r\n\r\nx",
        b'HTTP/1.1 400 No\r\nContent-Length: 39\r\n\r\n{"code":-1,"msg":"\\u001b[2J\\r\\n\\u202e"}',
    ],
    ids=["no HTTP", "version", "status", "type", "chunk", "encoding", "message"],
)
def test_what_a_server_answers_is_printable_in_a_traceback(exchange, raw):
    """In the error, and in those it came of, which Python prints with it."""
    exchange.raw = raw
    with pytest.raises(BinanceRequestException) as caught:
        Client(endpoints=Endpoints.sandbox("127.0.0.1", exchange.port)).ping()
    printed = "".join(traceback.format_exception(caught.value))
    assert printed.replace("\n", "").isprintable()
    assert "\\u202e" in printed or b"u202e" not in raw
