"""Answers to calls with an API key on derivatives: listen keys, accounts and positions. Pure."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts import options_events
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.contracts import CM, OPTION, UM, Contract
from binance.sandbox.accounts.futures_events import initial, maintenance
from binance.sandbox.accounts.holdings import Holdings, Position
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.quotes import mark, of_legs
from binance.sandbox.accounts.signatures import Clock
from binance.sandbox.accounts.venues import COINM, OPTIONS, PORTFOLIO_MARGIN, USDM, VENUES
from binance.sandbox.answers.asked import Asked, bad_symbol
from binance.sandbox.answers.private import Keyed, Sent
from binance.sandbox.answers.rest import Answer, RestCall, refused
from binance.sandbox.limits import Limits
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.futures.payloads import leverage_brackets
from binance.sandbox.market.payloads import MILLIS


def _listen_key(keyed: Keyed, markets: Markets, kind: str) -> Any:
    """Open, extend or close the listen key of an account; no call has a parameter.

    Source: *User Data Streams* of each venue, "Start", "Keepalive" and "Close User Data Stream".
    """
    keyed.only("POST", "PUT", "DELETE")
    account, keys = keyed.account(kind), keyed.accounts.listen_keys
    now_ms = markets.now_ms
    if keyed.method == "POST":
        keyed.accounts.listens(account)
        return {"listenKey": keys.open(account, now_ms)}
    listen_key = account.listen_key or ""
    if keyed.method == "PUT":
        keys.extend(account, listen_key, now_ms)
        return {"listenKey": listen_key}
    keys.close(account, listen_key)
    return {}


def _futures_account(keyed: Keyed, markets: Markets, kind: str, leg: str, of_all: bool = True) -> Any:
    """Return wallets and positions of futures.

    :param of_all: with the contracts without a position, too.

    Source: *USD-M* and *COIN-M Futures*, *Portfolio Margin*: "Account Information".
    """
    keyed.only("GET", "HEAD")
    account = keyed.signed(kind)
    listed = of_legs(markets, (leg,))
    assets = dict.fromkeys([contract.asset for contract in listed] + list(account.leg(leg).wallets))
    body: dict[str, Any] = {
        "assets": [_asset(markets, account, leg, asset) for asset in assets],
        "positions": [
            _position(markets, account, position)
            for contract in listed
            for position in account.leg(leg).look(contract)
            if of_all or position.amount
        ],
    }
    if kind == PORTFOLIO_MARGIN:
        return body
    body = {"feeTier": 0, "canTrade": True, "canDeposit": True, "canWithdraw": True, "updateTime": 0} | body
    if leg == UM:
        [dollars] = [asset for asset in body["assets"] if asset["asset"] == "USDT"] or [_NOTHING]
        body |= {
            "totalInitialMargin": dollars["initialMargin"], "totalMaintMargin": dollars["maintMargin"],
            "totalWalletBalance": dollars["walletBalance"],
            "totalUnrealizedProfit": dollars["unrealizedProfit"],
            "totalMarginBalance": dollars["marginBalance"],
            "multiAssetsMargin": account.leg(UM).multi_assets,
        }  # fmt: skip
    return body


_NOTHING: Final = dict.fromkeys(
    ("initialMargin", "maintMargin", "walletBalance", "unrealizedProfit", "marginBalance"), decimal(0)
)


def _balance(keyed: Keyed, markets: Markets, kind: str, leg: str) -> Any:
    """Return the wallets of futures.

    Source: *USD-M* and *COIN-M Futures*, "Futures Account Balance".
    """
    shown = _futures_account(keyed, markets, kind, leg, of_all=False)["assets"]
    names = ("asset", "crossWalletBalance", "crossUnPnl", "availableBalance", "updateTime")
    free = "maxWithdrawAmount" if leg == UM else "withdrawAvailable"
    return [
        {"accountAlias": "SgsR", "balance": row["walletBalance"], free: row["availableBalance"]}
        | {name: row[name] for name in names}
        | ({"marginAvailable": True} if leg == UM else {})
        for row in shown
    ]


def _leverage_brackets(keyed: Keyed, markets: Markets, kind: str, leg: str) -> Any:
    """Return which leverage and which maintenance margin hold for positions of which size.

    Source: *USD-M* and *COIN-M Futures*, "Notional and Leverage Brackets".
    """
    keyed.only("GET", "HEAD")
    keyed.signed(kind)
    listed = _asked_contracts(keyed, markets, leg)
    return [leverage_brackets(contract.symbol, by_quantity=contract.face > 0) for contract in listed]


def _asked_contracts(keyed: Keyed, markets: Markets, leg: str) -> list[Contract]:
    """Return the contract of the parameter ``symbol``, without it all of a leg."""
    listed = of_legs(markets, (leg,))
    symbol = keyed.asked.params.get("symbol")
    found = [contract for contract in listed if symbol in (None, contract.symbol)]
    if not found:
        raise bad_symbol()
    return found


def _asset(markets: Markets, account: Account, leg: str, asset: str) -> dict[str, Any]:
    holdings = account.leg(leg)
    held = [p for p in holdings.positions.values() if p.contract.asset == asset]
    reserved = sum(position.reserved for position in held)
    wallet = holdings.wallet(asset)
    profit = sum(p.unrealised(mark(p.contract, markets)) for p in held)
    taken = sum(initial(holdings, p, markets) for p in held)
    return {
        "asset": asset, "walletBalance": decimal(wallet), "unrealizedProfit": decimal(profit),
        "marginBalance": decimal(wallet + profit), "initialMargin": decimal(taken + reserved),
        "maintMargin": decimal(sum(maintenance(p, markets) for p in held)),
        "positionInitialMargin": decimal(taken), "openOrderInitialMargin": decimal(reserved),
        "crossWalletBalance": decimal(holdings.cross_wallet(asset)), "crossUnPnl": decimal(profit),
        "availableBalance": decimal(max(wallet + profit - taken - reserved, 0)),
        "updateTime": account.updated_ms,
    }  # fmt: skip


def _position(markets: Markets, account: Account, position: Position) -> dict[str, Any]:
    contract = position.contract
    holdings = account.leg(contract.leg)
    return {
        "symbol": contract.symbol, "positionSide": position.side, "positionAmt": decimal(position.amount),
        "entryPrice": decimal(position.entry), "breakEvenPrice": decimal(position.entry),
        "unrealizedProfit": decimal(position.unrealised(mark(contract, markets))),
        "leverage": str(holdings.leverage_of(contract.symbol)),
        "isolated": contract.symbol in holdings.isolated,
        "initialMargin": decimal(initial(holdings, position, markets) + position.reserved),
        "positionInitialMargin": decimal(initial(holdings, position, markets)),
        "openOrderInitialMargin": decimal(position.reserved),
        "maintMargin": decimal(maintenance(position, markets)), "updateTime": account.updated_ms,
    }  # fmt: skip


def _position_risk(keyed: Keyed, markets: Markets, kind: str, leg: str) -> Any:
    """Return the positions of futures with their mark prices.

    Source: *USD-M* and *COIN-M Futures*, *Portfolio Margin*: "Position Information".
    """
    keyed.only("GET", "HEAD")
    account = keyed.signed(kind)
    holdings = account.leg(leg)
    return [
        {
            "symbol": contract.symbol, "positionAmt": decimal(position.amount),
            "entryPrice": decimal(position.entry), "breakEvenPrice": decimal(position.entry),
            "markPrice": decimal(mark(contract, markets)),
            "unRealizedProfit": decimal(position.unrealised(mark(contract, markets))),
            "liquidationPrice": decimal(0), "leverage": str(holdings.leverage_of(contract.symbol)),
            "marginType": "isolated" if contract.symbol in holdings.isolated else "cross",
            "isolatedMargin": decimal(_isolated_margin(holdings, position, markets)),
            "isAutoAddMargin": "false", "positionSide": position.side,
            "notional": decimal(position.worth(mark(contract, markets)) * position.sign),
            "isolatedWallet": decimal(holdings.isolated_wallet(position)), "updateTime": account.updated_ms,
        }
        for contract in _asked_contracts(keyed, markets, leg)
        for position in holdings.look(contract)
    ]  # fmt: skip


def _isolated_margin(holdings: Holdings, position: Position, markets: Markets) -> int:
    """Return the margin of its own that a position has, its profit counted; 0 if it has none."""
    wallet = holdings.isolated_wallet(position)
    return wallet and wallet + position.unrealised(mark(position.contract, markets))


_MARGINS: Final = ("initialMargin", "maintMargin", "positionInitialMargin", "openOrderInitialMargin")


def _open_position_risk(keyed: Keyed, markets: Markets, kind: str, leg: str) -> Any:
    """Return the open positions alone, with their margins and without what is set for a symbol.

    Source: *USD-M Futures*, "Position Information V3".
    """
    rows = {(row["symbol"], row["positionSide"]): row for row in _position_risk(keyed, markets, kind, leg)}
    account = keyed.account(kind)
    contracts = _asked_contracts(keyed, markets, leg)
    listed = [held for each in contracts for held in account.leg(leg).look(each) if held.amount]
    shown = []
    for held in listed:
        contract = held.contract
        row, position = rows[contract.symbol, held.side], _position(markets, account, held)
        for gone in ("leverage", "marginType", "isAutoAddMargin"):
            del row[gone]
        shown.append(row | {
            "marginAsset": contract.asset, "adl": 0, "bidNotional": "0", "askNotional": "0",
            **{name: position[name] for name in _MARGINS},
        })  # fmt: skip
    return shown


def _options_account(keyed: Keyed, markets: Markets) -> Any:
    """Return what an account of options comes to.

    Source: *European Options*, "Option Account Information".
    """
    keyed.only("GET", "HEAD")
    account = keyed.signed(OPTIONS)
    found = options_events.figures(account.leg(OPTION), markets)
    return {
        "asset": [
            {
                "asset": "USDT", "marginBalance": decimal(found["balance"]),
                "equity": decimal(found["equity"]), "locked": decimal(found["initial"]),
                "available": decimal(found["balance"] - found["initial"]),
                "unrealizedPNL": decimal(found["unrealised"]),
            }
        ],
        "greek": [
            {"underlying": g["u"], "delta": g["d"], "gamma": g["g"], "theta": g["t"], "vega": g["v"]}
            for g in options_events.greek_sums(account, markets)
        ],
        "time": int(markets.now_ms), "riskLevel": "NORMAL",
    }  # fmt: skip


def _options_positions(keyed: Keyed, markets: Markets) -> Any:
    """Return the positions in options.

    Source: *European Options*, "Option Position Information".
    """
    keyed.only("GET", "HEAD")
    account = keyed.signed(OPTIONS)
    return [
        {
            "symbol": p.contract.symbol, "side": "LONG" if p.amount > 0 else "SHORT",
            "quantity": decimal(p.amount), "entryPrice": decimal(p.entry),
            "markPrice": decimal(mark(p.contract, markets)),
            "markValue": decimal(p.worth(mark(p.contract, markets)) * p.sign),
            "unrealizedPNL": decimal(p.unrealised(mark(p.contract, markets))),
            "strikePrice": decimal(p.contract.strike), "expiryDate": p.contract.expires_ms,
            "optionSide": "CALL" if p.contract.is_call else "PUT", "quoteAsset": p.contract.asset,
        }
        for p in account.leg(OPTION).open_positions()
    ]  # fmt: skip


def _margin_balance(keyed: Keyed, markets: Markets) -> Any:
    """Return the balances of portfolio margin, those of all its legs.

    Source: *Portfolio Margin*, "Account Balance".
    """
    keyed.only("GET", "HEAD")
    account = keyed.signed(PORTFOLIO_MARGIN)
    legs = {UM: account.leg(UM), CM: account.leg(CM)}
    assets = dict.fromkeys(
        [contract.asset for contract in of_legs(markets, (UM, CM))]
        + list(account.free) + [asset for leg in legs.values() for asset in leg.wallets]
    )  # fmt: skip
    rows = []
    for asset in assets:
        free = account.balance(asset)
        futures = {leg: holdings.wallets.get(asset, 0) for leg, holdings in legs.items()}
        rows.append({
            "asset": asset, "totalWalletBalance": decimal(free + sum(futures.values())),
            "crossMarginAsset": decimal(free), "crossMarginBorrowed": decimal(0),
            "crossMarginFree": decimal(free), "crossMarginInterest": decimal(0),
            "crossMarginLocked": decimal(0), "umWalletBalance": decimal(futures[UM]),
            "cmWalletBalance": decimal(futures[CM]), "updateTime": account.updated_ms,
        })  # fmt: skip
    return rows


CONTRACT_ACCOUNTS: Final[dict[str, Callable[[Keyed, Markets], Any]]] = {
    **{venue.listen_key: partial(_listen_key, kind=kind) for kind, venue in VENUES.items()},
    "/fapi/v2/account": partial(_futures_account, kind=USDM, leg=UM),
    "/fapi/v2/positionRisk": partial(_position_risk, kind=USDM, leg=UM),
    "/fapi/v3/account": partial(_futures_account, kind=USDM, leg=UM, of_all=False),
    "/fapi/v3/positionRisk": partial(_open_position_risk, kind=USDM, leg=UM),
    "/fapi/v2/balance": partial(_balance, kind=USDM, leg=UM),
    "/fapi/v3/balance": partial(_balance, kind=USDM, leg=UM),
    "/dapi/v1/balance": partial(_balance, kind=COINM, leg=CM),
    "/fapi/v1/leverageBracket": partial(_leverage_brackets, kind=USDM, leg=UM),
    "/dapi/v2/leverageBracket": partial(_leverage_brackets, kind=COINM, leg=CM),
    "/dapi/v1/account": partial(_futures_account, kind=COINM, leg=CM),
    "/dapi/v1/positionRisk": partial(_position_risk, kind=COINM, leg=CM),
    "/eapi/v1/account": _options_account,
    "/eapi/v1/position": _options_positions,
    "/papi/v1/balance": _margin_balance,
    "/papi/v1/um/account": partial(_futures_account, kind=PORTFOLIO_MARGIN, leg=UM),
    "/papi/v1/cm/account": partial(_futures_account, kind=PORTFOLIO_MARGIN, leg=CM),
    "/papi/v1/um/positionRisk": partial(_position_risk, kind=PORTFOLIO_MARGIN, leg=UM),
    "/papi/v1/cm/positionRisk": partial(_position_risk, kind=PORTFOLIO_MARGIN, leg=CM),
}

#: Weights of these calls, where they are not 1.
WEIGHTS: Final = {
    "/fapi/v2/account": 5,
    "/fapi/v2/positionRisk": 5,
    "/fapi/v3/account": 5,
    "/fapi/v3/positionRisk": 5,
    "/fapi/v2/balance": 5,
    "/fapi/v3/balance": 5,
    "/dapi/v1/account": 5,
    "/eapi/v1/account": 3,
    "/eapi/v1/position": 5,
    "/papi/v1/balance": 20,
    "/papi/v1/um/account": 5,
    "/papi/v1/cm/account": 5,
    "/papi/v1/um/positionRisk": 5,
}


def answer(
    call: RestCall,
    api_key: str | None,
    accounts: Accounts,
    markets: Markets,
    sent: Sent,
    clock: Clock,
    limits: Limits,
) -> Answer:
    """Answer a call to one of :data:`CONTRACT_ACCOUNTS`.

    :param api_key: the header ``X-MBX-APIKEY``, or None.
    :param sent: the call as it was sent, for signatures.
    """
    asked = Asked(call.params, markets.spot, MILLIS, clock.offset_ms, limits)
    try:
        respond = CONTRACT_ACCOUNTS[call.path]
        return Answer(200, respond(Keyed(call.method, asked, api_key, accounts, sent, clock), markets))
    except BinanceAPIException as error:
        return refused(error)
