"""The pictures of the pages: each belongs to its source, and shows what the code does."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from binance.events import KINDS
from binance.order.handover import Handover
from binance.order.sequence import Sequence
from binance.process import beat, threads
from binance.process.runner import THREAD_NAME
from binance.sockets.spread import spread
from binance.sockets.subscription import STATES
from binance.venues.venue import SPOT
from binance.websockets import BinanceSocketManager
from binance.wire.timings import TIMINGS

from ..orders import IDS, TRADE, data, delivered, fed, streams

DOCS = Path(__file__).resolve().parents[2] / "docs"
PICTURES = DOCS / "pictures"
NAMES = sorted(path.stem for path in PICTURES.glob("*.pikchr"))
SVG = "{http://www.w3.org/2000/svg}"


def source(name):
    return (PICTURES / f"{name}.pikchr").read_text(encoding="utf-8")


def drawing(name):
    return (PICTURES / f"{name}.svg").read_text(encoding="utf-8")


def texts(name):
    """The texts of a drawing, and those of them that are bold."""
    found = list(ElementTree.fromstring(drawing(name)).iter(f"{SVG}text"))
    return [one.text for one in found], [one.text for one in found if one.get("font-weight") == "bold"]


def code(name):
    """The texts of a source that are set as code."""
    return re.findall(r'"`(.+?)`"', source(name))


def module_of(folder, name):
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


@pytest.fixture
def draw():
    return module_of(PICTURES, "draw")


# -- the drawings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_each_drawing_was_made_from_its_source(draw, name):
    """If this fails: python docs/pictures/draw.py."""
    assert draw.belongs(source(name), drawing(name))


def test_a_change_of_source_or_drawing_is_noticed(draw):
    """A drawing belongs to its own source only, as it was drawn, and one without a stamp to none."""
    text, svg = source("life"), drawing("life")
    assert draw.belongs(text, svg)
    assert not draw.belongs(text.replace("moving", "Moving"), svg)
    assert not draw.belongs(text, svg.replace("moving", "Moving"))
    assert not draw.belongs(text, svg.partition("\n")[2])


@pytest.mark.parametrize("name", NAMES)
def test_colours_are_the_pages_and_nothing_is_fetched(name):
    """Each colour is a variable of the page, and the drawing refers to nothing outside of it."""
    svg = drawing(name)
    painted = re.findall(r"(?:fill|stroke):([^;\"]+)", svg)
    assert painted and all(colour == "none" or colour.startswith("var(--") for colour in painted)
    assert "rgb(" not in svg and svg.count("://") == 1  # that of the namespace
    assert "href" not in svg and "<style" not in svg and "<script" not in svg


@pytest.mark.parametrize("name", NAMES)
def test_each_picture_is_on_one_page(name):
    """It is shown once, so that what names its description is there once."""
    pages = [path for path in DOCS.rglob("*.rst") if path.parent != PICTURES]
    shown = [path for path in pages if f".. picture:: {name}\n" in path.read_text(encoding="utf-8")]
    assert len(shown) == 1


def test_a_screen_reader_reads_the_description():
    """Inside a page the drawing is an image, described by the words of the page, whatever is in them."""
    pytest.importorskip("sphinx")
    directive = module_of(DOCS, "picture_directive")
    svg = ElementTree.fromstring(directive.accessible(drawing("life"), "life", 'states & <events>, "all"'))
    described = svg.find(f"{SVG}desc")
    assert svg.get("role") == "img"
    assert described is not None and described.text == 'states & <events>, "all"'
    assert svg.get("aria-labelledby") == described.get("id")


# -- what they show ---------------------------------------------------------------------------------------


def test_the_life_of_a_socket_has_the_states_and_events_of_the_code():
    """Its states are those of stats(), and what stands on its arrows are events and calls that there are."""
    words, states = texts("life")
    assert set(states) == {*STATES, "given up", "closed"}
    calls = {f"{name}()" for name in vars(BinanceSocketManager)} | {"start_*()"}
    assert set(code("life")) <= {*KINDS} | calls
    assert {"connecting", "connected", "disconnected", "retrying", "rotating", "rotated", "gave_up"} <= {
        *code("life")
    }
    assert ", ".join(f"{wait_s:g}" for wait_s in TIMINGS.retries_s) + " s," in words


def test_the_handover_is_what_a_handover_does():
    """The messages of the picture, given to the code in its order: held and delivered are the same ones."""
    text = source("handover")
    came = re.compile(r'\$dot at \((old|new)_x, .*\)\n(?:\w+: )?\$(id|held) "(\d+)"')
    steps = [(found[1], found[2], int(found[3]), found.start()) for found in came.finditer(text)]
    switch_at = text.index("# the switch")
    sequence = Sequence(streams(TRADE))
    handover = Handover(sequence, 5.0)
    verdicts, has_switched = [], False
    for connection, shown, number, at in steps:
        message = data(TRADE, number)
        payload = str(message).encode()
        assert has_switched == (at > switch_at)
        if connection == "old":
            note = handover.note(payload, message)
            verdicts += fed(sequence, [message])
            handover.delivered([note], 0.0)
        elif has_switched:
            verdicts += fed(sequence, [message])
        else:
            if not handover.size():
                handover.opened(0.0)
            handover.hold([payload], [message], 0.0)
        assert shown == ("held" if connection == "new" and not has_switched else "id")
        if not has_switched and handover.ready(0.0):
            verdicts += handover.release(0.0)
            has_switched = True
    ids = [message[IDS[TRADE][0]] for message in delivered(verdicts)]
    assert ids == [int(found) for found in re.findall(r'\$id "(\d+)"', text)]


def test_the_threads_have_the_names_of_the_code():
    """Each thread of ours is in the picture, by its name, and with how many there are."""
    words, bold = texts("threads")
    written = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (beat, threads))
    ours = {THREAD_NAME, *re.findall(r'"(binance \w+)"', written)}
    assert len(ours) == 4
    assert {one for one in bold if one.startswith("binance ")} == ours | {"binance f"}
    assert f"{threads.READY} to {threads.LOOKUPS}:" in words


def test_the_shards_are_spread_as_the_code_spreads_them():
    """3,000 names make three connections of 1,000 streams, and no more than the limit stands there."""
    words, _ = texts("shards")
    shares = [len(share) for share in spread(range(3_000), [], SPOT.max_streams)]
    assert [word for word in words if re.fullmatch(r"[\d,]+ streams", word)] == [
        f"{share:,} streams" for share in shares
    ]
    assert f"spread evenly, at most {SPOT.max_streams:,} a connection;" in words
