"""The rooms of docs/architecture.rst: who may import whom, and what an import may set off."""

from __future__ import annotations

import graphlib
from pathlib import Path

import pytest

from binance import constants, enums

from ..layers import PACKAGE, SANDBOX_SOURCES, allowed, ran, rooms_imported

#: Of these packages every module is pure.
PURE_PACKAGES = ["text", "venues", "wire", "order"]
PURE_ROOMS = [
    *("constants", "enums", "exceptions", "endpoints", "streams", "events"),
    *(
        f"{package}.{source.stem}"
        for package in PURE_PACKAGES
        for source in sorted((PACKAGE / package).glob("*.py"))
        if source.stem != "__init__"
    ),
    *("process.beat", "net.trust", "sockets.counts", "sockets.consumer", "consuming.backlog"),
    *(f"rest.{name}" for name in ("again", "class_constants", "dates", "oco", "pages")),
]

ALLOWED = allowed("client-layers")

SOURCES = sorted(set(PACKAGE.rglob("*.py")) - set(SANDBOX_SOURCES))


@pytest.mark.parametrize("room", [*PURE_ROOMS, "client", "helpers"])
def test_pure_rooms_and_the_client_do_not_import_twisted(room):
    """A pure room, and the REST client, can be imported without Twisted."""
    done = ran(f"import sys, binance.{room}; sys.exit('twisted' in sys.modules)")
    assert done.returncode == 0, done.stderr


IMPORT_EACH = """
import importlib, pkgutil, sys, binance
modules = [module.name for module in pkgutil.walk_packages(binance.__path__, "binance.")]
modules = [name for name in modules if not name.endswith("__main__")]
assert "binance.websockets" in modules
for module in modules:
    for name in [name for name in sys.modules if name.startswith("binance.")]:
        del sys.modules[name]
    importlib.import_module(module)
    assert "twisted.internet.reactor" not in sys.modules, module + " imports the reactor"
"""


def test_no_module_imports_the_reactor_when_it_is_imported():
    """Each module can be imported first of all, and leaves the choice of the reactor to the application."""
    done = ran(IMPORT_EACH)
    assert done.returncode == 0, done.stderr


def test_only_the_terminal_commands_import_rich():
    """A program that uses the library does not pay for the screen."""
    libraries = "binance.cli, binance.client, binance.consumers, binance.depthcache, binance.sandbox.serve"
    done = ran(f"import sys, binance.websockets, {libraries}; sys.exit('rich' in sys.modules)")
    assert done.returncode == 0, done.stderr
    done = ran("import sys, binance.terminal.commands.watch; sys.exit('rich' not in sys.modules)")
    assert done.returncode == 0, done.stderr


def test_the_package_itself_imports_nothing():
    """Importing binance brings in binance alone."""
    done = ran("import sys; old = set(sys.modules); import binance; print(*set(sys.modules) - old)")
    assert done.stdout.split() == ["binance"], done.stderr


def room_of(source: Path) -> str:
    """The package a source file belongs to, or, at the top of ours, its own name."""
    return source.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(PACKAGE)))
def test_imports_run_one_way(source):
    """A room imports only rooms that are drawn below it; a new room gets a row in docs/architecture.rst."""
    rooms = {name.partition(".")[0] for name in rooms_imported(source)}
    if source.stem == "__init__":
        assert not rooms
        return
    here = room_of(source)
    assert here in ALLOWED, "a new room: give it a row in docs/architecture.rst"
    allowed = ALLOWED[here] | ({here} if source.parent != PACKAGE else set())
    if here in ("terminal", "cli", "__main__"):  # the sandbox is started from here
        allowed.add("sandbox")
    assert rooms <= allowed


@pytest.mark.parametrize("source", SANDBOX_SOURCES, ids=lambda source: str(source.relative_to(PACKAGE)))
def test_the_sandbox_shares_only_constants_and_exceptions_with_the_client_side(source):
    """A bug of the client side cannot hide in the sandbox, since they share no code."""
    shared = {name for name in rooms_imported(source) if name.partition(".")[0] != "sandbox"}
    assert shared <= {"constants", "exceptions"}


def test_enums_has_the_names_of_constants():
    """Older scripts find every constant under the old module name, with the same value."""
    names = [name for name in vars(constants) if name.isupper()]
    assert names
    assert {name: getattr(enums, name, None) for name in names} == {
        name: getattr(constants, name) for name in names
    }


def test_the_package_says_that_it_is_typed():
    """Type checkers of users read our annotations."""
    assert (PACKAGE / "py.typed").is_file()


def test_no_imports_run_in_a_circle():
    """The modules of the client side can be put in a row in which each imports only those before it."""
    graph = {}
    for source in SOURCES:
        parts = source.relative_to(PACKAGE).with_suffix("").parts
        graph[".".join(parts)] = {name for name in rooms_imported(source) if not name.startswith("sandbox")}
    assert "sockets.moves" in graph["sockets.shard"]
    row = list(graphlib.TopologicalSorter(graph).static_order())
    assert set(graph) <= set(row)


def test_at_the_top_of_the_package_is_only_what_scripts_import():
    """The face, and the command line; everything else is in a package of its layer."""
    names = {source.stem for source in PACKAGE.glob("*.py")}
    face = {"websockets", "client", "consumers", "depthcache", "helpers", "endpoints", "events", "streams"}
    face |= {"constants", "enums", "exceptions"}
    assert names == face | {"cli", "__init__", "__main__"}


def test_a_process_that_has_autobahn_for_asyncio_is_an_import_error_that_says_so():
    """Autobahn lets a process have one of its two sides; its own error names neither."""
    done = ran("import autobahn.asyncio\nimport binance.websockets")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: binance needs Autobahn for Twisted")
    assert "autobahn.asyncio" in last
