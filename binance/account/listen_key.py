"""Account events by listen key: a secret in the socket's URL, which expires unless it is kept alive.

The key comes from the injected client (REST), is kept alive every ``user_timeout`` seconds, and is replaced
when the exchange no longer knows it. Then lines that go by the old one are superseded. What differs from one
kind of account to another is in :mod:`binance.venues.listen_keys`.

Source: *User Data Streams* of binance.us and of each venue of derivatives; the spot listen keys of
binance.com ended on 2026-02-20.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from binance.account.keeper import Keeper, Step
from binance.account.refusals import account_of, endpoints_of
from binance.endpoints import Endpoints
from binance.exceptions import MalformedMessage
from binance.net.factory import StreamFactory
from binance.net.interfaces import Arrival, Ending, Line, Listener, Meter, Opener, Options
from binance.net.relay import Relay
from binance.sockets.report import INFO, WARNING, Report
from binance.venues.codes import Remedy
from binance.venues.listen_keys import KeyedAccount


class ListenKey:
    """Authorises by listen key.

    :param account: what kind it is.
    :param client: its calls for that kind are made in threads: one that answers with the key, and one that
        takes the key and extends it.
    :param user_timeout: seconds between keepalives.
    :param url: of the REST host that it calls.
    """

    noun = "listen key"
    has_timestamps = False

    def __init__(
        self, keeper: Keeper[Any], account: KeyedAccount, client: Any, user_timeout: float, url: str = ""
    ) -> None:
        self.method = account.method
        self._keeper = keeper
        self._account = account
        self._client = client
        self._user_timeout = user_timeout
        self._url = url
        self._key: str | None = None
        self._is_expired = False  # the exchange does not know it any more
        self._is_silent = False  # it said so, and sends nothing more on the connections that there are
        self._is_due = False
        self._got_at = float("-inf")

    # -- from its lines -----------------------------------------------------------------------------------

    def expired(self, key: str | None) -> None:
        """The exchange says that a key has expired."""
        if key == self._key and not self._is_expired:
            self._keeper.report.log(WARNING, "the listen key has expired: requesting a new one")
            self._is_silent = True
            self._has_ended()
            self._keeper.wake()

    # -- binance.account.keeper.Authoriser ----------------------------------------------------------------

    def joined(self, line: ListenKeyLine) -> None:
        if self._key is not None and not self._is_expired:
            line.use(self._key)

    def step(self) -> Step | None:
        if self._key is None or self._is_expired:
            ask = getattr(self._client, self._account.get)
            return Step(lambda: self._keeper.in_thread(self._url, ask), self._got, self._url)
        if self._is_due:
            call, key = getattr(self._client, self._account.keep_alive), self._key
            return Step(lambda: self._keeper.in_thread(self._url, call, key), self._kept, self._url)
        return None

    def renew(self) -> None:
        self._is_due = True

    def carries(self, line: ListenKeyLine) -> bool:
        return line.is_open() and not self._is_expired

    def recover(self, what: Remedy, about: dict[str, Any]) -> bool:
        if what is not Remedy.NEW_KEY or self._is_expired:
            return False
        self._keeper.report.event("key_failed", **about)
        self._keeper.report.log(WARNING, "the exchange no longer knows the listen key: requesting a new one")
        self._has_ended()
        return True

    def terminated(self) -> None:
        """A listen key has no subscriptions to end."""

    def doubted(self, line: ListenKeyLine, error: Exception) -> None:
        """The exchange sends no key errors on these lines."""

    # -- within -------------------------------------------------------------------------------------------

    def _has_ended(self) -> None:
        self._is_expired = True
        self._keeper.ended(self._keeper.options.clock.seconds() - self._got_at)

    def _got(self, key: Any) -> None:
        keeper = self._keeper
        if not isinstance(key, str) or not key:
            words = f"{self._account.get}() returned {type(key).__name__}, not a listen key"
            keeper.failed(MalformedMessage(words))
            return
        keeper.authorised()
        self._is_expired, self._got_at = False, keeper.options.clock.seconds()
        is_same, is_silent, self._is_silent = key == self._key, self._is_silent, False
        if is_same:
            self._kept_alive()
        else:
            if self._key is not None:
                keeper.report.log(INFO, "the listen key was replaced: moving to a new connection")
                keeper.replaced()
            self._key = key
            for form in (key, quote(key, safe="")):  # errors of others may quote a URL
                keeper.report.hide(form)
            self._keep_alive_later()
        for line in list(keeper.lines):
            is_of_use = is_same and not is_silent and line.factory is not None
            if line in keeper.lines and not is_of_use:
                line.use(key)

    def _kept(self, answer: Any) -> None:
        # derivatives extend the key that the account has, and say which: another program may have ended ours
        extended = answer.get("listenKey") if isinstance(answer, dict) else None
        if isinstance(extended, str) and extended not in ("", self._key):
            self._got(extended)
        else:
            self._kept_alive()

    def _kept_alive(self) -> None:
        if not self._is_expired:  # else there is more to do
            self._keeper.renewed()
            self._keep_alive_later()

    def _keep_alive_later(self) -> None:
        self._is_due = False
        self._keeper.succeeded()
        self._keeper.renew_in(self._user_timeout)


class ListenKeyLine(Relay):
    """A line whose URL holds a listen key: it has a factory once there is a key.

    Events reach its listener bare, whichever form the exchange sends them in.
    """

    def __init__(
        self,
        account: KeyedAccount,
        endpoints: Endpoints,
        keeper: Keeper[ListenKey],
        listener: Listener,
        options: Options,
        meter: Meter,
    ) -> None:
        super().__init__(listener)
        self._account = account
        self._endpoints = endpoints
        self._keeper = keeper
        self._options = options
        self._meter = meter
        self._key: str | None = None
        self._was_lost = False
        self._is_stopped = False

    # -- a line: binance.net.interfaces.Line --------------------------------------------------------------

    @property
    def shown_url(self) -> str:
        return self._account.shown_url(self._endpoints)

    def connect(self) -> None:
        self._keeper.joined(self)
        self._keeper.proceed()

    def stop(self) -> None:
        if self._is_stopped:
            return
        self._is_stopped = True
        self._keeper.left(self)
        super().stop()

    # -- from its authoriser ------------------------------------------------------------------------------

    def use(self, key: str) -> None:
        """Use this key; if there is another one, that one is useless now."""
        if self.factory is not None:
            self.listener.superseded(self)
            return
        self._key = key
        url = self._account.url(self._endpoints, key)
        self.go_by(StreamFactory(url, self, self._options, self._meter))
        super().connect()

    def refuse(self, reason: str) -> None:
        self.listener.refused(self, reason, self._keeper.said)
        self.stop()

    # -- from the factory: binance.net.interfaces.Listener ------------------------------------------------

    def opened(self, line: Line, attempt: int) -> None:
        super().opened(line, attempt)
        if self._was_lost:
            self._was_lost = False
            # the exchange lets a connection with a dead key open, and is silent
            self._keeper.authoriser.renew()
            self._keeper.wake()

    def received(self, line: Line, payloads: list[bytes], messages: list[Any], at: Arrival) -> None:
        events = [bare(message) for message in messages]
        expired = any(isinstance(event, dict) and event.get("e") == "listenKeyExpired" for event in events)
        super().received(line, payloads, events, at)
        if expired and not self._is_stopped:
            self._keeper.authoriser.expired(self._key)

    def lost(self, line: Line, ending: Ending, retry: bool) -> None:
        self._was_lost = True
        refused = self._keeper.refused
        super().lost(line, ending, retry and refused is None)
        if refused is not None and not self._is_stopped:
            self.refuse(refused)

    def ended(self, line: Line, ending: Ending) -> None:
        self._is_stopped = True
        self._keeper.left(self)
        super().ended(line, ending)


def bare(message: Any) -> Any:
    """An account's event, also where it came as ``{"stream": listen key, "data": event}``."""
    if isinstance(message, dict) and "stream" in message and isinstance(message.get("data"), dict):
        return message["data"]
    return message


def opener(
    account: KeyedAccount,
    endpoints: Endpoints,
    client: Any,
    user_timeout: float,
    report: Report,
    options: Options,
    meter: Meter,
) -> Opener:
    """What makes lines for an account by listen key; see :class:`ListenKey`.

    :param endpoints: where its events are; its keys are made where the client makes its calls.
    """
    url = account.rest_url(endpoints_of(client, endpoints))
    keeper = Keeper(
        report,
        options,
        lambda keeper: ListenKey(keeper, account, client, user_timeout, url),
        user_timeout,
        account_of(client, url, report.conn_key),
    )

    def open_line(listener: Listener) -> Line | None:
        if keeper.refused is not None:
            return None
        return ListenKeyLine(account, endpoints, keeper, listener, options, meter)

    return open_line
