"""The check whether another package named ``binance`` has overwritten files of this one, or could.

Such packages install into the same folder. The one that is installed last overwrites the files that both
have, and whichever is uninstalled takes them away. Only the folder that ours is in is looked at, and there
only packages that may be meant: ``importlib.metadata`` would cost more than the rest of an import.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module

_OURS = "binance-twisted"
_RECORDS = ".dist-info"  # of an installed package, the folder that lists its files
_ADVICE = (
    f"use an environment of its own for {_OURS}, or uninstall the other one and then install {_OURS} again "
    "(pip install --force-reinstall --no-deps)"
)


def check() -> None:
    """Warn of a package that shares our folder.

    :raises ImportError: if files of ours are overwritten or gone.
    """
    package = sys.modules["binance"]
    folder, _, _ = next(iter(package.__path__)).rpartition(os.sep)
    others = ", ".join(sharing(folder))
    try:
        ours = hasattr(import_module("binance.exceptions"), "InvalidArgument")
    except ImportError:
        ours = False
    if not ours:
        if others:
            raise ImportError(
                f"{others} has overwritten files of {_OURS}: both are imported as binance; {_ADVICE}"
            )
        raise ImportError(
            f"files of {_OURS} are missing, as after uninstalling another package that is imported as "
            f"binance, such as python-binance; install {_OURS} again (pip install --force-reinstall "
            "--no-deps)"
        )
    if others:
        warnings.warn(
            f"{others} is installed in the folder of {_OURS}: both are imported as binance, and installing "
            f"or uninstalling one breaks the other; {_ADVICE}",
            RuntimeWarning,
            stacklevel=3,
        )


def sharing(folder: str) -> Iterator[str]:
    """The other installed packages whose files are in our package, e.g. ``"python-binance 1.0.37"``.

    :param folder: where packages are installed, such as ``site-packages``.
    """
    try:
        with os.scandir(folder or os.sep) as found:
            entries = [entry for entry in found if "binance" in entry.name and entry.name.endswith(_RECORDS)]
    except OSError:  # in an archive, say
        return
    for entry in entries:
        distribution, _, version = entry.name.removesuffix(_RECORDS).rpartition("-")
        distribution = distribution.replace("_", "-")
        if distribution != _OURS and _is_in_ours(entry.path):
            yield f"{distribution} {version}"


def _is_in_ours(records: str) -> bool:
    from pathlib import Path  # seldom needed, and not cheap

    try:
        lines = Path(records, "RECORD").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.startswith("binance/") for line in lines)
