"""``python -m binance watch``: its arguments, and whether they mean streams or an order book."""

from __future__ import annotations

import argparse

from binance.endpoints import VENUES
from binance.exceptions import InvalidArgument
from binance.terminal.book_watch import BookWatch
from binance.terminal.commands.values import SYMBOLS_HELP, seconds, symbols
from binance.terminal.watch import Watch
from binance.venues.catalogue import MARKETS


def parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    parse = argparse.ArgumentParser(
        prog=prog,
        description="Show what comes on some streams, and what happens to the connection, until Ctrl-C.",
    )
    parse.add_argument(
        "streams",
        nargs="*",
        metavar="STREAM",
        help="e.g. bnbbtc@trade, or a pattern in quotes, '*usdt@bookTicker': of all symbols that are trading "
        "and match; * stands for any characters, ? for one, [ab] for one of some",
    )
    parse.add_argument(
        "--book", metavar="SYMBOL", help="in place of streams: the order book of one symbol, e.g. bnbbtc"
    )
    where = parse.add_mutually_exclusive_group()
    where.add_argument("--sandbox", action="store_true", help="from an exchange on this machine")
    where.add_argument(
        "--venue",
        choices=tuple(VENUES),
        default="com",
        help="from which of the exchange's sites (default: %(default)s)",
    )
    parse.add_argument(
        "--market",
        choices=tuple(MARKETS),
        default="spot",
        help="whose streams: spot, USD-M or COIN-M futures, options (default: %(default)s)",
    )
    parse.add_argument("--symbols", type=symbols, metavar="N", help=f"with --sandbox: {SYMBOLS_HELP}")
    parse.add_argument("--json", action="store_true", help="one message a line, for pipes; events to stderr")
    parse.add_argument("--seconds", type=seconds, help="how long (default: until Ctrl-C)")
    return parse


def run(options: argparse.Namespace) -> int:
    """Watch.

    :raises InvalidArgument: if the options do not go together, or what they name cannot be watched.
    """
    if options.symbols is not None and not options.sandbox:
        raise InvalidArgument("--symbols is what an exchange on this machine trades; use it with --sandbox")
    if options.symbols is not None and options.market != "spot":
        raise InvalidArgument("--symbols is what the spot market of an exchange on this machine trades")
    if (options.book is None) == (not options.streams):
        raise InvalidArgument("name the streams to watch, or one order book with --book")
    if options.book is not None and options.json:
        raise InvalidArgument("--json prints the messages of streams; an order book has no messages")
    watching: Watch | BookWatch
    if options.book is not None:
        watching = BookWatch(options.book, options.seconds, options.market)
    else:
        watching = Watch(options.streams, options.json, options.seconds, options.market)
    return watching.run(None if options.sandbox else VENUES[options.venue], options.symbols)
