"""Account events by listen key: a secret in the socket's path, which lives on if it is kept alive.

The key comes from the injected client (REST), is kept alive with ``reactor.callLater`` every ``user_timeout``
seconds, and is replaced when the exchange no longer knows it.

Source: binance.us *User Data Streams*; the spot listen keys of binance.com ended on 2026-02-20.
"""

from __future__ import annotations

import logging
from typing import Any

from binance.account.keeper import NO_ERROR, UserSubscription
from binance.exceptions import MalformedMessage
from binance.net.protocol import Ending, Line
from binance.sockets.delivery import Callback
from binance.sockets.subscription import Context
from binance.streams import raw_path

log = logging.getLogger(__name__)

CLIENT_CALLS = ("stream_get_listen_key", "stream_keepalive")

_UNKNOWN_KEY = -1125


class ListenKeySubscription(UserSubscription):
    """A subscription whose path is a secret that expires.

    :param client: ``stream_get_listen_key()`` and ``stream_keepalive(listenKey)`` are called, in threads.
    :param stream_base: ``wss://host[:port]``.
    :param user_timeout: seconds between keepalives.
    """

    what = "listen key"

    def __init__(
        self,
        context: Context,
        conn_key: str,
        callback: Callback,
        *,
        client: Any,
        stream_base: str,
        user_timeout: float,
    ) -> None:
        super().__init__(context, conn_key, callback, client=client, longest_retry_s=user_timeout)
        self._stream_base = stream_base
        self._user_timeout = user_timeout
        self._listen_key: str | None = None
        self._key_is_gone = False

    # -- from the manager ------------------------------------------

    def open(self) -> None:
        self._get_key()

    def url_for_humans(self, factory: Line) -> str:
        return f"{self._stream_base}/ws/***"

    # -- from the factories ------------------------------------------

    def opened(self, factory: Line, attempt: int) -> None:
        again, moving = self._in_outage, factory is self.rotation.line
        super().opened(factory, attempt)
        if moving:
            return
        for old in self._left():
            old.stop()
        if again and self._final_reason is None:
            self._keep_alive()  # the exchange lets a connection with a dead key open, and is silent

    def lost(self, factory: Line, ending: Ending, retry: bool) -> None:
        if factory not in (self.factory, self.rotation.line):
            factory.stop()  # its key is gone, and its successor is on the way
            return
        super().lost(factory, ending, retry)

    def deliver(self, factory: Line, messages: list[Any]) -> None:
        super().deliver(factory, messages)
        expired = any(message.get("e") == "listenKeyExpired" for message in messages)
        if expired and factory is self.factory:
            log.warning("%s: the listen key has expired", self.conn_key)
            self._key_is_gone = True
            self._get_key()

    def _left(self) -> list[Line]:
        """Connections on a key that is gone, kept until the new one is open."""
        serving = (self.factory, self.rotation.line)
        return [factory for factory in self._factories if factory not in serving]

    # -- the key ------------------------------------------

    def _get_key(self) -> None:
        self._ask(lambda: self._in_thread(self._client.stream_get_listen_key), self._got_key)

    def _keep_alive(self) -> None:
        self._ask(lambda: self._in_thread(self._client.stream_keepalive, self._listen_key), self._kept_alive)

    def _again(self) -> None:
        if self._listen_key is None or self._key_is_gone:
            self._get_key()
        else:
            self._keep_alive()

    def _got_key(self, listen_key: Any) -> None:
        if not isinstance(listen_key, str) or not listen_key:
            self._failed(
                MalformedMessage(f"stream_get_listen_key gave no key but {type(listen_key).__name__}")
            )
            return
        self._key_is_gone = False
        if listen_key == self._listen_key:
            self._kept_alive(None)
            return
        if self._listen_key is not None:
            log.info("%s: the listen key was replaced, the socket moves", self.conn_key)
            self.tell("key_replaced", **NO_ERROR)
            if self.stopped:
                return  # by who was told
        self._listen_key = listen_key
        self._secrets.add(listen_key)
        self.rotation.abandon()
        old, new = self.factory, self.connect_to(self._stream_base + raw_path(listen_key))
        if old is not None and not old.is_open():
            old.stop()  # else when the new one is open: until then it may still bring something
        self._keep_alive_later()
        new.dial()

    def _kept_alive(self, _: Any) -> None:
        if self._key_is_gone:  # told while the call was under way
            self._get_key()
            return
        log.debug("%s: the listen key was kept alive", self.conn_key)
        self.tell("key_renewed", **NO_ERROR)
        self._keep_alive_later()

    def _keep_alive_later(self) -> None:
        self._succeeded()
        self._set_timer(self._user_timeout, self._keep_alive)

    # -- failures ------------------------------------------

    def _mends(self, about: dict[str, Any], error: BaseException) -> bool:
        if about["code"] != _UNKNOWN_KEY or self._key_is_gone or about["final"]:
            return False
        self.tell("key_failed", **about)
        log.warning("%s: the exchange no longer knows the listen key", self.conn_key)
        self._key_is_gone = True
        self._get_key()
        return True

    def _may_bring_more(self) -> bool:
        return self.factory is not None and self.factory.is_open() and not self._key_is_gone

    def _words_for(self, status: int | None, code: int | None) -> str | None:
        return "HTTP 410: binance.com ended spot listen keys on 2026-02-20" if status == 410 else None
