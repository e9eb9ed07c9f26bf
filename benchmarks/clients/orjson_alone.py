"""No client: orjson on the payloads of the prepared traffic, one by one. What one message must cost."""

from __future__ import annotations

import itertools

import orjson
import traffic
from clients import measuring

#: So many payloads, again and again: far more than the caches hold.
PAYLOADS = 200_000

options = measuring.arguments()
loads = orjson.loads
payloads = list(itertools.islice(traffic.payloads(options.traffic), PAYLOADS))
callback = measuring.begin(options)
while True:
    for payload in payloads:
        callback(loads(payload))
