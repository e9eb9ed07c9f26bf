"""Whose certificates are believed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import certifi
import pytest

from binance.exceptions import BinanceError, InvalidArgument
from binance.net import trust
from binance.net.trust import Trust, chosen_trust, pem_texts, requests_bundle

ROOT = Path(__file__).parents[2]
SYSTEMS_WITHOUT_A_FILE = ["win32", "darwin"]


@pytest.fixture
def bundle(tmp_path):
    """A file that could be a bundle."""
    path = tmp_path / "bundle.pem"
    path.write_bytes(b"bundle")
    return path


@pytest.fixture
def directory(tmp_path):
    """A directory of two PEM files."""
    path = tmp_path / "certs"
    path.mkdir()
    (path / "b.pem").write_bytes(b"b")
    (path / "a.pem").write_bytes(b"a")
    return path


@pytest.fixture
def platform_bundle(tmp_path, monkeypatch):
    """A platform's store, second of the places where one may be."""
    path = tmp_path / "platform.pem"
    path.write_bytes(b"platform")
    monkeypatch.setattr(trust, "_PLATFORM_BUNDLES", (str(tmp_path / "elsewhere.pem"), str(path)))
    return path


# -- the order of choice ----------------------------------------------------------------------------------


def test_a_named_file_wins_over_everything(bundle, directory, platform_bundle):
    """``ca_file`` alone is believed, whatever the environment says."""
    environ = {"SSL_CERT_FILE": str(platform_bundle), "SSL_CERT_DIR": str(directory)}
    assert chosen_trust(bundle, environ, "linux") == Trust(str(bundle), None, "ca_file")
    assert chosen_trust(str(bundle), {}, "win32") == Trust(str(bundle), None, "ca_file")


@pytest.mark.parametrize("platform", ["linux", *SYSTEMS_WITHOUT_A_FILE])
def test_the_environment_wins_over_the_platform(platform, bundle, directory, platform_bundle):
    """What SSL_CERT_FILE and SSL_CERT_DIR name is believed alone, on every platform."""
    file, folder = {"SSL_CERT_FILE": str(bundle)}, {"SSL_CERT_DIR": str(directory)}
    assert chosen_trust(None, file, platform) == Trust(str(bundle), None, "SSL_CERT_FILE")
    assert chosen_trust(None, folder, platform) == Trust(None, str(directory), "SSL_CERT_DIR")
    assert chosen_trust(None, file | folder, platform) == Trust(str(bundle), str(directory), "SSL_CERT_FILE")


@pytest.mark.parametrize("environ", [{}, {"SSL_CERT_FILE": ""}, {"SSL_CERT_DIR": ""}, {"OTHER": "x"}])
def test_the_platforms_store_comes_next(environ, platform_bundle):
    """With nothing named, the first store that the platform has is believed."""
    assert chosen_trust(None, environ, "linux") == Trust(
        str(platform_bundle), None, "the system's trust store"
    )


def test_certifi_comes_last(tmp_path, monkeypatch):
    """Where the platform keeps no store as a file, certifi's bundle is believed."""
    monkeypatch.setattr(trust, "_PLATFORM_BUNDLES", (str(tmp_path / "none.pem"), str(tmp_path)))
    assert chosen_trust(None, {}, "linux") == Trust(certifi.where(), None, "certifi")


@pytest.mark.parametrize("platform", SYSTEMS_WITHOUT_A_FILE)
def test_windows_and_macos_always_have_certifi(platform, platform_bundle):
    """A file that happens to lie where Linux keeps its store is not asked for there."""
    assert chosen_trust(None, {}, platform) == Trust(certifi.where(), None, "certifi")


def test_the_environment_is_read_when_the_choice_is_made(bundle, monkeypatch):
    """A script may set SSL_CERT_FILE after its imports."""
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    assert chosen_trust() == Trust(str(bundle), None, "SSL_CERT_FILE")


def test_a_choice_that_is_not_used_need_not_be_readable(bundle):
    """A named file is taken although the environment names what does not exist."""
    assert chosen_trust(bundle, {"SSL_CERT_FILE": "/nowhere.pem"}, "linux").file == str(bundle)


# -- what cannot be read ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ca_file", "environ"),
    [
        ("ca_file", "missing", {}),
        ("ca_file", "", {}),
        ("SSL_CERT_FILE", None, {"SSL_CERT_FILE": "missing"}),
        ("SSL_CERT_DIR", None, {"SSL_CERT_DIR": "missing"}),
        ("SSL_CERT_FILE", None, {"SSL_CERT_FILE": "missing", "SSL_CERT_DIR": "."}),
    ],
)
def test_what_is_missing_is_refused_by_the_name_of_who_chose_it(
    name, ca_file, environ, tmp_path, monkeypatch
):
    """A path that does not exist raises InvalidArgument with the variable and the path."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidArgument, match=name) as caught:
        chosen_trust(ca_file, environ, "linux")
    assert isinstance(caught.value, BinanceError)
    assert isinstance(caught.value, ValueError)
    assert repr(ca_file if ca_file is not None else environ[name]) in str(caught.value)


def test_a_file_that_may_not_be_read_is_refused(bundle):
    """Missing permission is told at once, not at the first handshake."""
    bundle.chmod(0)
    if os.access(bundle, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(InvalidArgument, match="SSL_CERT_FILE"):
        chosen_trust(None, {"SSL_CERT_FILE": str(bundle)}, "linux")


@pytest.mark.parametrize(
    ("name", "kind"), [("ca_file", "directory"), ("SSL_CERT_FILE", "directory"), ("SSL_CERT_DIR", "bundle")]
)
def test_a_file_is_no_directory_and_the_other_way_round(name, kind, bundle, directory):
    """A directory where a bundle is due, or a bundle where a directory is due, is refused by name."""
    path = str({"directory": directory, "bundle": bundle}[kind])
    with pytest.raises(InvalidArgument, match=name):
        if name == "ca_file":
            chosen_trust(path, {}, "linux")
        else:
            chosen_trust(None, {name: path}, "linux")


# -- what is handed on ------------------------------------------------------------------------------------


def test_requests_is_given_one_file_with_all_that_is_believed(bundle, directory):
    """The value of ``verify`` is the chosen file; a directory's files, or both, are gathered into one."""
    assert requests_bundle(Trust(str(bundle), None, "")) == str(bundle)
    for chosen in (Trust(None, str(directory), ""), Trust(str(bundle), str(directory), "")):
        gathered = Path(requests_bundle(chosen)).read_bytes()
        assert gathered == b"\n".join(pem_texts(chosen))


def test_the_gathered_file_goes_with_the_process(directory):
    """What was written for requests is gone when the process has ended."""
    code = "import sys; from binance.net.trust import *; print(requests_bundle(Trust(None, sys.argv[1], '')))"
    done = subprocess.run(
        [sys.executable, "-c", code, directory], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith(".pem")
    assert not Path(done.stdout.strip()).exists()


def test_pem_texts_are_in_order_whatever_the_file_system_says(directory, monkeypatch):
    """A directory lists its files in any order; the texts are by name."""
    monkeypatch.setattr(Path, "iterdir", lambda self: iter([self / "b.pem", self / "a.pem"]))
    assert pem_texts(Trust(None, str(directory), "")) == [b"a", b"b"]


def test_pem_texts_are_the_bundle_and_then_the_directory_by_name(bundle, directory):
    """Sockets believe what both variables name, in an order that does not change."""
    assert pem_texts(Trust(str(bundle), None, "")) == [b"bundle"]
    assert pem_texts(Trust(None, str(directory), "")) == [b"a", b"b"]
    assert pem_texts(Trust(str(bundle), str(directory), "")) == [b"bundle", b"a", b"b"]


def test_links_to_one_file_count_once(bundle, directory):
    """A directory full of hashed links, as OpenSSL wants it, does not double what is believed."""
    (directory / "0a.0").symlink_to(directory / "a.pem")
    (directory / "0b.0").symlink_to("b.pem")
    (directory / "0c.0").symlink_to(bundle)
    assert sorted(pem_texts(Trust(str(bundle), str(directory), ""))) == [b"a", b"b", b"bundle"]


def test_what_is_no_file_in_the_directory_is_passed_over(directory):
    """Directories within, and links that lead nowhere, do no harm."""
    (directory / "within").mkdir()
    (directory / "dangling.pem").symlink_to(directory / "gone.pem")
    (directory / "circle.pem").symlink_to(directory / "circle.pem")
    assert pem_texts(Trust(None, str(directory), "")) == [b"a", b"b"]


def test_an_empty_directory_holds_no_texts(tmp_path):
    """A directory without files believes nobody."""
    assert pem_texts(Trust(None, str(tmp_path), "")) == []


def test_certifis_bundle_holds_certificates():
    """The last choice is a bundle that can be used."""
    (text,) = pem_texts(chosen_trust(None, {}, "win32"))
    assert b"BEGIN CERTIFICATE" in text
    assert text == Path(certifi.where()).read_bytes()
