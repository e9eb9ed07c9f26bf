"""The keys with which tests sign; none of them is of any use elsewhere."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

API_KEY = "SANDBOXKEY0000000000000000000000000000000000000000000000000000A1"
SECRET = "sandbox-secret-do-not-use-0123456789abcdefghijklmnopqrstuvwxyzAB"
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def pem(key: Any, passphrase: str | None = None) -> str:
    """A private key as its file holds it."""
    encryption = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def public_pem(key: Any) -> str:
    """The public key of a private one as its file holds it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
