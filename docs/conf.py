"""How Sphinx builds these pages."""

import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))

project = "binance-twisted"
author = "the binance-twisted authors"
copyright = author
version = release = "0.1.0"

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


def add_fragments(app, docname, source):
    if docname == "changelog":
        source[0] += "\n" + gathered(here.parent / "changelog.d")


def setup(app):
    app.connect("source-read", add_fragments)
