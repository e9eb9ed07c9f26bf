"""The hooks for PyInstaller: the entry point ``hook-dirs`` of ``pyinstaller40``."""

from __future__ import annotations

from pathlib import Path


def hook_folders() -> list[str]:
    """The folder with our hooks. It is not a package: what is in it can be imported by PyInstaller only."""
    return [str(Path(__file__).with_name("hooks"))]
