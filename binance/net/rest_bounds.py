"""Bounds of a REST call: the decoded size of its answer, and its time. Without Twisted.

The requests library has a timeout for each single wait, so a server that sends a byte every nine seconds
holds a call, and its thread, for ever. And it decodes an answer as a whole, whatever that grows to: 300 kB
of gzip may be 2 GB of zeros.

Theory of operation. :class:`BoundedAdapter` is what a session sends with. It puts itself in two places:

- Its connections say to the :class:`Deadline` of the call which socket they use, as soon as there is one.
  When the time is over, the beat's thread shuts that socket down: whatever the call was waiting for, the
  head or the next byte of the body, it ends at once. A duplicate of the socket is kept for that, because
  TLS takes the original over, and a connection may be closed while its answer is still read.
- The body is decoded here, piece by piece, and no further than the bound.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError

from binance.process.beat import Beat
from binance.process.beat import beat as process_beat
from binance.process.logs import Log

log = Log(__name__)

#: What is asked for. (Of deflate there are two kinds.)
ENCODING = "gzip"

_PIECE = 65_536
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32

_calls = threading.local()

#: ``of_call`` is the signature of the call that this thread makes; see :mod:`binance.net.rest_session`.
signatures = threading.local()


class TooMuch(Exception):
    """A bound of a call was exceeded; what, in words."""


class Deadline:
    """Ends what a call in this thread is waiting for, when its time is over; a context manager.

    :ivar passed: it has.
    :ivar sending: the call has a connection, TLS and all, and its bytes go out from now on.
    """

    def __init__(self, seconds: float, beat: Beat = process_beat) -> None:
        self.passed = False
        self.sending = False
        self._at = time.monotonic() + seconds
        self._beat = beat
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        _calls.deadline = self
        try:
            self._beat.add(self)
        except RuntimeError as exc:  # no more threads: each single wait has its timeout still
            log.debug("a REST call has no time limit, for no thread can be started: %s", exc)
        return self

    def __exit__(self, *raised: object) -> None:
        _calls.deadline = None
        self._beat.remove(self)
        self._hold(None)

    def watch(self, sock: Any) -> None:
        """The call uses this socket from now on."""
        # the family does not matter for what is done with it
        self._hold(socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM))

    def beat(self) -> None:
        """See :class:`binance.process.beat.Listener`."""
        if time.monotonic() >= self._at:
            self.passed = True
            with self._lock, contextlib.suppress(OSError):  # it may have ended by itself
                if self._socket is not None:
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _hold(self, duplicate: socket.socket | None) -> None:
        with self._lock:
            old, self._socket = self._socket, duplicate
            if old is not None:
                old.close()


class BoundedAdapter(HTTPAdapter):
    """Sends calls whose answers are bounded in size, and in time if the thread has a :class:`Deadline`.

    :param most_bytes: of an answer, decoded. A longer one raises :exc:`TooMuch` as soon as it is longer.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _watch_connections(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        if not known:
            _watch_connections(manager)
        return manager

    def build_response(self, request: Any, answer: Any) -> Any:
        bounded: Any = _Bounded(answer, self._most_bytes)
        return super().build_response(request, bounded)


class _Bounded:
    """An answer as urllib3 has it, whose body is decoded no further than a bound."""

    def __init__(self, answer: Any, most_bytes: int) -> None:
        self._answer = answer
        self._most_bytes = most_bytes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answer, name)

    def stream(self, amt: int = _PIECE, decode_content: bool | None = None) -> Iterator[bytes]:
        """The decoded body, piece by piece."""
        length = 0
        try:
            decoded = _decoder(self._answer.headers.get("Content-Encoding", ""))
            # not its stream(): that reads the head of a chunk to its end, wherever that is
            while raw := self._answer.read(_PIECE, decode_content=False):
                for piece in decoded(raw):
                    length += len(piece)
                    if length > self._most_bytes:
                        raise TooMuch(f"the decoded answer is larger than {_size(self._most_bytes)}")
                    yield piece
        except BaseException:
            self._answer.close()  # the rest of it is not to be read by the next call
            raise


def _size(length: int) -> str:
    return f"{length / 2**20:g} MiB" if length >= 2**20 else f"{length:,} bytes"


def _decoder(encoding: str) -> Any:
    """What makes decoded pieces of a raw one, none of them longer than another."""
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return lambda raw: (raw,)
    if kind not in ("gzip", "x-gzip", "deflate"):
        raise DecodeError(f"the answer has Content-Encoding {kind[:40]!r}; only gzip was requested")
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)

    def inflated(raw: bytes) -> Iterator[bytes]:
        nonlocal inflater
        while True:
            try:
                piece = inflater.decompress(raw, _PIECE)
            except zlib.error as exc:
                raise DecodeError(f"the answer has Content-Encoding {kind}, but is not: {exc}") from exc
            if piece:
                yield piece
            raw = inflater.unconsumed_tail
            if inflater.eof:
                raw = inflater.unused_data
                if not raw.startswith(b"\x1f"):  # of gzip several may follow one another
                    return
                inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            elif not raw and len(piece) < _PIECE:
                return

    return inflated


class _Watched:
    """What is put before a class of connections of urllib3's."""

    sock: Any
    connect: Any

    def _new_conn(self) -> Any:
        sock = super()._new_conn()  # type: ignore[misc]
        _watch(sock)
        return sock

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        if self.sock is None:
            self.connect()  # here, and not by the first byte: if it fails nothing has been sent
        else:  # it has been used for a call before
            _watch(self.sock)
        deadline: Deadline | None = getattr(_calls, "deadline", None)
        if deadline is not None:
            deadline.sending = True
        signature = getattr(signatures, "of_call", "")
        if signature:
            url = f"{url}&signature={signature}"
        return super().request(method, url, *args, **options)  # type: ignore[misc]


def _watch(sock: Any) -> None:
    deadline: Deadline | None = getattr(_calls, "deadline", None)
    if deadline is not None:
        deadline.watch(sock)


def _watch_connections(manager: Any) -> None:
    """Let a manager of connection pools, whichever it is, make connections that are watched."""
    manager.pool_classes_by_scheme = {
        scheme: type(
            pool.__name__,
            (pool,),
            {"ConnectionCls": type(pool.ConnectionCls.__name__, (_Watched, pool.ConnectionCls), {})},
        )
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }
