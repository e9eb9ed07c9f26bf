"""The trust store: one choice for sockets and REST. Without Twisted.

The order: the file a caller names; else ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, these alone; else the
platform's store where there is one as a file; else certifi's bundle (always on Windows and macOS, whose
stores OpenSSL cannot read).
"""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from binance.exceptions import InvalidArgument

# where Linux distributions and the BSDs keep the bundle that their package manager maintains
_PLATFORM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
)


@dataclass(frozen=True)
class Trust:
    """Where the believed certificates are.

    :ivar file: a PEM bundle, or None.
    :ivar directory: a directory of PEM files, or None.
    :ivar source: who chose it, in words for an error message.
    """

    file: str | None
    directory: str | None
    source: str


def chosen_trust(
    ca_file: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> Trust:
    """Choose the trust as this module's head says.

    :param ca_file: a PEM bundle that is believed instead of all others.
    :raises InvalidArgument: if *ca_file*, or what the environment names, cannot be read.
    """
    if ca_file is not None:
        return Trust(_readable(os.fspath(ca_file), "ca_file"), None, "ca_file")
    file, directory = environ.get("SSL_CERT_FILE") or None, environ.get("SSL_CERT_DIR") or None
    if file or directory:
        return Trust(
            _readable(file, "SSL_CERT_FILE") if file else None,
            _readable(directory, "SSL_CERT_DIR", folder=True) if directory else None,
            "SSL_CERT_FILE" if file else "SSL_CERT_DIR",
        )
    if platform not in ("win32", "darwin"):
        for bundle in _PLATFORM_BUNDLES:
            if Path(bundle).is_file():
                return Trust(bundle, None, "the system's trust store")
    import certifi  # comes with requests

    return Trust(certifi.where(), None, "certifi")


def _readable(path: str, name: str, folder: bool = False) -> str:
    if not os.access(path, os.R_OK):
        raise InvalidArgument(f"{name} names {path!r}, which cannot be read")
    if Path(path).is_dir() != folder:
        raise InvalidArgument(f"{name} names {path!r}, which is not a {'directory' if folder else 'file'}")
    return path


def pem_texts(trust: Trust) -> list[bytes]:
    """The contents of the PEM files of *trust*; links to one file count once."""
    paths = [Path(trust.file)] if trust.file else []
    if trust.directory:
        paths += [path for path in sorted(Path(trust.directory).iterdir()) if path.is_file()]
    return [path.read_bytes() for path in dict.fromkeys(path.resolve() for path in paths)]


@lru_cache(maxsize=16)
def requests_bundle(trust: Trust) -> str:
    """One PEM file with all that *trust* believes: the value of ``verify`` in the requests library.

    A directory would do only if its files had OpenSSL's hashed names, so its contents are written into a
    file of ours, which goes when the process ends.
    """
    if trust.file and not trust.directory:
        return trust.file
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as bundle:
        bundle.write(b"\n".join(pem_texts(trust)))
    atexit.register(Path(bundle.name).unlink, missing_ok=True)
    return bundle.name
