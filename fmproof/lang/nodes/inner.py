"""The inner product of two vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr, S

from fmproof.lang.arithmetic import Mul, mul
from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    nothing,
    require_sort,
    same_kind,
    sort_of,
)
from fmproof.lang.sorts import Sort


class Inner(Term):
    """The inner product ⟨a, b⟩ of two vectors; symmetric, and ⟨a, a⟩ prints as ‖a‖².

    Scalar factors move outside by themselves (``Inner(2*a, b) == 2*Inner(a, b)``), since that
    holds without conditions; sums are left alone, since expanding them is a step to be shown.
    """

    __slots__ = ()

    def __new__(cls, a: Any, b: Any) -> Expr:
        left, right = as_term(a), as_term(b)
        require_sort(left, Sort.VEC, "the first argument of an inner product")
        require_sort(right, Sort.VEC, "the second argument of an inner product")
        k, left = _split_scalars(left)
        m, right = _split_scalars(right)
        if left is S.Zero or right is S.Zero:
            return S.Zero
        if left.compare(right) > 0:
            left, right = right, left
        return mul(k, m, Term.__new__(cls, left, right))

    @property
    def is_square(self) -> bool:
        """Whether this is a squared norm ‖a‖²."""
        return bool(self.args[0] == self.args[1])


def norm2(a: Any) -> Expr:
    """The squared Euclidean norm ‖a‖² = ⟨a, a⟩ of a vector."""
    return Inner(a, a)


def _split_scalars(vector: Expr) -> tuple[Expr, Expr]:
    """``(k, v)`` with ``vector == k*v`` and no scalar factor left in ``v``."""
    if type(vector) is not Mul:
        return S.One, vector
    scalars = [arg for arg in vector.args if sort_of(arg) is Sort.REAL]
    vectors = [arg for arg in vector.args if sort_of(arg) is not Sort.REAL]
    return mul(*scalars), vectors[0] if vectors else S.Zero


def _obliges(node: Inner, inside: Inside) -> Iterator[Any]:
    for vector in dict.fromkeys(node.args):
        yield from inside(vector)


declare(
    Inner,
    sort=lambda node: Sort.REAL,
    bound=nothing,
    places=lambda node: {0: Lift.HERE, 1: Lift.HERE},
    obliges=_obliges,
    nonnegative=lambda node: node.is_square,
    rebuild=same_kind,
)
