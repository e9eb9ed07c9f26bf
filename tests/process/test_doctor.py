"""``python -m binance doctor`` as a user runs it: exit status, end, and what never stands in its output."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from binance.endpoints import EVERYTHING
from binance.sandbox import Sandbox

from ..commands import command, ended

KEY, SECRET = "Key" * 16, "Secret" * 8
#: What the machine of a developer may have set.
UNSET = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", EVERYTHING)


@pytest.fixture(scope="module")
def exchange() -> Iterator[Sandbox]:
    with Sandbox(rate=100, api_keys={KEY: SECRET}) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(exchange: Sandbox) -> Iterator[Sandbox]:
    """The module's, without faults of the test before."""
    yield exchange
    exchange.clear()
    exchange.accept()


def doctor(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    """The command, on a machine on which nothing is set but *environ*."""
    return command("doctor", *arguments, **{**dict.fromkeys(UNSET), **environ})


def url(sandbox: Sandbox) -> str:
    return f"http://{sandbox.host}:{sandbox.port}"


def test_a_healthy_exchange_is_status_0(sandbox):
    """All lines are ok, with keys of the environment, too; the last one is the sum."""
    status, out, err = ended(doctor("--url", url(sandbox), BINANCE_API_KEY=KEY, BINANCE_API_SECRET=SECRET))
    assert (status, err) == (0, ""), out
    lines = [line.split() for line in out.splitlines() if line[:1] not in (" ", "")]
    assert {words[0] for words in lines[:-1]} == {"ok"}
    assert [words[1] for words in lines[:-1]] == [
        *("python", "packages", "OpenSSL", "import", "environment", "TCP"),
        *("REST", "REST", "clock", "streams", "WS", "account"),
    ]
    assert out.endswith("\n0 checks failed, 0 warnings\n")


def test_a_fault_is_status_1_and_other_checks_go_on(sandbox):
    """As JSON: a restricted location fails the sockets, and REST is ok."""
    sandbox.refuse(status=451)
    status, out, err = ended(doctor("--url", url(sandbox), "--json"))
    assert (status, err) == (1, "")
    states = {line["check"]: line["state"] for line in map(json.loads, out.splitlines())}
    assert (states["REST"], states["streams"], states["WS API"]) == ("ok", "failed", "failed")


def test_the_variable_of_a_sandbox_is_obeyed_and_said(sandbox):
    """Then no other host is connected to, whichever venue was named."""
    status, out, err = ended(doctor("--venue", "us", "--json", **{EVERYTHING: url(sandbox)}))
    assert (status, err) == (0, ""), out
    lines = [json.loads(line) for line in out.splitlines()]
    [said] = [line for line in lines if line["check"] == "environment"]
    assert said["state"] == "warning"
    assert all("binance.us" not in line["seen"] for line in lines)


def test_a_secret_never_stands_in_the_output(sandbox, tmp_path):
    """Nor an API key, though the exchange quotes both in its error; not in JSON, and not at its end."""
    words = {"code": -2015, "msg": f"Invalid API-key {KEY}, secret {SECRET}, action."}
    sandbox.rest_answer("GET", "/api/v3/account", words, status=401)
    secret_file = tmp_path / "secret"
    secret_file.write_text(f"{SECRET}\n")
    ways = [
        ((), {"BINANCE_API_KEY": KEY, "BINANCE_API_SECRET": SECRET}),
        (("--json", "--api-key", KEY, "--secret-file", str(secret_file)), {}),
    ]
    for arguments, environ in ways:
        status, out, err = ended(doctor("--url", url(sandbox), *arguments, **environ))
        assert status == 1
        assert "-2015" in out
        assert "Invalid API-key ***" in " ".join(out.split())
        assert not any(one in text for one in (KEY, SECRET, KEY[:12], SECRET[:12]) for text in (out, err))


def test_a_secret_that_no_client_takes_is_a_line_not_a_traceback(sandbox):
    """A line's end in the middle, say: nothing of it is shown."""
    status, out, err = ended(
        doctor("--url", url(sandbox), BINANCE_API_KEY=KEY, BINANCE_API_SECRET=f"{SECRET[:20]} {SECRET[20:]}")
    )
    assert (status, err) == (1, "")
    assert "failed   account" in out
    assert SECRET[:20] not in out


@pytest.mark.parametrize(
    "arguments",
    [
        *("--venue other", "--url nowhere", "--venue us --market usdm"),
        *(f"--api-secret {SECRET}", f"--api-secret={SECRET}", f"--secret {SECRET}"),
    ],
)
def test_a_wrong_command_line_is_status_2(arguments):
    """With the usage on standard error, and nothing checked."""
    status, out, err = ended(doctor(*arguments.split()))
    assert (status, out) == (2, "")
    assert err.startswith("usage: python -m binance doctor")
    assert SECRET not in err


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_ends_it_at_once(sandbox):
    """While a check waits for an exchange that says nothing: status 130, and no traceback."""
    sandbox.rest(how="hang")
    process = doctor("--url", url(sandbox))
    assert process.stdout is not None
    while "TCP" not in process.stdout.readline():
        pass
    time.sleep(0.2)  # it is at REST then, or still before it: the end is the same
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    status, out, err = ended(process)
    assert (status, err) == (130, "stopped\n")
    assert "Traceback" not in out
    assert time.monotonic() - began < 20


@pytest.mark.skipif(os.name == "nt", reason="pipes")
def test_a_closed_pipe_ends_it_quietly(sandbox):
    """``doctor | head -1`` leaves nothing on standard error."""
    process = doctor("--url", url(sandbox))
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("ok       python")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert "Traceback" not in err


def test_an_exchange_that_accepts_and_says_nothing_ends_it_within_its_limit():
    """Not by the limit of one attempt alone: a port that is open, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as silent:
        began = time.monotonic()
        status, out, err = ended(doctor("--url", f"http://127.0.0.1:{silent.getsockname()[1]}"))
    assert (status, err) == (1, "")
    assert time.monotonic() - began < 50  # 28 s, and the start of the program
    assert out.count("failed") >= 4
    assert "not checked, because REST failed" in " ".join(out.split())
