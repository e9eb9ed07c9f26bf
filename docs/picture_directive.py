"""The directive ``picture``: a drawing in :file:`pictures/` as part of the page, in its colours and letters.

.. code-block:: rst

   .. picture:: handover
      :alt: What is to be seen, for those who do not see it.

      The caption.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = Path(__file__).resolve().parent / "pictures"

_OPENING = re.compile(r"<svg [^>]*")


def accessible(svg: str, name: str, alt: str) -> str:
    """The text of an SVG as a part of a page, with the words that a screen reader reads out."""
    begins = _OPENING.search(svg)
    if begins is None:
        raise ValueError(f"the picture {name!r} is not an SVG")
    label = f"picture-{name}"
    described = f' role="img" aria-labelledby="{label}"><desc id="{label}">{escape(alt)}</desc>'
    return begins[0] + described + svg[begins.end() + 1 :]


class Picture(SphinxDirective):
    """A drawing with a caption; builders that cannot show it have the words of ``:alt:`` in its place."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        name, path = self.arguments[0], FOLDER / f"{self.arguments[0]}.svg"
        alt = " ".join(self.options.get("alt", "").split())
        if not alt or not self.content:
            raise self.error(f"the picture {name!r} needs :alt: and a caption")
        if not path.is_file():
            raise self.error(f"there is no picture {name!r}; those there are: {', '.join(names())}")
        self.env.note_dependency(str(path))
        drawing = nodes.raw("", accessible(path.read_text(encoding="utf-8"), name, alt), format="html")
        words = addnodes.only("", nodes.paragraph("", alt), expr="not html")
        caption_text, messages = self.parse_inline(" ".join(self.content), lineno=self.content_offset + 1)
        caption = nodes.caption("", "", *caption_text)
        figure = nodes.figure("", drawing, words, caption, classes=["picture"])
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure, *messages]


def names() -> list[str]:
    """The pictures that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("picture", Picture)
    app.add_css_file("pictures.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
