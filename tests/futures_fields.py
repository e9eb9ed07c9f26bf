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
