"""How Sphinx builds these pages."""

import subprocess
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path[:0] = [str(here.parent), str(here)]

import binance  # noqa: E402

project = "binance-twisted"
author = "the binance-twisted contributors"
copyright = author
version = release = binance.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_design",
    "picture_directive",
    "rst_tables",
    "rest_directives",
    "api_directives",
    "stream_tables",
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
# the contents beside a page of the reference: methods without their class
toc_object_entries_show_parents = "hide"
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


def add_fragments(app, docname, source):
    if docname == "changelog":
        source[0] = source[0].replace(".. next release\n", next_release(here.parent))


def setup(app):
    app.connect("source-read", add_fragments)
