"""Tables as reStructuredText, and directives that write such text, for what builds these pages."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


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
