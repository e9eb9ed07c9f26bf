"""BinanceSocketManager with an Inbox that is always full: its reader takes a message a millisecond.

Prints, of ``--messages`` that were sent: how many were kept, and how many the events named; and the memory
that the process held after a tenth of them and at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from binance.consumers import Inbox
from binance.endpoints import Endpoints
from binance.events import Event
from binance.websockets import BinanceSocketManager

LIMIT = 100_000


def resident() -> int:
    """Bytes of memory that the process holds."""
    status = Path("/proc/self/status").read_text()
    [line] = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="ws://host:port")
    parser.add_argument("--messages", type=int, required=True)
    options = parser.parse_args()
    named = dict.fromkeys(("overflow", "gap"), 0)
    ended = threading.Event()

    def on_event(event: Event) -> None:
        if event.kind in named:
            named[event.kind] += event.info["dropped" if event.kind == "overflow" else "count"]
        elif event.kind == "disconnected":
            ended.set()

    kept = 0

    def read() -> None:
        nonlocal kept
        for _ in inbox:
            kept += 1
            if not ended.is_set():
                time.sleep(0.001)

    inbox = Inbox(LIMIT)
    manager = BinanceSocketManager(None, endpoints=Endpoints(stream=options.base), on_event=on_event)
    key = manager.start_trade_socket("BNBBTC", inbox)
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    began, first = time.perf_counter(), 0
    manager.start()
    stats: dict[str, Any] = manager.stats(key)
    while stats["messages"] < options.messages:
        time.sleep(0.05)
        stats = manager.stats(key)
        if not first and stats["messages"] >= options.messages / 10:
            first = resident()
    seconds, last = time.perf_counter() - began, resident()
    manager.stop_socket(key)
    ended.wait()
    reader.join()
    result = {"sent": stats["messages"], "kept": kept, "dropped": stats["dropped"], **named}
    result |= {"first": first, "last": last, "seconds": seconds}
    print(json.dumps(result), flush=True)
    os._exit(0)


main()
