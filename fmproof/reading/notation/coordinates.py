"""Sums over coordinates without coordinates: Σᵢ aᵢ bᵢ is ⟨a, b⟩, Σᵢ ∂ᵢ sᵢ is div s.

The language has vectors and no coordinates of them. A sum in which every factor with the index is
a coordinate of a vector, or a derivative in one, is a product of vectors, a divergence, a
Laplacian.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import spelled

_DIMENSIONS = ("d", "D")


def without_coordinates(
    node: t.Series, in_bold: Callable[[t.Sym], t.Sym] = lambda whole: whole
) -> t.Node:
    """The tree of Σᵢ without an index; the sum itself where it is another one.

    It is one over coordinates by its range, 1 to d, or by a derivative in one of them.

    Args:
        in_bold: a vector by the letter of its coordinates, which may be written in bold.
    """
    if node.kind != "sum" or not isinstance(node.index, t.Sym):
        return node
    whole = _Contraction(spelled(node.index), in_bold)
    if isinstance(node.high, t.Sym):
        fits = node.high.name in _DIMENSIONS and not node.high.sub
    else:
        fits = node.high is None and any(map(whole.is_slope, t.walk(node.body)))
    found = whole.sum(node.body) if fits else None
    return node if found is None else t.Bracketed(node.at, found)


class _Contraction:
    """A sum over one index."""

    def __init__(self, index: str, in_bold: Callable[[t.Sym], t.Sym]) -> None:
        self.index = index
        self.in_bold = in_bold

    def sum(self, node: t.Node) -> t.Node | None:
        """What a body is, summed over the index."""
        if isinstance(node, t.Integral | t.Expectation):
            body = self.sum(node.body)
            return None if body is None else replace(node, body=body)
        if self._is_linear(node):
            return self._part_by_part(node, self.sum)
        if isinstance(node, t.Mul):
            return self._product(node)
        return self._alone(node)

    def _is_linear(self, node: t.Node) -> bool:
        """Whether a formula is a bracket, a sum, or a quotient by what has no index."""
        fraction = isinstance(node, t.Frac) and not self._has_index(node.bottom)
        return fraction or isinstance(node, t.Bracketed | t.Braced | t.Add)

    def _part_by_part(self, node: t.Node, made: Callable[[t.Node], t.Node | None]) -> t.Node | None:
        """The same of what is ``made`` of its parts; None where one of them has nothing."""
        if isinstance(node, t.Add):
            parts = [(sign, made(part)) for sign, part in node.parts]
            kept = tuple((sign, part) for sign, part in parts if part is not None)
            return replace(node, parts=kept) if len(kept) == len(parts) else None
        if isinstance(node, t.Frac):
            top = made(node.top)
            return None if top is None else replace(node, top=top)
        assert isinstance(node, t.Bracketed | t.Braced)
        body = made(node.body)
        return None if body is None else replace(node, body=body)

    def _product(self, node: t.Mul) -> t.Node | None:
        """c f_i g_i as c ⟨f, g⟩, c ∂_i f_i as c div f."""
        if any(op not in ("", "·") for op in node.ops):
            return None
        own = [f for f in node.factors if self._has_index(f)]
        others = tuple(f for f in node.factors if f not in own)
        if len(own) == 1:
            found = self.sum(own[0])
        elif len(own) == 2:
            one, other = map(self._vector, own)
            found = None if one is None or other is None else t.Pair(node.at, one, other)
        else:
            found = None
        if found is None:
            return None
        return t.Mul(node.at, (*others, found), ("",) * len(others)) if others else found

    def _alone(self, node: t.Node) -> t.Node | None:
        """f_i² as ⟨f, f⟩, ∂_i f_i as div f, ∂_i ∂_i f as Δf."""
        if (
            isinstance(node, t.Pow)
            and isinstance(node.exponent, t.Num)
            and node.exponent.value == 2
        ):
            base = self._vector(node.base)
            return None if base is None else t.Pair(node.at, base, base)
        if not self.is_slope(node):
            return None
        assert isinstance(node, t.Derivative)
        inner = t.ungrouped(node.body)
        if self.is_slope(inner):
            assert isinstance(inner, t.Derivative)
            if self._has_index(inner.body):
                return None
            return replace(node, kind="laplace", var=self._place(node), body=inner.body)
        moved = self._vector(node.body)
        return (
            None if moved is None else replace(node, kind="div", var=self._place(node), body=moved)
        )

    def _vector(self, node: t.Node) -> t.Node | None:
        """The vector of which a formula is the coordinate with the index."""
        if self._is_linear(node):
            return self._part_by_part(node, self._vector)
        if isinstance(node, t.Mul):
            own = [f for f in node.factors if self._has_index(f)]
            whole = self._vector(own[0]) if len(own) == 1 else None
            if whole is None:
                return None
            return replace(node, factors=tuple(whole if f is own[0] else f for f in node.factors))
        if self.is_slope(node):
            assert isinstance(node, t.Derivative)
            if self._has_index(node.body):
                return None
            return replace(node, kind="grad", var=self._place(node))
        return self._named(node)

    def _named(self, node: t.Node) -> t.Node | None:
        """s of s_i, s(x) of s_i(x)."""
        head = node.head if isinstance(node, t.Call) else node
        if not isinstance(head, t.Sym) or not head.sub or spelled(head.sub[-1]) != self.index:
            return None
        if isinstance(node, t.Call) and any(map(self._has_index, node.args)):
            return None
        whole = self.in_bold(replace(head, sub=head.sub[:-1]))
        return replace(node, head=whole) if isinstance(node, t.Call) else whole

    def is_slope(self, node: t.Node) -> bool:
        """∂_i or ∂/∂x_i of something."""
        if not isinstance(node, t.Derivative) or node.kind != "partial":
            return False
        var = node.var
        if not isinstance(var, t.Sym):
            return False
        return spelled(var) == self.index or bool(var.sub and spelled(var.sub[-1]) == self.index)

    def _place(self, node: t.Derivative) -> t.Node | None:
        """x of ∂/∂x_i; ∂_i does not say it."""
        var = node.var
        assert isinstance(var, t.Sym)
        if spelled(var) == self.index:
            return None
        return self.in_bold(replace(var, sub=var.sub[:-1]))

    def _has_index(self, node: t.Node) -> bool:
        return any(isinstance(n, t.Sym) and spelled(n) == self.index for n in t.walk(node))
