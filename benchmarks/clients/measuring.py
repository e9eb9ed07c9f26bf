"""What the clients have in common: the command line, the user's callback, and the measuring.

A client asks for :func:`arguments`, hands what :func:`begin` returns each decoded message, and runs until one
line of JSON is printed and the process ended. It imports nothing but the standard
library and the traffic, so that it runs in the environment of every library.

The measures:

throughput
    messages a second that come to the callback: ``rate``, and ``cpu_rate``, a second of the process's own
    processor time; and ``seen``, all messages till then
latency
    microseconds from a message's sending to its callback: ``p50_us``, ``p99_us``, and ``rate``
idle
    ``core``, the share of one processor core that open connections cost on which nothing comes
memory
    ``resident``, the bytes of memory that the process holds when all its connections are open
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import ssl
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import traffic

#: A client that has got no message after so long is ended: it would wait for ever.
FIRST_MESSAGE_S = 60.0
#: No client is waited for longer than this for ``--least`` messages.
LONGEST_S = 20.0

Callback = Callable[[Any], None]
#: Yields seconds to wait, and returns what it measured.
Measuring = Generator[float, None, dict[str, float]]

n = 0
latencies_ns: list[int] = []


def arguments(*more: str) -> argparse.Namespace:
    """The command line, the same for all clients; *more* are flags of one client."""
    parser = argparse.ArgumentParser()
    parser.add_argument("measure", choices=list(MEASURES))
    parser.add_argument("base", help="ws://host:port or wss://host:port")
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--raw", action="store_true", help="single-stream sockets; always if several")
    parser.add_argument(
        "--symbols", type=int, default=len(traffic.SYMBOLS), help="of the combined connection"
    )
    parser.add_argument("--venue", help="a combined connection for each category of futures, of this venue")
    parser.add_argument("--shapes", default="usdm", help="with --venue: whose streams they are")
    parser.add_argument("--first", type=int, help="so many messages, at first, say that all is open")
    parser.add_argument("--warm", type=float, default=0.3, help="seconds after the first message")
    parser.add_argument("--window", type=float, default=1.5, help="seconds that are measured")
    parser.add_argument("--least", type=int, default=0, help="messages; if fewer came, it is measured longer")
    parser.add_argument("--ca", help="PEM file to believe")
    parser.add_argument("--traffic", type=Path, help="prepared frames, for who reads no socket")
    for flag in more:
        parser.add_argument(flag, action="store_true")
    options = parser.parse_args()
    options.raw = options.raw or options.connections > 1
    return options


def streams(options: argparse.Namespace) -> list[str]:
    """The stream of each single-stream connection, or all streams of the combined one."""
    if options.raw:
        return [traffic.raw_stream(number) for number in range(options.connections)]
    return traffic.stream_names(options.symbols)


def urls(options: argparse.Namespace) -> list[str]:
    """The URL of each connection."""
    names = streams(options)
    if options.raw:
        return [f"{options.base}/ws/{name}" for name in names]
    return [f"{options.base}/stream?streams={'/'.join(names)}"]


def ssl_context(options: argparse.Namespace) -> ssl.SSLContext | None:
    """What verifies the server's certificate; None without TLS."""
    return ssl.create_default_context(cafile=options.ca) if options.base.startswith("wss:") else None


def believe(options: argparse.Namespace) -> None:
    """The same for a library that makes its context itself: OpenSSL reads this variable."""
    if options.ca is not None:
        os.environ["SSL_CERT_FILE"] = options.ca


def begin(options: argparse.Namespace) -> Callback:
    """Start measuring, in the main thread; returns the callback for the messages.

    A timer's signal measures, not a thread: of a library that lets go of the interpreter's lock often and for
    an instant, a thread that waits for the lock does not get it for seconds.
    """
    steps = _steps(options)
    signal.signal(signal.SIGALRM, lambda *_: signal.setitimer(signal.ITIMER_REAL, next(steps)))
    signal.setitimer(signal.ITIMER_REAL, next(steps))
    return _note_latency if options.measure == "latency" else _count


def _count(message: Any) -> None:
    global n
    n += 1


def _note_latency(message: Any) -> None:
    global n
    n += 1
    latencies_ns.append(time.monotonic_ns() - message["ns"])


def _steps(options: argparse.Namespace) -> Iterator[float]:
    """What is done between the waits that are yielded, in seconds."""
    patience = time.monotonic() + FIRST_MESSAGE_S
    # of a quiet connection the first message is the only one: all are open when each has had its
    expected = options.first or (options.connections if options.measure in ("idle", "memory") else 1)
    while n < expected:
        yield 0.01
        if time.monotonic() > patience:
            print(f"{n} of {expected} messages came in {FIRST_MESSAGE_S:.0f} s", file=sys.stderr, flush=True)
            os._exit(1)
    yield max(options.warm, 0.001)  # 0 would be no timer
    result = yield from MEASURES[options.measure](options)
    print(json.dumps(result), flush=True)
    os._exit(0)  # whatever threads and loops the library has


def _throughput(options: argparse.Namespace) -> Measuring:
    n0, cpu0, t0 = n, time.process_time(), time.perf_counter()
    yield options.window
    while n - n0 < options.least and time.perf_counter() - t0 < LONGEST_S:
        yield 0.1
    n1, cpu1, t1 = n, time.process_time(), time.perf_counter()
    seconds, cpu_rate = t1 - t0, (n1 - n0) / max(cpu1 - cpu0, 1e-3)
    return {"rate": (n1 - n0) / seconds, "cpu_rate": cpu_rate, "seconds": seconds, "seen": n1}


def _latency(options: argparse.Namespace) -> Measuring:
    begin, t0 = len(latencies_ns), time.perf_counter()
    yield options.window
    measured, t1 = sorted(latencies_ns[begin:]), time.perf_counter()
    if not measured:
        return {"rate": 0.0}
    p50, p99 = measured[len(measured) // 2], measured[len(measured) * 99 // 100]
    return {"p50_us": p50 / 1e3, "p99_us": p99 / 1e3, "rate": len(measured) / (t1 - t0)}


def _idle(options: argparse.Namespace) -> Measuring:
    cpu0, t0 = time.process_time(), time.perf_counter()
    yield options.window
    cpu1, t1 = time.process_time(), time.perf_counter()
    return {"core": (cpu1 - cpu0) / (t1 - t0)}


def _memory(options: argparse.Namespace) -> Measuring:
    yield from ()  # nothing to wait for
    gc.collect()
    status = Path("/proc/self/status").read_text()
    [line] = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return {"resident": int(line.split()[1]) * 1024}


MEASURES: dict[str, Callable[[argparse.Namespace], Measuring]] = {
    "throughput": _throughput,
    "latency": _latency,
    "idle": _idle,
    "memory": _memory,
}
