"""Messages with the documented fields of every stream of futures and options, through sockets."""

from __future__ import annotations

import pytest

from binance.venues.catalogue import CATALOGUES, kind_of

from .. import futures_shapes as shapes
from ..support import ManagerCase, Recorder, until

MESSAGES = 6


@pytest.mark.parametrize("market", shapes.SINGLE)
def test_there_are_shapes_of_every_kind_of_stream(market):
    """No row of a catalogue is left out."""
    catalogue = CATALOGUES[market]
    assert {kind_of(name, catalogue) for name in shapes.names(market)} == set(catalogue)


class Shapes(ManagerCase):
    """A server that sends what its path names."""

    async def deliver(self, market):
        """All streams of a venue at once, each on a socket of its own and on one socket for all."""
        made = {
            name: [shapes.message(market, name, number) for number in range(MESSAGES)]
            for name in shapes.names(market)
        }

        def on_open(connection):
            place, _, names = connection.path.partition("?streams=")
            if not names:
                [name] = [name for name in made if place.endswith(f"/ws/{name}")]
                for message in made[name]:
                    connection.send(message)
            for number in range(MESSAGES if names else 0):
                for name in names.split("/"):
                    connection.send({"stream": name, "data": made[name][number]})

        self.server.on_open = on_open
        bm, got, all_of_them = self.manager(), {}, Recorder()
        for name in made:
            got[name] = Recorder()
            bm.start_stream_socket(name, got[name], venue=market)
        key = bm.start_multiplex_socket(list(made), all_of_them, venue=market)
        await until(lambda: len(all_of_them) >= MESSAGES * len(made))
        await until(lambda: all(len(one) >= MESSAGES for one in got.values()))
        assert got == made
        for name, expected in made.items():
            assert [one["data"] for one in all_of_them if one["stream"] == name] == expected
        assert set(self.events.kinds()) - {"callback_slow"} == {"connecting", "connected"}
        stats = bm.stats()
        assert stats[key]["messages"] == MESSAGES * len(made)
        for count in ("gaps", "missed", "resets", "duplicates", "malformed", "callback_errors"):
            assert {one[count] for one in stats.values()} == {0}
        categories = {kind.category for kind in CATALOGUES[market]}
        assert len(self.server.connections) == len(made) + len(categories)
        places = {"" if category is None else f"/{category}" for category in categories}
        assert {dial.partition("/ws/")[0].partition("/stream")[0] for dial in self.server.dials} == places

    async def test_messages_of_usdm_are_delivered_unchanged(self):
        """No false gap, reset, duplicate or malformed message, bare and combined, at two categories."""
        await self.deliver("usdm")

    async def test_messages_of_coinm_are_delivered_unchanged(self):
        """The same of COIN-M, whose paths have no category."""
        await self.deliver("coinm")

    async def test_messages_of_options_are_delivered_unchanged(self):
        """The same of options."""
        await self.deliver("options")
