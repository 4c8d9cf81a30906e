"""One adapter a library."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from fmproof.testing.conformance import Adapter


def load() -> dict[str, Adapter]:
    """The adapters, by the library's name."""
    names = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem != "__init__")
    found = [import_module(f"{__name__}.{name}").ADAPTER for name in names]
    return {adapter.library: adapter for adapter in found}
