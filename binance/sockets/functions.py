"""Checks of the user's functions, and of results which show that nothing has run. Pure.

Callbacks are called in the reactor's thread and are over when they return. Calling an ``async def`` runs
none of its body, and nobody awaits what it returns; the same goes for generators.
"""

from __future__ import annotations

import functools
import inspect
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any

from binance.sockets.consumer import Consumer

#: What plain functions return most often, if not None.
_PLAIN = frozenset({bool, int, float, str, bytes, list, tuple, dict, set})

#: How an ``async def`` is taken as a callback all the same.
_CONSUMERS = "in_loop({function}, loop), or an Inbox and async for msg in inbox, both of binance.consumers"
#: How a plain function hands work on to asyncio, which runs in another thread.
_HAND_ON = "asyncio.run_coroutine_threadsafe({coroutine}, loop)"


def check_callback(value: object, argument: str = "msg") -> None:
    """Check what was passed to ``start_*`` to get messages: a plain function, or a consumer.

    :param argument: what a function is called with; for the message.
    :raises TypeError: as :func:`check_function`; it names what takes an ``async def``.
    """
    if isinstance(value, Consumer):
        return
    if isinstance(value, type) and issubclass(value, Consumer):
        raise TypeError(f"callback is the class {value.__name__}; pass an object of it, {value.__name__}()")
    if callable(value) and _kind_that_runs_nothing(value) == "an async def":
        instead = _CONSUMERS.format(function=getattr(value, "__name__", "process"))
        raise TypeError(f"callback is {value!r}, an async def: calling it runs nothing; pass {instead}")
    check_function("callback", value, argument)


def check_function(what: str, value: object, argument: str | None = None) -> None:
    """Check that a call of the user's function runs it.

    :param what: the name of the parameter.
    :param argument: the name of its argument, for the advice about coroutines; None: without that advice.
    :raises TypeError: if *value* is not callable, or is an ``async def`` or a generator function, be it as a
        method, in a :class:`functools.partial` or as the ``__call__`` of an object.
    """
    if not callable(value):
        raise TypeError(f"{what} is {value!r}, which cannot be called; pass a function of one argument")
    kind = _kind_that_runs_nothing(value)
    if kind is not None:
        words = f"{what} is {value!r}, {kind}: calling it runs nothing; pass a plain function"
        if argument is not None:
            coroutine = f"{getattr(value, '__name__', 'process')}({argument})"
            words += f", e.g. lambda {argument}: {_HAND_ON.format(coroutine=coroutine)}"
        raise TypeError(words)


def check_result(result: object) -> None:
    """Check what a function of the user's returned.

    Deferreds and asyncio's futures and tasks are fine: they run by themselves.

    :raises TypeError: if it is an awaitable or a generator that has not begun to run, for nobody will run
        it. A coroutine is closed.
    """
    kind = type(result)
    if result is None or kind in _PLAIN:
        return
    if isinstance(result, CoroutineType):
        if inspect.getcoroutinestate(result) != inspect.CORO_CREATED:
            return  # somebody runs it
        result.close()  # or Python warns that it was never awaited
    elif isinstance(result, GeneratorType):
        if inspect.getgeneratorstate(result) != inspect.GEN_CREATED:
            return
    elif not isinstance(result, AsyncGeneratorType) and not _is_lazy(kind):
        return
    instead = _HAND_ON.format(coroutine="...")
    raise TypeError(f"it returned a {kind.__name__}, which is never run; schedule it, e.g. with {instead}")


def _is_lazy(kind: type[Any]) -> bool:
    """Whether objects of this class are awaitable, and none that run by themselves."""
    runs = hasattr(kind, "addCallbacks") or hasattr(kind, "_asyncio_future_blocking")
    return hasattr(kind, "__await__") and not runs


def _kind_that_runs_nothing(function: Any) -> str | None:
    while isinstance(function, functools.partial):
        function = function.func
    for called in (function, type(function).__call__):
        if inspect.iscoroutinefunction(called):
            return "an async def"
        if inspect.isasyncgenfunction(called):
            return "an async generator function"
        if inspect.isgeneratorfunction(called):
            return "a generator function"
    return None
