"""The events of a manager's connections: kinds, fields, and what each says. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from binance.text.keys import short_info, short_key

KINDS = (
    "connecting",
    "connected",
    "disconnected",
    "retrying",
    "gave_up",
    "gap",
    "reset",
    "rotating",
    "rotated",
    "subscribed",
    "unsubscribed",
    "overflow",
    "malformed",
    "callback_error",
    "callback_slow",
    "key_renewed",
    "key_replaced",
    "key_failed",
    "retired",
    "silent",
    "refused",
    "limited",
    "book_synced",
    "book_lost",
)


@dataclass(frozen=True)
class Event:
    """One fact about one connection key, handed to the manager's ``on_event``.

    :ivar kind: one of :data:`KINDS`.
    :ivar conn_key: what ``start_*`` returned. The ``repr`` shows it, and lists of many streams, shortened.
    :ivar time: epoch seconds.
    :ivar info: by kind; text of the exchange in it is printable, on one line, at most 1,000 characters:

        ==================  =====================================================================
        kind                info
        ==================  =====================================================================
        connecting          ``url`` (secrets masked), ``attempt`` (0 for the first one)
        connected           ``url``, ``attempt``
        disconnected        ``code`` (close code, None if no connection came about), ``reason``,
                            ``clean``, ``retry`` (whether it reconnects); the last event
                            of a key after ``stop_socket`` and ``close``
        retrying            ``attempt``, ``delay_s``
        gave_up             ``attempts``, ``reason``
        gap                 ``stream``, ``first`` and ``last`` (the missing ids, both included),
                            ``count``, ``cause`` (``"skipped"`` on one connection, ``"reconnect"``
                            between two, ``"overflow"``: they came, and a consumer had no room; then
                            ``count`` of the ids between, and ``symbol`` on a stream of many markets);
                            of klines, when the first and the last closed candle opened that never
                            came, and ``count`` only if it is known
        reset               ``stream``, ``last`` (id before), ``first`` (id after), and ``symbol`` on
                            ``!bookTicker``, which carries many
        rotating            ``why`` (``"lifetime"``, ``"serverShutdown"`` or ``"silent"``), ``seconds`` (the
                            age of the connection that is to be left)
        rotated             ``why``, ``seconds`` (how long it took)
        subscribed          ``streams``, a list of names that are in force now; ``seconds`` since the first
                            of them was asked for
        unsubscribed        the same of names that are no longer carried
        overflow            ``dropped`` (messages since the last such event), ``limit`` and ``policy`` of the
                            consumer that had no room for them
        malformed           ``count`` (so far), ``length`` (bytes), ``error``
        callback_error      ``count`` (so far), ``error``
        callback_slow       ``count`` (so far), ``seconds``, ``messages`` (in the batch); if
                            calls of the REST client were part of it ``blocked_s``, the seconds they took, and
                            ``blocked_by``, the longest of them
        key_renewed         ``status``, ``code``, ``message``, ``final``: of what authorises a socket of an
                            account: listen key, listen token or signature
        key_replaced        the same
        key_failed          the same; ``final`` is True where trying again is pointless
        retired             ``stream``, ``since``, ``use``
        silent              ``stream``, ``seconds``: no message for that long while the
                            connection was open
        refused             ``code``, ``message``: the exchange answered with a control error; ``streams``,
                            a list of names, if it is that these are not subscribed
        limited             ``what`` (``"dial"``, ``"request"`` or ``"snapshot"``) waits ``seconds``;
                            ``budget``, in words
        book_synced         ``symbol``, ``last_update_id``, ``seconds`` (for which the book was not true),
                            ``reason`` (why: as in ``book_lost``; ``"start"`` the first time)
        book_lost           ``symbol``, ``last_update_id``, ``seconds`` (for which it had been true),
                            ``reason``: ``"gap"``, ``"disconnected"``, ``"reset"``, ``"crossed"``,
                            ``"malformed"``, ``"behind"``, ``"shallow"``, ``"audit"``, see
                            :doc:`order_books`; or that no snapshot can be fetched, and why
        ==================  =====================================================================

        Where a key has several connections, ``shard``, from 0, says which one ``connecting``,
        ``connected``, ``disconnected``, ``retrying``, ``gave_up``, ``rotating``, ``rotated`` and ``limited``
        are about.
    """

    kind: str
    conn_key: str
    time: float
    info: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        key, info = short_key(self.conn_key), short_info(self.info)
        return f"Event(kind={self.kind!r}, conn_key={key!r}, time={self.time!r}, info={info!r})"
