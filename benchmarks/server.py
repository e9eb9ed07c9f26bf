"""The server that all clients of a run are measured against: it sends prepared frames and nothing else.

It runs in a process of its own and prints one line of JSON when it listens: ``{"port": 12345}``. A mode
each:

blast
    When so many connections are open as were announced, each is sent frames as fast as it reads them: a
    combined connection all of the prepared combined traffic, or that of its category; single-stream
    connections their own stream's.
pace
    A combined connection is sent messages at a steady rate, each with the time of its sending, ``"ns"``
    beside ``"stream"`` and ``"data"`` (``CLOCK_MONOTONIC`` in nanoseconds, the same in all processes of a
    machine).
quiet
    One message, by which the client knows that the connection is open, or one of each stream, then nothing
    but a ping every 20 seconds, as the exchange sends.

flood
    So many trades as fast as they are read, on a single-stream connection.

Where it was announced how many streams a connection has, nothing is sent before they are all subscribed, in
the URL or by requests, which are answered.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import mmap
import os
import selectors
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from urllib.parse import unquote

import traffic

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
PIECE = 1 << 20
#: Of several connections each gets so much in its turn, and may have so much on its way.
TURN = 1 << 14
ON_ITS_WAY = 1 << 16
PING_EVERY_S = 20.0
PING = b"\x89\x04ping"
#: The last connection's client has to come to its reading.
BEFORE_BLAST_S = 0.2


class Server:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.context: ssl.SSLContext | None = None
        if options.certificate is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(options.certificate)
        self.all_open = threading.Barrier(options.connections)
        self.blasted: list[tuple[socket.socket, memoryview]] = []

    def serve(self) -> None:
        while True:
            connection, _ = self.listening.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.served, args=(connection,), daemon=True).start()

    def served(self, connection: socket.socket) -> None:
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            path = self.opened(connection)
            if path is not None:
                getattr(self, self.options.mode)(connection, path)
        except (OSError, threading.BrokenBarrierError) as exc:
            print(f"a connection ended: {exc!r}", file=sys.stderr)
        finally:
            connection.close()

    def opened(self, connection: socket.socket) -> str | None:
        """Answer the upgrade; returns the path, None if it was no upgrade (a library that looks around)."""
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65_536)
            if not received:
                return None
            head += received
        request, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        key = headers.get("sec-websocket-key")
        if key is None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            return None
        accept = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
        connection.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        return unquote(request.split()[1])

    def subscribed(self, connection: socket.socket, path: str) -> list[str]:
        """Wait for as many streams as were announced; returns those that the connection has."""
        names = path.partition("streams=")[2].split("/")
        while len(names) < self.options.streams:
            request = json.loads(text(connection))
            names += request["params"]
            connection.sendall(traffic.frame(b'{"result":null,"id":%d}' % request["id"]))
        return names

    # -- modes ----------------------------------------------------------------------------------------------

    def blast(self, connection: socket.socket, path: str) -> None:
        self.subscribed(connection, path)
        frames = self.frames(path)
        self.blasted.append((connection, frames))
        if self.all_open.wait() != 0:
            threading.Event().wait()  # one thread sends for all
        time.sleep(BEFORE_BLAST_S)
        if self.options.connections == 1:
            for begin in range(0, len(frames), PIECE):
                connection.sendall(frames[begin : begin + PIECE])
        else:
            self.blast_in_turn()
        threading.Event().wait()  # to close would be another thing to measure

    def blast_in_turn(self) -> None:
        with selectors.DefaultSelector() as selector:
            for connection, frames in self.blasted:
                connection.setblocking(False)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ON_ITS_WAY)
                selector.register(connection, selectors.EVENT_WRITE, frames)
            while selector.get_map():
                for key, _ in selector.select():
                    sent = 0
                    with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                        sent = key.fileobj.send(key.data[:TURN])
                    if sent == len(key.data):
                        selector.unregister(key.fileobj)
                    elif sent:
                        selector.modify(key.fileobj, selectors.EVENT_WRITE, key.data[sent:])

    def frames(self, path: str) -> memoryview:
        """What a connection is sent, in memory before the first byte of it goes out."""
        file = self.options.traffic
        if file.is_dir():
            file = traffic.file_for(file, path)
        populate = getattr(mmap, "MAP_POPULATE", 0)
        with file.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, flags=mmap.MAP_PRIVATE | populate, prot=mmap.PROT_READ)
        return memoryview(mapped)

    def pace(self, connection: socket.socket, path: str) -> None:
        streams = {name: traffic.Stream(name, 1) for name in traffic.stream_names()}
        interval = 1 / self.options.rate
        number, due = 0, time.perf_counter() + BEFORE_BLAST_S
        while True:
            for name, stream in streams.items():
                message = f'{{"stream":"{name}","data":{stream.message(number)},"ns":'.encode()
                while (now := time.perf_counter()) < due:
                    if due - now > 0.0005:
                        time.sleep(due - now - 0.0003)
                due = max(due + interval, now)
                number += 1
                connection.sendall(traffic.frame(b"%b%d}" % (message, time.monotonic_ns())))

    def quiet(self, connection: socket.socket, path: str) -> None:
        if path.startswith("/ws/"):
            connection.sendall(next(traffic.raw(path.removeprefix("/ws/"), 1)))
        else:
            names = self.subscribed(connection, path)
            for name in names if self.options.each else names[:1]:
                message = traffic.Stream(name, 1).message(0)
                connection.sendall(traffic.frame(f'{{"stream":"{name}","data":{message}}}'.encode()))
        while True:
            time.sleep(PING_EVERY_S)
            connection.sendall(PING)

    def flood(self, connection: socket.socket, path: str) -> None:
        time.sleep(BEFORE_BLAST_S)
        trade = (
            b'{"e":"trade","E":1800000000000,"s":"BNBBTC","t":%d,"p":"0.00100000","q":"1.00000000","m":true}'
        )
        for begin in range(0, self.options.messages, 1000):
            end = min(begin + 1000, self.options.messages)
            connection.sendall(b"".join(traffic.frame(trade % number) for number in range(begin, end)))
        threading.Event().wait()


def text(connection: socket.socket) -> bytes:
    """The payload of one masked frame of a client, of fewer than 65,536 bytes."""
    size = exactly(connection, 2)[1] & 0x7F
    if size == 126:
        size = int.from_bytes(exactly(connection, 2), "big")
    mask, masked = exactly(connection, 4), exactly(connection, size)
    return bytes(byte ^ mask[number % 4] for number, byte in enumerate(masked))


def exactly(connection: socket.socket, size: int) -> bytes:
    received = connection.recv(size, socket.MSG_WAITALL)
    if len(received) < size:
        raise ConnectionError("the client has closed it")
    return received


def end_with_stdin() -> None:
    """End the process when whoever started it has ended, by whatever cause."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=["blast", "pace", "quiet", "flood"])
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--streams", type=int, default=0, help="of each combined connection")
    parser.add_argument("--each", action="store_true", help="quiet: a message of each stream")
    parser.add_argument("--traffic", type=Path, help="the combined frames, or the folder of several files")
    parser.add_argument("--rate", type=float, default=10_000, help="messages a second, paced")
    parser.add_argument("--messages", type=int, default=10_000_000, help="flood: so many")
    parser.add_argument("--certificate", help="PEM file with key and chain; TLS if given")
    parser.add_argument("--attached", action="store_true", help="end when standard input is closed")
    options = parser.parse_args()
    if options.attached:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    server = Server(options)
    print(json.dumps({"port": server.listening.getsockname()[1]}), flush=True)
    server.serve()


if __name__ == "__main__":
    main()
