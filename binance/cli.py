"""The command line: ``python -m binance demo``, ``watch``, ``sandbox`` and ``sandbox run``."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence

import binance.constants  # it looks whether our files are ours
from binance.exceptions import BinanceError, InvalidArgument

PROG = "python -m binance"
_SYMBOLS_HELP = "how many symbols are traded, e.g. 600, or which, e.g. BNBBTC,ETHBTC (default: six)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    :param argv: arguments; None for those of the process.
    :returns: exit status.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:2] == ["sandbox", "run"]:
            return _run(arguments[2:])
        if arguments[:1] == ["sandbox"]:
            from binance.sandbox.serve import serve

            return serve(arguments[1:], f"{PROG} sandbox")
        return _command(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BinanceError as exc:  # a sandbox that does not start, say; what a script raises is the script's
        print(f"{PROG}: {exc}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # whoever read us has gone; what the interpreter flushes at its end must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _command(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=PROG, description="A Twisted client for Binance's WebSocket streams."
    )
    parser.add_argument("--version", action="version", version=f"binance-twisted {binance.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser(
        "demo",
        help="stream from an exchange on this machine for ten seconds, through a forced disconnect",
        description="Open one socket of each kind on an exchange that runs on this machine, cut all of them "
        "half-way, and show what happens. Needs no internet. Exit status 0 if everything was delivered.",
    )
    demo.add_argument(
        "--seconds", type=_demo_seconds, default=10.0, help="how long, 4 to 3600 (default: %(default)g)"
    )
    demo.add_argument("--seed", type=int, default=1, help="makes the market (default: %(default)s)")

    watch = commands.add_parser(
        "watch",
        help="look at streams: python -m binance watch bnbbtc@trade '*usdt@kline_1m'",
        description="Show what comes on some streams, and what happens to the connection, until Ctrl-C.",
    )
    watch.add_argument(
        "streams",
        nargs="*",
        metavar="STREAM",
        help="e.g. bnbbtc@trade, or a pattern in quotes, '*usdt@bookTicker': of all symbols that are trading "
        "and match; * stands for any characters, ? for one, [ab] for one of some",
    )
    watch.add_argument(
        "--book", metavar="SYMBOL", help="in place of streams: the order book of one symbol, e.g. bnbbtc"
    )
    where = watch.add_mutually_exclusive_group()
    where.add_argument("--sandbox", action="store_true", help="from an exchange on this machine")
    where.add_argument(
        "--venue",
        choices=("com", "us", "testnet", "demo", "data"),
        default="com",
        help="from which of the exchange's sites (default: %(default)s)",
    )
    watch.add_argument(
        "--market",
        choices=("spot", "usdm", "coinm", "options"),
        default="spot",
        help="whose streams: spot, USD-M or COIN-M futures, options (default: %(default)s)",
    )
    watch.add_argument("--symbols", type=_symbols, metavar="N", help=f"with --sandbox: {_SYMBOLS_HELP}")
    watch.add_argument("--json", action="store_true", help="one message a line, for pipes; events to stderr")
    watch.add_argument("--seconds", type=_seconds, help="how long (default: until Ctrl-C)")

    commands.add_parser(
        "sandbox", help="serve an exchange on this machine, until Ctrl-C (see sandbox --help)"
    )
    commands.add_parser("sandbox run", help="run a script against it (see sandbox run --help)")

    options = parser.parse_args(arguments)
    if options.command == "demo":
        from binance.terminal.demo import Demo

        return Demo(options.seconds, options.seed).run()

    if options.symbols is not None and not options.sandbox:
        watch.error("--symbols is what an exchange on this machine trades; use it with --sandbox")
    if options.symbols is not None and options.market != "spot":
        watch.error("--symbols is what the spot market of an exchange on this machine trades")

    if (options.book is None) == (not options.streams):
        watch.error("name the streams to look at, or one order book with --book")
    if options.book is not None and options.json:
        watch.error("--json prints the messages of streams; an order book has none")

    from binance.terminal.book_watch import BookWatch
    from binance.terminal.watch import VENUES, Watch

    watching: Watch | BookWatch
    try:
        if options.book is not None:
            watching = BookWatch(options.book, options.seconds, options.market)
        else:
            watching = Watch(options.streams, options.json, options.seconds, options.market)
        return watching.run(None if options.sandbox else VENUES[options.venue], options.symbols)
    except InvalidArgument as exc:
        watch.error(str(exc))


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{PROG} sandbox run",
        description="Run an unmodified script against an exchange on this machine: whatever venue its "
        "clients and managers name, they go there. The exit status is the script's.",
    )
    parser.add_argument("--seed", type=int, default=1, help="makes the market (default: %(default)s)")
    parser.add_argument(
        "--rate", type=_rate, default=50.0, help="trades a second, all symbols (default: %(default)g)"
    )
    parser.add_argument("--symbols", type=_symbols, metavar="N", help=_SYMBOLS_HELP)
    parser.add_argument(
        "--user-rate", type=_rate, default=0.5, help="orders a second per account (default: %(default)g)"
    )
    parser.add_argument("--chaos", type=int, metavar="SEED", help="a random mix of faults from this seed")
    parser.add_argument("script", metavar="SCRIPT")
    rest = parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGS", help="for the script")
    rest.required = False  # else the message about a script that is missing would ask for them, too
    options = parser.parse_args(arguments)

    from binance.sandbox import Sandbox
    from binance.terminal.script import run_script

    sandbox = Sandbox(
        seed=options.seed, rate=options.rate, user_rate=options.user_rate, symbols=options.symbols
    )
    return run_script(options.script, options.arguments, sandbox, options.chaos)


def _symbols(text: str) -> Sequence[str] | int:
    """Read what an exchange on this machine trades: symbols with commas between them, or their number."""
    from binance.sandbox.market.market import Market
    from binance.sandbox.options import SandboxOptions, read_symbols

    symbols = read_symbols(text)
    try:
        if isinstance(symbols, int):
            SandboxOptions(symbols=symbols).check()
        else:
            Market(symbols)
    except InvalidArgument as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc
    return symbols


def _rate(text: str) -> float:
    return _between(text, 0, sys.float_info.max, "use a finite number, 0 or more")


def _seconds(text: str) -> float:
    return _between(text, math.ulp(0.0), sys.float_info.max, "use a number of seconds above 0")


def _demo_seconds(text: str) -> float:
    return _between(text, 4, 3600, "use 4 to 3600")


def _between(text: str, least: float, most: float, advice: str) -> float:
    """Read a number of the command line; "nan" is none, and "inf" not between any two."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be; {advice}")
    return number
