"""The commands of ``python -m binance``, run as processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def command(*arguments: str, **environ: str | None) -> subprocess.Popen[str]:
    """Start ``python -m binance`` with its output in pipes.

    :param environ: variables in place of those of this process; None: not set.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "binance", *arguments],
        cwd=ROOT,
        env={name: value for name, value in (os.environ | environ).items() if value is not None},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def watch(*arguments: str) -> subprocess.Popen[str]:
    """Start ``python -m binance watch``."""
    return command("watch", *arguments)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status, rest of the output and errors of a program that ends by itself."""
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, out, err
