"""The pages of the documentation and the README, and the blocks of code on them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).resolve().parents[1] / "docs"
README = (DOCS.parent / "README.rst").read_text(encoding="utf-8")
PAGES = sorted(path for path in DOCS.rglob("*.rst") if "_build" not in path.parts)


class Block(NamedTuple):
    """One ``code-block``."""

    page: str  # its name in a toctree, e.g. "cookbook/index"
    line: int
    language: str
    code: str


def page_name(path: Path) -> str:
    """Return the name by which other pages refer to a page."""
    return path.relative_to(DOCS).with_suffix("").as_posix()


def blocks(language: str, pages: Iterable[Path] = PAGES) -> Iterator[Block]:
    """Find the blocks of a language, page by page in their order."""
    for path in pages:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if line.strip() != f".. code-block:: {language}":
                continue
            indent = len(line) - len(line.lstrip())
            block = []
            for inner in lines[number + 1 :]:
                if inner.strip() and len(inner) - len(inner.lstrip()) <= indent:
                    break
                if not inner.strip().startswith(":") or block:  # the directive's options
                    block.append(inner)
            yield Block(page_name(path), number + 1, language, textwrap.dedent("\n".join(block)))


def readme_script() -> str:
    """The script of the README."""
    block = README.partition(".. code:: python\n\n")[2]
    lines = []
    for line in block.splitlines():
        if line and not line.startswith("    "):
            break
        lines.append(line[4:])
    return "\n".join(lines).strip() + "\n"
