"""How Sphinx builds these pages."""

import subprocess
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path[:0] = [str(here.parent), str(here)]

from rst_tables import list_table  # noqa: E402

import binance  # noqa: E402

project = "binance-twisted"
author = "the binance-twisted contributors"
copyright = author
version = release = binance.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinx_design",
    "picture_directive",
    "rest_directives",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"binance-twisted {version}"
html_theme_options = {
    # links have a contrast of 4.5 to both backgrounds
    "light_css_variables": {"color-brand-primary": "#7a5400", "color-brand-content": "#7a5400"},
    "dark_css_variables": {"color-brand-primary": "#f0b90b", "color-brand-content": "#f0b90b"},
}
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["pages.css"]
# what a copy button leaves out of a console: the prompt, and what the command printed
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88

nitpicky = True
# what has no page here: the standard library, and names that only signatures use
nitpick_ignore_regex = [
    ("py:class", r"(asyncio|collections\.abc|datetime|os|pathlib|types|typing|threading)\..*"),
    ("py:class", r"(.*\.)?(Callback|Callable|Any|Self|TracebackType)"),
    ("py:exc", r"queue\..*"),
    ("py:class", r"binance\.consuming\..*"),  # what in_thread and in_loop answer
    ("py:class", r"dict\[str"),  # Sphinx cuts the default of a dataclass field at its comma
    ("py:attr", "certificate_file"),  # described in the text of its class
]


def next_release(root: Path) -> str:
    """What towncrier will gather of the fragments into the next release; empty if there are no fragments."""
    if not any((root / "changelog.d").rglob("*.rst")):
        return ""
    command = [sys.executable, "-m", "towncrier", "build", "--draft"]
    command += ["--version", "Next release", "--date", f"after {version}"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout


def stream_tables() -> dict[str, str]:
    """The tables of streams, made from the catalogues of the code: one a market, and one of retired ones."""
    from binance.streams import CATALOGUES
    from binance.websockets import BinanceSocketManager

    def call(kind):
        has_one = kind.call is not None and hasattr(BinanceSocketManager, kind.call)
        return f":meth:`~binance.websockets.BinanceSocketManager.{kind.call}`" if has_one else "by name"

    def ids(kind):
        members = dict.fromkeys([kind.first_id, kind.last_id, kind.previous_id])
        words = ", ".join(f"``{member}``" for member in members if member) or "none"
        words += ", by symbol" if kind.by_symbol else ""
        return words + (", a chain" if kind.previous_id else ", no holes" if kind.contiguous else "")

    cells = {
        "Name": lambda kind: f"``{kind.name}``",
        "What": lambda kind: kind.title + ("" if kind.us else "; not on binance.us"),
        "Path": lambda kind: f"``/{kind.category}``",
        "``e``": lambda kind: ", ".join(f"``{event}``" for event in kind.events) or "none",
        "Every": lambda kind: " or ".join(f"{speed} ms" for speed in kind.speeds_ms) or "real-time",
        "Ids": ids,
        "Silent after": lambda kind: f"{kind.silent_s:g} s" if kind.silent_s is not None else "never",
        "Since": lambda kind: kind.since or "",
        "Call": call,
    }
    widths = {"Name": 17, "What": 16, "Path": 8, "``e``": 12, "Every": 10, "Ids": 10, "Silent after": 8}
    widths |= {"Since": 9, "Call": 18}

    def current(market):
        kinds = [kind for kind in CATALOGUES[market] if kind.retirement is None]
        left_out = {
            "Path": all(kind.category is None for kind in kinds),
            "Since": all(kind.since is None for kind in kinds),
            "Call": all(call(kind) == "by name" for kind in kinds),
        }
        heads = [head for head in cells if not left_out.get(head)]
        return list_table(
            heads, [widths[head] for head in heads], [[cells[head](kind) for head in heads] for kind in kinds]
        )

    retired = [
        [f"``{kind.name}``", kind.title, kind.retirement.since, kind.retirement.use, call(kind)]
        for kind in CATALOGUES["spot"]
        if kind.retirement is not None
    ]
    return {
        **{f".. current streams: {market}\n": current(market) + "\n" for market in CATALOGUES},
        ".. retired streams": list_table(
            ["Name", "What", "Ended", "Use instead", "Call"], [16, 22, 12, 30, 20], retired
        ),
    }


def add_fragments(app, docname, source):
    if docname == "changelog":
        source[0] = source[0].replace(".. next release\n", next_release(here.parent))
    elif docname in ("streams", "streams_derivatives"):
        for marker, table in stream_tables().items():
            source[0] = source[0].replace(marker, table)


def setup(app):
    app.connect("source-read", add_fragments)
