"""What mypy says of users' scripts: the types of the package come with it, and fit."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

from ..pages import readme_script

ROOT = Path(__file__).resolve().parents[2]
TYPING = ROOT / "tests" / "typing"

pytest.importorskip("mypy")


def is_installed() -> bool:
    return any(Path(folder, "binance", "py.typed").is_file() for folder in site.getsitepackages())


def check(*arguments: str | Path) -> None:
    """Run mypy as a user does, on the installed package; on the checkout's if there is no other."""
    path = {} if is_installed() else {"MYPYPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", TYPING / "mypy.ini", *arguments],
        cwd=TYPING,
        env={**os.environ, **path, "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_public_calls_have_their_types():
    """A strict script gets the types of every public call, and an error for what there is not."""
    check("--strict", "scripts.py")


def test_examples_and_the_script_of_the_readme_pass(tmp_path):
    """The scripts of the pages pass as they stand, also inside functions without annotations."""
    (tmp_path / "readme_script.py").write_text(readme_script(), encoding="utf-8")
    check(*sorted((ROOT / "docs" / "examples").glob("*.py")), tmp_path / "readme_script.py")
