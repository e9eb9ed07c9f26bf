"""JSON: written compactly, and read so that it can be written again; the ids of requests in it."""

import json
import re
from collections.abc import Callable
from typing import Any, Final, TypeGuard

_encoder: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def _encode_plainly(value: Any) -> bytes:
    return _encoder.encode(value).encode()


encode: Callable[[Any], bytes] = _encode_plainly
try:
    import orjson
except ImportError:  # the extra "speed" is not installed
    pass
else:
    encode = orjson.dumps


def read_json(text: bytes) -> Any:
    """Read JSON that can be written again as UTF-8, which text with half a surrogate pair cannot.

    :raises ValueError: if it is not JSON, or nested too deeply to be read.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as exc:
        raise ValueError("the JSON is nested too deeply") from exc
    return value


def is_request_id(value: Any) -> TypeGuard[int | str | None]:
    """Whether a request may have this as its id, which the reply repeats."""
    if isinstance(value, str):
        return re.fullmatch(r"[A-Za-z0-9_-]{1,36}", value) is not None
    if isinstance(value, int):
        return not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value is None
