"""Imports what pytest imports once it is run: before a fork, not after it in each process that runs it."""

from __future__ import annotations

import contextlib
import importlib

from _pytest.config import default_plugins

NAMES = ("pdb", "_pytest._argcomplete", *(f"_pytest.{name}" for name in default_plugins))


def load_pytest() -> None:
    """Import pytest's own plugins, and what they need; what this pytest does not have is left out."""
    for name in NAMES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
