"""Frames of the WebSocket protocol as they are sent, and how they are drawn in RFC 6455."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def shortest_form(length: int) -> int:
    """How many bytes tell a length, besides the first, as it is due."""
    if length < 126:
        return 0
    return 2 if length < 65_536 else 8


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = None,
    form: int | None = None,
) -> bytes:
    """One frame as it is sent.

    :param mask: four bytes, or None: not masked.
    :param form: 0, 2 or 8 bytes for the length besides the first; None for as many as are due.
    """
    form = shortest_form(len(payload)) if form is None else form
    first = {0: len(payload), 2: 126, 8: 127}[form]
    head = bytes([fin << 7 | rsv << 4 | opcode, (mask is not None) << 7 | first])
    head += len(payload).to_bytes(form, "big") if form else b""
    if mask is not None:
        whole = mask * (len(payload) // 4 + 1)
        head, payload = head + mask, bytes(a ^ b for a, b in zip(payload, whole, strict=False))
    return head + payload


# -- the reference: one frame after another, byte by byte, as RFC 6455, section 5.2, draws it ----------------


@dataclass
class Parsed:
    """A whole frame.

    :ivar form: bytes of its length besides the first.
    :ivar payload: as it was sent, still masked if it was.
    """

    fin: bool
    rsv: int
    opcode: int
    masked: bool
    form: int
    payload: bytes
    end: int

    def is_plain(self) -> bool:
        """A text message in one frame, from a server, shorter than the longest form of a length is for."""
        told_well = self.form == shortest_form(len(self.payload)) and self.form != 8
        return self.fin and self.rsv == 0 and self.opcode == TEXT and not self.masked and told_well


def parsed(data: bytes, begin: int) -> Parsed | None:
    """The frame at *begin*, or None if it is not whole."""
    rest = data[begin:]
    place = 2
    if len(rest) < place:
        return None
    fin, rsv, opcode = bool(rest[0] & 0x80), rest[0] >> 4 & 7, rest[0] & 15
    masked, length = bool(rest[1] & 0x80), rest[1] & 0x7F
    form = {126: 2, 127: 8}.get(length, 0)
    if form:
        if len(rest) < place + form:
            return None
        length = 0
        for byte in rest[place : place + form]:
            length = length * 256 + byte
        place += form
    if masked:
        place += 4
    if len(rest) < place + length:
        return None
    payload = rest[place : place + length]
    return Parsed(fin, rsv, opcode, masked, form, payload, begin + place + length)


def filled(length: int, filling: bytes) -> bytes:
    """So many bytes."""
    return (filling * (length // len(filling) + 1))[:length]


#: Bytes of which many are parts of heads: of plain frames, and of others.
HEADLIKE = st.lists(
    st.sampled_from([b"\x81", b"\x81\x00", b"\x81\x01", b"\x81\x7e", b"\x81\x7e\x00", b"\x81\x7f"])
    | st.sampled_from([b"\x00", b"\x01", b"\x7e", b"\x80", b"\x81\x81", b"\x82", b"\x89\x00", b"\xc1"])
    | st.binary(max_size=3),
    max_size=40,
).map(b"".join)
