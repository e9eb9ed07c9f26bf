"""A line whose streams may change while it runs: a combined connection, and the requests on it.

What the URL cannot carry is subscribed by message as soon as the connection is there, and so is every change
from then on. The line counts as open when it carries what was wanted when it was connected: messages may come
before that. A request that is not answered is made once more; then the connection is dropped, for it is not
known what it carries.

Source: Spot *Web Socket Streams*, "Live Subscribing/Unsubscribing to streams".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from twisted.python.failure import Failure

from binance.exceptions import BinanceAPIException
from binance.net.factory import StreamFactory
from binance.net.interfaces import Arrival, Ending, Line, Listener, Meter, Options
from binance.net.protocol import StreamProtocol
from binance.net.relay import Relay
from binance.net.requests import NotConnected, Requests
from binance.process.threads import log_failure
from binance.wire.budgets import per_second
from binance.wire.control import ControlReply, control
from binance.wire.subscribing import SUBSCRIBE, Carried, Request

#: The HTTP status that says so.
URL_TOO_LONG = 414

#: Where streams are served: the URL, and how many of the names are in it.
Urls = Callable[[Collection[str]], tuple[str, int]]


class StreamLine(Relay):
    """Carries the streams that are wanted.

    :param wanted: by name, those that are to be asked for first, first; whoever changes it calls
        :meth:`refresh`.
    :param urls: where they are served.
    :param meter: counts the bytes.
    """

    def __init__(
        self, listener: Listener, options: Options, meter: Meter, wanted: Mapping[str, object], urls: Urls
    ) -> None:
        super().__init__(listener)
        self._options = options
        self._wanted = wanted
        self._urls = urls
        self._carried = Carried()
        self._requests = Requests(options)
        self._lacks: Collection[str] = ()  # names without which it is not open yet
        self._is_open = False
        self._attempt = 0
        self._most_in_url: int | None = None
        url, _ = urls(wanted)
        self.go_by(StreamFactory(url, self, options, meter))

    # -- a line: binance.net.interfaces.Line --------------------------------------------------------------

    def is_open(self) -> bool:
        return self._is_open

    def is_connected(self) -> bool:
        return self._factory is not None and self._factory.is_open()

    def refresh(self) -> None:
        if self.is_connected():
            self._proceed()

    def expects(self, name: str) -> bool:
        return self._carried.expects(name)

    def carries(self, name: str) -> bool:
        return self.is_connected() and name in self._carried.names

    def is_rid_of(self, name: str) -> bool:
        return self._carried.is_rid_of(name)

    # -- from the factory: binance.net.interfaces.Listener ------------------------------------------------

    def connecting(self, line: Line, attempt: int) -> None:
        assert self._factory is not None
        names = list(self._wanted)
        url, in_url = self._urls(names[: self._most_in_url])
        self._factory.aim(url)
        self._carried.begin(names[:in_url])
        super().connecting(line, attempt)

    def opened(self, line: Line, attempt: int) -> None:
        assert self._factory is not None
        self._attempt = self._factory.retries = attempt  # the outage lasts until it carries what is wanted
        self._lacks = list(self._wanted)
        self.listener.asked(self, tuple(self._carried.names))
        self._proceed()

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        if self._carried.asked is not None:
            payloads, messages = self._without_answers(payloads, messages)
            if not messages:
                return
        self.listener.received(self, payloads, messages, at)

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        if ending.status == URL_TOO_LONG:  # what the exchange takes is not documented, and may change
            self._most_in_url = len(self._carried.names) // 2
        self._forget()
        super().lost(line, ending, retry)

    def ended(self, line: Line, ending: Ending) -> None:
        self._forget()
        super().ended(line, ending)

    # -- within -------------------------------------------------------------------------------------------

    @property
    def _connection(self) -> StreamProtocol:
        """The connection that there is, open or only just."""
        assert self._factory is not None and self._factory.connection is not None
        return self._factory.connection

    def _forget(self) -> None:
        """There is no connection any more: it carries nothing, and answers nothing."""
        self._is_open = False
        self._carried.begin(())
        self._requests.lost()

    def _proceed(self) -> None:
        """Ask what is to be asked next; report it as open when it carries what it was opened for."""
        request = self._carried.next(self._wanted)
        if request is not None:
            if request.method == SUBSCRIBE:
                self.listener.asked(self, request.names)
            self._ask(request, again=False)
        if not self._is_open:
            wanted, carried = self._wanted, self._carried.names
            self._lacks = [name for name in self._lacks if name in wanted and name not in carried]
            if not self._lacks:
                self._is_open = True
                if self._factory is not None:
                    self._factory.retries = 0
                self.listener.opened(self, self._attempt)

    def _ask(self, request: Request, again: bool) -> None:
        answer, wait_s = self._requests.ask(self._connection, request.method, list(request.names))
        answer.addCallbacks(lambda _: self._answered(), self._failed, errbackArgs=(request, again))
        answer.addErrback(log_failure, request.method)
        if wait_s:
            self.listener.limited(self, "request", per_second(self._options.timings.messages), wait_s)

    def _answered(self) -> None:
        self._carried.answered()
        self._proceed()
        self.listener.changed(self)

    def _failed(self, failure: Failure, request: Request, again: bool) -> None:
        if failure.check(NotConnected):
            return
        if failure.check(BinanceAPIException):
            error: Any = failure.value
            rejected = self._carried.refused()
            if rejected is not None:
                self.listener.rejected(self, rejected, error.code, error.message)
            self._proceed()
            self.listener.changed(self)
        elif again:
            self._drop(f"no answer to {request.method}, sent twice")
        else:
            self._ask(request, again=True)

    def _drop(self, why: str) -> None:
        self._connection.drop(why)

    def _without_answers(self, payloads: list[bytes], messages: list[Any]) -> tuple[list[bytes], list[Any]]:
        """Take the answers out of what came."""
        others = [number for number, message in enumerate(messages) if not self._takes(message)]
        if len(others) == len(messages):
            return payloads, messages
        return [payloads[number] for number in others], [messages[number] for number in others]

    def _takes(self, message: Any) -> bool:
        reply = control(message)
        if not isinstance(reply, ControlReply):
            return False
        number = self._requests.only() if reply.number is None and reply.refused else reply.number
        error = BinanceAPIException(400, reply.code, reply.message) if reply.refused else None
        return self._requests.settle(number, error)
