"""``python -m binance.sandbox`` serves a sandbox."""

import sys

from binance.sandbox.serve import serve

if __name__ == "__main__":
    sys.exit(serve())
