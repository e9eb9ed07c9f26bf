"""Tables of the streams on these pages, made from the catalogues that the client itself goes by.

``streams`` shows the streams of a market, ``streams-retired`` those that the exchange no longer serves.
``table-search`` puts a box above the tables below it, which filters their rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from docutils import nodes
from rst_tables import TextDirective, list_table
from sphinx.util.docutils import SphinxDirective

from binance.streams import CATALOGUES, Kind
from binance.websockets import BinanceSocketManager


def method(name: str) -> str:
    """A link to a method of the manager."""
    return f":meth:`~binance.websockets.BinanceSocketManager.{name}`"


def call(kind: Kind) -> str:
    """A link to the call that starts a kind of streams; how else it is started."""
    has_one = kind.call is not None and hasattr(BinanceSocketManager, kind.call)
    return method(kind.call) if has_one else "by name"


def marked(text: str) -> str:
    """A sentence in which names of streams are marked, and calls are links."""
    streams = re.sub(r"[!<]\S*@\w+", r"``\g<0>``", text)
    return re.sub(r"start_\w+", lambda found: method(found[0]), streams)


def durations(times_ms: Iterable[int]) -> str:
    """Times in words, with their unit once where they have the same."""
    words = [f"{ms // 1000} s" if ms % 1000 == 0 else f"{ms} ms" for ms in times_ms]
    short = [
        word.split()[0] if word.split()[1] == after.split()[1] else word for word, after in pairwise(words)
    ]
    return " or ".join(filter(None, (", ".join(short), *words[-1:])))


def content(kind: Kind) -> str:
    """What the messages are, their type, and where and since when they are served."""
    events = ", ".join(f"``{event}``" for event in kind.events)
    more = (
        f"``e``: {events}" if events else "without ``e``",
        f"path ``/{kind.category}``" if kind.category else "",
        f"since {kind.since}" if kind.since else "",
        "" if kind.us else "not on binance.us",
    )
    return f"{marked(kind.title)}\n\n{'; '.join(filter(None, more))}"


def pace(kind: Kind) -> str:
    """The time between two messages, and after how long a silence is reported."""
    silent = f"silent after {kind.silent_s:g} s" if kind.silent_s is not None else "never silent"
    return f"{durations(kind.speeds_ms) or 'at once'}\n\n{silent}"


def ids(kind: Kind) -> str:
    """The members by which messages are put in order, and what is known of them."""
    members = dict.fromkeys((kind.first_id, kind.last_id, kind.previous_id))
    named = ", ".join(f"``{member}``" for member in members if member)
    if not named:
        return "\N{EM DASH}"
    more = (
        "by symbol" if kind.by_symbol else "",
        "a chain" if kind.previous_id else "no holes" if kind.contiguous else "",
    )
    return "\n\n".join(filter(None, (named, ", ".join(filter(None, more)))))


def table(heads: list[str], widths: list[int], rows: Iterable[list[str]]) -> str:
    """A table whose rows can be searched."""
    return list_table(heads, widths, rows, "streams searched")


class Streams(TextDirective):
    """The streams of a market that the exchange serves."""

    required_arguments = 1

    def text(self) -> str:
        rows = [
            [f"``{kind.name}``\n\n{call(kind)}", content(kind), pace(kind), ids(kind)]
            for kind in CATALOGUES[self.arguments[0]]
            if kind.retirement is None
        ]
        return table(["Stream, and its call", "What it sends", "Every", "Ids"], [42, 28, 18, 12], rows)


class RetiredStreams(TextDirective):
    """The streams of spot that the exchange no longer serves."""

    def text(self) -> str:
        rows = [
            [
                f"``{kind.name}``\n\n{call(kind)}",
                kind.title,
                kind.retirement.since,
                marked(kind.retirement.use),
            ]
            for kind in CATALOGUES["spot"]
            if kind.retirement is not None
        ]
        return table(["Stream, and its call", "What it sent", "Ended", "Use instead"], [26, 24, 16, 34], rows)


class TableSearch(SphinxDirective):
    """The place of the box, which a script fills; without scripts the page is all there."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        return [nodes.container(classes=["table-search"])]


def add_search(app, pagename, templatename, context, doctree):
    if doctree is not None and any(
        "table-search" in node["classes"] for node in doctree.findall(nodes.container)
    ):
        app.add_js_file("table_search.js", loading_method="defer")


def setup(app):
    app.add_directive("streams", Streams)
    app.add_directive("streams-retired", RetiredStreams)
    app.add_directive("table-search", TableSearch)
    app.connect("html-page-context", add_search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
