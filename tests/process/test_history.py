"""A download that waits for the exchange, and Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from binance.sandbox import Sandbox
from tests.scripts import Running

DOWNLOAD = """
import logging
from binance.client import Client

class Lines(logging.Handler):
    def emit(self, record):
        say(record.getMessage())

log = logging.getLogger("binance.rest.history")
log.addHandler(Lines())
log.setLevel(logging.INFO)
client = Client(endpoints=VENUE)
client.get_historical_klines("BNBBTC", "1m", "1 Jan, 2020")
"""


@pytest.fixture
def run(tmp_path) -> Iterator[Running]:
    with Sandbox(rate=0, symbols=["BNBBTC"]) as sandbox:
        running = Running(tmp_path, sandbox)
        yield running
        running.stop()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_ends_a_download_that_waits_for_a_ban(run):
    """The wait is two minutes; the interrupt ends it at once, with one traceback."""
    run.sandbox.rest(down=418, match="klines")
    script = run(DOWNLOAD)
    script.wait_for("get_klines of BNBBTC failed, retry in 1.0 s")
    script.wait_for("get_klines of BNBBTC failed, retry in 11")
    script.interrupt()
    script.end_by_ctrl_c()
    assert "During handling" not in script.errors()
