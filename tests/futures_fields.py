"""The documented fields of the derivatives streams, with their types, in a table of the tests' own."""

import re

# Types of fields: s text, i whole number, b truth, D decimal as text, N a number, L levels of a book, o other
# values, which a test looks into by itself.
AGG = "e:s E:i s:s a:i p:D q:D f:i l:i T:i m:b st:i"
TOP = "e:s u:i E:i T:i s:s b:D B:D a:D A:D ps:s st:i"
DEPTH = "e:s E:i T:i s:s U:i u:i pu:i b:L a:L ps:s st:i"
CANDLE = "t:i T:i i:s f:i L:i o:D c:D h:D l:D v:D n:i x:b q:D V:D Q:D B:s"
MARK = "e:s E:i s:s p:D i:D P:D r:D T:i st:i"
MINI = "e:s E:i s:s c:D o:D h:D l:D v:D q:D ps:s st:i"
TICKER = MINI + " p:D P:D w:D Q:D O:i C:i F:i L:i n:i"
ORDER = "s:s S:s o:s f:s q:D p:D ap:D X:s l:D z:D T:i"

KLINE = "e:s E:i s:s k:o"
LIQUIDATION = "e:s E:i o:o"
CONTRACT = "e:s E:i s:s ps:s ct:s dt:i ot:i cs:s st:i"
ASSET = "e:s E:i s:s i:D b:D a:D B:D A:D q:D g:D Q:D G:D"

# stream: (event, fields, milliseconds from one to the next; None for real time or on change)
USDM = {
    "btcusdt@aggTrade": ("aggTrade", AGG + " nq:D", None),
    "btcusdt@trade": ("trade", "e:s E:i T:i s:s t:i p:D q:D X:s m:b", None),
    "btcusdt@bookTicker": ("bookTicker", TOP, None),
    "!bookTicker": ("bookTicker", TOP, 5000),
    "btcusdt@depth": ("depthUpdate", DEPTH, 250),
    "btcusdt@depth@100ms": ("depthUpdate", DEPTH, 100),
    "btcusdt@depth@500ms": ("depthUpdate", DEPTH, 500),
    "btcusdt@depth5": ("depthUpdate", DEPTH, 250),
    "btcusdt@depth10@100ms": ("depthUpdate", DEPTH, 100),
    "btcusdt@depth20@500ms": ("depthUpdate", DEPTH, 500),
    "btcusdt@rpiDepth@500ms": ("depthUpdate", DEPTH, 500),
    "btcusdt@kline_1m": ("kline", KLINE, 250),
    "btcusdt_perpetual@continuousKline_1m": ("continuous_kline", "e:s E:i ps:s ct:s k:o", 250),
    "btcusdt@markPrice": ("markPriceUpdate", MARK + " ap:D", 3000),
    "btcusdt@markPrice@1s": ("markPriceUpdate", MARK + " ap:D", 1000),
    "btcusdt@miniTicker": ("24hrMiniTicker", MINI, 2000),
    "btcusdt@ticker": ("24hrTicker", TICKER, 2000),
    "btcusdt@forceOrder": ("forceOrder", LIQUIDATION, 1000),
    "defiusdt@compositeIndex": ("compositeIndex", "e:s E:i s:s p:D C:s c:o", 1000),
    "btcusd@assetIndex": ("assetIndexUpdate", ASSET, 1000),
    "tradingSession": (None, "e:s E:i t:i T:i S:s", 1000),
}
COINM = {
    "btcusd_perp@aggTrade": ("aggTrade", AGG, None),
    "btcusd_perp@bookTicker": ("bookTicker", TOP, None),
    "!bookTicker": ("bookTicker", TOP, None),
    "btcusd_perp@depth": ("depthUpdate", DEPTH, 250),
    "btcusd_perp@depth@100ms": ("depthUpdate", DEPTH, 100),
    "btcusd_perp@depth20@500ms": ("depthUpdate", DEPTH, 500),
    "btcusd_perp@kline_1m": ("kline", KLINE, 250),
    "btcusd_current_quarter@continuousKline_1m": ("continuous_kline", "e:s E:i ps:s ct:s k:o", 250),
    "btcusd_perp@markPrice": ("markPriceUpdate", MARK, 3000),
    "btcusd_perp@miniTicker": ("24hrMiniTicker", MINI, 500),
    "btcusd_perp@ticker": ("24hrTicker", TICKER, 500),
    "btcusd_perp@forceOrder": ("forceOrder", LIQUIDATION, 1000),
    "btcusd@indexPrice": ("indexPriceUpdate", "e:s E:i i:s p:D", 3000),
    "btcusd@indexPrice@1s": ("indexPriceUpdate", "e:s E:i i:s p:D", 1000),
    "btcusd@indexPriceKline_1m": ("indexPrice_kline", "e:s E:i ps:s k:o", 250),
    "btcusd_perp@markPriceKline_1m": ("markPrice_kline", "e:s E:i ps:s k:o", 250),
}
# all-market streams whose messages are lists: the fields of each item on USD-M and on COIN-M contracts
FUTURES_LISTS = {
    "!miniTicker@arr": ("24hrMiniTicker", MINI, MINI, 1000),
    "!ticker@arr": ("24hrTicker", TICKER, TICKER, 1000),
    "!markPrice@arr": ("markPriceUpdate", MARK + " ap:D", MARK, 3000),
    "!markPrice@arr@1s": ("markPriceUpdate", MARK + " ap:D", MARK, 1000),
}

CALL = "btc-261225-70000-c"
OPTION_DEPTH = "e:s E:i T:i s:s U:i u:i pu:i b:L a:L"
OPTION_TRADE = "e:s E:i T:i s:s t:i p:D q:D X:s S:s m:b"
OPTION_TICKER = "e:s E:i s:s p:D P:D w:D c:D Q:D o:D h:D l:D v:D q:D O:i C:i F:i L:i n:i"

# stream: (event, fields, milliseconds from one to the next; None for real time)
OPTIONS = {
    f"{CALL}@optionTrade": ("trade", OPTION_TRADE, None),
    "btcusdt@optionTrade": ("trade", OPTION_TRADE, None),
    f"{CALL}@bookTicker": ("bookTicker", "e:s u:i s:s b:D B:D a:D A:D T:i E:i", None),
    f"{CALL}@depth@100ms": ("depthUpdate", OPTION_DEPTH, 100),
    f"{CALL}@depth@500ms": ("depthUpdate", OPTION_DEPTH, 500),
    f"{CALL}@depth5@100ms": ("depthUpdate", OPTION_DEPTH, 100),
    f"{CALL}@depth20@500ms": ("depthUpdate", OPTION_DEPTH, 500),
    f"{CALL}@optionTicker261225": ("24hrTicker", OPTION_TICKER, 1000),
    f"{CALL}@kline_1m": ("kline", "e:s E:i s:s k:o", 1000),
    "!optionSymbol": ("optionSymbol", "e:s E:i s:s ps:s qa:s d:s sp:s dt:i u:i ot:i cs:s", None),
}
OPTIONS_LISTS = {
    "btcusdt@optionMarkPrice": (
        "markPrice",
        "e:s E:i s:s mp:D i:D P:D bo:D ao:D bq:D aq:D b:D a:D hl:D ll:D vo:D rf:D d:D t:D g:D v:D",
        1000,
    ),
    "btcusdt@openInterest@261225": ("openInterest", "e:s E:i s:s o:D h:D", 60_000),
    "!index@arr": ("indexPrice", "e:s E:i s:s p:D", 1000),
}

# streams whose messages the sandbox is asked for by themselves: event and fields; of lists those of an item
OTHERS = {
    "usdm": {
        "!forceOrder@arr": ("forceOrder", LIQUIDATION + " ps:s st:i"),
        "!contractInfo": ("contractInfo", CONTRACT + " bks:o"),
    },
    "coinm": {
        "btcusd_perp@trade": ("trade", "e:s E:i T:i s:s t:i p:D q:D X:s m:b"),
        "!forceOrder@arr": ("forceOrder", LIQUIDATION + " st:i"),
        "!contractInfo": ("contractInfo", CONTRACT),
    },
    "options": {},
}
OTHER_LISTS = {
    "usdm": {"!assetIndex@arr": ("assetIndexUpdate", ASSET)},
    "coinm": {"btcusd@markPrice": ("markPriceUpdate", MARK)},
    "options": {},
}
#: What messages hold inside, by the member that has it; in a list there is one of them.
INSIDE = {
    "k": CANDLE + " s:s",
    "o": ORDER,
    "c": ["b:s q:s w:D W:D i:D"],
    "bks": ["bs:i bnf:N bnc:N mmr:N cf:N mi:N ma:N"],
}

TYPES = {"s": str, "i": int, "b": bool, "N": (int, float), "o": (list, dict)}


def is_decimal(value):
    return isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None


def is_of(kind, value):
    """Whether a value is of the type that the table gives to its field."""
    if kind == "L":
        return isinstance(value, list) and all(len(row) == 2 and all(map(is_decimal, row)) for row in value)
    if kind == "D":
        return is_decimal(value)
    return isinstance(value, TYPES[kind]) and (kind == "b" or not isinstance(value, bool))


def check(message, expected):
    """Fail unless a message has exactly the fields of the table, each of its type."""
    known = dict(part.split(":") for part in expected.split())
    assert message.keys() == known.keys(), (message.keys() ^ known.keys(), message)
    for name, kind in known.items():
        assert is_of(kind, message[name]), (name, message)
