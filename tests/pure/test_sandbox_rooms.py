"""The rooms of the sandbox: who may import whom, without a circle, and which do without Twisted."""

from __future__ import annotations

import graphlib
from pathlib import Path

import pytest

from ..layers import PACKAGE, SANDBOX_SOURCES, allowed, ran, rooms_imported

SANDBOX = PACKAGE / "sandbox"

ALLOWED = allowed("sandbox-layers")
# in the user's process: what it takes to write a command line and to send calls
ALLOWED["handle"] = {"calls", "options"}
ALLOWED["__init__"] = {"handle", "limits"}

PURE_ROOMS = ["calls", "limits", "options", "handle", "serve", "market", "accounts", "answers"]
PURE_ROOMS += ["net.frames", "net.pinger", "net.outbox", "faults.edits", "faults.plan"]


def module_of(source: Path) -> str:
    """The name of a module of the sandbox, without ``binance.sandbox.``."""
    return ".".join(source.relative_to(SANDBOX).with_suffix("").parts)


def modules_imported(source: Path) -> set[str]:
    """The modules of the sandbox that a source file imports, at its top, in functions, or for types only."""
    return {name.partition(".")[2] for name in rooms_imported(source) if name.startswith("sandbox.")}


@pytest.mark.parametrize("source", SANDBOX_SOURCES, ids=module_of)
def test_imports_run_one_way(source):
    """A room imports only rooms that are drawn below it; a new room gets a row in docs/architecture.rst."""
    rooms = {name.partition(".")[0] for name in modules_imported(source)}
    here = module_of(source).partition(".")[0]
    if source.parent != SANDBOX:
        assert source.stem != "__init__" or not rooms
        rooms.discard(here)
    assert here in ALLOWED, "a new room: give it a row in docs/architecture.rst"
    assert rooms <= ALLOWED[here]


def test_no_imports_run_in_a_circle():
    """The modules of the sandbox can be put in a row in which each imports only those before it."""
    graph = {module_of(source): modules_imported(source) for source in SANDBOX_SOURCES}
    assert "market.book" in graph["market.market"]
    row = list(graphlib.TopologicalSorter(graph).static_order())
    assert set(row) == set(graph)


IMPORT_ALL = """
import importlib, pkgutil, sys
room = importlib.import_module("binance.sandbox.{room}")
for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
    importlib.import_module(module.name)
sys.exit("twisted" in sys.modules)
"""


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_rooms_do_not_import_twisted(room):
    """Whoever imports a pure room of the sandbox, or the handle, gets no Twisted with it."""
    done = ran(IMPORT_ALL.format(room=room))
    assert done.returncode == 0, done.stderr
