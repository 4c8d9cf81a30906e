"""The functions exp, log, √ and |·| of a real.

Where they have no value, a convention gives one, as for a/0: log a = 0 for a ≤ 0 and √a = 0 for
a < 0. The rules about them ask for the sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr, S

from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    is_nonnegative,
    not_clear,
    nothing,
    require_sort,
    same_kind,
)
from fmproof.lang.nodes.inner import norm2
from fmproof.lang.props import AtMost, Positive
from fmproof.lang.sorts import Sort


class Function(Term):
    """Base of the functions of one real: args = (a,)."""

    __slots__ = ()

    def __new__(cls, a: Any) -> Any:
        term = as_term(a)
        require_sort(term, Sort.REAL, f"the argument of {cls.__name__}")
        return Term.__new__(cls, term)


class Exp(Function):
    """exp a."""

    __slots__ = ()


class Log(Function):
    """The natural logarithm of a; 0 for a ≤ 0."""

    __slots__ = ()


class Sqrt(Function):
    """√a; 0 for a < 0."""

    __slots__ = ()


class Abs(Function):
    """The absolute value |a|."""

    __slots__ = ()


def norm(a: Any) -> Expr:
    """The Euclidean norm ‖a‖ = √⟨a, a⟩ of a vector."""
    return Sqrt(norm2(a))


def _obliges(node: Any, inside: Inside) -> Iterator[Any]:
    """The value is no convention: log of what is positive, the root of what is not negative."""
    yield from inside(node.args[0])
    if type(node) is Log:
        yield Positive(node.args[0])
    if type(node) is Sqrt and not is_nonnegative(node.args[0]):
        yield AtMost(S.Zero, node.args[0])


for _kind, _sign in ((Exp, True), (Log, False), (Sqrt, True), (Abs, True)):
    declare(
        _kind,
        sort=lambda node: Sort.REAL,
        bound=nothing,
        places=lambda node: {0: Lift.HERE},
        obliges=_obliges,
        nonnegative=(lambda node: True) if _sign else not_clear,
        rebuild=same_kind,
    )
