"""Hypothesis strategies for problems, terms and derivation steps.

Those of terms and steps need SymPy, which is imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fmproof.testing.strategies.models import (
    gaussian_mixtures,
    linear_models,
    numbers,
    paths,
    polynomial_models,
    problems,
    time_laws,
)

_NEED_SYMPY = {
    "derivation_step": "steps",
    "derivation_steps": "steps",
    "terms": "language",
}

__all__ = [
    "derivation_step",
    "derivation_steps",
    "gaussian_mixtures",
    "linear_models",
    "numbers",
    "paths",
    "polynomial_models",
    "problems",
    "terms",
    "time_laws",
]


def __getattr__(name: str) -> Any:
    if name in _NEED_SYMPY:
        module = import_module(f"{__name__}.{_NEED_SYMPY[name]}")
        globals()[name] = getattr(module, name)
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
