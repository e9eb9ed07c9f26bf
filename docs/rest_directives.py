"""The calls of the REST client on these pages, made from the table that the client itself is made from.

``rest-calls`` shows the calls of one part of the exchange in tables, ``rest-ended`` those that it has ended,
``rest-more`` the methods that are more than one call. ``rest-entries`` describes the methods of each.
``newer-names`` shows the names of python-binance 1.0 and what to use instead.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docutils.parsers.rst import directives
from rst_tables import TextDirective, list_table

from binance.client import Client
from binance.packaging.newer import OF_CLIENT, OF_MANAGER, OF_MODULES
from binance.rest import calls_margin, calls_spot, calls_wallet
from binance.rest.caller import Caller
from binance.rest.calls import Call
from binance.rest.generate import NEEDS, weight_text
from binance.rest.methods import TableCalls
from binance.rest.table import CALLS, ENDED
from binance.websockets import BinanceSocketManager

#: The classes whose names, and whose methods' names, lead to their entries.
_CLASSES = {
    "binance.client.Client": Client,
    "binance.websockets.BinanceSocketManager": BinanceSocketManager,
}
_DEPTH_CACHE = "binance.depthcache.DepthCacheManager"
_HELPERS = ("date_to_milliseconds", "interval_to_milliseconds")


def _public(cls: type) -> list[str]:
    return [name for name in dir(cls) if not name.startswith("_") and inspect.isroutine(getattr(cls, name))]


class Topic(NamedTuple):
    """Some of a part's calls: those that no topic before it has, and that fit.

    :ivar path: a pattern that their paths have; *public*: whether calls that are signed are left out.
    """

    title: str
    path: str = ""
    public: bool = False

    def has(self, call: Call) -> bool:
        """Whether a call fits."""
        return bool(re.search(self.path, call.path)) and not (self.public and call.security == "signed")


_LISTEN_KEYS = Topic("Listen keys", "listenKey|userDataStream")
_TRADING = (_LISTEN_KEYS, Topic("Market data", public=True), Topic("Orders", "[oO]rder|countdown"))
_ACCOUNT = Topic("Account")
_SUB_ACCOUNT = re.compile("/sub-account/")

#: The calls of each part of the exchange, and its topics.
PARTS: dict[str, tuple[Iterable[Call], tuple[Topic, ...]]] = {
    "Spot": (calls_spot.CALLS, (*_TRADING, _ACCOUNT)),
    "Wallet": (
        [call for call in calls_wallet.CALLS if not _SUB_ACCOUNT.search(call.path)],
        (Topic("Deposits and withdrawals", "/capital/"), Topic("Transfers", "asset/transfer"), _ACCOUNT),
    ),
    "Sub-accounts": (
        [call for call in calls_wallet.CALLS if _SUB_ACCOUNT.search(call.path)],
        (Topic("Transfers", "[tT]ransfer"), Topic("Accounts")),
    ),
    "Margin": (
        calls_margin.CALLS,
        (
            Topic("Assets and symbols", public=True),
            Topic("Orders and trades", "[oO]rder|myTrades"),
            Topic("Loans", "borrow-repay|interest|maxBorrowable"),
            Topic("Accounts and transfers"),
        ),
    ),
    "USD-M futures": ([call for call in CALLS.values() if call.venue == "usdm"], (*_TRADING, _ACCOUNT)),
    "COIN-M futures": ([call for call in CALLS.values() if call.venue == "coinm"], (*_TRADING, _ACCOUNT)),
    "Options": ([call for call in CALLS.values() if call.venue == "options"], (*_TRADING, _ACCOUNT)),
    "Portfolio margin": ([call for call in CALLS.values() if call.venue == "portfolio_margin"], (_ACCOUNT,)),
}


def by_topic(part: str) -> Iterator[tuple[str, list[Call]]]:
    """The calls of a part, topic by topic; listen keys, which few need, come last."""
    calls, topics = PARTS[part]
    of = {topic.title: [] for topic in topics}
    for call in calls:
        of[next(topic.title for topic in topics if topic.has(call))].append(call)
    yield from sorted(of.items(), key=lambda item: item[0] == _LISTEN_KEYS.title)


def more() -> list[str]:
    """Names of the client's methods that are neither its own nor in the table."""
    names = []
    for owner in Client.__mro__[1:]:
        if owner.__module__.startswith("binance.rest.") and owner not in (TableCalls, Caller):
            found = {name: value for name, value in vars(owner).items() if inspect.isfunction(value)}
            names += [
                name
                for name, function in found.items()
                if not name.startswith("_") and name not in CALLS and getattr(Client, name) is function
            ]
    return names


def method(name: str) -> str:
    """A link to a method of the client."""
    return f":meth:`{name} <binance.client.Client.{name}>`"


_CODE = re.compile(
    r"""(?:[\w.]+\((?:[^()]|\([^()]*\))*\))+  # a call, with calls in it
    | \{[^{}]*\}  # a dict
    | \w+=(?:'[^']*'|(?=[\s,]))  # an argument
    | "[^"]*"  # a text
    | @\w+  # a stream
    | \bbinance(?:\.\w+)+  # a module, or what is in one
    | \b\w+_\w+\b  # a name
    """,
    re.VERBOSE,
)


#: What a name in a sentence links to.
_ENTRIES = {
    **{name: f":meth:`{{}} <{owner}.{name}>`" for owner, cls in _CLASSES.items() for name in _public(cls)},
    **{owner.rpartition(".")[2]: f":class:`{{}} <{owner}>`" for owner in (*_CLASSES, _DEPTH_CACHE)},
    **{name: f":func:`{{}} <binance.helpers.{name}>`" for name in _HELPERS},
}

#: What may stand before such a name.
_BEFORE = re.compile(r"(?:client|binance\.\w+)\.")


def marked(text: str) -> str:
    """A sentence in which code is marked; where it begins with a name that has an entry, it links there."""

    def mark(found: re.Match[str]) -> str:
        name = re.split(r"\W", _BEFORE.sub("", found[0], count=1), maxsplit=1)[0]
        return _ENTRIES.get(name, "``{}``").format(found[0])

    return _CODE.sub(mark, text)


def parameters(call: Call) -> str:
    """Names of a call's parameters, those in brackets that may be left out."""
    needed, optional = (", ".join(f"``{name}``" for name in part) for part in (call.needed, call.optional))
    return " ".join(filter(None, (needed, f"[{optional}]" if optional else "")))


class RestCalls(TextDirective):
    """The calls of a part: what each does, its parameters, verb and path, what it needs and weighs."""

    required_arguments = 1

    def text(self) -> str:
        parts = []
        for title, calls in by_topic(self.arguments[0]):
            if calls:
                parts += [f".. rubric:: {title}", "", self.table(calls)]
        return "\n".join(parts)

    def table(self, calls: Iterable[Call]) -> str:
        heads = ["Call", "What it does, and its parameters", "Verb and path", "Needs", "Weight"]
        rows = [
            [
                method(call.name),
                "\n\n".join(filter(None, (marked(call.does), parameters(call)))),
                f"``{call.verb} {call.path}``",
                NEEDS[call.security],
                weight_text(call),
            ]
            for call in calls
        ]
        return list_table(heads, [26, 38, 22, 7, 7], rows, "rest-calls five-columns searched")


class RestMore(TextDirective):
    """The methods that are more than one call."""

    def text(self) -> str:
        rows = []
        for name in more():
            does = inspect.getdoc(getattr(Client, name)).partition("\n\n")[0]
            rows.append([method(name), re.sub(r":meth:`(\w+)`", lambda found: method(found[1]), does)])
        return list_table(["Method", "What it does"], [40, 60], rows, "rest-calls searched")


class RestEnded(TextDirective):
    """The calls that the exchange has ended; with ``:short:`` not what they did."""

    option_spec = {"short": directives.flag}

    def text(self) -> str:
        heads = ["Call", "What it did", "Ended", "Use instead"]
        widths = [26, 24, 10, 40]
        rows = [
            [method(call.name), marked(call.did), call.since, marked(call.use)] for call in ENDED.values()
        ]
        if "short" in self.options:
            heads, widths, *rows = ([*row[:1], *row[2:]] for row in (heads, widths, *rows))
        return list_table(heads, widths, rows, "rest-calls searched")


class NewerNames(TextDirective):
    """Names of python-binance 1.0 that have another form here; those with the same words in one row."""

    def text(self) -> str:
        names = {
            **OF_MODULES,
            **{f"{name}()": use for name, use in OF_MANAGER.items()},
            **{f"client.{name}()": use for name, use in OF_CLIENT.items()},
        }
        of: dict[str, list[str]] = {}
        for name, use in names.items():
            of.setdefault(use.removeprefix("use "), []).append(f"``{name}``")
        rows = [[", ".join(named), marked(use)] for use, named in of.items()]
        return list_table(["There", "Here"], [40, 60], rows, "rest-calls")


class RestEntries(TextDirective):
    """The reference of the methods of a part; of those that are more than one call, or have been ended."""

    required_arguments = 1

    def text(self) -> str:
        part = self.arguments[0]
        if part == "more":
            names = more()
        elif part == "ended":
            names = list(ENDED)
        else:
            topics = [(title, [call.name for call in calls]) for title, calls in by_topic(part) if calls]
            return "\n".join(f".. rubric:: {title}\n\n{self.entries(names)}\n" for title, names in topics)
        return self.entries(names)

    def entries(self, names: Iterable[str]) -> str:
        """The entries of methods of the client."""
        return "\n".join(f".. automethod:: binance.client.Client.{name}" for name in names)


def mark_ended(app, what, name, obj, options, lines):
    """Mark the code in what a call that has ended says of its successor."""
    if name.rpartition(".")[2] in ENDED:
        lines[:] = marked("\n".join(lines)).split("\n")


def setup(app):
    app.add_directive("rest-calls", RestCalls)
    app.add_directive("rest-more", RestMore)
    app.add_directive("rest-ended", RestEnded)
    app.add_directive("rest-entries", RestEntries)
    app.add_directive("newer-names", NewerNames)
    app.add_css_file("rest_calls.css")
    app.connect("autodoc-process-docstring", mark_ended)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
