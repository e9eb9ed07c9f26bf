"""The order in which the addresses of a host are tried."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from binance.wire.addresses import Addresses, alternating, is_v6

V4 = [f"203.0.113.{number}" for number in range(1, 5)]
V6 = [f"2001:db8::{number}" for number in range(1, 5)]

any_addresses = st.lists(st.sampled_from(V4 + V6), max_size=10)
anywhere = st.lists(st.ip_addresses().map(str), max_size=10)


@settings(deadline=None)
@given(anywhere)
def test_every_address_is_tried_once(addresses):
    """None is left out, whatever its family, and none is tried twice."""
    order = alternating(addresses)
    assert sorted(order) == sorted(set(addresses))


@settings(deadline=None)
@given(any_addresses)
def test_families_take_turns_and_keep_the_systems_order(addresses):
    """The first is the system's first; while both families have addresses left, they alternate."""
    order = alternating(addresses)
    distinct = list(dict.fromkeys(addresses))
    assert order[:1] == distinct[:1]
    for family in (True, False):
        assert [one for one in order if is_v6(one) == family] == [
            one for one in distinct if is_v6(one) == family
        ]
    both = 2 * min(sum(map(is_v6, order)), sum(not is_v6(one) for one in order))
    assert all(is_v6(one) != is_v6(other) for one, other in pairwise(order[:both]))


@settings(deadline=None)
@given(st.ip_addresses())
def test_the_family_is_read_off_the_address(address):
    """A colon makes an IPv6 address."""
    assert is_v6(str(address)) == isinstance(address, ipaddress.IPv6Address)


@settings(deadline=None)
@given(any_addresses, st.lists(st.tuples(st.booleans(), st.sampled_from(V4 + V6)), max_size=12))
def test_addresses_on_which_connections_failed_come_last(found, happened):
    """Whatever failed and served before: all are there, the failed ones at the end, the latest last."""
    known, failed = Addresses(), []
    known.ordered(V4 + V6)
    for served, address in happened:
        if address in failed:
            failed.remove(address)
        if served:
            known.served(address)
        else:
            known.failed(address)
            failed.append(address)
    order = known.ordered(found)
    last = [one for one in failed if one in found]
    assert order == alternating(one for one in found if one not in last) + last


def test_an_address_that_the_name_has_no_more_is_forgotten():
    """Hosts behind a load balancer have other addresses every minute."""
    known = Addresses()
    known.failed(V4[0])
    known.ordered(V4[1:])
    assert known.ordered(V4) == V4
