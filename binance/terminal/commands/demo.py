"""``python -m binance demo``: its arguments."""

from __future__ import annotations

import argparse

from binance.terminal.commands.values import demo_seconds
from binance.terminal.demo import Demo


def parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    parse = argparse.ArgumentParser(
        prog=prog,
        description="Open one socket of each kind on an exchange that runs on this machine, cut all of them "
        "half-way, and show what happens. Needs no internet. Exit status 0 if everything was delivered.",
    )
    parse.add_argument(
        "--seconds", type=demo_seconds, default=10.0, help="how long, 4 to 3600 (default: %(default)g)"
    )
    parse.add_argument("--seed", type=int, default=1, help="makes the market (default: %(default)s)")
    return parse


def run(options: argparse.Namespace) -> int:
    """Run the demo."""
    return Demo(options.seconds, options.seed).run()
