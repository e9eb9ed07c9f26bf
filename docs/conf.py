"""How Sphinx builds these pages."""

import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))

import binance  # noqa: E402

project = "binance-twisted"
author = "the binance-twisted authors"
copyright = author
version = release = binance.__version__

extensions = ["sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "Binance's WebSocket streams, by callback", "fixed_sidebar": True}
html_show_copyright = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88

nitpicky = True
# what has no page here: the standard library, and names that only signatures use
nitpick_ignore_regex = [
    ("py:class", r"(collections\.abc|os|pathlib|types|typing|threading)\..*"),
    ("py:class", r"(.*\.)?(Callback|Callable|Any|Self|TracebackType)"),
    ("py:class", r"dict\[str"),  # Sphinx cuts the default of a dataclass field at its comma
    ("py:attr", "certificate_file"),  # told in the class's own text, not by itself
]

FRAGMENT_KINDS = {
    "feature": "New",
    "bugfix": "Mended",
    "removal": "Gone",
    "doc": "Documentation",
    "misc": "Other",
}


def gathered(folder: Path) -> str:
    """The fragments of the next release as reStructuredText, one list for each kind."""
    parts = []
    for kind, title in FRAGMENT_KINDS.items():
        fragments = sorted(folder.glob(f"*.{kind}.rst"))
        if fragments:
            parts += [title, "-" * len(title), ""]
            for fragment in fragments:
                words = fragment.read_text(encoding="utf-8").strip()
                parts.append("* " + words.replace("\n", "\n  "))
            parts.append("")
    return "\n".join(parts)


def list_table(heads: list[str], widths: list[int], rows: list[list[str]]) -> str:
    """A table as reStructuredText; each cell is one paragraph."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", ""]
    for row in [heads, *rows]:
        lines += [f"   {' ' if number else '*'} - {cell}".rstrip() for number, cell in enumerate(row)]
    return "\n".join([*lines, ""])


def stream_tables() -> dict[str, str]:
    """The tables of streams, made from the catalogue that the code goes by: current and retired ones."""
    from binance.streams import CATALOGUE

    def call(kind):
        return f":meth:`~binance.websockets.BinanceSocketManager.{kind.call}`" if kind.call else "by name"

    def ids(kind):
        both = dict.fromkeys([kind.first_id, kind.last_id])
        return ", ".join(f"``{member}``" for member in both if member) or "none"

    current = [
        [
            f"``{kind.name}``",
            kind.title + ("" if kind.us else "; not on binance.us"),
            f"``{kind.event}``" if kind.event else "none",
            " or ".join(f"{speed} ms" for speed in kind.speeds_ms) or "real-time",
            ids(kind) + (", no holes" if kind.contiguous else ""),
            f"{kind.silent_s:g} s" if kind.silent_s is not None else "never",
            kind.since or "",
            call(kind),
        ]
        for kind in CATALOGUE
        if kind.retirement is None
    ]
    retired = [
        [f"``{kind.name}``", kind.title, kind.retirement.since, kind.retirement.use, call(kind)]
        for kind in CATALOGUE
        if kind.retirement is not None
    ]
    heads = ["Name", "What", "``e``", "Every", "Ids", "Silent after", "Since", "Call"]
    return {
        ".. current streams": list_table(heads, [17, 16, 12, 10, 10, 8, 9, 18], current),
        ".. retired streams": list_table(
            ["Name", "What", "Ended", "Use instead", "Call"], [16, 22, 12, 30, 20], retired
        ),
    }


def add_fragments(app, docname, source):
    if docname == "changelog":
        source[0] += "\n" + gathered(here.parent / "changelog.d")
    elif docname == "streams":
        for marker, table in stream_tables().items():
            source[0] = source[0].replace(marker, table)


def setup(app):
    app.connect("source-read", add_fragments)
