"""One side of a book, and the orders of accounts that stand in it.

A queue holds what stands at one price, first come first: orders of the market as bare quantities, which it
may drop again, and orders of accounts as :class:`Resting`, which leave only when they are filled or
withdrawn.
"""

from typing import Literal, TypeAlias

#: What happens where an order meets one of its own account.
Prevention = Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH"]


class Resting:
    """An order of an account, as a book has it: one that comes, or one that stands there.

    :param owner: whose it is; orders of one owner are kept from trading with each other.
    :param price: where it stands, in units of 1e-8; 0 for an order that never stands.
    :param left: what is not filled yet, in units of 1e-8.
    :param prevention: what happens where it comes to an order of the same owner.

    :ivar stopped: whether it was ended as it came to an order of its owner.

    Source: Spot *Self Trade Prevention*.
    """

    def __init__(
        self, owner: object, buy: bool, price: int, left: int, prevention: Prevention = "NONE"
    ) -> None:
        self.owner = owner
        self.buy = buy
        self.price = price
        self.left = left
        self.prevention: Prevention = prevention
        self.stopped = False

    def avoids(self, other: "Resting") -> bool:
        """Return whether it must not trade with an order that stands."""
        return self.owner is other.owner and self.prevention != "NONE"


Queue: TypeAlias = list[int | Resting]


def size_of(item: int | Resting) -> int:
    """Return what is left of an item of a queue."""
    return item if isinstance(item, int) else item.left


class Side:
    """One side of a book. A key is the price times *sign*, so that the best key is always the last.

    :param fewest: levels that the market keeps at least, and *most* that it keeps at most.

    :ivar standing: the number of orders of accounts by key, keys without any left out; the levels of these
        come on top of ``fewest`` and ``most``.
    """

    __slots__ = ("fewest", "keys", "most", "queues", "sign", "standing", "totals", "touched")

    def __init__(self, sign: int, fewest: int, most: int) -> None:
        self.sign = sign
        self.fewest = fewest
        self.most = most
        self.keys: list[int] = []
        self.queues: dict[int, Queue] = {}
        self.totals: dict[int, int] = {}
        self.touched: tuple[set[int], set[int]] = (set(), set())
        self.standing: dict[int, int] = {}

    def levels(self, count: int) -> list[tuple[int, int]]:
        """List the best *count* levels as (price, quantity), best first."""
        sign, totals = self.sign, self.totals
        return [(sign * key, totals[key]) for key in self.keys[: -count - 1 : -1]]

    def worst_of_market(self) -> int | None:
        """Return the worst key at which an order of the market stands; None if there is none."""
        standing = self.standing
        if not standing:
            return self.keys[0] if self.keys else None
        return next((key for key in self.keys if len(self.queues[key]) > standing.get(key, 0)), None)

    def stand(self, key: int) -> None:
        """Count an order of an account that has come to stand."""
        before = self.standing.get(key, 0)
        self.standing[key] = before + 1
        if not before:
            self.fewest += 1
            self.most += 1

    def leave(self, key: int) -> None:
        """Count an order of an account that stands no longer."""
        left = self.standing[key] - 1
        if left:
            self.standing[key] = left
        else:
            del self.standing[key]
            self.fewest -= 1
            self.most -= 1

    def drop_newest(self, key: int, most: int) -> int:
        """Drop the market's newest order at a key, if it has *most* there; return how much that was."""
        queue = self.queues[key]
        if key not in self.standing:
            return size_of(queue.pop())
        found = [index for index, item in enumerate(queue) if isinstance(item, int)]
        return size_of(queue.pop(found[-1])) if len(found) >= most else 0

    def without_market(self, key: int) -> Queue:
        """Return what stands at a key of accounts alone."""
        return [item for item in self.queues[key] if not isinstance(item, int)]
