"""What is said to the client itself, and when things happened."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.exceptions import MalformedMessage
from binance.wire.codec import decode
from binance.wire.control import ControlReply, ServerShutdown, control, event_time_s


def done(number: int | None) -> ControlReply:
    """The answer to a request that was carried out."""
    return ControlReply(None, "", False, number)


CONTROL = [
    # the five methods' replies
    (b'{"result":null,"id":7}', done(7)),
    (b'{"id":7,"result":null}', done(7)),
    (b'{"result":["bnbbtc@trade"],"id":7}', done(7)),
    (b'{"result":[],"id":7}', done(7)),
    (b'{"result":false,"id":7}', done(7)),
    (b'{"result":true,"id":7}', done(7)),
    # the ids that the venues know
    (b'{"result":null,"id":0}', done(0)),
    (b'{"result":null,"id":null}', done(None)),
    (b'{"result":null,"id":"a1"}', done(None)),
    (b'{"result":null,"id":-9223372036854775808}', done(-9223372036854775808)),
    # errors as documented
    (b'{"code":0,"msg":"Unknown property","id":7}', ControlReply(0, "Unknown property", True, 7)),
    (b'{"code":2,"msg":"Invalid request: no id"}', ControlReply(2, "Invalid request: no id", True)),
    (b'{"code":3,"msg":"Invalid JSON","id":null}', ControlReply(3, "Invalid JSON", True)),
    # errors as seen
    (b'{"error":{"code":2,"msg":"Invalid request"},"id":7}', ControlReply(2, "Invalid request", True, 7)),
    (b'{"error":{"code":3,"msg":"Invalid JSON"},"id":null}', ControlReply(3, "Invalid JSON", True)),
    (b'{"error":{"code":4,"msg":"Too many subscriptions"}}', ControlReply(4, "Too many subscriptions", True)),
    (b'{"id":null,"status":401,"error":{"code":-2015,"msg":"No."}}', ControlReply(-2015, "No.", True)),
    (b'{"id":1,"status":200,"result":{},"rateLimits":[]}', done(1)),
    # the end of the connection
    (b'{"e":"serverShutdown","E":1790000000000}', ServerShutdown()),
    (b'{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1790000000000}}', ServerShutdown()),
]


@pytest.mark.parametrize(("payload", "meaning"), CONTROL)
def test_control_messages_are_told_from_market_messages(payload, meaning, decoder):
    """Replies, both shapes of an error, and serverShutdown, raw or combined, are for the client."""
    assert control(decode(payload, decoder)) == meaning


@pytest.mark.parametrize(
    "message",
    [
        [],
        [{"result": None, "id": 1}],
        {"result": None},
        {"id": 1},
        {"code": 1},
        {"msg": "text"},
        {"e": "error", "m": "text"},
        {"e": "error", "m": "Max reconnect retries reached"},
        {"e": "someday", "code": 1, "msg": "text"},
        {"e": "someday", "result": None, "id": 1},
        {"e": "someday", "error": {"code": 1, "msg": "text"}},
        {"e": ["odd"]},
        {"e": {"odd": 1}},
        {"stream": "bnbbtc@trade", "data": {"e": "trade"}},
        {"stream": "!miniTicker@arr", "data": [{"e": "24hrMiniTicker"}]},
        {"stream": "bnbbtc@depth5", "data": {"lastUpdateId": 1, "bids": [], "asks": []}},
        {"stream": ["odd"], "data": {}},
        {"lastUpdateId": 1, "bids": [], "asks": []},
        {"u": 1, "s": "BNBBTC", "b": "1", "B": "1", "a": "1", "A": "1"},
        {"anything": "else"},
    ],
)
def test_everything_else_is_for_the_user(message):
    """What is no control message is delivered, known or not."""
    assert control(message) is None


@pytest.mark.parametrize("error", [None, "text", 5, [], {}, {"msg": "text"}])
def test_an_error_of_an_odd_shape_is_still_an_error(error):
    """Whatever stands under ``error``, it is a reply to the client and does not raise."""
    reply = control({"error": error, "id": 1})
    assert isinstance(reply, ControlReply)
    assert reply.refused


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["e", "stream", "data", "error", "code", "msg", "result", "id"]), JSON_VALUES
    )
)
def test_control_never_raises(message):
    """Any dict is a control message or is for the user; telling which raises nothing."""
    assert isinstance(control(message), (ControlReply, ServerShutdown, type(None)))


@pytest.mark.parametrize(
    ("message", "time_s"),
    [
        ({"e": "trade", "E": 1_790_000_000_123}, 1_790_000_000.123),
        ({"e": "trade", "E": 1_790_000_000_123_456}, 1_790_000_000.123456),
        ({"stream": "bnbbtc@trade", "data": {"E": 1_790_000_000_000}}, 1_790_000_000.0),
        ({"stream": "!miniTicker@arr", "data": [{"E": 1}, {"E": 1_790_000_000_000}]}, 1_790_000_000.0),
        ([{"E": 1}, {"E": 1_790_000_000_000}], 1_790_000_000.0),
        ({"u": 1, "s": "BNBBTC"}, None),
        ({"stream": "bnbbtc@bookTicker", "data": {"u": 1}}, None),
        ({"stream": "bnbbtc@trade"}, None),
        ({"E": "1790000000000"}, None),
        ({"E": 10**400}, None),
        ({"E": -1}, None),
        ([], None),
        (MalformedMessage("is none"), None),
        (7, None),
    ],
)
def test_the_event_time_is_read_from_any_shape_of_message(message, time_s):
    """Milliseconds or microseconds, raw, combined or in a list, as seconds; None where there is no time."""
    assert event_time_s(message) == time_s
