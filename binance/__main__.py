"""``python -m binance``."""

import sys

try:
    from binance.cli import main
except (
    ImportError
) as exc:  # another package has overwritten files of ours: the message says which, and what to do
    if __name__ != "__main__":
        raise
    sys.exit(f"python -m binance: {exc}")

if __name__ == "__main__":
    sys.exit(main())
