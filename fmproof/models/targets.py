"""What a network is trained to predict: linear functions a(t) x1 + b(t) x0 of data and noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from fmproof.errors import InputError, nearest
from fmproof.models.arrays import FloatArray
from fmproof.models.paths import Path

_TARGETS = {
    "velocity": "dalpha x1 + dbeta x0, the conditional velocity d/dt x_t",
    "x1": "the data; called x0 where time runs from data to noise",
    "eps": "the noise",
    "v": "alpha x0 - beta x1, the v-prediction of Salimans & Ho (arXiv 2202.00512)",
    "score": "-x0 / beta, the score of p_t(x given x1)",
}
_ALIASES = {
    False: {"data": "x1", "noise": "eps", "x0": "eps", "epsilon": "eps"},
    True: {"data": "x1", "noise": "eps", "x0": "x1", "x1": "eps", "epsilon": "eps"},
}


def target_of(target: Any, data_first: bool = False) -> Any:
    """The target's name or pair, with other names replaced; raises ``InputError`` for none.

    Args:
        target: one of ``TARGETS``, "data", "noise", "x0" (the state at time 0), or (a, b), two
            functions of t or numbers.
        data_first: whether time runs from data to noise, where "x0" is the data.
    """
    if isinstance(target, str):
        name = _ALIASES[data_first].get(target, target)
        if name not in _TARGETS:
            close = nearest(target, [*_TARGETS, *_ALIASES[data_first]], "")
            raise InputError(
                f"target: expected one of {', '.join(_TARGETS)}, x0 or a pair (a, b), "
                f"found {target!r}" + (f"; {close}" if close else "")
            )
        return name
    pair = isinstance(target, tuple | list) and len(target) == 2
    if not pair or not all(callable(c) or isinstance(c, int | float) for c in target):
        raise InputError(
            "target: expected a name, or (a, b) with functions of t or numbers for "
            f"a(t) x1 + b(t) x0, found {target!r}"
        )
    return tuple(target)


def coefficients(path: Path, target: Any, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """a(t) and b(t), (N,), of a target from ``target_of``; infinite where it is singular."""
    one, zero = np.ones_like(t), np.zeros_like(t)
    match target:
        case "velocity":
            return path.dalpha(t), path.dbeta(t)
        case "x1":
            return one, zero
        case "eps":
            return zero, one
        case "v":
            return -path.beta(t), path.alpha(t)
        case "score":
            with np.errstate(divide="ignore"):
                return zero, -1 / path.beta(t)
    a, b = (_evaluate(part, t) for part in target)
    return a, b


def _evaluate(part: Any, t: FloatArray) -> FloatArray:
    if not callable(part):
        return np.full_like(t, float(part))
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            result = part(t)
        if hasattr(result, "detach"):
            result = result.detach().cpu().numpy()
        return np.array(np.broadcast_to(np.asarray(result, dtype=np.float64), t.shape))
    except Exception as error:
        raise InputError(f"target: its function raised {error!r} for an array of times") from None
