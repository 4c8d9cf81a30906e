"""Hypothesis strategies for problems, terms and derivation steps.

Those of terms and steps need SymPy, which is imported when they are first used.
"""

from __future__ import annotations

from fmproof.testing.strategies.models import (
    gaussian_mixtures,
    linear_models,
    numbers,
    paths,
    polynomial_models,
    problems,
    time_laws,
)

__all__ = [
    "gaussian_mixtures",
    "linear_models",
    "numbers",
    "paths",
    "polynomial_models",
    "problems",
    "time_laws",
]
