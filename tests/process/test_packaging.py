"""The package in an environment: its version, its names, and others that are imported as ``binance``."""

from __future__ import annotations

import importlib.util
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import binance
from binance.packaging import freezing

PACKAGE = Path(binance.__file__).parent
THEIRS = ("__init__.py", "client.py", "enums.py", "exceptions.py")  # files that python-binance has, too
#: What scripts import, of what is left when those are gone.
LEFT = ["constants", "endpoints", "streams", "websockets", "sandbox", "sandbox.exchange", "cli", "__main__"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with our package, as it is when installed."""
    shutil.copytree(PACKAGE, tmp_path / "binance", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def installed(site: Path, name: str, files: tuple[str, ...]) -> None:
    """Say that a distribution was installed there, as installers do."""
    records = site / name
    records.mkdir()
    (records / "RECORD").write_text("".join(f"{file},,\n" for file in files))


def ran(site: Path, code: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run *code* where the package of that folder comes first."""
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_package_alone_is_no_reason_to_warn(site):
    """Nothing is said where nobody shares the folder, whatever else is installed there."""
    installed(site, "binance_twisted-0.1.0.dist-info", ("binance/__init__.py",))
    installed(site, "binance_common-1.0.0.dist-info", ("binance_common/__init__.py",))
    installed(site, "python_other-1.0.0.dist-info", ("other/__init__.py",))
    done = ran(site, "import binance.websockets")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("python_binance-1.0.37.dist-info", "python-binance 1.0.37"),
        ("binance_connector-3.13.0.dist-info", "binance-connector 3.13.0"),
    ],
)
@pytest.mark.parametrize("code", ["import binance.websockets", "from binance import Client"])
def test_a_package_that_shares_the_folder_is_named(site, folder, name, code):
    """While our files are whole a warning says who shares the folder, and what that will lead to."""
    installed(site, folder, ("../../bin/x", "binance/__init__.py"))
    done = ran(site, code)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("RuntimeWarning") == 1
    assert f"{name} is installed in the folder of binance-twisted" in done.stderr
    assert "an environment of its own" in done.stderr


@pytest.mark.parametrize("module", LEFT)
def test_overwritten_files_are_an_import_error_that_says_so(site, module):
    """Another package was installed over ours: whichever of our modules is imported names it."""
    installed(site, "python_binance-1.0.37.dist-info", tuple(f"binance/{name}" for name in THEIRS))
    for name in THEIRS:
        (site / "binance" / name).write_text("class BinanceAPIException(Exception): ...\nclass Client: ...\n")
    done = ran(site, f"import binance.{module}")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: python-binance 1.0.37 has overwritten files of binance-twisted")
    assert "--force-reinstall" in last


def test_the_command_line_says_that_files_are_overwritten_without_a_traceback(site):
    """``python -m binance doctor`` prints one line with the other package and what to do; exit status 1."""
    installed(site, "python_binance-1.0.37.dist-info", tuple(f"binance/{name}" for name in THEIRS))
    for name in THEIRS:
        (site / "binance" / name).write_text("class BinanceAPIException(Exception): ...\n")
    code = "import runpy, sys; sys.argv[1:] = ['doctor']; runpy.run_module('binance', run_name='__main__')"
    done = ran(site, code)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("python -m binance: python-binance 1.0.37 has overwritten files")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("module", LEFT)
def test_files_that_were_uninstalled_with_another_package_are_an_import_error_that_says_so(site, module):
    """Uninstalling the other package took our files with it: whichever module is left says so."""
    for name in THEIRS:
        (site / "binance" / name).unlink()
    # what Python makes of a folder without __init__.py, if nothing of that name is installed elsewhere, too
    code = """
import sys
from importlib import machinery, util
sys.modules["binance"] = util.module_from_spec(machinery.PathFinder.find_spec("binance", [sys.path[1]]))
"""
    done = ran(site, f"{code}import binance.{module}")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: files of binance-twisted are missing")
    assert "--force-reinstall" in last


def test_looking_around_imports_nothing(site):
    """Where all is well the look costs a listing of one folder: no importlib.metadata, and no pathlib."""
    code = """
import sys, binance
from binance.packaging import overwritten
old = set(sys.modules)
overwritten.check()
print({name for name in set(sys.modules) - old if not name.startswith("binance.")})
"""
    done = ran(site, code, "-S")
    assert done.stdout.strip() == "set()", done.stderr


def test_names_of_the_package_itself_are_imported_when_they_are_asked_for():
    """Client and BinanceSocketManager come from the package itself; the manager alone brings Twisted."""
    code = """
import sys, binance
assert binance.__version__ and "Client" in dir(binance) and "BinanceSocketManager" in dir(binance)
assert "requests" not in sys.modules
from binance import Client
assert Client is sys.modules["binance.client"].Client and "twisted" not in sys.modules
from binance import BinanceSocketManager
assert BinanceSocketManager is sys.modules["binance.websockets"].BinanceSocketManager
assert not hasattr(binance, "AsyncClient")
"""
    done = ran(PACKAGE.parent, code)
    assert done.returncode == 0, done.stderr


def test_pyinstaller_finds_the_hook_and_the_hook_names_what_it_does_not_see(monkeypatch):
    """The hook brings the C sources that Autobahn opens when it is imported, and the modules of our names."""
    folder = Path(*freezing.hook_folders())
    assert (
        f"{freezing.__name__}:{freezing.hook_folders.__name__}" in (PACKAGE.parent / "setup.py").read_text()
    )
    utilities = ModuleType("PyInstaller.utils.hooks")
    autobahn = Path(importlib.util.find_spec("autobahn").submodule_search_locations[0])
    utilities.collect_data_files = lambda package, includes: [
        str(path.relative_to(autobahn.parent)) for pattern in includes for path in autobahn.glob(pattern)
    ]
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, utilities.__name__, utilities)
    hook = runpy.run_path(str(folder / "hook-binance.py"))
    homes = {getattr(binance, name).__module__ for name in ("Client", "BinanceSocketManager")}
    assert set(hook["hiddenimports"]) == homes | {"binance.enums"}  # the names of which are constants
    opened = {
        path.with_suffix(".c") for path in (autobahn / "nvx").glob("_*.py") if '.c")' in path.read_text()
    }
    assert {str(path.relative_to(autobahn.parent)) for path in opened} <= set(hook["datas"])
