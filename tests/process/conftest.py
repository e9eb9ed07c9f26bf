"""The fixtures that several of these test modules use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from binance.sandbox import Sandbox
from tests.scripts import Running


@pytest.fixture
def run(sandbox: Sandbox, tmp_path: Path) -> Iterator[Running]:
    """Runs scripts against the module's sandbox."""
    running = Running(tmp_path, sandbox)
    yield running
    running.stop()
