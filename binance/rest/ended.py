from binance.rest.calls import Ended

ENDED = (Ended("get_lending_account", "Lending.", "2023-06", "x"),)
