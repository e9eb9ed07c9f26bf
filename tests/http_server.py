"""A small HTTP server on loopback that records what it was asked, for tests of the REST client."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from binance.endpoints import Endpoints


class Seen(NamedTuple):
    """One request as the server saw it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    peer: Any

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.url).query)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


class Answer(NamedTuple):
    """What the server says: bytes as they are, anything else as JSON."""

    body: Any = {}
    status: int = 200
    headers: dict[str, str] = {"Content-Type": "application/json"}


class Handler(BaseHTTPRequestHandler):
    """Records each request and gives the answer that the test has set."""

    protocol_version = "HTTP/1.1"  # connections are kept, as the exchange keeps them
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen = Seen(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            body,
            self.client_address,
        )
        self.server.seen.append(seen)
        answer = self.server.answer(seen)
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # the names that http.server calls

    def log_message(self, *args: Any) -> None:
        """Nothing: pytest's output is for pytest."""


class Server(ThreadingHTTPServer):
    """A server that remembers what it was asked."""

    daemon_threads = False  # joined by server_close, so that no socket outlives its test
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[Seen] = []
        self.open: set[socket.socket] = set()
        self.answer: Callable[[Seen], Answer] = lambda seen: Answer()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a test that breaks a connection knows it."""

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints.sandbox("127.0.0.1", self.server_address[1])


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A running server, closed with all its connections at the end."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        for connection in list(server.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()


def refused_port() -> tuple[socket.socket, int]:
    """A port of ours on which nobody listens; hold the socket while it matters."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held, held.getsockname()[1]
