"""What has no term: the reasons why a row stays open, and the words for them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import readable

if TYPE_CHECKING:
    pass


class NotYet(Exception):
    """What the language has no term for, or the notation no meaning: the row stays open."""

    def __init__(self, reason: str, at: int, kind: str = "language") -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.kind = kind


class Undefined(NotYet):
    """A constant that nothing has defined so far; the row that uses it may be what does."""

    def __init__(self, name: str, node: t.Sym) -> None:
        super().__init__(f"{readable(name)} is not defined", node.at, "constant")
        self.name = name
        self.node = node


class Circular(NotYet):
    """A density that would be the mixture of others in which it is mixed itself."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(f"{what} would be mixed of itself", at, "notation")
        self.what = what


def symbol_in(node: t.Node) -> t.Sym:
    if isinstance(node, t.Sym):
        return node
    raise NotYet("expected a variable", node.at, "notation")


def value_of(node: t.Node) -> t.Node:
    """``X_t = x`` behind a bar stands for its value."""
    return node.right if isinstance(node, t.Observation) else node


def number_in(node: t.Node | None) -> Fraction | None:
    if isinstance(node, t.Num):
        return node.value
    if isinstance(node, t.Frac) and isinstance(node.top, t.Num) and isinstance(node.bottom, t.Num):
        return node.top.value / node.bottom.value if node.bottom.value else None
    return None


def words_for(node: t.Node) -> str:
    if isinstance(node, t.Derivative):
        return {
            "grad": "∇ of a function of points",
            "div": "a divergence",
            "partial": "a partial derivative",
            "total": "a derivative",
            "laplace": "a Laplacian",
            "hessian": "a Hessian",
        }[node.kind]
    if isinstance(node, t.Function):
        return f"{node.name}(…)"
    if isinstance(node, t.Expectation) and node.given:
        return "a conditional expectation"
    if isinstance(node, t.Normal):
        return "a Gaussian density"
    if isinstance(node, t.Series):
        return "a finite sum"
    if isinstance(node, t.Norm):
        return "a norm that is not Euclidean"
    if isinstance(node, t.Abs):
        return "an absolute value"
    if isinstance(node, t.Pow):
        return "a power that is no integer"
    if isinstance(node, t.Other):
        return f"a {node.what}" if node.what != "list" else "a list"
    return {"Dots": "an ellipsis", "Dot": "a dot for an argument", "Extremum": "an extremum"}.get(
        type(node).__name__, type(node).__name__.lower()
    )
