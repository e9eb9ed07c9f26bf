"""BinanceSocketManager with one of its consumers in place of the callback.

``--inline`` is a plain callback, which the others are compared with; ``--python-collector`` leaves the
garbage collector's first threshold as Python has it. With ``--beside`` there is a second socket, whose
consumer sleeps 0.2 s at each message (``--sleeps``), or does nothing (``--idles``), in a thread of its own;
the callback of the first notes the latency.
"""

from __future__ import annotations

import gc
import threading
import time
from typing import Any

from clients import measuring

FLAGS = ("--inline", "--in-thread", "--in-thread-one", "--inbox", "--latest", "--python-collector")
options = measuring.arguments(*FLAGS, "--sleeps", "--idles")

from binance.consumers import Inbox, Latest, in_thread  # noqa: E402
from binance.endpoints import Endpoints  # noqa: E402
from binance.websockets import BinanceSocketManager  # noqa: E402

if options.python_collector:
    _, *older = gc.get_threshold()
    gc.set_threshold(701, *older)  # as good as Python's 700, and not taken for it

manager = BinanceSocketManager(None, endpoints=Endpoints(stream=options.base), ca_file=options.ca)
callback = measuring.begin(options)
streams = measuring.streams(options)


def count(messages: list[Any]) -> None:
    measuring.n += len(messages)


def read(inbox: Inbox) -> None:
    for message in inbox:
        callback(message)


class CountedLatest(Latest):
    """Counts what it keeps."""

    def take(self, feed: Any, messages: list[Any]) -> None:
        super().take(feed, messages)
        measuring.n += len(messages)


def sleep(_: Any) -> None:
    time.sleep(0.2)


consumer: Any = callback
if options.in_thread:
    consumer = in_thread(count, batch=True)
elif options.in_thread_one:
    consumer = in_thread(callback)
elif options.inbox:
    consumer = Inbox()
    threading.Thread(target=read, args=(consumer,), daemon=True).start()
elif options.latest:
    consumer = CountedLatest()
manager.start_multiplex_socket(streams, consumer)
if options.sleeps or options.idles:
    beside = in_thread(sleep if options.sleeps else lambda _: None, limit=10_000)
    manager.start_multiplex_socket(streams, beside, name="beside")
manager.start()
manager.join()
