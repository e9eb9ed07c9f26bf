"""Whose certificates are believed: one choice for sockets and REST. No Twisted here.

The order: the file a caller names; else ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, these alone; else the
platform's store where there is one as a file; else certifi's bundle (always on Windows and macOS, whose
stores OpenSSL cannot read).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
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

    def for_requests(self) -> str:
        """The value of ``verify`` in the requests library, which takes a bundle or a directory."""
        return self.file or self.directory or ""


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
            _readable(directory, "SSL_CERT_DIR") if directory else None,
            "SSL_CERT_FILE" if file else "SSL_CERT_DIR",
        )
    if platform not in ("win32", "darwin"):
        for bundle in _PLATFORM_BUNDLES:
            if Path(bundle).is_file():
                return Trust(bundle, None, "the platform's store")
    import certifi  # comes with requests

    return Trust(certifi.where(), None, "certifi")


def _readable(path: str, name: str) -> str:
    if not os.access(path, os.R_OK):
        raise InvalidArgument(f"{name} names {path!r}, which cannot be read")
    return path


def pem_texts(trust: Trust) -> list[bytes]:
    """The contents of the PEM files of *trust*; links to one file count once."""
    paths = [Path(trust.file)] if trust.file else []
    if trust.directory:
        paths += [path for path in sorted(Path(trust.directory).iterdir()) if path.is_file()]
    return [path.read_bytes() for path in dict.fromkeys(path.resolve() for path in paths)]
