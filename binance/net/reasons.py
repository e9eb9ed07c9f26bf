"""Why an attempt to connect failed, in words that are said once."""

from __future__ import annotations

from twisted.internet.error import ConnectError, DNSLookupError


def reason(error: BaseException) -> str:
    """The type of an error and what it says, e.g. ``"ConnectionRefusedError: Connection refused (111)"``.

    Twisted's own text puts its words for the type before those of the system, which are the same.
    """
    said = str(error)
    if isinstance(error, (ConnectError, DNSLookupError)) and error.args and error.args[0]:
        said = str(error.args[0])
        number = getattr(error, "osError", None)
        said += "" if number is None else f" ({number})"
    said = said.strip().rstrip(".")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
