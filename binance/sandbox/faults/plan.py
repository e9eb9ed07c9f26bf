"""The plan of chaos: a seeded mix of faults, with the seconds between them. Pure."""

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

from binance.exceptions import InvalidArgument


class Step(NamedTuple):
    """One fault of a plan: the seconds to wait before it, its name and its arguments."""

    wait_s: float
    fault: str
    arguments: dict[str, Any]


def _cut(rng: random.Random) -> dict[str, Any]:
    how = rng.choice(("reset", "drop", "close"))
    return {"how": how, "code": rng.choice((1001, 1011, 1012))} if how == "close" else {"how": how}


def _refuse(rng: random.Random) -> dict[str, Any]:
    status = rng.choice((403, 418, 429, 451, 502, 503, 504))
    retry_after_s = rng.choice((None, 1, 2)) if status in (418, 429) else None
    return {"status": status, "times": rng.randint(1, 3), "retry_after_s": retry_after_s}


def _rest(rng: random.Random) -> dict[str, Any]:
    failure = rng.choice(({"down": 502}, {"down": 503}, {"delay_s": 1.0}, {"how": "reset"}))
    return failure | {"lasting_s": _seconds(rng)}


def _seconds(rng: random.Random) -> float:
    return round(rng.uniform(0.5, 3.0), 2)


def _times(rng: random.Random) -> dict[str, Any]:
    return {"times": rng.randint(1, 5)}


_KINDS_OF_PAYLOADS: Final = ("not_json", "not_utf8", "binary", "empty", "list", "number", "string")


def _control(rng: random.Random) -> dict[str, Any]:
    how = rng.choice(("ignore", "unanswered", "late"))
    return {"how": how, "times": 1} | ({"seconds": _seconds(rng)} if how == "late" else {})


# By the name of the fault: its arguments, drawn each time.
_DRAWN: Final[dict[str, Callable[[random.Random], dict[str, Any]]]] = {
    "cut": _cut,
    "refuse": _refuse,
    "stall": lambda rng: {"seconds": _seconds(rng)},
    "quiet": lambda rng: {"lasting_s": _seconds(rng)},
    "malformed": lambda rng: {"kind": rng.choice(_KINDS_OF_PAYLOADS)} | _times(rng),
    "fragments": lambda rng: {"pieces": rng.randint(2, 5), "times": rng.randint(5, 50)},
    "duplicate": _times,
    "reorder": _times,
    "skip": _times,
    "delay": lambda rng: {"seconds": round(rng.uniform(0.05, 0.5), 2), "lasting_s": _seconds(rng)},
    "late_pings": lambda rng: {"seconds": round(rng.uniform(1.0, 20.0), 1), "lasting_s": _seconds(rng) * 10},
    "server_shutdown": lambda rng: {},
    "rest": _rest,
    "expire_listen_key": lambda rng: {},
    "forget_listen_keys": lambda rng: {},
    "terminate_subscriptions": lambda rng: {},
    "expire_listen_tokens": lambda rng: {},
    "control": _control,
    "late_frames": lambda rng: {"times": rng.randint(1, 2), "lasting_s": _seconds(rng)},
}

# Those of streams that are changed while they run: most clients never do, so they have to be asked for.
ASKED_KINDS: Final = ("control", "late_frames")

CHAOS_KINDS: Final = tuple(kind for kind in _DRAWN if kind not in ASKED_KINDS)

# Those that can be meant for a part of the connections.
_AIMED: Final = frozenset(
    {"cut", "stall", "quiet", "malformed", "fragments", "duplicate", "reorder", "skip", "delay"}
)


def plan(
    seed: int, mean_s: float, kinds: Collection[str] | None = None, symbols: Sequence[str] = ()
) -> Iterator[Step]:
    """Plan faults without end; the same arguments make the same plan.

    :param mean_s: mean of the seconds between two faults.
    :param kinds: which faults, of :data:`CHAOS_KINDS` and :data:`ASKED_KINDS`; None for all of the former.
    :param symbols: market symbols; half of the faults that can be are meant for streams of one of these.
    :raises InvalidArgument: if there is no such fault, or *mean_s* is not above 0.
    """
    # In one order: that of a set differs from one run to the next.
    chosen = [kind for kind in _DRAWN if kind in (CHAOS_KINDS if kinds is None else kinds)]
    unknown = [kind for kind in kinds or () if kind not in _DRAWN]
    if unknown or not chosen:
        raise InvalidArgument(f"chaos has no {', '.join(unknown)}; use some of {', '.join(_DRAWN)}")
    if mean_s <= 0:
        raise InvalidArgument(f"mean_s is {mean_s}; use seconds above 0")
    return _steps(random.Random(f"{seed}/chaos"), mean_s, chosen, symbols)


def _steps(rng: random.Random, mean_s: float, kinds: Sequence[str], symbols: Sequence[str]) -> Iterator[Step]:
    while True:
        fault = rng.choice(kinds)
        arguments = _DRAWN[fault](rng)
        if fault in _AIMED and symbols and rng.random() < 0.5:
            arguments["match"] = rng.choice(symbols).lower() + "@"
        yield Step(round(rng.expovariate(1 / mean_s), 3), fault, arguments)
