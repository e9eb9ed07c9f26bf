"""API keys: which exist, which are revoked, and how the signatures of each are checked."""

import re
from collections.abc import Collection, Mapping

from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.sandbox.accounts.signatures import (
    KeyKind,
    Proof,
    check_signature,
    proof_of,
    public_key_proof,
    secret_proof,
)


class ApiKeys:
    """The API keys of one exchange.

    :param api_keys: the keys that exist; a mapping also says by what their signatures are checked, an HMAC
        secret or a PEM public key. Without it a signature is checked for its form. None lets any key that
        is not empty exist.
    :raises InvalidArgument: if a secret or public key cannot be one.
    """

    def __init__(self, api_keys: Collection[str] | None = None) -> None:
        self._any_key = api_keys is None
        self._proofs: dict[str, Proof | None] = dict.fromkeys(api_keys or ())
        if isinstance(api_keys, Mapping):
            self._proofs = {api_key: proof_of(text) for api_key, text in api_keys.items()}
        self._revoked: set[str | None] = set()  # None among them for all keys
        self._restored: set[str] = set()

    def add(self, api_key: str, secret: str | None = None, public_key: str | None = None) -> None:
        """Let an API key exist, and say by what its signatures are checked from now on.

        :param secret: of HMAC; or *public_key*, RSA or Ed25519 as PEM; without either, the form is enough.
        :raises InvalidArgument: if both are given, or one cannot be such.
        """
        if not is_key(api_key):
            raise InvalidArgument("an api key is a text without blanks")
        if secret is not None and public_key is not None:
            raise InvalidArgument("an api key has a secret or a public key, not both")
        proof = None if secret is None else secret_proof(secret)
        self._proofs[api_key] = proof if public_key is None else public_key_proof(public_key)

    def check(self, api_key: str | None) -> str:
        """Check the key of a call.

        :param api_key: the header ``X-MBX-APIKEY``, or the parameter ``apiKey``.
        :returns: the key.
        :raises BinanceAPIException: 401 with -2014 without a key, with -2015 for an unknown or revoked one.

        Source: Spot *Error codes*.
        """
        if not api_key or not is_key(api_key):
            raise BinanceAPIException(401, -2014, "API-key format invalid.")
        if not self.exists(api_key) or self.is_revoked(api_key):
            raise no_such_key()
        return api_key

    def check_signature(self, api_key: str, payload: bytes, signature: str) -> KeyKind:
        """Check a signature of the owner of an API key; :raises BinanceAPIException: 400 with -1022."""
        return check_signature(self._proofs.get(api_key), payload, signature)

    def exists(self, api_key: str) -> bool:
        """Return whether a key exists, revoked or not."""
        return self._any_key or api_key in self._proofs

    def is_revoked(self, api_key: str) -> bool:
        """Return whether calls with a key are refused."""
        return api_key in self._revoked or (None in self._revoked and api_key not in self._restored)

    def revoke(self, api_key: str | None) -> None:
        """Refuse all calls with a key, or with any if None."""
        if api_key is None:
            self._restored.clear()
        else:
            self._restored.discard(api_key)
        self._revoked.add(api_key)

    def restore(self, api_key: str | None) -> None:
        """Accept calls with a key again, or with all."""
        if api_key is None:
            self._revoked.clear()
            self._restored.clear()
        else:
            self._revoked.discard(api_key)
            self._restored.add(api_key)

    def revoked(self) -> list[str]:
        """List the keys that are revoked, masked; ``"all"`` stands for every key not restored since."""
        return ["all" if api_key is None else api_key[:4] + "..." for api_key in self._revoked]


def no_such_key() -> BinanceAPIException:
    """Return the error of a key that does not exist, or no longer."""
    return BinanceAPIException(401, -2015, "Invalid API-key, IP, or permissions for action.")


def is_key(text: str) -> bool:
    """Return whether a text has the form of an API key."""
    return re.fullmatch("[!-~]+", text) is not None
