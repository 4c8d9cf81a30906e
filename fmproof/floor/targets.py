"""What a model is trained to predict, and how that weighs the variance of the data given x.

Every target is a z + b eps plus what x tells. Given x = alpha z + beta eps, eps is
(x - alpha z) / beta, so the target's variance is that of z times (a - b alpha / beta)^2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.errors import InputError, nearest
from fmproof.models.formula import parse_formula
from fmproof.models.paths import Path, time_symbol

TARGETS: dict[str, str] = {
    "velocity": "alpha' z + beta' eps, as in flow matching",
    "x1": "the data z",
    "eps": "the noise eps",
    "v": "alpha eps - beta z, as in progressive distillation (arXiv 2202.00512)",
    "score": "-eps / beta, whose mean given x is the score",
}

_ALSO = {"data": "x1", "noise": "eps"}

Weight = Callable[[Any], Any]


def coefficients(path: Path, target: str, t: Any) -> tuple[Any, Any]:
    """a and b of the target a z + b eps at ``t``, any shape.

    Raises:
        InputError: an unknown target.
    """
    target = _ALSO.get(target, target)
    if target not in TARGETS:
        known = "known: " + ", ".join(sorted(TARGETS))
        why = known if target in ("x0", "x_0") else nearest(target, TARGETS)  # noise or data?
        raise InputError(f"target: unknown {target!r}; {why}")
    zero, one = np.zeros_like(path.alpha(t)), np.ones_like(path.alpha(t))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return {
            "velocity": lambda: (path.dalpha(t), path.dbeta(t)),
            "x1": lambda: (one, zero),
            "eps": lambda: (zero, one),
            "v": lambda: (-path.beta(t), path.alpha(t)),
            "score": lambda: (zero, -1 / path.beta(t)),
        }[target]()


def gain(path: Path, target: str, t: Any) -> Any:
    """|a - b alpha / beta| at ``t``, any shape: the target's deviation over that of z.

    Raises:
        InputError: an unknown target.
    """
    a, b = coefficients(path, target, t)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.abs(a - np.where(b == 0, 0.0, b * (path.alpha(t) / path.beta(t))))


def weight_function(text: str) -> Weight:
    """The weight w(t) of the loss from a formula such as ``"1"`` or ``"t/(1-t)"``.

    Raises:
        InputError: it cannot be read, or is negative or undefined somewhere in (0, 1).
    """
    try:
        constant = float(text)
    except ValueError:
        constant = np.nan
    if np.isfinite(constant):
        if constant < 0:
            raise InputError(f"weight: expected no negative value, found {text}")
        return lambda t: np.full(np.shape(t), constant)
    import sympy

    function = sympy.lambdify(time_symbol(), parse_formula(text, "weight"), "numpy")

    def weight(t: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.broadcast_to(np.asarray(function(t), dtype=np.float64), np.shape(t))

    grid = np.linspace(0, 1, 1025)[1:-1]
    values = weight(grid)
    for t, value in zip(grid, values, strict=True):
        if not (np.isfinite(value) and value >= 0):
            raise InputError(
                f"weight: expected a value ≥ 0 in (0, 1), found {value:g} at t = {t:g}"
            )
    return weight
