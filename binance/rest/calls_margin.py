from binance.rest.calls import Call

CALLS: tuple[Call, ...] = ()
