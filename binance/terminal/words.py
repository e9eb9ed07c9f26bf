"""What is said of an event on the screen, and in which colour. Pure."""

from __future__ import annotations

import datetime
from typing import Any

from binance.events import Event
from binance.text.counted import counted
from binance.text.keys import short_info, short_value


def _place(info: dict[str, Any]) -> str:
    return str(info["url"]).partition("?")[0]


def _names(info: dict[str, Any]) -> str:
    names = info["streams"]
    return f"{names[0]} and {len(names) - 1:,} more" if len(names) > 3 else ", ".join(names)


def _time(epoch_ms: int) -> str:
    return f"{datetime.datetime.fromtimestamp(epoch_ms / 1000, datetime.UTC):%H:%M:%S}"


def _gap(info: dict[str, Any]) -> str:
    count, first, last = info.get("count"), info["first"], info["last"]
    why = {"reconnect": " during the reconnect", "overflow": " because the reader was too slow"}.get(
        info["cause"], ""
    )
    if "@kline_" in info["stream"] or "Kline_" in info["stream"]:
        what = "closed candles" if count is None else counted(count, "closed candle")
        return f"{info['stream']}: missed {what}, opened {_time(first)} to {_time(last)} UTC{why}"
    if count is None:
        return f"{info['stream']}: missed changes between ids {first} and {last}{why}"
    return f"{info['stream']}: missed {counted(count, 'id')}, {first} to {last}{why}"


def _refused(info: dict[str, Any]) -> str:
    names = f" {_names(info)}" if info.get("streams") else ""
    return f"the exchange refused{names}: {info['message']} (code {info['code']})"


def _limited(info: dict[str, Any]) -> str:
    what = "connection" if info["what"] == "dial" else info["what"]
    return f"rate limited ({info['budget']}): next {what} in {info['seconds']:.1f} s"


def _slow(info: dict[str, Any]) -> str:
    return f"the callback took {info['seconds']:.2f} s for {counted(info['messages'], 'message')}"


def _key(words: str) -> Any:
    def say(info: dict[str, Any]) -> str:
        said = f": {info['message']}" if info.get("message") else ""
        return words + said + (", for good" if info.get("final") else "")

    return say


#: What became of a connection, by the close code; None: it did not open.
_ENDED = {None: "not connected", 1000: "closed"}

#: By kind: words for the info, "" for an event that is not shown. The style of the line stands beside them.
_WORDS: dict[str, tuple[Any, str]] = {
    "connecting": (lambda info: "", ""),
    "connected": (lambda info: f"connected to {_place(info)}", "good"),
    "disconnected": (lambda info: f"{_ENDED.get(info['code'], 'lost')}: {info['reason']}", "bad"),
    "retrying": (lambda info: f"retry {info['attempt']} in {info['delay_s']:.1f} s", "waiting"),
    "gave_up": (lambda info: "", ""),
    "gap": (_gap, "waiting"),
    "reset": (
        lambda info: f"{info['stream']}: ids restarted, {info['last']} is followed by {info['first']}",
        "waiting",
    ),
    "rotating": (lambda info: f"moving to a new connection: {info['why']}", ""),
    "rotated": (lambda info: f"moved to a new connection in {info['seconds']:.1f} s", "good"),
    "subscribed": (lambda info: f"subscribed in {info['seconds']:.1f} s: {_names(info)}", ""),
    "unsubscribed": (lambda info: f"unsubscribed in {info['seconds']:.1f} s: {_names(info)}", ""),
    "overflow": (
        lambda info: (
            f"{counted(info['dropped'], 'message')} dropped: the reader is too slow, "
            f"{info['limit']:,} wait for it"
        ),
        "bad",
    ),
    "malformed": (
        lambda info: (
            f"malformed message of {counted(info['length'], 'byte')}, {info['count']} so far: {info['error']}"
        ),
        "bad",
    ),
    "callback_error": (lambda info: f"the callback raised {info['error']}", "bad"),
    "callback_slow": (_slow, "bad"),
    "key_renewed": (_key("the account's key or token was renewed"), ""),
    "key_replaced": (_key("the account's key or token was replaced"), "waiting"),
    "key_failed": (_key("the account's key or token failed"), "bad"),
    "retired": (lambda info: f"{info['stream']} was ended on {info['since']}; use {info['use']}", "bad"),
    "silent": (lambda info: f"{info['stream']}: no messages for {info['seconds']:.0f} s", "waiting"),
    "refused": (_refused, "bad"),
    "limited": (_limited, "waiting"),
    "book_synced": (lambda info: f"order book synced at id {info['last_update_id']}", "good"),
    "book_lost": (lambda info: f"order book lost: {info['reason']}", "bad"),
}


def words_of(event: Event) -> tuple[str, str]:
    """What is said of an event, "" for nothing, and the name of its style.

    Where a key has several connections the words begin with the number of the shard.
    """
    info = {name: short_value(value) if name != "streams" else value for name, value in event.info.items()}
    if event.kind not in _WORDS:
        return f"{event.kind}: {short_info(info)}", ""
    words, style = _WORDS[event.kind]
    text = words(info)
    shard = info.get("shard")
    return (text if shard is None or not text else f"shard {shard}: {text}"), style
