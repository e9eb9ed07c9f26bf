"""Functions that can be a callback, and results that show that nothing has run."""

from __future__ import annotations

import asyncio
import functools
import gc
import re
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from typing import Any
from unittest.mock import MagicMock

import pytest
from twisted.internet.defer import Deferred, inlineCallbacks, succeed

from binance.consumers import Inbox, in_loop
from binance.sockets.functions import check_callback, check_function, check_result


async def process(msg: object, more: object = None) -> None: ...


async def asynchronous_generator(msg: object) -> AsyncIterator[None]:
    yield


def generator(msg: object) -> Iterator[None]:
    yield


def plain(msg: object) -> None: ...


class Object:
    """Has methods of each kind."""

    async def method(self, msg: object) -> None: ...

    @classmethod
    async def of_class(cls, msg: object) -> None: ...

    @staticmethod
    async def of_none(msg: object) -> None: ...

    def plain(self, msg: object) -> None: ...

    whole = functools.partialmethod(method)


class Callable:
    """An object that is called."""

    async def __call__(self, msg: object) -> None: ...


class PlainCallable:
    """An object that is called, too."""

    def __call__(self, msg: object) -> None: ...


class Awaitable:
    """What a library of somebody else's may return."""

    def __await__(self) -> Iterator[None]:
        yield


RUN_NOTHING = {
    "async def": process,
    "method": Object().method,
    "class method": Object.of_class,
    "static method": Object().of_none,
    "partial": functools.partial(process, more=1),
    "partial of a partial": functools.partial(functools.partial(process), more=1),
    "partial of a method": functools.partial(Object().method),
    "partial method": Object().whole,
    "object": Callable(),
    "partial of an object": functools.partial(Callable()),
    "async generator": asynchronous_generator,
    "generator": generator,
    "lambda that yields": lambda msg: (yield),
}


@pytest.mark.parametrize("function", RUN_NOTHING.values(), ids=RUN_NOTHING)
@pytest.mark.parametrize("what", ["callback", "on_event", "decoder"])
def test_a_function_whose_call_runs_nothing_is_a_type_error(what, function):
    """The message names the parameter, and says why."""
    with pytest.raises(TypeError, match=f"^{what} is .*calling it runs nothing; pass a plain function"):
        check_function(what, function)


def test_the_message_has_a_call_that_works():
    """What it says to pass instead, taken as it stands, runs the coroutine in asyncio's thread."""
    done = threading.Event()

    async def process(msg: object) -> None:
        assert msg == {"e": "trade"}
        done.set()

    with pytest.raises(TypeError) as caught:
        check_function("callback", process, "msg")
    found = re.search(r"e\.g\. (lambda .*)$", str(caught.value))
    assert found is not None
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        instead = eval(found[1], {"asyncio": asyncio, "process": process, "loop": loop})
        check_function("callback", instead, "msg")
        check_result(instead({"e": "trade"}))
        assert done.wait(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.parametrize("name", ["async def", "method", "static method", "partial", "object"])
def test_the_message_for_a_callback_names_the_two_ways_for_an_async_def(name):
    """Both exist: in_loop takes it, and an Inbox is what its own loop reads."""
    with pytest.raises(TypeError, match="calling it runs nothing") as caught:
        check_callback(RUN_NOTHING[name])
    assert re.search(r"in_loop\(\w+, loop\)", str(caught.value))
    assert "async for msg in inbox" in str(caught.value)
    loop = asyncio.new_event_loop()
    check_callback(in_loop(RUN_NOTHING[name], loop))
    check_callback(Inbox())
    loop.close()


def test_a_callback_is_a_plain_function_or_a_consumer():
    """A mock is a function, though it has every method that a consumer has."""
    for value in (*PLAIN.values(), Inbox()):
        check_callback(value)
    for value in (None, generator, asynchronous_generator):
        with pytest.raises(TypeError, match="callback is"):
            check_callback(value)


def test_the_class_of_a_consumer_is_none():
    """Calling it with each message would make a consumer of each."""
    with pytest.raises(TypeError, match=r"the class Inbox; pass an object of it, Inbox\(\)"):
        check_callback(Inbox)


@pytest.mark.parametrize("value", [None, "process", 7])
def test_what_cannot_be_called_is_a_type_error(value):
    """Whatever it is."""
    with pytest.raises(TypeError, match=r"callback is .*cannot be called"):
        check_function("callback", value, "msg")


@inlineCallbacks
def of_twisted(msg: object) -> Iterator[Deferred[None]]:
    yield succeed(None)


@functools.wraps(process)
def wrapper(msg: object) -> None:
    """Drives what it wraps, for all that is known."""


PLAIN = {
    "function": plain,
    "method": Object().plain,
    "object": PlainCallable(),
    "partial": functools.partial(plain),
    "class": Object,
    "built-in": [].append,
    "inlineCallbacks": of_twisted,
    "wrapper of an async def": wrapper,
    "mock": MagicMock(),
}


@pytest.mark.parametrize("function", PLAIN.values(), ids=PLAIN)
def test_a_plain_function_is_fine(function):
    """Its call runs something, so nothing is raised."""
    check_function("callback", function, "msg")


@pytest.mark.parametrize("make", [process, generator, asynchronous_generator, lambda msg: Awaitable()])
def test_a_result_that_nobody_runs_is_a_type_error(make):
    """Python does not warn of a coroutine besides."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(TypeError, match="is never run"):
            check_result(make({}))
        gc.collect()


def _future() -> Any:
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    loop.close()
    return future


def _begun_generator() -> Iterator[None]:
    begun = generator({})
    next(begun)
    return begun


def _begun_coroutine() -> Any:
    async def waits() -> None:
        await Awaitable()

    begun = waits()
    begun.send(None)
    return begun


@pytest.mark.parametrize(
    "make",
    [
        *(lambda: None, lambda: 7, lambda: "text", lambda: [{}], lambda: {"e": "trade"}, object),
        *(MagicMock, Future, Deferred, _future, _begun_generator, _begun_coroutine),
    ],
)
def test_any_other_result_is_fine(make):
    """Deferreds, futures and what somebody runs already are not closed either."""
    result = make()
    check_result(result)
    if hasattr(result, "cr_frame"):
        assert result.cr_frame is not None
        result.close()
