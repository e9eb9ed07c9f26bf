"""Whole plain frames out of bytes. Pure: all other frames are Autobahn's.

Plain is what a market stream sends all day: a text frame that is a whole message, unmasked, of fewer than
65,536 bytes. Fragments, control frames, larger frames and violations of the protocol are not.

Source: RFC 6455, section 5.2.
"""

from __future__ import annotations

from struct import Struct, error

#: The last frame of a message, text; with the first byte of its length.
_TEXT = 0x81
_TEXT_SHORT = 0x8100
_TEXT_LONG = 0x817E
_LONG = 126
_LONGEST = 127

_two_numbers = Struct(">HH").unpack_from


def plain_frames(data: bytes, begin: int = 0) -> tuple[list[bytes], int]:
    """Take the plain frames that lie whole at *begin*, one behind another.

    :returns: their payloads, and where the first frame begins that is not plain or not whole.
    """
    payloads: list[bytes] = []
    append = payloads.append
    size = len(data)
    try:
        while True:
            head, length = _two_numbers(data, begin)
            if head == _TEXT_LONG:
                if length < _LONG:
                    break  # a violation: the shorter form of the length was due
                start = begin + 4
            elif _TEXT_SHORT <= head < _TEXT_LONG:
                length = head & 0x7F
                start = begin + 2
            else:
                break
            end = start + length
            if end > size:
                break
            append(data[start:end])
            begin = end
    except error:  # fewer than four bytes are left: no frame, or the shortest
        while begin + 2 <= size and data[begin] == _TEXT and data[begin + 1] <= size - begin - 2:
            end = begin + 2 + data[begin + 1]
            append(data[begin + 2 : end])
            begin = end
    return payloads, begin


def may_become_plain(data: bytes, begin: int) -> bool:
    """Whether what lies at *begin*, less than a whole frame, is the beginning of a plain one so far."""
    rest = len(data) - begin
    if rest < 2:
        return True
    if data[begin] != _TEXT or data[begin + 1] >= _LONGEST:
        return False
    return data[begin + 1] < _LONG or rest < 4 or _length(data, begin, 2) >= _LONG


def frame_size(data: bytes, begin: int) -> int:
    """Bytes of the frame at *begin*, head included; if its head is not whole, as many as are known of.

    Nothing is checked: a frame that violates the protocol has a size, too.
    """
    if len(data) - begin < 2:
        return 2
    marked = data[begin + 1]
    mask, length = 4 * (marked >> 7), marked & 0x7F
    extended = {_LONG: 2, _LONGEST: 8}.get(length, 0)
    head = 2 + extended + mask
    if not extended:
        return head + length
    if len(data) - begin < 2 + extended:
        return head
    return head + _length(data, begin, extended)


def _length(data: bytes, begin: int, size: int) -> int:
    return int.from_bytes(data[begin + 2 : begin + 2 + size], "big")
