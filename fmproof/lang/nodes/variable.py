"""Variables: a name and a sort."""

from __future__ import annotations

import re
from typing import Any

from sympy import AtomicExpr

from fmproof.errors import SortError
from fmproof.lang.fixed import kept
from fmproof.lang.names import require_name
from fmproof.lang.node import Term, declare, no_places, not_clear, nothing
from fmproof.lang.sorts import POINTS, Sort


class Var(Term, AtomicExpr):
    """A variable: a name and a sort.

    Make them with :func:`Real`, :func:`Vec`, :func:`Param`, :func:`Latent`. The name may be a
    Greek letter's name ("theta") and may end in digits ("x0"), which print as θ and x₀.
    """

    __slots__ = ("_name", "_sort")

    name: str = kept("_name")
    sort: Sort = kept("_sort")

    def __new__(cls, name: str, sort: Sort) -> Var:
        require_name(name, "a variable")
        if type(sort) is not Sort or sort not in POINTS:
            raise SortError(f"a variable is real, a vector, a parameter or a latent point: {name}")
        return _the_variable(name, sort)

    def __reduce_ex__(self, protocol: Any) -> Any:
        maker = reserved_var if _RESERVED.fullmatch(self.name) else Var
        return (maker, (self.name, self.sort))

    def _hashable_content(self) -> tuple[str, str]:
        return (self.name, self.sort.value)

    # There is one object for each name and sort, so identity is equality.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


_RESERVED = re.compile(r"[#@]([0-9]+(\.[0-9]+)?)?")


_variables: dict[tuple[str, Sort], Var] = {}


def _the_variable(name: str, sort: Sort) -> Var:
    if type(name) is not str or type(sort) is not Sort:
        raise SortError("a variable has a name that is text, and a sort")
    if (name, sort) in _variables:
        return _variables[name, sort]
    variable = Term.__new__(Var)
    object.__setattr__(variable, "_name", name)
    object.__setattr__(variable, "_sort", sort)
    return _variables.setdefault((name, sort), variable)  # one, whatever other threads do


def reserved_var(name: str, sort: Sort) -> Var:
    """A variable whose name starts with # or @, which no declared variable can have."""
    if type(name) is not str or not _RESERVED.fullmatch(name):
        raise SortError(f"not a reserved name: {name!r}")
    return _the_variable(name, sort)


def _declare(names: str, sort: Sort) -> Any:
    if type(names) is not str:
        raise SortError(f"expected the names of variables such as 'x y', found {names!r}")
    variables = tuple(Var(part, sort) for part in names.replace(",", " ").split())
    if not variables:
        raise SortError("expected at least one variable name")
    return variables[0] if len(variables) == 1 else variables


def Real(names: str) -> Any:
    """Real variables: ``t = Real("t")``, ``s, t = Real("s t")``."""
    return _declare(names, Sort.REAL)


def Vec(names: str) -> Any:
    """Vector variables in R^d: ``x, z = Vec("x z")``."""
    return _declare(names, Sort.VEC)


def Param(names: str) -> Any:
    """Parameters of a model: ``theta = Param("theta")``."""
    return _declare(names, Sort.PARAM)


def Latent(names: str) -> Any:
    """Conditioning variables in an arbitrary measurable space: ``c = Latent("c")``."""
    return _declare(names, Sort.LATENT)


def _the_same(node: Var) -> Var:
    name, sort = getattr(node, "name", None), getattr(node, "sort", None)
    if type(name) is not str or type(sort) is not Sort or _the_variable(name, sort) is not node:
        raise SortError("not a variable: it was not made by Real, Vec, Param or Latent")
    return node


declare(
    Var,
    sort=lambda node: node.sort,
    bound=nothing,
    places=no_places,
    obliges=nothing,
    nonnegative=not_clear,
    rebuild=_the_same,
)
