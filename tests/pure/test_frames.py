"""Bytes to whole frames: what is plain is taken, what is not is left where it lies."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from binance.wire.frames import frame_size, may_become_plain, plain_frames

from ..frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    HEADLIKE,
    PING,
    PONG,
    TEXT,
    filled,
    frame,
    parsed,
)

#: On both sides of where the form of the length changes.
LENGTHS = (0, 1, 2, 3, 4, 124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536, 65_537)


def plain_by_the_book(data: bytes, begin: int = 0) -> tuple[list[bytes], int]:
    """What ``plain_frames`` has to return."""
    payloads = []
    while (one := parsed(data, begin)) is not None and one.is_plain():
        payloads.append(one.payload)
        begin = one.end
    return payloads, begin


# -- arbitrary input -----------------------------------------------------------------------------------------

#: Filled with what may be taken for the head of a frame by who has lost the place.
FILLINGS = st.sampled_from([b"a", b"\x81\x01", b"\x81\x7e\x00\x7e", b"\x00", b"\xff"])


SHORT_PAYLOADS = st.binary(max_size=8) | st.builds(filled, st.integers(0, 130), FILLINGS)
LONG_PAYLOADS = st.builds(filled, st.sampled_from(LENGTHS), FILLINGS)
PLAIN = st.builds(frame, st.just(TEXT), SHORT_PAYLOADS)
ANY_FORM = st.builds(
    frame,
    st.integers(0, 15),
    LONG_PAYLOADS,
    fin=st.booleans(),
    rsv=st.sampled_from([0, 0, 0, 1, 2, 4, 7]),
    mask=st.none() | st.binary(min_size=4, max_size=4),
    form=st.none() | st.just(8),
)
TOO_LONG_A_FORM = st.builds(
    frame, st.just(TEXT), st.builds(filled, st.integers(0, 130), FILLINGS), form=st.sampled_from([2, 8])
)
FRAMES = PLAIN | PLAIN | PLAIN | TOO_LONG_A_FORM | ANY_FORM

ANY_BYTES = st.binary(max_size=300) | HEADLIKE


@st.composite
def frames_cut_anywhere(draw):
    """Bytes before, whole frames, and a place in them."""
    before = draw(st.binary(max_size=3))
    frames = draw(st.lists(FRAMES, max_size=6))
    ends = list(accumulate(map(len, frames), initial=0))
    near = st.sampled_from(ends).flatmap(lambda end: st.integers(end - 4, end + 14))
    cut = draw(st.integers(0, ends[-1]) | near)
    return before, frames, min(max(cut, 0), ends[-1])


# -- plain_frames --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [length for length in LENGTHS if length < 65_536])
def test_a_whole_text_frame_of_fewer_than_65536_bytes_is_taken(length):
    """Every length that has one of the two shorter forms is taken, and nothing of what follows is."""
    payload = filled(length, b"\x81\x01")
    whole = frame(TEXT, payload)
    assert plain_frames(whole) == ([payload], len(whole))
    assert plain_frames(whole + b"\x81") == ([payload], len(whole))
    assert plain_frames(whole + frame(PING)) == ([payload], len(whole))
    assert plain_frames(whole[:-1]) == ([], 0)


def test_many_frames_are_taken_in_their_order_up_to_the_end_of_what_is_there():
    """The shortest ones at the very end, too, where fewer than four bytes are left."""
    payloads = [b"one", b"", b"x" * 126, b"2", b"", b"z"]
    data = b"".join(frame(TEXT, payload) for payload in payloads)
    assert plain_frames(data) == (payloads, len(data))
    assert plain_frames(data[:-1]) == (payloads[:-1], len(data) - 3)


@pytest.mark.parametrize(
    "other",
    [
        frame(BINARY, b"abcd"),
        frame(TEXT, b"abcd", fin=False),
        frame(CONTINUATION, b"abcd"),
        frame(CONTINUATION, b"abcd", fin=False),
        frame(PING, b"abcd"),
        frame(PONG, b"abcd"),
        frame(PING),
        frame(CLOSE),
        frame(CLOSE, b"\x03\xe8bye"),
        frame(TEXT, b"abcd", mask=b"mask"),
        frame(TEXT, b"", mask=b"mask"),
        frame(TEXT, b"x" * 126, mask=b"mask"),
        frame(TEXT, b"abcd", rsv=1),
        frame(TEXT, b"abcd", rsv=4),
        frame(TEXT, b"", rsv=4),
        frame(3, b"abcd"),
        frame(11, b"abcd"),
        frame(TEXT, b"", form=2),
        frame(TEXT, b"x", form=2),
        frame(TEXT, b"x" * 125, form=2),
        frame(TEXT, b"x" * 126, form=8),
        frame(TEXT, b"x" * 65_535, form=8),
        frame(TEXT, b"x" * 65_536),
        b"\x81\x7f" + b"\xff" * 8,
        b"\x81\xff" + b"\xff" * 12,
    ],
    ids=lambda other: other[:8].hex(),
)
@pytest.mark.parametrize("behind", [b"", frame(TEXT, b"behind")], ids=["last", "followed"])
@pytest.mark.parametrize("before", [[], [b""], [b"one", b"x" * 300]], ids=["first", "second", "third"])
def test_a_frame_that_is_not_plain_is_left_with_all_that_is_behind_it(other, behind, before):
    """What is not plain is neither taken nor stepped over, wherever it stands."""
    data = b"".join(frame(TEXT, payload) for payload in before)
    assert plain_frames(data + other + behind) == (before, len(data))


def test_frames_are_looked_for_where_they_begin():
    """What lies before *begin* is not looked at, and a place at or behind the end has no frames."""
    data = b"\x81\x03abc" + b"\x81\x01d"
    assert plain_frames(data, 5) == ([b"d"], 8)
    assert plain_frames(data, 2) == ([], 2)
    assert plain_frames(data, 8) == ([], 8)
    assert plain_frames(data, 9) == ([], 9)
    assert plain_frames(b"") == ([], 0)


@settings(deadline=None, max_examples=500)
@given(frames_cut_anywhere())
def test_plain_frames_takes_what_the_book_takes_wherever_the_cut_is(case):
    """Of any frames, cut anywhere, all the plain ones up to the first other one are taken, and no more."""
    before, frames, cut = case
    data = before + b"".join(frames)[:cut]
    assert plain_frames(data, len(before)) == plain_by_the_book(data, len(before))


@settings(deadline=None, max_examples=500)
@given(st.lists(PLAIN, max_size=12), st.lists(st.integers(0, 1500), max_size=6))
def test_frames_in_chunks_come_out_as_they_went_in(frames, cuts):
    """Plain frames that come in pieces come out whole, each once, if the rest is kept for the next piece."""
    data = b"".join(frames)
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    got, rest = [], b""
    for begin, end in pairwise(places):
        rest += data[begin:end]
        payloads, taken = plain_frames(rest)
        got += payloads
        rest = rest[taken:]
    assert got == plain_by_the_book(data)[0]
    assert len(got) == len(frames)
    assert rest == b""


@settings(deadline=None, max_examples=1000)
@given(ANY_BYTES, st.integers(0, 12))
@example(b"\x81\x81\x00", 0)
@example(b"\x81\x7e\x00", 0)
def test_any_bytes_are_read_as_the_book_reads_them(data, begin):
    """Whatever bytes come, nothing is raised, and what is taken is what the book takes."""
    begin = min(begin, len(data))
    assert plain_frames(data, begin) == plain_by_the_book(data, begin)


# -- may_become_plain ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "may"),
    [
        (b"", True),
        (b"\x81", True),
        (b"\x88", True),  # one byte decides nothing: Autobahn waits for the second, too
        (b"\x81\x01", True),
        (b"\x81\x7dabc", True),
        (b"\x81\x7e", True),
        (b"\x81\x7e\x00", True),
        (b"\x81\x7e\x00\x7d", False),
        (b"\x81\x7e\x00\x7e", True),
        (b"\x81\x7e\x00\x7eabc", True),
        (b"\x81\x7e\xff\xff", True),
        (b"\x81\x7f", False),
        (b"\x81\x80", False),
        (b"\x81\xfe", False),
        (b"\x01\x01", False),
        (b"\x80\x01", False),
        (b"\x82\x01", False),
        (b"\x88\x02", False),
        (b"\x89\x01", False),
        (b"\xc1\x01", False),
    ],
)
def test_the_beginning_of_a_plain_frame_is_known_by_its_head(data, may):
    """As long as nothing speaks against it, more bytes may make it a plain frame."""
    assert may_become_plain(data, 0) is may
    assert may_become_plain(b"\x81\x02" + data, 2) is may


@settings(deadline=None, max_examples=500)
@given(LONG_PAYLOADS.filter(lambda payload: len(payload) < 65_536), st.integers(0, 20), st.integers(0, 20))
def test_every_beginning_of_a_plain_frame_may_become_one(payload, from_begin, from_end):
    """However much of a plain frame is there, it is waited for."""
    whole = frame(TEXT, payload)
    for cut in (min(from_begin, len(whole) - 1), max(len(whole) - 1 - from_end, 0)):
        assert may_become_plain(b"abc" + whole[:cut], 3)


@settings(deadline=None, max_examples=1000)
@given(ANY_BYTES, st.integers(0, 12))
def test_what_may_become_plain_becomes_plain_with_the_right_bytes_behind_it(data, begin):
    """From two bytes on, the answer is yes if and only if there is a continuation that makes it plain."""
    begin = min(begin, len(data))
    if parsed(data, begin) is not None:
        return  # it is asked only about what is less than a whole frame
    expected = True
    if len(data) - begin >= 2:
        # the longest length that the bytes allow, and as many bytes as that
        expected = bool(plain_by_the_book(data + b"\xff" * 65_540, begin)[0])
    assert may_become_plain(data, begin) is expected


# -- frame_size ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("mask", [None, b"mask"], ids=["bare", "masked"])
def test_the_size_of_a_frame_is_that_of_head_and_payload(length, mask):
    """Every form of the length, masked or not, is counted."""
    whole = frame(PING, b"x" * length, mask=mask)
    assert frame_size(whole, 0) == len(whole)
    assert frame_size(b"abc" + whole + b"more", 3) == len(whole)
    head = len(whole) - length - (4 if mask else 0)
    assert frame_size(whole[:head], 0) == len(whole)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (b"", 2),
        (b"\x89", 2),
        (b"\x89\x00", 2),
        (b"\x89\x05", 7),
        (b"\x89\x85", 11),
        (b"\x82\x7e", 4),
        (b"\x82\x7e\x01", 4),
        (b"\x82\xfe\x01", 8),
        (b"\x82\x7e\x01\x00", 260),
        (b"\x82\x7e\x00\x01", 5),  # the longer form of a short length has a size, too
        (b"\x82\x7f", 10),
        (b"\x82\x7f" + b"\x00" * 7, 10),
        (b"\x82\xff" + b"\x00" * 7, 14),
        (b"\x82\x7f" + b"\xff" * 8, 10 + 2**64 - 1),
    ],
    ids=lambda value: value.hex() if isinstance(value, bytes) else str(value),
)
def test_as_much_of_a_size_is_told_as_the_bytes_tell(head, size):
    """Without the whole head it is what is known of the head; with it, the whole frame, however large."""
    assert frame_size(head, 0) == size


@settings(deadline=None, max_examples=500)
@given(FRAMES, st.integers(0, 20), st.binary(max_size=3))
def test_a_size_never_reaches_into_the_frame_behind(whole, cut, before):
    """What is known of a frame that is cut is never more than the frame, and never less than is there."""
    cut = min(cut, len(whole))
    size = frame_size(before + whole[:cut], len(before))
    assert cut <= size <= len(whole)
    assert frame_size(before + whole + b"\x81\x01x", len(before)) == len(whole)


@settings(deadline=None, max_examples=1000)
@given(ANY_BYTES, st.integers(0, 12))
def test_any_bytes_have_a_size_that_ends_where_the_book_ends_the_frame(data, begin):
    """A whole frame is as large as it is; one that is not whole ends at or behind the end of the bytes."""
    begin = min(begin, len(data))
    whole = parsed(data, begin)
    if whole is not None:
        assert begin + frame_size(data, begin) == whole.end
    else:
        assert begin + frame_size(data, begin) >= len(data)
