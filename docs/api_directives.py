"""The members of a class on these pages: a table that says what each does, and an entry for each below it.

A page names the module of the class before them.

.. code-block:: rst

   .. api-members:: binance.websockets.BinanceSocketManager

      start
      close
"""

from __future__ import annotations

import inspect
from importlib import import_module

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


class Members(SphinxDirective):
    """A table of the members that its lines name, and their entries, in that order."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        owner = self.arguments[0]
        module, _, name = owner.rpartition(".")
        cls = getattr(import_module(module), name)
        members = [line.strip() for line in self.content if line.strip()]
        table = [f"   ~{name}.{member}" for member in members]
        entries = []
        for member in members:
            kind = "method" if inspect.isroutine(inspect.getattr_static(cls, member)) else "attribute"
            entries += [f".. auto{kind}:: {owner}.{member}", ""]
        # sentences in the table name other members without their class
        self.env.ref_context["py:class"] = name
        try:
            found = self.parsed([".. autosummary::", "   :nosignatures:", "", *table])
        finally:
            del self.env.ref_context["py:class"]
        return found + self.parsed(entries)

    def parsed(self, lines: list[str]) -> list[nodes.Node]:
        """What reStructuredText stands for."""
        node = nodes.Element()
        self.state.nested_parse(StringList(lines, "the members of a class"), 0, node)
        return node.children


def setup(app):
    app.add_directive("api-members", Members)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
