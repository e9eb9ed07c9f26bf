"""Check of an API key: a listen key, or a signed call that reads, as the venue authorises accounts today.

Nothing is changed: the listen key of an account is made, or is extended by an hour, and not ended, since
another program may use it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from binance.client import Client
from binance.doctor.calling import refused
from binance.doctor.case import Case, Service
from binance.doctor.finding import Finding, ok, skipped, warning
from binance.exceptions import BinanceRequestException

_SECRET = "Set BINANCE_API_SECRET, or name the file of the secret or private key with --secret-file"


class Calls(NamedTuple):
    """The calls of one market that need a key alone, and a signature."""

    listen_key: Callable[[Client], str]
    signed: Callable[[Client], Any]


CALLS = {
    "spot": Calls(Client.stream_get_listen_key, lambda client: client.get_account(omitZeroBalances=True)),
    "usdm": Calls(Client.futures_stream_get_listen_key, Client.futures_account_balance),
    "coinm": Calls(Client.futures_coin_stream_get_listen_key, Client.futures_coin_account_balance),
    "options": Calls(Client.options_stream_get_listen_key, Client.options_positions),
}


async def account(case: Case, service: Service) -> list[Finding]:
    """Make the calls that the venue and what is known of the key allow."""
    asked, client = case.asked, case.client
    if not asked.api_key:
        return [skipped("no API key: set BINANCE_API_KEY and BINANCE_API_SECRET to have one checked")]
    if not case.has_accounts:
        return [skipped("this venue has market data alone, and no accounts")]
    calls = CALLS[asked.market]
    by_listen_key = asked.market != "spot" or case.venue.spot_method == "listen_key"
    findings = []
    if by_listen_key:
        findings.append(await _made(case, service, "listen key", lambda: calls.listen_key(client)))
    if asked.secret:
        findings.append(await _made(case, service, "signature", lambda: calls.signed(client)))
    elif not by_listen_key:
        findings.append(warning("an API key without its secret: nothing could be signed", _SECRET))
    return findings


async def _made(case: Case, service: Service, what: str, call: Callable[[], Any]) -> Finding:
    try:
        answer = await case.in_thread(call)
    except BinanceRequestException as exc:
        return refused(service, exc)
    if what == "listen key":
        return ok("API key accepted: the exchange has made a listen key")
    kind = case.client.key_type
    trades = answer.get("canTrade") if isinstance(answer, dict) else None
    rights = "" if trades is None else f"; the account {'may' if trades else 'may not'} trade"
    return ok(f"API key and signature ({kind}) accepted{rights}")
