"""Products of matrices and linear systems in rationals."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.losses.budget import Budget
from fmproof.models.arrays import ObjectArray

_MOST_BITS = 4096  # of a common denominator
_LIMITS = (50, 200)  # in pure Python, with python-flint under SymPy: some ten seconds


def check_size(size: int) -> None:
    """Refuse systems that would take minutes."""
    from sympy.external.gmpy import GROUND_TYPES

    limit = _LIMITS[GROUND_TYPES == "flint"]
    if size > limit:
        raise InputError(
            f"not available: the exact optimum takes up to {limit} terms, found {size}"
            + ("" if GROUND_TYPES == "flint" else "; with python-flint installed it takes more")
        )


def product(left: ObjectArray, right: ObjectArray, budget: Budget) -> ObjectArray:
    """left @ right for arrays of ``Fraction``, shapes (n, m) and (m, p).

    In integers over common denominators, where these are of a moderate size: sums of fractions take
    their time for divisors. Raises ``InputError`` when the ``budget`` is out of time.
    """
    scales = [math.lcm(*(v.denominator for v in matrix.ravel())) for matrix in (left, right)]
    common = max(scales).bit_length() < _MOST_BITS
    if common:
        left, right = (
            np.vectorize(lambda v, scale=scale: int(v * scale), otypes=[object])(matrix)
            for matrix, scale in zip((left, right), scales, strict=True)
        )
    found = np.empty((len(left), right.shape[1]), dtype=object)
    for i, row in enumerate(left):
        if budget.out_of_time:
            raise InputError("not available: out of time")
        found[i] = row @ right
    if common:
        whole = scales[0] * scales[1]
        found[:] = [[Fraction(v, whole) for v in row] for row in found]
    return found


def solve(matrix: ObjectArray, right: ObjectArray) -> ObjectArray:
    """matrix^-1 right for arrays of ``Fraction``, shapes (n, n) and (n, m).

    Raises ``InputError`` when the matrix is singular.
    """
    from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError

    try:
        solved = _domain_matrix(matrix).lu_solve(_domain_matrix(right))
    except DMNonInvertibleMatrixError:
        raise InputError(
            "not available: G is singular, so the optimal coefficients are not unique"
        ) from None
    out = np.empty(right.shape, dtype=object)
    for i, row in enumerate(solved.to_list()):
        out[i] = [Fraction(int(v.numerator), int(v.denominator)) for v in row]
    return out


def _domain_matrix(values: ObjectArray) -> Any:
    from sympy import QQ
    from sympy.polys.matrices import DomainMatrix

    rows = [[QQ(*v.as_integer_ratio()) for v in row] for row in values]
    return DomainMatrix(rows, values.shape, QQ)
