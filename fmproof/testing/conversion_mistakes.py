"""The mistakes that a conversion between parametrisations looks like."""

from __future__ import annotations

from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.targets import coefficients
from fmproof.testing.diagnosis import NAMES
from fmproof.testing.precision import COARSE, closest
from fmproof.testing.reference import Reference

_NEAR = 1e-3  # relative error of a factor that is recognised
_NOTHING = 1e-6  # a factor that is none
_MOST = 0.8  # of the rows agree where they are rounded coarsely
_APART = 0.05  # determinant, relative, from which on two terms are told there


def looks_like(
    reference: Reference,
    joint: Any,
    given: FloatArray,
    expected: FloatArray,
    found: FloatArray,
    slack: FloatArray,
    rounding: float,
) -> str:
    """The mistake, from the predictions (N, d) that were given, expected and found.

    Args:
        joint: t (N,) and z, eps, x (N, d) that these are made of.
        slack: how far rounding may throw them, (N, d).
    """

    known = {"it returns its input unchanged": given, "its sign is flipped": -expected}
    for name, words in NAMES.items():
        try:
            a, b = coefficients(reference.path, name, joint.t)
        except Exception:  # a table has no velocity
            continue
        value = a[:, None] * joint.z + b[:, None] * joint.eps
        if np.isfinite(value).all():
            known[f"it returns {words}"] = value
    ratio = float((found * expected).sum() / max(float(np.square(expected).sum()), 1e-300))
    if abs(ratio) > _NOTHING:
        known[f"it is {ratio:.6g} times what it should be"] = ratio * expected
    coarse = rounding if rounding > COARSE else 0.0
    return closest(found, known, expected, slack) or _terms_like(
        reference, joint, given, expected, found, coarse
    )


def _terms_like(
    reference: Reference,
    joint: Any,
    given: FloatArray,
    expected: FloatArray,
    found: FloatArray,
    rounding: float,
) -> str:
    """Which of its terms in x and in the prediction is wrong, and by what factor of t."""
    near = max(_NEAR, 8 * rounding)
    due, right = _terms(joint.x, given, expected, rounding)
    terms, linear = _terms(joint.x, given, found, rounding)
    rows = right & linear
    if rows.mean() < 0.5:
        return ""
    t, due, terms = joint.t[rows], due[rows], terms[rows]
    alpha, beta = reference.alpha(t), reference.beta(t)
    size = np.abs(due).max(axis=1)
    fine = [_mostly(np.abs(terms - due)[:, i] <= near * size, rounding) for i in (0, 1)]
    shown = [_mostly(np.abs(due[:, i]) > near * size, rounding) for i in (0, 1)]
    ratios = [terms[:, i] / due[:, i] if shown[i] else None for i in (0, 1)]
    names = ("x", "the prediction")
    for i in (0, 1):
        ratio = ratios[i]
        words = "" if ratio is None else _factor(ratio, alpha, beta, rounding)
        if words and fine[1 - i] and ratios[1 - i] is not None:
            return f"its term in {names[i]} {words}; that in {names[1 - i]} is right"
    whole = {_factor(ratio, alpha, beta, rounding) for ratio in ratios if ratio is not None}
    if len(whole) == 1 and all(fine[i] for i in (0, 1) if ratios[i] is None):
        words = whole.pop()
        if words:
            return f"it {words}"
    row = int(np.abs(t - np.median(t)).argmin())
    (p, q), (x_due, q_due) = terms[row], due[row]
    return (
        f"near t = {t[row]:.3g} it is {p:.3g} x + {q:.3g} times the prediction, expected "
        f"{x_due:.3g} and {q_due:.3g}"
    )


def _mostly(rows: Any, rounding: float) -> bool:
    """Whether all rows agree, or most of them where they are rounded coarsely."""
    return bool(rows.mean() >= (_MOST if rounding else 1.0))


def _terms(
    x: FloatArray, given: FloatArray, value: FloatArray, rounding: float
) -> tuple[FloatArray, Any]:
    """The factors of x and of the prediction in each row of a value (N, d), (N, 2), and the rows
    in which there are no more than these and rounding leaves them to be seen."""
    design = np.stack([x, given], axis=2)
    gram = np.einsum("ndi,ndj->nij", design, design)
    right = np.einsum("ndi,nd->ni", design, value)
    size = np.trace(gram, axis1=1, axis2=2)
    told = np.linalg.det(gram) > (_APART if rounding else 1e-6) * size**2
    gram[~told] = np.eye(2)
    found = np.linalg.solve(gram, right[..., None])[..., 0]
    left = np.abs(value - np.einsum("ndi,ni->nd", design, found)).max(axis=1)
    return found, told & (left <= max(1e-4, 4 * rounding) * (1 + np.abs(value).max(axis=1)))


def _factor(ratio: FloatArray, alpha: FloatArray, beta: FloatArray, rounding: float) -> str:
    """What a term is, of which it is ``ratio`` (N,) times the right one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        known = {
            "is missing": 0 * alpha,
            "has the wrong sign": 0 * alpha - 1,
            **{
                f"is {name} times what it should be": value
                for name, value in {
                    "alpha": alpha,
                    "beta": beta,
                    "alpha²": alpha**2,
                    "beta²": beta**2,
                    "1/alpha": 1 / alpha,
                    "1/beta": 1 / beta,
                    "1/alpha²": alpha**-2,
                    "1/beta²": beta**-2,
                    "alpha/beta": alpha / beta,
                    "beta/alpha": beta / alpha,
                }.items()
            },
        }
    known |= {
        f"{words}, with the sign flipped": -value
        for words, value in known.items()
        if "times" in words
    }
    near = max(_NEAR, 4 * rounding)
    off = {}
    for words, value in known.items():
        size = np.abs(value) + (1 if not rounding else near)
        left = np.abs(ratio - value) / size
        if _mostly(left <= near, rounding):
            off[words] = float(np.median(left))
    return min(off, key=lambda words: off[words], default="")
