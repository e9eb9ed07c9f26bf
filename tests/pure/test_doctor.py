"""``doctor`` without connections: versions, environment, neighbours, secrets, the report."""

from __future__ import annotations

import io
import json
import string
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from binance.doctor import machine
from binance.doctor.advice import advice_for, in_words
from binance.doctor.checks import CHECKS
from binance.doctor.command import MACHINE, parser, run, sandbox_at
from binance.doctor.environment import environment, proxy_place
from binance.doctor.finding import Asked, Finding, State, failed, ok, warning
from binance.doctor.masking import masked
from binance.doctor.printer import PIPE, JsonPrinter, Printer
from binance.endpoints import BINANCE_COM, EVERYTHING, VENUES, Endpoints
from binance.exceptions import InvalidArgument
from binance.packaging.requirements import Clauses, read, required

from ..layers import ran

COM = Asked(endpoints=BINANCE_COM)
LOCAL = Asked(endpoints=Endpoints.sandbox("127.0.0.1", 9000))
VERSIONS = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda some: ".".join(map(str, some)))
CLAUSES = st.tuples(st.sampled_from([">=", "<=", "==", "!=", ">", "<"]), VERSIONS).map("".join)


def found(asked: Asked = COM, **environ: str) -> list[Finding]:
    """What is found in an environment that has these variables and no others."""
    with patch.dict("os.environ", environ, clear=True):
        return environment(asked)


# -- versions -----------------------------------------------------------------------------------------------


@given(st.lists(CLAUSES, max_size=3), VERSIONS)
def test_versions_are_compared_as_pip_compares_them(clauses, version):
    """Zeros at the end do not matter, and each clause has to hold."""
    text = ",".join(clauses)
    assert Clauses(text).allows(version) == SpecifierSet(text).contains(version)


def test_what_is_required_is_read_from_the_lines_of_requirements_and_metadata():
    """Comments, extras and conditions are understood; what only an extra of ours needs is left out."""
    lines = ["# why", "twisted>=23.10", "autobahn!=25.9.1,>=23.6.2", 'orjson>=3.9; extra == "speed"']
    lines += ["requests[socks] (>=2.28)", 'six>=1 ; python_version < "4"', ""]
    assert {name: str(clauses) for name, clauses in read(lines).items()} == {
        "twisted": ">=23.10",
        "autobahn": "!=25.9.1,>=23.6.2",
        "requests": ">=2.28",
        "six": ">=1",
    }


def test_the_required_versions_are_those_of_requirements_txt():
    """In a clone they are read there: a name of each line."""
    lines = (Path(__file__).parents[2] / "requirements.txt").read_text().splitlines()
    names = [line.split(">")[0] for line in lines if line and not line.startswith("#")]
    assert list(required()) == names
    assert not required()["autobahn"].allows("25.10.1")


def test_a_package_that_is_missing_too_old_or_broken_fails_with_the_command_that_installs_it():
    """Each is a line of its own; the others are on one line."""
    versions = {"twisted": None, "autobahn": "25.9.1", "pyOpenSSL": "22.0", "requests": "2.31"}
    with patch.object(machine, "_version", lambda name: versions.get(name, "99.0")):
        findings = machine.packages(COM)
    assert [finding.state for finding in findings] == [State.FAILED] * 3 + [State.OK]
    assert findings[0].seen == "twisted is not installed"
    assert findings[1].seen.startswith("autobahn 25.9.1 does not work")
    assert findings[2].advice == "pip install --upgrade 'pyOpenSSL>=23.0'"
    assert "requests 2.31" in findings[3].seen


def test_the_first_checks_need_no_twisted():
    """A machine without Twisted gets a line that says so, and no traceback."""
    code = "import sys; sys.modules['twisted'] = None; import binance.doctor.command; print('imported')"
    assert ran(code).stdout == "imported\n"


def test_openssl_is_named_for_sockets_and_for_rest():
    """They may have two different ones."""
    [finding] = machine.openssl(COM)
    assert finding.state is State.OK
    assert finding.seen.count("OpenSSL") == 2


# -- a second binance ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_ours", [True, False])
def test_another_package_that_is_imported_as_binance_is_named(tmp_path, is_ours):
    """In the folder of ours it breaks ours; elsewhere other programs may import it."""
    records = tmp_path / "python_binance-1.0.37.dist-info"
    records.mkdir()
    (records / "RECORD").write_text("binance/client.py,,\n")
    ours = tmp_path if is_ours else tmp_path / "elsewhere"
    here = patch.object(machine.binance, "__path__", [str(ours / "binance")])
    with here, patch("sys.path", [str(tmp_path)]):
        [finding] = machine.neighbours(COM)
    assert finding.state is (State.FAILED if is_ours else State.WARNING)
    assert "python-binance 1.0.37" in finding.seen
    assert "uninstall" in finding.advice


def test_without_another_package_it_says_where_ours_is():
    """So that a second clone or installation shows."""
    with patch("sys.path", []):
        [finding] = machine.neighbours(COM)
    root = Path(__file__).parents[2]
    assert finding == ok(f"imported from {root}; no other package is imported as binance")


# -- the environment ----------------------------------------------------------------------------------------


def test_an_environment_without_variables_that_matter_is_one_line():
    """Nothing to do."""
    assert found() == [ok("no variables are set that matter here")]


def test_a_proxy_is_used_by_rest_and_not_by_sockets():
    """A warning that says so, without user and password of the proxy; for this machine none is used."""
    proxy = "http://me:hidden-password@proxy.example:3128"
    [finding] = found(HTTPS_PROXY=proxy)
    assert finding.state is State.WARNING
    assert finding.seen.startswith("HTTPS_PROXY: REST uses the proxy proxy.example:3128; sockets do not")
    assert found(LOCAL, HTTP_PROXY=proxy) == [ok("HTTP_PROXY: not used for 127.0.0.1")]
    assert found(https_proxy=proxy, NO_PROXY="binance.com") == [
        ok("HTTPS_PROXY, NO_PROXY: not used for api.binance.com")
    ]


@pytest.mark.parametrize(
    "text", ["http://a:b@host:1", "a:b@host:1", "socks5://a:b@host:1", "http://a:@b@host:1"]
)
def test_a_proxy_is_shown_without_its_password(text):
    """Whatever form it is given in."""
    assert proxy_place(text) == "host:1"


@pytest.mark.parametrize(
    "text", ["http://[secret", "me:secret@host:port", "http://me:secret@host:99999", "http://"]
)
def test_a_proxy_that_cannot_be_one_is_failed_and_not_shown(text):
    """It may hold a password; connections are not checked then, since REST would fail with it."""
    [finding] = found(HTTPS_PROXY=text)
    assert finding.state is State.FAILED
    assert finding.seen == "HTTPS_PROXY: this is not the URL of a proxy, and REST uses it"


def test_bundles_that_are_not_used_are_a_warning():
    """REQUESTS_CA_BUNDLE is for programs that leave the choice to the requests library."""
    [used, unused] = found(SSL_CERT_FILE="/a.pem", REQUESTS_CA_BUNDLE="/b.pem", CURL_CA_BUNDLE="/a.pem")
    assert used.state is State.OK
    assert "SSL_CERT_FILE=/a.pem" in used.seen
    assert unused == warning(
        "REQUESTS_CA_BUNDLE is set, and is not used",
        "Set SSL_CERT_FILE to /b.pem, which sockets and REST use",
    )


def test_a_file_that_gets_tls_keys_is_a_warning():
    """The libraries of REST write them there."""
    [finding] = found(SSLKEYLOGFILE="/keys")
    assert finding.state is State.WARNING


def test_a_variable_that_sends_everything_to_a_sandbox_is_a_warning():
    """And failed if it names something else."""
    [finding] = found(**{EVERYTHING: "http://127.0.0.1:9000"})
    assert finding.state is State.WARNING
    assert "not to the exchange" in finding.seen
    [finding] = found(**{EVERYTHING: "http://example.com"})
    assert finding.state is State.FAILED
    assert EVERYTHING in finding.advice


def test_keys_of_the_environment_are_counted_not_shown():
    """Their lengths tell a key that was cut off."""
    [finding] = found(BINANCE_API_KEY="k" * 64, BINANCE_API_SECRET="s" * 63)
    assert finding == ok("BINANCE_API_KEY (64 characters) and BINANCE_API_SECRET (63 characters): set")


def test_the_trust_store_is_named_with_its_certificates(tmp_path):
    """And failed where it cannot be read, or has none."""
    bundle = tmp_path / "some.pem"
    for text, state in (("-----BEGIN CERTIFICATE-----\n" * 3, State.OK), ("none", State.FAILED)):
        bundle.write_text(text)
        with patch.dict("os.environ", {"SSL_CERT_FILE": str(bundle)}, clear=True):
            [finding] = machine.trust(COM)
        assert finding.state is state
    assert machine.trust(LOCAL) == []
    with patch.dict("os.environ", {"SSL_CERT_FILE": str(tmp_path / "gone")}, clear=True):
        [finding] = machine.trust(COM)
    assert finding.state is State.FAILED
    assert "SSL_CERT_FILE" in finding.seen


# -- what to do ---------------------------------------------------------------------------------------------


@given(st.none() | st.integers(100, 599), st.none() | st.integers(-5000, 0))
def test_every_error_has_an_advice(status, code):
    """Known ones have their own, and it is a sentence without an end, which the printer adds."""
    words = advice_for(status, code)
    assert words
    assert not words.endswith(".")
    assert in_words(status) == "" or in_words(status).endswith(": ")


def test_a_restricted_location_and_a_ban_go_before_the_code():
    """-1003 of a ban says no more than 418 does."""
    assert "banned" in advice_for(418, -1003)
    assert "--venue us" in advice_for(451, 0)
    assert "allowed addresses" in advice_for(401, -2015)


@pytest.mark.parametrize("status", [200, 302])
def test_an_answer_without_an_error_is_not_the_exchanges(status):
    """A web page answers a handshake with 200: the list of error codes would be of no help."""
    assert "--url" in advice_for(status)


def test_the_page_has_every_line_of_the_report():
    """Each check has its row, with what to do."""
    page = (Path(__file__).parents[2] / "docs" / "doctor.rst").read_text(encoding="utf-8")
    names = [name for name, _ in MACHINE] + [check.name for check in CHECKS]
    assert len(set(names)) == 14
    assert [name for name in names if f"   * - ``{name}``\n" not in page] == []


# -- secrets ------------------------------------------------------------------------------------------------


@given(
    st.text(string.ascii_letters + string.digits, min_size=8, max_size=64),
    st.text(string.punctuation + " ", max_size=20),
)
def test_a_secret_is_hidden_wherever_it_stands(secret, around):
    """Words of the exchange may quote a key; the report does not."""
    finding = failed(f"{around}{secret}{around}", f"{secret}")
    shown = masked(finding, (secret, None, ""))
    assert secret not in shown.seen
    assert secret not in shown.advice
    assert shown.seen == f"{around}***{around}"


def test_each_line_of_a_private_key_is_hidden():
    """A PEM text is never quoted whole, but a line of it might be."""
    shown = masked(failed("got QUJDREVGRw== and \x1b[31m", "x"), ("-----BEGIN X-----\nQUJDREVGRw==\n",))
    assert shown.seen == "got *** and \\x1b[31m"


def test_what_was_asked_for_shows_no_key():
    """Nor does its repr, which a traceback may hold."""
    assert "kkkk" not in repr(Asked(endpoints=BINANCE_COM, api_key="kkkk", secret="kkkk"))


# -- the report ---------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


FINDINGS = [("names", ok("a " * 60)), ("TCP", failed("b " * 60, "c " * 60)), ("TLS", warning("d", "e"))]


def test_a_report_in_a_pipe_has_80_columns_and_no_colours():
    """Words are wrapped below each other, the advice begins a line, and the sum is the last one."""
    out = io.StringIO()
    printer = Printer(out)
    for check, finding in FINDINGS:
        printer.begin(check)
        printer.show(check, finding)
    printer.end()
    lines = out.getvalue().splitlines()
    assert all(len(line) <= PIPE and line.isprintable() for line in lines)
    assert lines[0].startswith("ok       names        a a")
    assert all(line[:22].isspace() for line in lines if line[:1] == " ")
    assert "                      Do: c c" in "\n".join(lines)
    assert lines[-1] == "1 check failed, 1 warning"


@pytest.mark.parametrize(("environ", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals_that_want_them(environ, coloured):
    """At a terminal the check that is being made is shown, too, and goes before its line comes."""
    out = Terminal()
    with patch.dict("os.environ", {"TERM": "xterm", **environ}, clear=True):
        printer = Printer(out)
        printer.begin("names")
        assert out.getvalue() == "\r\x1b[K...      names"
        printer.show("names", ok("fine"))
    assert out.getvalue().endswith("names        fine\n")
    assert ("\x1b[32m" in out.getvalue()) is coloured


def test_characters_that_the_output_cannot_encode_are_escaped():
    """The issuer of a certificate has any letters; a pipe of Windows, or of an old locale, does not."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    Printer(out).show("TLS", ok("issued by \N{CYRILLIC CAPITAL LETTER A}"))
    assert out.buffer.getvalue().decode("cp1252").rstrip().endswith("issued by \\u0410")


def test_json_is_one_object_a_line():
    """With the four members, and nothing else."""
    out = io.StringIO()
    printer = JsonPrinter(out)
    for check, finding in FINDINGS:
        printer.begin(check)
        printer.show(check, finding)
    printer.end()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines[2] == {"check": "TLS", "state": "warning", "seen": "d", "advice": "e"}
    assert len(lines) == 3
    assert printer.states[State.FAILED] == 1


# -- the command line ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8765",
        "ws://127.0.0.1:1",
        "http://",
        "http://h:99999",
        "http://a:b@h:1",
        "http://h:1/x?y",
    ],
)
def test_a_url_that_is_none_of_a_sandbox_is_refused(url):
    """With the form to use, and without a password in it."""
    with pytest.raises(InvalidArgument, match=r"use the form http://127.0.0.1:8765") as caught:
        sandbox_at(url)
    assert "a:b" not in str(caught.value)


def test_the_url_of_a_sandbox_is_where_everything_goes():
    """Over TLS where it says https, and whichever host."""
    assert sandbox_at("http://127.0.0.1:9000/") == Endpoints.sandbox("127.0.0.1", 9000)
    assert sandbox_at("https://[::1]:9000") == Endpoints.sandbox("::1", 9000, tls=True)
    assert sandbox_at("https://localhost") == Endpoints.sandbox("localhost", 443, tls=True)


@pytest.mark.parametrize(("venue", "market"), [("us", "usdm"), ("data", "coinm"), ("demo", "options")])
def test_a_market_that_a_venue_does_not_have_is_refused(venue, market, capsys):
    """Before anything is checked: its host would be binance.com's."""
    options = parser("doctor").parse_args(["--venue", venue, "--market", market])
    with pytest.raises(InvalidArgument, match=market):
        run(options)
    assert capsys.readouterr().out == ""


def test_every_venue_can_be_named():
    """And no other."""
    for venue in VENUES:
        assert parser("doctor").parse_args(["--venue", venue]).venue == venue
    with pytest.raises(SystemExit):
        parser("doctor").parse_args(["--venue", "other"])


def test_a_secret_cannot_be_an_argument(capsys):
    """Arguments are seen by everybody on a machine: a file, the environment or the keyboard have it."""
    with pytest.raises(SystemExit) as caught:
        parser("doctor").parse_args(["--api-secret", "s" * 64])
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert "use BINANCE_API_SECRET or --secret-file" in " ".join(err.split())
    assert "ssss" not in err


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path):
    """It is a wrong argument."""
    options = parser("doctor").parse_args(["--api-key", "k", "--secret-file", str(tmp_path / "gone")])
    with pytest.raises(InvalidArgument, match="--secret-file"):
        run(options)
