"""What the sorts of the language are in Coq: types, dimensions, spaces and measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sympy import Rational

from fmproof.certificate.export.statement.draws import Items, is_chance, opened
from fmproof.errors import InputError
from fmproof.lang import nodes
from fmproof.lang.node import shown, sort_of
from fmproof.lang.nodes.variable import Var
from fmproof.lang.sorts import Sort

CoqScope = Mapping[Var, str]
"""What stands for each free variable."""

_TYPES = {Sort.REAL: "R", Sort.VEC: "vec d", Sort.PARAM: "Theta"}

_DIMENSIONS = {Sort.VEC: "d", Sort.GRADIENT: "k"}

LEBESGUE = "l_lebesgue"
"""The assumption that the measure of R^d is Lebesgue's, where a theorem needs that."""

FUNCTION_NAMES = {nodes.Exp: "exp", nodes.Log: "ln", nodes.Sqrt: "sqrt", nodes.Abs: "Rabs"}
"""Those of Coq's reals have the same conventions: ln is 0 for a ≤ 0, sqrt for a < 0."""


class NotExported(InputError):
    """What has no translation to Coq yet."""


def type_of(var: Var) -> str:
    """The type of a variable."""
    if var.sort is Sort.LATENT:
        return "Omega" if is_chance(var) else "Latent"
    if var.sort not in _TYPES:
        raise NotExported(f"{var.name}, a {var.sort.value}, has no translation to Coq yet")
    return _TYPES[var.sort]


def domain(var: Var) -> str:
    """The dimension of the space in which something is differentiated."""
    if var.sort is Sort.REAL:
        raise NotExported(f"a derivative in the number {var.name} has no translation to Coq yet")
    return "k" if var.sort is Sort.PARAM else "d"


def conditioned(node: Any) -> Any:
    """What a conditional expectation is given: one vector, of a vector."""
    if len(node.given) != 1 or node.given[0].var.sort is not Sort.VEC or not dimension(node.body):
        raise NotExported(f"{shown(node)}: only of a vector given one vector")
    return node.given[0]


def items(measure: Iterable[Any]) -> Items:
    """The Lebesgue measures of a measure, one a variable, in order."""
    return opened(measure)


def densities(measure: Iterable[Any]) -> list[Any]:
    """The densities of a measure, which are factors of the integrand."""
    return opened(measure).densities


def factor_space(item: Any) -> str:
    """The space that one variable is integrated over."""
    if item.var.sort is Sort.LATENT:
        return type_of(item.var)
    if item.var.sort is Sort.VEC:
        return "Rn d l"
    if item.var.sort is Sort.REAL and item.bounded:
        return f"segment {number(item.low)} {number(item.high)}"
    raise NotExported(f"an integral over {item.var.name} has no translation to Coq yet")


def product(spaces: Sequence[str]) -> str:
    """The product of spaces, the first ones in brackets."""
    return spaces[0] if len(spaces) == 1 else " ⊗ ".join(spaces)


def space(over: Sequence[Any]) -> str:
    """The product of the spaces of variables."""
    return product([factor_space(item) for item in over])


def number(value: Rational) -> str:
    """A rational number."""
    text = str(value.p) if value.q == 1 else f"{value.p} / {value.q}"
    return f"({text})" if value.p < 0 or value.q != 1 else text


def dimension(term: Any) -> str:
    """The dimension of a vector or gradient as Coq; empty for what is neither, and for zero."""
    return _DIMENSIONS.get(sort_of(term), "")


def arguments(node: Any) -> tuple[Any, ...]:
    """The arguments of a node that binds nothing, without its symbol."""
    return tuple(node.arguments) if isinstance(node, nodes.Apply) else tuple(node.args)


def head_space(var: Var) -> str:
    """The space in which a symbol is measurable in one variable."""
    if var.sort is Sort.LATENT:
        return type_of(var)
    return "line" if var.sort is Sort.REAL else "Rn d l"
