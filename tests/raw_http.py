"""An HTTP server on loopback that a test hands the bytes of its answers, as odd as it likes."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

from binance.endpoints import Endpoints


class RawServer:
    """Hands each request to *answer*, which writes whatever it likes to the connection.

    :param tls: the server's side of TLS; None for none.
    :ivar asked: the first line of each request.
    :ivar over: set when the test has ended: what is written slowly ends then.
    """

    def __init__(self, answer: Callable[[RawServer, Any], None], tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self._tls = tls
        self.asked: list[str] = []
        self.over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints.sandbox("127.0.0.1", self._listening.getsockname()[1], self._tls is not None)

    def close(self) -> None:
        """End all of it."""
        self.over.set()
        for sock in (self._listening, *self._connections):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._connections.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:  # the client does not trust us
                return
            self._connections.append(connection)
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            # what the client still sends over TLS that a test has broken is not a request
            while (first := lines.readline()).rstrip().endswith(b"HTTP/1.1"):
                self.asked.append(first.decode().strip())
                length = 0
                while (line := lines.readline().strip()) != b"":
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                lines.read(length)
                self.answer(self, connection)


@contextlib.contextmanager
def raw_server(
    answer: Callable[[RawServer, Any], None], tls: ssl.SSLContext | None = None
) -> Iterator[RawServer]:
    """A server for a ``with`` block."""
    server = RawServer(answer, tls)
    try:
        yield server
    finally:
        server.close()


def says(body: bytes, status: str = "200 OK", **headers: object) -> bytes:
    """The bytes of an answer; an underscore in the name of a header is a hyphen."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
