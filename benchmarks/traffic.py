"""Traffic with the shapes and sizes of the exchange's, as WebSocket frames, with ids that advance.

Frames are made once, kept in a file, and sent from memory: nothing that is measured waits for the making.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

#: Of 100 messages so many are of each kind, as one sees on a combined connection of busy symbols.
MIX = {"bookTicker": 48, "trade": 24, "aggTrade": 20, "depth@100ms": 6, "ticker": 2}

#: The mix that USD-M and spot are compared with, by the category of USD-M's paths: of the messages of a
#: category so many are of each kind. For a mark price, which spot lacks, it has an average price.
FUTURES_MIX = {
    "usdm": {"public": {"bookTicker": 8, "depth@100ms": 2}, "market": {"aggTrade": 9, "markPrice@1s": 1}},
    "spot": {"public": {"bookTicker": 8, "depth@100ms": 2}, "market": {"aggTrade": 9, "avgPrice": 1}},
}

SYMBOLS = tuple(
    f"{base}{quote}"
    for quote in ("USDT", "BTC")
    for base in ("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE", "ADA", "TRX", "LINK", "AVAX")
)

EPOCH_MS = 1_790_000_000_000


def symbols(count: int) -> list[str]:
    """Those above, or so many others, all of one length: their number alone makes no message longer."""
    return list(SYMBOLS) if count == len(SYMBOLS) else [f"S{number:03}USDT" for number in range(count)]


def stream_names(count: int = len(SYMBOLS)) -> list[str]:
    """The streams of a combined connection: every kind of so many symbols."""
    return [f"{symbol.lower()}@{kind}" for symbol in symbols(count) for kind in MIX]


def names_by_category(shapes: str) -> dict[str, list[str]]:
    """The streams of each connection where USD-M and spot are compared; *shapes* is one of FUTURES_MIX."""
    return {
        category: [f"{symbol.lower()}@{kind}" for symbol in SYMBOLS for kind in mix]
        for category, mix in FUTURES_MIX[shapes].items()
    }


def raw_stream(number: int) -> str:
    """The stream of the single-stream connection *number*: each symbol is another.

    All are of one kind, so that the rates of different numbers of connections can be compared.
    """
    return f"sym{number}usdt@trade"


class Stream:
    """Makes the messages of one stream, one after another."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        symbol, _, self._kind = name.partition("@")
        self._symbol = symbol.upper()
        self._random = random.Random(f"{name} {seed}")
        self._id = self._random.randrange(10**9, 4 * 10**9)
        self._trade = self._random.randrange(10**9, 4 * 10**9)
        self._price = self._random.uniform(0.5, 90_000)

    def message(self, number: int) -> str:
        """The next message, raw; *number* moves its event time."""
        draw = self._random.random()
        now_ms = EPOCH_MS + number // 20
        price = f"{self._price * (1 + (draw - 0.5) / 1000):.8f}"
        quantity = f"{draw * 3:.8f}"
        symbol, maker = self._symbol, "true" if draw < 0.5 else "false"
        self._id += 1
        if self._kind == "trade":
            return (
                f'{{"e":"trade","E":{now_ms},"s":"{symbol}","t":{self._id},"p":"{price}","q":"{quantity}",'
                f'"T":{now_ms},"m":{maker},"M":true}}'
            )
        if self._kind == "aggTrade":
            first, self._trade = self._trade + 1, self._trade + 1 + int(draw * 3)
            return (
                f'{{"e":"aggTrade","E":{now_ms},"s":"{symbol}","a":{self._id},"p":"{price}","q":"{quantity}",'
                f'"f":{first},"l":{self._trade},"T":{now_ms},"m":{maker},"M":true}}'
            )
        if self._kind == "bookTicker":
            self._id += int(draw * 8)
            return (
                f'{{"u":{self._id},"s":"{symbol}","b":"{price}","B":"{quantity}",'
                f'"a":"{price}","A":"{quantity}"}}'
            )
        if self._kind.startswith("depth"):
            first, self._id = self._id, self._id + int(draw * 30)
            side = ",".join(f'["{price}","{quantity}"]' for _ in range(1 + int(draw * 4)))
            return (
                f'{{"e":"depthUpdate","E":{now_ms},"s":"{symbol}","U":{first},"u":{self._id},'
                f'"b":[{side}],"a":[{side}]}}'
            )
        if self._kind == "avgPrice":
            return f'{{"e":"avgPrice","E":{now_ms},"s":"{symbol}","i":"5m","w":"{price}","T":{now_ms}}}'
        return (
            f'{{"e":"24hrTicker","E":{now_ms},"s":"{symbol}","p":"{price}","P":"0.250","w":"{price}",'
            f'"x":"{price}","c":"{price}","Q":"{quantity}","b":"{price}","B":"{quantity}","a":"{price}",'
            f'"A":"{quantity}","o":"{price}","h":"{price}","l":"{price}","v":"{quantity}","q":"{quantity}",'
            f'"O":{now_ms - 86_400_000},"C":{now_ms},"F":{self._id - 900},"L":{self._id},"n":901}}'
        )


class FuturesStream(Stream):
    """The same of USD-M: depth is chained by ``pu``.

    Its ``U`` follows the last ``u``, as on spot, so that the same bytes are in order on both.
    """

    def message(self, number: int) -> str:
        draw = self._random.random()
        now_ms = EPOCH_MS + number // 20
        price = f"{self._price * (1 + (draw - 0.5) / 1000):.4f}"
        quantity = f"{draw * 3:.3f}"
        symbol, maker = self._symbol, "true" if draw < 0.5 else "false"
        if self._kind == "aggTrade":
            self._id += 1
            first, self._trade = self._trade + 1, self._trade + 1 + int(draw * 3)
            return (
                f'{{"e":"aggTrade","E":{now_ms},"s":"{symbol}","a":{self._id},"p":"{price}","q":"{quantity}",'
                f'"nq":"{quantity}","f":{first},"l":{self._trade},"T":{now_ms},"m":{maker},"st":1}}'
            )
        if self._kind == "bookTicker":
            self._id += 1 + int(draw * 8)
            return (
                f'{{"e":"bookTicker","u":{self._id},"s":"{symbol}","b":"{price}","B":"{quantity}",'
                f'"a":"{price}","A":"{quantity}","T":{now_ms},"E":{now_ms},"ps":"{symbol}","st":1}}'
            )
        if self._kind.startswith("depth"):
            before, self._id = self._id, self._id + 1 + int(draw * 30)
            side = ",".join(f'["{price}","{quantity}"]' for _ in range(1 + int(draw * 4)))
            return (
                f'{{"e":"depthUpdate","E":{now_ms},"T":{now_ms},"s":"{symbol}","U":{before + 1},'
                f'"u":{self._id},"pu":{before},"b":[{side}],"a":[{side}],"ps":"{symbol}","st":1}}'
            )
        return (
            f'{{"e":"markPriceUpdate","E":{now_ms},"s":"{symbol}","p":"{price}","ap":"{price}","P":"{price}",'
            f'"i":"{price}","r":"0.00010000","T":{now_ms + 3_600_000},"st":1}}'
        )


def frame(payload: bytes) -> bytes:
    """One unmasked text frame, as a server sends it."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def combined(count: int, seed: int = 1, of_symbols: int = len(SYMBOLS)) -> Iterator[bytes]:
    """The frames of *count* messages of a combined connection on the :func:`stream_names` of some symbols."""
    streams = {name: Stream(name, seed) for name in stream_names(of_symbols)}
    chooser = random.Random(seed)
    lowered = [symbol.lower() for symbol in symbols(of_symbols)]
    number = 0
    while number < count:
        kinds = chooser.choices(list(MIX), list(MIX.values()), k=1000)
        for symbol, kind in zip(chooser.choices(lowered, k=1000), kinds, strict=True):
            name = f"{symbol}@{kind}"
            message = streams[name].message(number)
            yield frame(f'{{"stream":"{name}","data":{message}}}'.encode())
            number += 1
            if number == count:
                return


def of_category(shapes: str, category: str, count: int, seed: int = 1) -> Iterator[bytes]:
    """The frames of *count* messages of one category of :data:`FUTURES_MIX`."""
    of_venue = FuturesStream if shapes == "usdm" else Stream
    mix = FUTURES_MIX[shapes][category]
    streams = {name: of_venue(name, seed) for name in names_by_category(shapes)[category]}
    chooser = random.Random(f"{category} {seed}")
    for number in range(count):
        [symbol], [kind] = chooser.choices(SYMBOLS), chooser.choices(list(mix), list(mix.values()))
        name = f"{symbol.lower()}@{kind}"
        yield frame(f'{{"stream":"{name}","data":{streams[name].message(number)}}}'.encode())


def raw(name: str, count: int, seed: int = 1) -> Iterator[bytes]:
    """The frames of *count* messages of one stream."""
    stream = Stream(name, seed)
    return (frame(stream.message(number).encode()) for number in range(count))


def payloads(path: Path) -> Iterator[bytes]:
    """The payloads of a file of frames."""
    with path.open("rb") as file:
        while head := file.read(2):
            size = head[1]
            if size == 126:
                (size,) = struct.unpack("!H", file.read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", file.read(8))
            yield file.read(size)


def kept(folder: Path, count: int, seed: int = 1, of_symbols: int = len(SYMBOLS)) -> Path:
    """The file with the frames of :func:`combined`, made now if it is not there yet."""
    path = folder / f"combined-{count}-{seed}-{of_symbols}.frames"
    _made(path, lambda: combined(count, seed, of_symbols))
    return path


def kept_raw(folder: Path, connections: int, count: int, seed: int = 1) -> Path:
    """The folder with a file of *count* messages for each connection's :func:`raw_stream`, made as above."""
    place = folder / f"raw-{count}-{seed}"
    for name in map(raw_stream, range(connections)):
        _made(raw_file(place, name), lambda name=name: raw(name, count, seed))
    return place


def kept_by_category(folder: Path, shapes: str, count: int, seed: int = 1) -> Path:
    """The folder with a file of *count* messages for each category of :data:`FUTURES_MIX`, made as above."""
    place = folder / f"{shapes}-{count}-{seed}"
    for category in FUTURES_MIX[shapes]:
        frames = partial(of_category, shapes, category, count, seed)
        _made(place / f"{category}.frames", frames)
    return place


def raw_file(place: Path, name: str) -> Path:
    """Where :func:`kept_raw` keeps the frames of a stream."""
    return place / f"{name}.frames"


def file_for(place: Path, path: str) -> Path:
    """The file among several that a connection is sent, by the path that it asks for."""
    if path.startswith("/ws/"):
        return raw_file(place, path.removeprefix("/ws/"))
    return place / ("market.frames" if "@aggTrade" in path else "public.frames")


def _made(path: Path, frames: Callable[[], Iterator[bytes]]) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".unfinished-{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            file.writelines(frames())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
