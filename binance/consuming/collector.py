"""The threshold of Python's garbage collector, raised for pending messages.

The collector looks at its youngest generation whenever some hundreds of objects more were made than freed.
Messages are dicts of which none refers to itself, and most are freed before that; but those that wait
survive, and are looked at again and again, all of them. With 3,000 to 5,000 messages waiting, as there are at
full blast whatever the callback does, that takes half of the time.
"""

from __future__ import annotations

import gc

from binance.process.logs import Log
from binance.process.once import Once

log = Log(__name__)

#: What Python sets the threshold of its youngest generation to: up to 3.12, and from 3.13 on.
DEFAULTS = (700, 2_000)
THRESHOLD = 10_000

_once = Once()


def relieve() -> None:
    """Raise that threshold to :data:`THRESHOLD`, once in a process, unless somebody else has set it."""
    if not _once.first("relieved"):
        return
    youngest, *older = gc.get_threshold()
    if youngest in DEFAULTS:
        gc.set_threshold(THRESHOLD, *older)
        log.info(
            "raised the first threshold of the garbage collector from %d to %d: it would scan pending "
            "messages too often; to keep your own, call gc.set_threshold() before the first consumer starts",
            youngest,
            THRESHOLD,
        )
