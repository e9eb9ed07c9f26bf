"""Checks of this machine: Python, packages, a second ``binance``, the trust store. No Twisted here.

They run first, so that a package that is missing or too old is reported and not a traceback.
"""

from __future__ import annotations

import os
import platform
import ssl
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import binance.constants  # it looks whether our files are ours
from binance.doctor.finding import Asked, Finding, failed, ok, warning
from binance.exceptions import InvalidArgument
from binance.net.trust import chosen_trust, pem_texts
from binance.packaging.overwritten import sharing
from binance.packaging.requirements import required
from binance.text.counted import counted

#: Packages that matter besides the required ones; those that are not installed are left out.
_ALSO = ("cryptography", "certifi", "urllib3", "orjson")


def python(asked: Asked) -> list[Finding]:
    """The versions of Python and of this package."""
    where = f"{platform.system()} {platform.machine()}"
    here = f"{platform.python_implementation()} {platform.python_version()}, {where}"
    return [ok(f"binance-twisted {binance.__version__}, {here}")]


def packages(asked: Asked) -> list[Finding]:
    """The versions of the packages that this one needs."""
    wanted = required()
    findings, good = [], []
    for name in [*wanted, *(name for name in _ALSO if name not in wanted)]:
        found = _version(name)
        clauses = wanted.get(name)
        if found is None and clauses is not None:
            findings.append(failed(f"{name} is not installed", f"pip install '{name}{clauses}'"))
        elif found is not None and clauses is not None and not clauses.allows(found):
            seen = f"{name} {found} does not work with this package, which needs {clauses}"
            findings.append(failed(seen, f"pip install --upgrade '{name}{clauses}'"))
        elif found is not None:
            good.append(f"{name} {found}")
    if not wanted:
        advice = "Compare them with requirements.txt of the release"
        return [warning(f"{', '.join(good)}; the required versions are not known here", advice)]
    return [*findings, ok(", ".join(good))] if good else findings


def openssl(asked: Asked) -> list[Finding]:
    """The versions of OpenSSL: sockets and REST may use different ones."""
    try:
        theirs = import_module("cryptography.hazmat.backends.openssl").backend.openssl_version_text()
    except (ImportError, AttributeError, OSError) as exc:
        return [failed(f"cryptography cannot be loaded: {exc}", "pip install --force-reinstall cryptography")]
    return [ok(f"sockets: {_short(theirs)}; REST: {_short(ssl.OPENSSL_VERSION)}")]


def neighbours(asked: Asked) -> list[Finding]:
    """Other packages that are imported as ``binance``."""
    ours = Path(next(iter(binance.__path__))).resolve().parent
    findings = []
    for folder in dict.fromkeys(Path(entry or os.curdir).resolve() for entry in sys.path):
        others = ", ".join(sorted(sharing(str(folder))))
        if others and folder == ours:
            seen = f"{others} is installed in the same folder: each overwrites files of the other"
            advice = (
                "Use a virtual environment for this package alone, or uninstall the other one and install"
            )
            findings.append(failed(seen, f"{advice} this one again"))
        elif others:
            seen = f"{others} is installed in {folder}; this package is imported from {ours}"
            advice = "Programs that start elsewhere may import the other one: uninstall one of the two"
            findings.append(warning(seen, advice))
    return findings or [ok(f"imported from {ours}; no other package is imported as binance")]


def trust(asked: Asked) -> list[Finding]:
    """Which certificates are trusted, by sockets and by REST."""
    if not asked.rest.startswith("https"):
        return []
    advice = "Set SSL_CERT_FILE to a readable file of PEM certificates, or unset it"
    try:
        chosen = chosen_trust()
        count = sum(text.count(b"-----BEGIN CERTIFICATE-----") for text in pem_texts(chosen))
    except (InvalidArgument, OSError) as exc:
        return [failed(str(exc), advice)]
    place = f"{chosen.source} ({chosen.file or chosen.directory})"
    if not count:
        return [failed(f"{place} has no certificates", advice)]
    return [ok(f"{place}, {counted(count, 'certificate')}")]


def _short(openssl_version: str) -> str:
    """Without its date: ``"OpenSSL 3.0.19"``."""
    return " ".join(openssl_version.split()[:2])


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
