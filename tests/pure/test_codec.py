"""Payloads to messages."""

from __future__ import annotations

import codecs
import json
from asyncio import CancelledError
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from binance.exceptions import BinanceError, MalformedMessage
from binance.wire.codec import Codec, decode, default_decoder
from binance.wire.control import control

from ..decoders import standard_decoder

DATA = Path(__file__).parents[1] / "data"


# -- what the exchange sends ------------------------------------------------------------------------------

# sample file -> the members of such a payload
SAMPLES = {
    "trade": "e E s t p q T m M",
    "aggTrade": "e E s a p q f l T m M",
    "kline": "e E s k",
    "blockTrade": "e E s t p q T m",
    "1hTicker": "e E s p P o h l c w v q O C F L n",
    "avgPrice": "e E s i w T",
    "referencePrice": "e s r t",
    "24hrTicker": "e E s p P w x c Q b B a A o h l v q O C F L n",
    "24hrMiniTicker": "e E s c o h l v q",
    "bookTicker": "u s b B a A",
    "depthUpdate": "e E s U u b a",
    "partialDepth": "lastUpdateId bids asks",
    "combined": "stream data",
    "executionReport": "e E s c S o f q p P F g C x X r i l z L n N T t I w m M O Z Y Q W V",
    "outboundAccountPosition": "e E u B",
    "balanceUpdate": "e E a d T",
    "listenKeyExpired": "e E listenKey",
}


def test_every_sample_is_decoded_here():
    """No sample lies in the data directory without a test."""
    assert {path.stem for path in DATA.glob("*.json")} >= {*SAMPLES, "miniTickerArray"}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_payload_arrives_as_the_dict_that_was_sent(name, decoder):
    """Every kind of payload becomes a dict with the exchange's own members, and is for the user."""
    payload = (DATA / f"{name}.json").read_bytes()
    message = decode(payload, decoder)
    assert sorted(message) == sorted(SAMPLES[name].split())
    assert message == json.loads(payload)
    assert control(message) is None


@pytest.mark.parametrize("name", [name for name, members in SAMPLES.items() if "e" in members.split()])
def test_a_samples_event_type_is_its_name(name):
    """Events say their kind in ``e``."""
    assert json.loads((DATA / f"{name}.json").read_bytes())["e"] == name


def test_an_all_market_payload_arrives_as_the_list_that_was_sent(decoder):
    """On an array stream a list of events is a message, and is for the user."""
    message = decode((DATA / "miniTickerArray.json").read_bytes(), decoder, array=True)
    assert [item["s"] for item in message] == ["BNBBTC", "NEOBTC"]
    assert {item["e"] for item in message} == {"24hrMiniTicker"}
    assert control(message) is None


def test_prices_stay_strings_and_numbers_stay_exact(decoder):
    """Nothing is rounded: decimals are strings as sent, ids of 64 bits keep every digit."""
    message = decode(b'{"p":"0.01230000","t":9223372036854775807}', decoder)
    assert message == {"p": "0.01230000", "t": 2**63 - 1}


def test_an_array_stream_may_send_a_dict_too(decoder):
    """Control replies come as dicts on array streams as well."""
    assert decode(b'{"result":null,"id":1}', decoder, array=True) == {"result": None, "id": 1}


@pytest.mark.parametrize("payload", [b"{}", b" {} ", b"\r\n{}\n"])
def test_an_empty_object_is_a_message(payload, decoder):
    """A dict without any expected member is still a dict, and is for the user."""
    assert decode(payload, decoder) == {}
    assert control({}) is None


# -- what is no message -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "array", "name"),
    [
        (b"[]", False, "list"),
        (b'[{"e":"trade"}]', False, "list"),
        (b"null", False, "null"),
        (b"null", True, "null"),
        (b"true", True, "boolean"),
        (b"7", True, "number"),
        (b"7.5", False, "number"),
        (b'"text"', True, "string"),
    ],
)
def test_json_that_is_no_message_is_named_for_what_it_is(payload, array, name, decoder):
    """Valid JSON of another shape raises MalformedMessage with JSON's own word for the shape."""
    with pytest.raises(MalformedMessage, match=rf"\b{name}\b"):
        decode(payload, decoder, array=array)


MALFORMED = {
    "empty": b"",
    "blank": b"  ",
    "nul": b"\x00",
    "cut short": b'{"e":"trade","p":"0.0',
    "two": b"{}{}",
    "trailing": b"{} x",
    "trailing comma": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "bare member": b"{a:1}",
    "html": b"<html><body>410 Gone</body></html>",
    "not a number": b"NaN",
    "infinite": b"Infinity",
    "member that is not a number": b'{"p":NaN}',
    "infinite member": b'{"p":-Infinity}',
    "raw control character": b'{"a":"\x01"}',
    "latin-1": b'{"a":"\xe9"}',
    "not utf-8": b'{"a":"\xff\xfe"}',
    "cut character": b'{"a":"\xe6\xb8"}',
    "overlong": b'{"a":"\xc0\xaf"}',
    "high surrogate": b'{"a":"\xed\xa0\x80"}',
    "low surrogate": b'{"a":"\xed\xbf\xbf"}',
    "surrogate pair": b'{"a":"\xed\xa0\xbd\xed\xb8\x80"}',
    "beyond unicode": b'{"a":"\xf4\x90\x80\x80"}',
    "byte order mark": codecs.BOM_UTF8 + b"{}",
    "utf-16": '{"a":1}'.encode("utf-16"),
    "utf-16-le": '{"a":1}'.encode("utf-16-le"),
    "utf-32": '{"a":1}'.encode("utf-32"),
    "deep lists": b"[" * 100_000,
    "deep whole lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@pytest.mark.parametrize("array", [False, True])
@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED)
def test_bytes_that_cannot_be_decoded_are_malformed(payload, array, decoder):
    """What is not JSON in strict UTF-8 raises MalformedMessage, and no other error."""
    with pytest.raises(MalformedMessage) as caught:
        decode(payload, decoder, array=array)
    assert isinstance(caught.value, BinanceError)
    assert isinstance(caught.value, ValueError)


class Unprintable(Exception):
    """An exception whose words cannot be had."""

    def __str__(self):
        raise LookupError


@pytest.mark.parametrize(
    "error",
    [
        *(ValueError("odd"), KeyError("k"), RecursionError(), MemoryError(), Exception()),
        *(CancelledError(), GeneratorExit(), Unprintable()),
    ],
)
def test_whatever_a_users_decoder_raises_means_malformed(error):
    """Anything that a decoder raises becomes MalformedMessage, with the cause kept, if it does not end the
    program. asyncio's CancelledError is no Exception.
    """

    def decoder(payload):
        raise error

    with pytest.raises(MalformedMessage) as caught:
        decode(b"{}", decoder)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_is_no_malformed_message(error):
    """An interrupt in a decoder goes on as what it is."""

    def decoder(payload):
        raise error

    with pytest.raises(error):
        decode(b"{}", decoder)


def test_an_exception_that_a_decoder_returns_is_no_message():
    """It is not raised either."""
    codec = Codec(lambda payload: CancelledError())
    assert outcome(codec, codec.decoded([b"{}"])[0]).startswith("malformed: not a message of this stream")


def test_a_users_decoder_is_given_the_bytes_and_keeps_its_types():
    """The decoder sees the payload as it came, and what it makes of it is handed on untouched."""

    class Message(dict):
        """A decoder's own dict."""

    seen = []

    def decoder(payload):
        seen.append(payload)
        return Message(a=1)

    assert type(decode(b"\xff", decoder)) is Message
    assert seen == [b"\xff"]


def test_the_default_decoder_is_orjson_where_it_is_installed():
    """The fast decoder is taken without asking."""
    orjson = pytest.importorskip("orjson")
    assert default_decoder() is orjson.loads


def test_the_default_decoder_is_the_standard_librarys_otherwise():
    """Without orjson everything works, with ``json``."""
    assert standard_decoder()(b'{"a":"\xc3\xa9"}') == {"a": "é"}


NEAR_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())


@settings(deadline=None)
@example(b"[" * 100_000)
@example(b'"\xed\xa0\x80"')
@example(b"1" * 5_000)
@given(st.one_of(st.binary(), NEAR_JSON, st.text().map(str.encode)))
def test_decode_lets_only_its_own_error_escape(payload):
    """Any bytes decode to a dict or list, or raise MalformedMessage; nothing else gets out."""
    with suppress(MalformedMessage):
        assert isinstance(decode(payload, standard_decoder(), array=True), (dict, list))


@settings(deadline=None)
@example(b"[" * 100_000)
@example(b'"\xed\xa0\x80"')
@example(b"1" * 5_000)
@given(st.one_of(st.binary(), NEAR_JSON, st.text().map(str.encode)))
def test_decode_with_orjson_lets_only_its_own_error_escape(payload):
    """The same holds for the fast decoder."""
    loads = pytest.importorskip("orjson").loads
    with suppress(MalformedMessage):
        assert isinstance(decode(payload, loads, array=True), (dict, list))


# -- several at once --------------------------------------------------------------------------------------


def outcome(codec: Codec, decoded: object) -> object:
    """A message, or in which words it is none."""
    try:
        return codec.checked(decoded)
    except MalformedMessage as exc:
        return f"malformed: {exc}"


#: No messages, of which none completes another.
ALONE = [b"", b"}", b"7", b"null", b"NaN", b'"text"', b"\xff", b'{"a":1', b"1,2", b"{} {}"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([b"{}", b""], False)
@example([b"", b""], True)
@example([b'{"a":1', b'"b":2}'], False)
@example([b"[1", b"2]"], True)
@given(st.lists(NEAR_JSON | st.sampled_from(ALONE), max_size=5), st.booleans())
def test_payloads_that_are_decoded_together_are_what_they_are_alone(either_decoder, payloads, array):
    """As many come out as go in, and each is the message, or the failure, that it is by itself."""
    codec = Codec(array=array)
    together = codec.decoded(payloads)
    alone = [one for payload in payloads for one in codec.decoded([payload])]
    assert [outcome(codec, one) for one in together] == [outcome(codec, one) for one in alone]


def test_a_users_decoder_sees_every_payload_by_itself():
    """It was written for one message, and what it raises costs only that one."""
    seen = []

    def decoder(payload):
        seen.append(payload)
        if payload == b"2":
            raise KeyError("odd")
        return {"payload": payload}

    codec = Codec(decoder)
    first, second, third = codec.decoded([b"1", b"2", b"3"])
    assert seen == [b"1", b"2", b"3"]
    assert (first, third) == ({"payload": b"1"}, {"payload": b"3"})
    assert outcome(codec, second) == "malformed: cannot be decoded: 'odd'"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_is_kept_in_its_place(error):
    """An interrupt in a decoder is raised where its message's turn comes, not before those in front of it."""

    def decoder(payload):
        if payload == b"2":
            raise error
        return {}

    codec = Codec(decoder)
    first, second, third = codec.decoded([b"1", b"2", b"3"])
    assert codec.checked(first) == codec.checked(third) == {}
    with pytest.raises(error):
        codec.checked(second)


def test_a_binary_frame_is_malformed_whatever_it_holds():
    """The exchange sends text; the decoder is not even asked."""
    codec = Codec(lambda payload: pytest.fail("asked"))
    assert [outcome(codec, one) for one in codec.decoded([b"{}", b"x"], is_binary=True)] == [
        "malformed: a binary frame"
    ] * 2


@pytest.mark.parametrize(("array", "is_one"), [(False, False), (True, True)])
def test_a_list_is_a_message_on_an_array_stream_only(array, is_one):
    """A codec knows whether its stream sends lists."""
    codec = Codec(array=array)
    assert (outcome(codec, codec.decoded([b"[]"])[0]) == []) is is_one
    assert codec.checked({}) == {}
