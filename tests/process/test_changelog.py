"""The changelog: fragments have an area and a kind, and towncrier puts them under their headings."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import binance

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
KINDS = {kind["directory"]: kind["name"] for kind in SETTINGS["type"]}
AREAS = {area["path"]: area["name"] for area in SETTINGS["section"]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with our settings, template and changelog, and without fragments."""
    for name in ("pyproject.toml", "CHANGELOG.rst", SETTINGS["template"]):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def write(project: Path, area: str, name: str, text: str) -> None:
    path = project / "changelog.d" / area / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def built(project: Path) -> str:
    """The changelog of that folder after a release 9.9.0."""
    command = [
        sys.executable,
        "-m",
        "towncrier",
        "build",
        "--yes",
        "--version",
        "9.9.0",
        "--date",
        "2030-01-02",
    ]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (project / "CHANGELOG.rst").read_text(encoding="utf-8")


def test_fragments_have_an_area_and_a_kind():
    """Each fragment is in the folder of an area, is named for its kind, and is of whole sentences."""
    for path in (ROOT / "changelog.d").rglob("*.rst"):
        assert path.parent.relative_to(ROOT / "changelog.d").as_posix().replace(".", "") in AREAS, path
        assert re.fullmatch(rf"[\w-]+\.({'|'.join(KINDS)})\.rst", path.name), path
        assert path.read_text(encoding="utf-8").strip().endswith("."), path


def test_a_release_has_kinds_and_in_them_areas(project):
    """Features of all areas stand under one heading, sorted by area and name; older releases are kept."""
    pytest.importorskip("towncrier")
    before = (project / "CHANGELOG.rst").read_text(encoding="utf-8")
    write(project, "sandbox", "bans.feature.rst", "Addresses are banned.")
    write(project, "sockets", "02-second.feature.rst", "It closes.")
    write(project, "sockets", "10-tenth.feature.rst", "It opens\nagain.")
    write(project, "sockets", "pings.bugfix.rst", "Pings are answered.")
    write(project, "", "pages.doc.rst", "There are pages.")
    head, marker, rest = before.partition(".. towncrier release notes start\n")
    assert built(project) == (
        head
        + marker
        + """
9.9.0 (2030-01-02)
------------------

Features
~~~~~~~~

Sockets
^^^^^^^

- It closes.
- It opens again.

Sandbox
^^^^^^^

- Addresses are banned.

Fixed
~~~~~

Sockets
^^^^^^^

- Pings are answered.

Documentation
~~~~~~~~~~~~~

- There are pages.
"""
        + rest
    )
    assert not list((project / "changelog.d").rglob("*.rst"))


def test_the_page_shows_what_no_release_has(project):
    """The page has the fragments of the next release, and nothing where there are no fragments."""
    pytest.importorskip("towncrier")
    spec = importlib.util.spec_from_file_location("docs_conf", ROOT / "docs" / "conf.py")
    assert spec is not None and spec.loader is not None
    conf = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    try:
        spec.loader.exec_module(conf)
    finally:
        sys.path[:] = before
    assert conf.next_release(project) == ""
    write(project, "books", "audit.bugfix.rst", "Audits end.")
    text = conf.next_release(project)
    assert text.startswith(f"Next release (after {binance.__version__})\n----")
    assert "Fixed\n~~~~~\n\nOrder books\n^^^^^^^^^^^\n\n- Audits end.\n" in text


def test_the_changelog_begins_with_the_version_of_the_package():
    """The first release in the file is the one that the package says it is."""
    text = (ROOT / "CHANGELOG.rst").read_text(encoding="utf-8")
    [first] = re.findall(r"release notes start\n\n(\S+) \(", text)
    assert first == binance.__version__
