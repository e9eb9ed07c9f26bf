"""Consumers, passed to ``start_*`` in place of a function: queues, threads, event loops, latest values.

All of them take whole batches in the reactor's thread, where they never block, and hand them on elsewhere. A
class of your own that does so derives from :class:`Consumer`.
"""

from binance.consuming.inbox import Inbox
from binance.consuming.latest import Latest
from binance.consuming.looped import in_loop
from binance.consuming.threaded import in_thread
from binance.exceptions import Ended
from binance.sockets.consumer import Consumer, Feed

__all__ = ["Consumer", "Ended", "Feed", "Inbox", "Latest", "in_loop", "in_thread"]
