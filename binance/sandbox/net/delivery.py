"""Delivery: from the messages of streams to the outboxes of those who listen."""

from collections.abc import Mapping, Sequence
from typing import Any

from binance.sandbox.answers.codec import encode
from binance.sandbox.market.feeds import Feeds, bare
from binance.sandbox.market.payloads import IN_MICROS, Payload, in_micros, message_id
from binance.sandbox.net.frames import frame
from binance.sandbox.net.outbox import Outbox, Traffic


class _Listeners:
    """The outboxes that get a stream, by the form in which they get it."""

    __slots__ = ("combined", "head", "raw")

    def __init__(self, stream: str) -> None:
        self.raw: list[Outbox] = []
        self.combined: list[Outbox] = []
        self.head = b'{"stream":' + encode(bare(stream)) + b',"data":'


class Delivery:
    """Encodes each message once, frames it once for each form, and queues it for all who listen.

    :param record: True keeps ids in :attr:`sent`.

    :ivar sent: with *record*, per stream the ids sent while somebody listened (``t``, ``a``, ``u``, ``I`` or
        ``lastUpdateId``), those that a fault then lost included. What went out in microseconds stands
        under the stream's name with ``?timeUnit=MICROSECOND`` behind it; derivatives have their venue in
        front, ``usdm:btcusdt@aggTrade``. Events of the WebSocket API stand
        once under the kind of their account, e.g. ``spot``, whoever got them.
    """

    def __init__(self, feed: Feeds, traffic: Traffic, record: bool) -> None:
        self.sent: dict[str, list[int]] = {}
        self._feed = feed
        self._traffic = traffic
        self._record = record
        self._listeners: dict[str, _Listeners] = {}

    @property
    def listeners(self) -> Mapping[str, int]:
        """The number of outboxes that get each stream, those without any left out."""
        return {stream: len(found.raw) + len(found.combined) for stream, found in self._listeners.items()}

    def add(self, outbox: Outbox, stream: str, combined: bool) -> None:
        """Send the messages of a stream, by its name in the feeds, to an outbox."""
        listeners = self._listeners.get(stream)
        if listeners is None:
            listeners = self._listeners[stream] = _Listeners(stream)
            self._feed.want(stream)
        (listeners.combined if combined else listeners.raw).append(outbox)

    def remove(self, outbox: Outbox, stream: str, combined: bool) -> None:
        """Send an outbox no more messages of a stream; arguments as :meth:`add` had them."""
        listeners = self._listeners[stream]
        (listeners.combined if combined else listeners.raw).remove(outbox)
        if not listeners.raw and not listeners.combined:
            del self._listeners[stream]
            self._feed.unwant(stream)

    def deliver(self, stream: str, payload: Payload) -> None:
        """Queue one message for all who listen to a stream."""
        listeners = self._listeners.get(stream)
        if listeners is None:
            return
        body = encode(payload)
        if listeners.raw:
            self.put(listeners.raw, stream, payload, body)
        if listeners.combined:
            self.put(listeners.combined, stream, payload, listeners.head + body + b"}")
        if self._record:
            self.keep(stream, payload)

    def deliver_event(self, stream: str, event: dict[str, Any]) -> None:
        """Queue an event that does not come from the market, in both units of time."""
        self.deliver(stream, event)
        if stream + IN_MICROS in self._listeners:
            self.deliver(stream + IN_MICROS, in_micros(event))

    def put(self, outboxes: Sequence[Outbox], stream: str, payload: Payload, body: bytes) -> None:
        """Queue one message, encoded already, for some outboxes."""
        whole = frame(body)
        traffic = self._traffic
        for outbox in outboxes:
            if outbox.plain:
                queue = outbox.queue
                if not queue:
                    traffic.dirty.append(outbox)
                queue.append(whole)
                outbox.sent += 1
                traffic.messages += 1
            else:
                outbox.put(stream, payload, body)

    def keep(self, stream: str, payload: Payload) -> None:
        """Keep the id of a message, if it has one and ids are kept."""
        if self._record and (known := message_id(payload)):
            self.sent.setdefault(stream, []).append(known[1])
