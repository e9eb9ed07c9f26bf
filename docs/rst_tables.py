"""Tables as reStructuredText, directives that write such text, and long names in tables, for these pages."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

#: Where a name or a path may be broken: behind a slash, an underscore, a dot or a bracket.
_PIECE = re.compile(r"[^/_.(]*(?:\(\)|[/_.(])+|[^/_.(]+")


def list_table(
    heads: Sequence[str], widths: Iterable[int], rows: Iterable[Sequence[str]], css_class: str = ""
) -> str:
    """A table; a cell has paragraphs, with an empty line between two."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}"]
    if css_class:
        lines.append(f"   :class: {css_class}")
    lines.append("")
    for row in [heads, *rows]:
        for number, cell in enumerate(row):
            first, *rest = cell.splitlines() or [""]
            lines.append(f"   {' ' if number else '*'} - {first}".rstrip())
            lines += [textwrap.indent(line, " " * 7) for line in rest]
    return "\n".join([*lines, ""])


class TextDirective(SphinxDirective):
    """Puts reStructuredText in its place."""

    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        node = nodes.Element()
        self.state.nested_parse(StringList(self.text().splitlines(), f"the directive {self.name}"), 0, node)
        return node.children

    def text(self) -> str:
        raise NotImplementedError


def break_names(app: object, doctree: nodes.document) -> None:
    """Let a browser break long names and paths in tables between their parts; copied text stays as it is."""
    for table in doctree.findall(nodes.table):
        for literal in table.findall(nodes.literal):
            pieces: list[nodes.Node] = []
            for piece in _PIECE.findall(literal.astext()):
                pieces += [nodes.raw("", "<wbr>", format="html"), nodes.Text(piece)]
            literal[:] = pieces[1:]


def setup(app):
    app.connect("doctree-read", break_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
