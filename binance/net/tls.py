"""TLS of the connections: the trusted certificates, and the reason when one is refused."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from OpenSSL import SSL, crypto
from service_identity import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates
from twisted.python.failure import Failure
from zope.interface import implementer

from binance.exceptions import InvalidArgument
from binance.net.trust import Trust, pem_texts
from binance.wire.hosts import is_address

_VERIFY_ERRORS = {
    2: "its issuer is not trusted",
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed and not trusted",
    19: "its issuer is not trusted",
    20: "its issuer is not trusted",
    21: "its issuer is not trusted",
    23: "it was revoked",
    24: "it was issued by a certificate that may not issue certificates",
    26: "it is not a server certificate",
}


_NOT_TRUSTED = (2, 18, 19, 20, 21)
#: Of the hosts in a certificate for another host, how many a reason names.
SHOWN_NAMES = 3


#: How what a server sends begins, if it speaks TLS: an alert, a handshake (RFC 8446, section 5.1).
_TLS_RECORDS = (b"\x15", b"\x16")
CHECK_TLS = "check the port; ws:// is the scheme without TLS"


class CertificateRefused(Exception):
    """Why a server's certificate was refused, in words.

    :ivar certificate: the refused one of its chain, an ``OpenSSL.crypto.X509``; None if that is not known.
    """

    certificate: Any = None


class _Connection(SSL.Connection):
    """Returns all that has been decrypted at once, not one TLS record of at most 16 kB at a time.

    What ``recv`` returns is a chunk to Twisted and to the protocol, and costs what a chunk costs.
    """

    _ended: SSL.Error | None = None

    def recv(self, bufsiz: int, flags: int | None = None) -> bytes:
        if flags is not None:
            return super().recv(bufsiz, flags)
        ended, self._ended = self._ended, None
        if ended is not None:
            raise ended
        parts: list[bytes] = []
        try:
            while True:
                parts.append(super().recv(bufsiz))
        except SSL.Error as exc:
            if not parts:
                raise
            if not isinstance(exc, SSL.WantReadError):
                self._ended = exc.with_traceback(None)  # which would hold this connection, and its data
        return parts[0] if len(parts) == 1 else b"".join(parts)


@implementer(IOpenSSLClientConnectionCreator)
class VerifyingCreator:
    """Twisted's TLS options for a client, with a verification that says why it refuses and fails closed.

    Twisted 26.10 lets a certificate pass in which there is no name that it can compare (no alternative
    names, an address written as a name, an odd wildcard): the comparison raises what it does not expect.
    Here whatever is raised refuses.
    """

    def __init__(self, host: str, trust: Trust) -> None:
        self._options: Any = optionsForClientTLS(host, trustRoot=trustRootFromCertificates(roots(trust)))
        self._host = (IPAddress_ID if is_address(host) else DNS_ID)(host)

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:
        connection: SSL.Connection = self._options.clientConnectionForTLS(tlsProtocol)
        asking = weakref.ref(tlsProtocol)  # the connection holds the callback, the protocol the connection

        def verify(_: Any, certificate: Any, error: int, depth: int, ok: int) -> bool:
            try:
                self._verify(certificate, error, depth, bool(ok))
            except Exception as exc:
                if isinstance(exc, CertificateRefused):
                    exc.certificate = certificate
                protocol = asking()
                if protocol is not None:
                    protocol.failVerification(Failure(exc))
                return False
            return True

        connection.__class__ = _Connection  # Twisted makes it, and lets nobody choose its class
        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, verify)
        return connection

    def _verify(self, certificate: Any, error: int, depth: int, ok: bool) -> None:
        if not ok:
            why = _VERIFY_ERRORS.get(error, "it cannot be verified")
            hint = "; if you trust it, pass it as ca_file=" if error in _NOT_TRUSTED else ""
            raise CertificateRefused(f"{why} (verify error {error}){hint}")
        if depth > 0:
            return  # of the chain only the server's own certificate has to name the host
        patterns: Sequence[Any] = ()
        try:
            patterns = extract_patterns(certificate)
            verify_service_identity(patterns, [self._host], [])
        except VerificationError as exc:
            raise CertificateRefused(f"it is for another host: {_names_in(patterns)}") from exc
        except CertificateError as exc:
            raise CertificateRefused(f"it has no host name that can be checked: {exc}") from exc


def _names_in(patterns: Sequence[Any]) -> str:
    """The hosts that a certificate names, some of them."""
    names = [getattr(one, "pattern", b"") for one in patterns]
    texts = [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in names]
    return ", ".join(texts[:SHOWN_NAMES]) + (" ..." if texts[SHOWN_NAMES:] else "")


@lru_cache(maxsize=8)
def roots(trust: Trust) -> tuple[Certificate, ...]:
    """The certificates that are believed.

    :raises InvalidArgument: if there is no certificate, or one that cannot be read.
    """
    begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
    parts = [part.partition(end) for text in pem_texts(trust) for part in text.split(begin)[1:]]
    place = f"{trust.source} ({trust.file or trust.directory})"
    try:
        found = tuple(
            Certificate.loadPEM(begin + body + closed + b"\n") for body, closed, _ in parts if closed
        )
    except (crypto.Error, ValueError) as exc:
        raise InvalidArgument(f"{place} holds a certificate that cannot be read: {exc}") from exc
    if not found:
        raise InvalidArgument(f"{place} holds no certificate")
    return found


@lru_cache(maxsize=64)
def verifying_creator(host: str, trust: Trust) -> VerifyingCreator:
    """TLS options for *host*: the chain, the dates and the host name are checked, SNI is sent.

    One for all connections to a host: each costs some milliseconds and a megabyte.

    :raises InvalidArgument: if *trust* holds no certificate.
    """
    return VerifyingCreator(host, trust)


def why_tls_failed(error: object, first_bytes: bytes) -> str | None:
    """Why TLS failed, in words; None if its error does not say.

    :param error: what ended the connection.
    :param first_bytes: what the other end sent first, in place of TLS or as its beginning.
    """
    if isinstance(error, CertificateRefused):
        return f"certificate refused: {error}"
    if first_bytes and first_bytes[:1] not in _TLS_RECORDS:
        answered = _first_line(first_bytes)
        return f"TLS failed: the other end does not speak TLS: it answered {answered!r}; {CHECK_TLS}"
    return f"TLS failed: {error}" if isinstance(error, SSL.Error) else None


def _first_line(answer: bytes) -> str:
    """The first line of what is perhaps a text, of printable characters."""
    text = answer.decode("latin-1").lstrip().partition("\n")[0]
    return "".join(one if one.isprintable() else "." for one in text.rstrip("\r"))
