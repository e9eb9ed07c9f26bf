"""The fields of the events of derivatives' accounts, as the exchange documents them.

By the kind of account and the event: the fields at the top, then of each member that is an object, or a list
of objects. Written by hand from the documentation, and from nothing of the sandbox's.
"""

from __future__ import annotations

ORDER = [
    "s",
    "c",
    "S",
    "o",
    "f",
    "q",
    "p",
    "ap",
    "sp",
    "x",
    "X",
    "i",
    "l",
    "z",
    "L",
    "N",
    "n",
    "T",
    "t",
    "b",
    "a",
    "m",
    "R",
    "wt",
    "ot",
    "ps",
    "cp",
    "AP",
    "cr",
    "pP",
    "si",
    "ss",
    "rp",
    "V",
    "pm",
    "gtd",
    "er",
]
POSITION = ["s", "pa", "ep", "bep", "cr", "up", "mt", "iw", "ps"]
ALGO = [
    "caid",
    "aid",
    "at",
    "o",
    "s",
    "S",
    "ps",
    "f",
    "q",
    "X",
    "ai",
    "ap",
    "aq",
    "act",
    "tp",
    "p",
    "V",
    "wt",
    "pm",
    "cp",
    "pP",
    "R",
    "tt",
    "gtd",
    "rm",
    "ia",
]


def fields(top, **members):
    """One row of the table."""
    return {"": {"e", "E", *top.split()}} | {name: set(names) for name, names in members.items()}


USDM = {
    "ORDER_TRADE_UPDATE": fields("T o", o=ORDER),
    "TRADE_LITE": fields("T s q p m c S L l t i"),
    "ACCOUNT_UPDATE": fields(
        "T a", **{"a": ["m", "B", "P"], "a.B": ["a", "wb", "cw", "bc"], "a.P": POSITION}
    ),
    "ACCOUNT_CONFIG_UPDATE": fields("T ac", ac=["s", "l"]),
    "MARGIN_CALL": fields("cw p", p=["s", "ps", "pa", "mt", "iw", "mp", "up", "mm"]),
    "ALGO_UPDATE": fields("T o", o=ALGO),
    "STRATEGY_UPDATE": fields("T su", su=["si", "st", "ss", "s", "ut", "c"]),
    "GRID_UPDATE": fields("T gu", gu=["si", "st", "ss", "s", "r", "up", "uq", "uf", "mp", "ut"]),
    "CONDITIONAL_ORDER_TRIGGER_REJECT": fields("T or", **{"or": ["s", "i", "r"]}),
    "listenKeyExpired": fields("listenKey"),
}

_SHARED = ("ACCOUNT_CONFIG_UPDATE", "STRATEGY_UPDATE", "GRID_UPDATE", "listenKeyExpired")
COINM = {name: USDM[name] for name in _SHARED} | {
    "ORDER_TRADE_UPDATE": fields("T i o", o=[*ORDER, "ma"]),
    "ACCOUNT_UPDATE": fields("T i a", **{n: USDM["ACCOUNT_UPDATE"][n] for n in ("a", "a.B", "a.P")}),
    "MARGIN_CALL": fields("i cw p", p=USDM["MARGIN_CALL"]["p"]),
}

OPTIONS = {
    "ACCOUNT_UPDATE": fields("T eq aeq b m u i M"),
    "BALANCE_POSITION_UPDATE": fields("T m B P", B=["a", "b", "bc"], P=["s", "c", "p", "a"]),
    "GREEK_UPDATE": fields("T G", G=["u", "d", "g", "t", "v"]),
    "ORDER_TRADE_UPDATE": fields(
        "T o",
        o=[
            "s",
            "c",
            "S",
            "o",
            "f",
            "q",
            "p",
            "ap",
            "x",
            "X",
            "i",
            "l",
            "z",
            "L",
            "N",
            "n",
            "T",
            "t",
            "m",
            "R",
            "ps",
            "rp",
        ],
    ),
    "RISK_LEVEL_CHANGE": fields("s mb mm"),
    "listenKeyExpired": fields("listenKey"),
}

PORTFOLIO_MARGIN = {
    "ORDER_TRADE_UPDATE": fields("fs T o", o=ORDER),
    "ACCOUNT_UPDATE": fields("fs T a", **{n: USDM["ACCOUNT_UPDATE"][n] for n in ("a", "a.B", "a.P")}),
    "ACCOUNT_CONFIG_UPDATE": fields("fs T ac", ac=["s", "l"]),
    "executionReport": fields("s c S o f q p P F g C x X r i l z L n N T t I w m M O Z Y Q W V"),
    "outboundAccountPosition": fields("u U B", B=["a", "f", "l"]),
    "balanceUpdate": fields("a d T U"),
    "liabilityChange": fields("a t T p i l"),
    "openOrderLoss": fields("O", O=["a", "o"]),
    "riskLevelChange": fields("u s eq ae m"),
    "CONDITIONAL_ORDER_TRADE_UPDATE": fields(
        "fs T so",
        so=[
            "s",
            "c",
            "si",
            "S",
            "st",
            "f",
            "q",
            "p",
            "sp",
            "os",
            "T",
            "ut",
            "R",
            "wt",
            "ps",
            "cp",
            "AP",
            "cr",
            "i",
            "V",
            "gtd",
        ],
    ),
    "ALGO_ORDER_UPDATE": fields("fs T ao", ao=ALGO),
    "listenKeyExpired": fields("listenKey"),
}

EVENTS = {"usdm": USDM, "coinm": COINM, "options": OPTIONS, "portfolio_margin": PORTFOLIO_MARGIN}


def check_fields(kind, event):
    """Hold an event against the table."""
    for member, wanted in EVENTS[kind][event["e"]].items():
        found = event
        for name in filter(None, member.split(".")):
            found = found[name]
        for each in found if isinstance(found, list) else [found]:
            assert set(each) == wanted, (kind, event["e"], member, set(each) ^ wanted)
