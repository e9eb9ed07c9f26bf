"""The command line: ``python -m binance demo`` and ``python -m binance sandbox``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

PROG = "python -m binance"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    :param argv: arguments; None for those of the process.
    :returns: exit status.
    """
    parser = argparse.ArgumentParser(
        prog=PROG, description="A Twisted client for Binance's WebSocket streams."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser(
        "demo",
        help="stream from an exchange on this machine for ten seconds, through a forced disconnect",
        description="Open one socket of each kind on an exchange that runs on this machine, cut all of them "
        "half-way, and show what happens. Needs no internet. Exit status 0 if everything was delivered.",
    )
    demo.add_argument("--seconds", type=_seconds, default=10.0, help="how long (default: %(default)g)")
    demo.add_argument("--seed", type=int, default=1, help="makes the market (default: %(default)s)")
    commands.add_parser(
        "sandbox", add_help=False, help="serve an exchange on this machine, until Ctrl-C (see sandbox --help)"
    )
    options, rest = parser.parse_known_args(argv)
    try:
        if options.command == "sandbox":
            from binance.sandbox.serve import serve

            return serve(rest, f"{PROG} sandbox")
        if rest:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        from binance.demo import Demo

        return Demo(options.seconds, options.seed).run()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # whoever read us has gone; what the interpreter flushes at its end must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 4 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("use 4 to 3600")
    return seconds
