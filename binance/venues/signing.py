"""Signatures of REST and WebSocket API requests. Pure.

The two differ. A REST call signs its parameters in the order in which they are sent, percent-encoded. A
WebSocket API request signs them sorted by name and not encoded at all, its API key among them.

Source: Spot *REST API*, "SIGNED Endpoint security"; Spot *WebSocket API*, "SIGNED request security".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import quote

from binance.exceptions import InvalidArgument

KeyType = Literal["HMAC", "RSA", "Ed25519"]

_PEM = "-----BEGIN "


class Key(Protocol):
    """What signs.

    :ivar type: ``"HMAC"``, ``"RSA"`` or ``"Ed25519"``.
    """

    type: KeyType

    def sign(self, payload: bytes) -> str:
        """The signature as it is sent: hexadecimal for HMAC, base64 for the others."""


class HmacKey:
    """HMAC-SHA256 with the secret that the exchange showed once."""

    type: KeyType = "HMAC"

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def sign(self, payload: bytes) -> str:
        return hmac.new(self._secret, payload, hashlib.sha256).hexdigest()


class RsaKey:
    """RSA, PKCS #1 v1.5 with SHA-256."""

    type: KeyType = "RSA"

    def __init__(self, key: Any) -> None:
        self._key = key

    def sign(self, payload: bytes) -> str:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return base64.b64encode(self._key.sign(payload, PKCS1v15(), SHA256())).decode()


class Ed25519Key:
    """Ed25519 over the payload itself; the one type that may log on to a WebSocket API session."""

    type: KeyType = "Ed25519"

    def __init__(self, key: Any) -> None:
        self._key = key

    def sign(self, payload: bytes) -> str:
        return base64.b64encode(self._key.sign(payload)).decode()


def is_pem(text: str) -> bool:
    """Whether a secret is the text of a private key, and not an HMAC secret."""
    return text.lstrip().startswith(_PEM)


def private_key(source: str | bytes | os.PathLike[str], passphrase: str | None = None) -> Key:
    """Read an RSA or Ed25519 private key.

    :param source: the PEM text, or the path of a file that holds it.
    :param passphrase: if the key is encrypted.
    :raises InvalidArgument: if there is no such file, it holds no key, the passphrase is wrong or missing, or
        the key is of another type. Nothing of the key is in the words.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if isinstance(source, bytes):
        pem = source
    elif isinstance(source, str) and is_pem(source):
        pem = source.strip().encode()
    else:
        try:
            pem = Path(source).read_bytes()
        except (OSError, ValueError) as exc:  # the latter for what can be no path
            why = exc.strerror if isinstance(exc, OSError) else "that is not a path"
            # not the path: it may be a key whose first line was lost
            raise InvalidArgument(f"the file of the private key cannot be read: {why}") from None
    try:
        key = load_pem_private_key(pem, None if passphrase is None else passphrase.encode())
    except TypeError:
        if passphrase is None:
            raise InvalidArgument("the private key is encrypted; pass private_key_pass") from None
        raise InvalidArgument("the private key is not encrypted; leave out private_key_pass") from None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidArgument("the private key is not PEM, or private_key_pass is wrong") from None
    if isinstance(key, RSAPrivateKey):
        return RsaKey(key)
    if isinstance(key, Ed25519PrivateKey):
        return Ed25519Key(key)
    raise InvalidArgument(f"the private key is a {type(key).__name__}; use an RSA or Ed25519 key")


def value_text(value: Any) -> str:
    """A parameter as it stands in what is signed: exactly as it will be sent."""
    return value if isinstance(value, str) else json.dumps(value)


def request_payload(params: Mapping[str, Any]) -> str:
    """What the signature of a WebSocket API request is over: all parameters but ``signature``.

    :param params: text, numbers, booleans.
    :returns: ``"apiKey=...&timestamp=..."``, sorted by name, not percent-encoded.
    """
    return "&".join(f"{name}={value_text(params[name])}" for name in sorted(params) if name != "signature")


def signed_request(params: Mapping[str, Any], key: Key) -> dict[str, Any]:
    """The parameters of a WebSocket API request with their signature.

    :param params: with ``apiKey`` and ``timestamp``.
    """
    return {**params, "signature": key.sign(request_payload(params).encode())}


def form_signature(form: str, key: Key) -> str:
    """The signature of a REST call, percent-encoded; it is sent last.

    :param form: the body, or the query, with ``timestamp``; the API key travels in a header, not signed.
    """
    return quote(key.sign(form.encode()), safe="")
