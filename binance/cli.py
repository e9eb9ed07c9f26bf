"""The command line: ``python -m binance``, and the table of its commands."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

import binance.constants  # it looks whether our files are ours
from binance.exceptions import BinanceError, InvalidArgument

PROG = "python -m binance"


class _Module(Protocol):
    """What the module of a command has."""

    def parser(self, prog: str) -> argparse.ArgumentParser:
        """Return the parser of its arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Run it with what the parser has read, and return the exit status.

        :raises InvalidArgument: if the arguments do not go together; it is shown with the usage.
        :raises BinanceError: if it fails; it is shown as one line.
        """


class Command(NamedTuple):
    """One command.

    :ivar name: as it is typed; it may have two words.
    :ivar help: what it does, in one line of at most 60 characters.
    :ivar module: of ``binance``, with ``parser(prog)`` and ``run(options)``; imported when it is needed.
    """

    name: str
    help: str
    module: str

    def main(self, arguments: list[str]) -> int:
        """Run it with the arguments behind its name; returns the exit status.

        :raises BinanceError: if a library that it needs is not installed.
        """
        try:
            module = cast(_Module, importlib.import_module(f"binance.{self.module}"))
        except ModuleNotFoundError as exc:
            library = str(exc.name).partition(".")[0]
            if library == "binance":
                raise
            advice = f"{PROG} doctor says what is missing, and how to install it"
            raise BinanceError(f"{library}, which {self.name} needs, is not installed; {advice}") from exc
        parser = module.parser(f"{PROG} {self.name}")
        options = parser.parse_args(arguments)
        try:
            return module.run(options)
        except InvalidArgument as exc:
            parser.error(str(exc))


#: In the order of ``--help``.
COMMANDS = (
    Command("demo", "10 seconds of live streams, offline, through a disconnect", "terminal.commands.demo"),
    Command("watch", "watch streams, or an order book, live", "terminal.commands.watch"),
    Command("doctor", "check this machine and its connections to the exchange", "doctor.command"),
    Command("sandbox run", "run a script, unchanged, against the sandbox", "terminal.commands.run"),
    Command("sandbox", "serve the sandbox, an exchange on this machine", "sandbox.serve"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    :param argv: arguments; None for those of the process.
    :returns: exit status.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed when this process began (>&-), or this is pythonw
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    try:
        for command in COMMANDS:  # "sandbox run" stands before "sandbox"
            words = command.name.split()
            if arguments[: len(words)] == words:
                return command.main(arguments[len(words) :])
        return _no_command(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BinanceError as exc:  # a sandbox that does not start, say; what a script raises is the script's
        print(f"{PROG}: {exc}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # the reader has closed the pipe; what the interpreter flushes at its end must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _no_command(arguments: list[str]) -> int:
    """Print the help, or the version, or say that there is no such command."""
    width = max(len(command.name) for command in COMMANDS)
    rows = "\n".join(f"  {command.name:<{width}}  {command.help}" for command in COMMANDS)
    parser = argparse.ArgumentParser(
        prog=PROG,
        usage=f"{PROG} COMMAND ...",
        description=f"A Twisted client for Binance's WebSocket streams and REST API.\n\ncommands:\n{rows}",
        epilog=f"{PROG} COMMAND --help shows the options of a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"binance-twisted {binance.__version__}")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    given = parser.parse_known_args(arguments)[0].command
    if given is not None:
        names = [command.name for command in COMMANDS]
        near = difflib.get_close_matches(given, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(names)}"
        parser.error(f"{given!r} is not a command; {hint}")
    parser.parse_args(arguments)  # which refuses any options
    parser.print_help()
    return 0
