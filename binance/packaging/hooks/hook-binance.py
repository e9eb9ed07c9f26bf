"""Imports that PyInstaller does not find by itself in a program that uses this package."""

from PyInstaller.utils.hooks import collect_data_files

# Autobahn opens these when it is imported, for a compiler or not
datas = collect_data_files("autobahn", includes=["nvx/*.c"])
# `from binance import Client` names these in a string
hiddenimports = ["binance.client", "binance.websockets", "binance.enums"]
