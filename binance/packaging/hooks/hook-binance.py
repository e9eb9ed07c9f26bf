"""What PyInstaller does not see by itself in a program that imports this package."""

from PyInstaller.utils.hooks import collect_data_files

# Autobahn opens these when it is imported, for a compiler or not
datas = collect_data_files("autobahn", includes=["nvx/*.c"])
# `from binance import Client` names these in a string
hiddenimports = ["binance.client", "binance.websockets", "binance.enums"]
