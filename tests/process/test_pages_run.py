"""The Python on the pages runs as a reader would run it: copied from the top of a page to its end."""

import importlib
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys

import certifi
import pytest

from binance.cli import COMMANDS
from binance.sandbox import Sandbox

from ..keys import ED25519, pem, public_pem
from ..pages import DOCS, README, blocks

#: A process begins, and some scripts wait for messages.
LONG_S = 120

#: What surrounds a page: all goes to the sandbox, unless the page starts its own, and managers that it leaves
#: open are closed.
HARNESS = """
import gc
import runpy
import binance.endpoints
from binance.websockets import BinanceSocketManager
from binance.wire.timings import Timings

if {port}:
    binance.endpoints.send_everything_to_sandbox("127.0.0.1", {port})
BinanceSocketManager.timings = Timings(retries_s=(0.05,) * 5)
try:
    runpy.run_path("page.py", run_name="__main__")
finally:
    for thing in gc.get_objects():
        if isinstance(thing, BinanceSocketManager):
            thing.close()
"""

PYTHON = {page: list(found) for page, found in itertools.groupby(blocks("python"), lambda block: block.page)}

#: Pages that start their own sandbox.
OWN_SANDBOX = {"sandbox", "sandbox_reference"}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(seed=11, rate=200, speed=5, user_rate=10) as running:
        # calls on the pages that it does not have
        for path in ("flexible/list", "flexible/redeem"):
            verb = "POST" if path.endswith("redeem") else "GET"
            running.rest_answer(verb, f"/sapi/v1/simple-earn/{path}", {}, security="signed")
        running.rest_answer("GET", "/papi/v1/um/account", {}, security="signed")
        yield running


@pytest.mark.parametrize("name", sorted(PYTHON))
def test_the_python_on_a_page_runs(name, sandbox, tmp_path):
    """All blocks of a page, in their order, are one script, which runs against the sandbox without errors."""
    (tmp_path / "ed25519.pem").write_text(pem(ED25519))
    (tmp_path / "public.pem").write_text(public_pem(ED25519))
    shutil.copy(certifi.where(), tmp_path / "company.pem")
    script = "\n\n".join(block.code for block in PYTHON[name])
    (tmp_path / "page.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", HARNESS.format(port=0 if name in OWN_SANDBOX else sandbox.port)],
        capture_output=True,
        text=True,
        env=os.environ
        | {
            "PYTHONPATH": str(DOCS.parent),
            "BINANCE_API_KEY": "a-key-of-the-sandbox",
            "BINANCE_API_SECRET": "and-its-secret",
        },
        cwd=tmp_path,
        timeout=LONG_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr


def command_lines():
    """The command lines of ``python -m binance`` on the pages, each known by its page and line."""
    for block in blocks("console"):
        code = block.code.replace("\\\n", " ")
        for line in code.splitlines():
            found = re.search(r"^\$ .*?python3? -m binance ([a-z][^|#>&]*)", line)
            if found is not None:
                yield pytest.param(shlex.split(found[1]), id=f"{block.page}:{block.line}:{found[1].strip()}")


@pytest.mark.parametrize("arguments", list(command_lines()))
def test_command_lines_on_the_pages_are_understood(arguments):
    """The command has all options that a page gives it, and takes their values."""
    command = next(c for c in COMMANDS if arguments[: len(c.name.split())] == c.name.split())
    module = importlib.import_module(f"binance.{command.module}")
    module.parser(command.name).parse_args(arguments[len(command.name.split()) :])


def test_links_of_the_readme_lead_to_files():
    """Every file that the README names, as a link or as a picture, is there."""
    links = re.findall(r"<([^>:]+)>`_|image:: (\S+)", README)
    assert len(links) > 8
    for link in links:
        assert (DOCS.parent / "".join(link)).is_file(), link
