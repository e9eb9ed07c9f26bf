"""Certificates made on the fly: a good one, and those that a client has to turn down."""

import datetime
import ipaddress
import os
import tempfile
from dataclasses import dataclass
from typing import Final, get_args

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from binance.exceptions import InvalidArgument
from binance.sandbox.options import Certificate

_KINDS: Final[tuple[Certificate, ...]] = get_args(Certificate)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a TLS server shows, all in PEM.

    :ivar chain: the server's certificate, then those that lead to the trusted one.
    :ivar trusted: what a client has to trust to accept it.
    """

    key: bytes
    chain: bytes
    trusted: bytes


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class _Maker:
    def __init__(self, now: datetime.datetime) -> None:
        self._now = now

    def certificate(
        self,
        subject: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: str,
        issuer_key: ec.EllipticCurvePrivateKey,
        *,
        hosts: tuple[str, ...] = (),
        authority: bool = False,
        ended: bool = False,
    ) -> x509.Certificate:
        day = datetime.timedelta(days=1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - 30 * day)
            .not_valid_after(self._now - day if ended else self._now + 30 * day)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
            )
        )
        if authority:
            builder = builder.add_extension(_KEY_USAGE_AUTHORITY, critical=True)
        if hosts:
            names = [_general_name(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            builder = builder.add_extension(usage, critical=False)
        return builder.sign(issuer_key, hashes.SHA256())


_KEY_USAGE_AUTHORITY: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:  # no address, so a name
        return x509.DNSName(host)


def make_identity(kind: Certificate = "good") -> Identity:
    """Make a key and a certificate for the sandbox.

    :param kind: ``"good"`` (self-signed, for localhost, 127.0.0.1 and ::1), ``"expired"`` (the same,
        ended yesterday), ``"other_host"`` (for another host) or ``"chain"`` (good, and signed by an
        intermediate whose own certificate is signed by the authority that ``trusted`` holds).
    :raises InvalidArgument: if there is no such kind.
    """
    if kind not in _KINDS:
        raise InvalidArgument(f"no certificate is {kind!r}; use one of {', '.join(_KINDS)}")
    make = _Maker(datetime.datetime.now(datetime.UTC)).certificate
    key = ec.generate_private_key(ec.SECP256R1())
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    hosts = ("other.example",) if kind == "other_host" else ("localhost", "127.0.0.1", "::1")
    if kind != "chain":
        pem = _pem(make("binance sandbox", key, "binance sandbox", key, hosts=hosts, ended=kind == "expired"))
        return Identity(key_pem, pem, pem)
    root_key, middle_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = make("sandbox root", root_key, "sandbox root", root_key, authority=True)
    middle = make("sandbox middle", middle_key, "sandbox root", root_key, authority=True)
    leaf = make("binance sandbox", key, "sandbox middle", middle_key, hosts=hosts)
    return Identity(key_pem, _pem(leaf) + _pem(middle), _pem(root))


def write_trusted(identity: Identity) -> str:
    """Write what a client has to trust to a temporary file; the caller removes it.

    :returns: the file's path.
    """
    handle, path = tempfile.mkstemp(prefix="binance-sandbox-", suffix=".pem")
    with os.fdopen(handle, "wb") as file:
        file.write(identity.trusted)
    return path
