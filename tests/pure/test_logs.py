"""Loggers of the package: their lines stay lines."""

from __future__ import annotations

import logging
import traceback

from twisted.python.failure import Failure

from binance.process.logs import Log
from binance.process.once import Once
from binance.process.threads import log_failure

HOSTILE = "\x1b[2J\r\nERROR:root:paid\u202e"


def test_arguments_are_printable_and_numbers_stay_numbers(caplog):
    """Whatever logger of the package writes the line."""
    Log("binance.of-the-test").warning("%s, %d, %.1f", HOSTILE, 7, 1.25)
    assert caplog.messages == ["\\x1b[2J  ERROR:root:paid\\u202e, 7, 1.2"]


def test_the_key_of_many_streams_is_shortened(caplog):
    """Whatever line of the package it stands in: the first name, and how many more there are."""
    key = "streams=" + "/".join(["bnbbtc@trade"] * 600)
    Log("binance.of-the-test").warning(
        "%s: lost, at %s", key, f"wss://host/stream?{key}&timeUnit=MICROSECOND"
    )
    short = "streams=bnbbtc@trade/...+599"
    assert caplog.messages == [f"{short}: lost, at wss://host/stream?{short}&timeUnit=MICROSECOND"]


def test_an_unexpected_failure_names_its_socket_shortly(caplog):
    """The line before the traceback is a line, whatever key stands in it."""
    log_failure(Failure(RuntimeError("of the test")), "streams=" + "/".join(["bnbbtc@trade"] * 600))
    assert caplog.messages[0].startswith("unexpected failure: streams=bnbbtc@trade/...+599\n")


def test_an_unexpected_failure_is_logged_line_by_line(caplog):
    """The traceback keeps its lines, and none of them does anything to a terminal."""
    try:
        raise RuntimeError(f"50 % of {HOSTILE}")
    except RuntimeError:
        log_failure(Failure(), HOSTILE)
    (line, *rest) = caplog.messages[0].split("\n")
    assert line == "unexpected failure: \\x1b[2J  ERROR:root:paid\\u202e"
    assert len(rest) > 2
    assert all(text.isprintable() for text in rest)
    assert any("50 % of \\x1b[2J" in text for text in rest)


def test_a_formatter_of_the_applications_sees_the_exception_itself(caplog):
    """Only the text that ordinary formatters write is made beforehand."""
    error = RuntimeError(HOSTILE)
    Log("binance.of-the-test").error("raised", exc_info=error)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert logging.Formatter().format(record) == "raised\nRuntimeError: \\x1b[2J  ERROR:root:paid\\u202e"


def test_the_words_of_an_exception_do_not_look_like_lines_of_the_log(caplog):
    """A traceback is as Python prints it, with what it came of; only words on several lines become one."""
    try:
        try:
            raise KeyError("plain")
        except KeyError as exc:
            raise RuntimeError(HOSTILE) from exc
    except RuntimeError as exc:
        error = exc
        error.add_note("noted")
        printed = "".join(traceback.format_exception(exc))
    Log("binance.of-the-test").error("raised", exc_info=error)
    shown = logging.Formatter().format(caplog.records[0]).removeprefix("raised\n")
    words = f"RuntimeError: {HOSTILE}\n"
    assert words in printed
    assert f"{shown}\n" == printed.replace(words, "RuntimeError: \\x1b[2J  ERROR:root:paid\\u202e\n")


def test_what_happens_for_the_first_time_does_so_once():
    """Each thing by itself."""
    once = Once()
    assert [once.first("a"), once.first("b"), once.first("a"), once.first("b")] == [True, True, False, False]
