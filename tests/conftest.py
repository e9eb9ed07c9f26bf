"""The fixtures that several test modules use, and the workers of a run of all tests."""

from __future__ import annotations

import atexit
import os
import signal

import pytest

from binance.process.forgotten import forgotten

from .decoders import decoder, either_decoder

__all__ = ["decoder", "either_decoder"]

#: More than there may be cores: two thirds of the time is waiting.
WORKERS = 4


def pytest_configure() -> None:
    """Let scripts that tests start hear Ctrl-C, also where this process was started in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure() -> None:
    """Say nothing of the managers that tests make and never start."""
    atexit.unregister(forgotten.warn)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run all tests on some workers, where pytest-xdist is installed and nobody says otherwise."""
    if hasattr(config, "workerinput") or "PYTEST_XDIST_WORKER" in os.environ:
        return  # a worker, or a pytest that a test runs: its workers would have workers in turn
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if whole and getattr(config.option, "numprocesses", 0) is None and not config.option.usepdb:
        config.option.numprocesses = WORKERS
        config.option.dist = "worksteal"  # the slowest tests stand together, and fell to one worker
