"""Server frames of RFC 6455, made whole: unmasked, uncompressed. Pure."""

import struct
from typing import Final

TEXT: Final = 0x1
BINARY: Final = 0x2
PING: Final = 0x9
_CONTINUATION: Final = 0x0
_FIN: Final = 0x80


def frame(payload: bytes, opcode: int = TEXT, fin: bool = True) -> bytes:
    """Return one frame, ready to be written to any number of sockets.

    :param opcode: :data:`TEXT`, :data:`BINARY` or :data:`PING`.
    :param fin: False if more frames of the same message follow.

    Source: RFC 6455, section 5.2.
    """
    first = opcode | _FIN if fin else opcode
    length = len(payload)
    if length < 126:
        return bytes((first, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", first, 126, length) + payload
    return struct.pack("!BBQ", first, 127, length) + payload


def fragments(payload: bytes, pieces: int, ping: bytes | None) -> bytes:
    """Return one text message as several frames.

    :param pieces: how many; some are empty if the payload is shorter than that.
    :param ping: payload of a ping to put between any two of them, or None.

    Source: RFC 6455, section 5.4.
    """
    size = max(1, -(-len(payload) // pieces))
    out = []
    for index in range(pieces):
        if index and ping is not None:
            out.append(frame(ping, PING))
        piece = payload[index * size : (index + 1) * size]
        out.append(frame(piece, _CONTINUATION if index else TEXT, fin=index == pieces - 1))
    return b"".join(out)
