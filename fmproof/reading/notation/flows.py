"""Flows that are affine in the point: their inverses, and the fields that move them.

Documents define ψ_t(x) = σ_t x + μ_t, say that d/dt ψ_t(x) = u_t(ψ_t(x)), and derive u_t and
ψ_t⁻¹ from both. So u_t has a definition, although no row has it on its left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, key_of, spelled


@dataclass(frozen=True)
class Affine:
    """±a x + b: the sign, a, and the summands of b with their signs."""

    sign: int
    slope: t.Node
    rest: tuple[tuple[int, t.Node], ...]

    def inverse_at(self, point: t.Node) -> t.Node:
        """±(y - b) / a."""
        shifted = tuple((-sign * self.sign, part) for sign, part in self.rest)
        top = t.Add(point.at, ((self.sign, t.Bracketed(point.at, point)), *shifted))
        return t.Frac(point.at, top, self.slope)


def affine_in(value: t.Node, letter: t.Node) -> Affine | None:
    """``value`` as an affine function of ``letter``; None where it is none by its form."""
    name = spelled(letter)
    parts = value.parts if isinstance(value, t.Add) else ((1, value),)
    moving = [part for part in parts if any(spelled(n) == name for n in t.walk(part[1]))]
    if len(moving) != 1:
        return None
    ((sign, product),) = moving
    factors = product.factors if isinstance(product, t.Mul) else (product,)
    slopes = tuple(f for f in factors if spelled(f) != name)
    if len(slopes) != len(factors) - 1 or not slopes:
        return None
    if any(spelled(n) == name for f in slopes for n in t.walk(f)):
        return None
    if isinstance(product, t.Mul) and "/" in product.ops:
        return None
    signs = ("",) * (len(slopes) - 1)
    slope = slopes[0] if len(slopes) == 1 else t.Mul(value.at, slopes, signs)
    return Affine(sign, slope, tuple(part for part in parts if part[1] is not product))


def affine_inverse(value: t.Node, letter: t.Node, at: t.Node) -> t.Node | None:
    """(y - b) / a for a value a x + b, the x in it, and y."""
    found = affine_in(value, letter)
    return None if found is None else found.inverse_at(at)


def moving_field(
    left: t.Node, right: t.Node, maps: Mapping[str, tuple[t.Call, t.Node]]
) -> tuple[t.Call, t.Node] | None:
    """u_t(x) and ȧ (x - b)/a + ḃ, where a row says d/dt ψ_t(x) = u_t(ψ_t(x)), ψ_t(x) = a x + b."""
    if not isinstance(left, t.Derivative):
        left, right = right, left
    if not isinstance(left, t.Derivative) or left.kind not in ("total", "partial"):
        return None
    flow = left.body
    if not (isinstance(flow, t.Call) and isinstance(right, t.Call) and left.var is not None):
        return None
    known = maps.get(key_of(flow.head))
    at_the_flow = [i for i, arg in enumerate(right.args) if spelled(arg) == spelled(flow)]
    if known is None or spelled(known[0]) != spelled(flow) or len(at_the_flow) != 1:
        return None
    if key_of(right.head) == key_of(flow.head) or not isinstance(flow.args[0], t.Sym):
        return None
    point = flow.args[0]
    found = affine_in(known[1], point)
    if found is None or _stray(known[1], {spelled(point), *map(spelled, right.given)}):
        return None
    (place,) = at_the_flow
    args = tuple(point if i == place else arg for i, arg in enumerate(right.args))
    speed = replace(left, body=t.Bracketed(left.at, found.slope))
    moved = t.Mul(left.at, (speed, t.Bracketed(left.at, found.inverse_at(point))), ("",))
    drift: tuple[tuple[int, t.Node], ...] = ()
    if found.rest:
        drift = ((1, replace(left, body=t.Bracketed(left.at, t.Add(left.at, found.rest)))),)
    return replace(right, args=args), t.Add(left.at, ((1, moved), *drift))


def _stray(value: t.Node, places: set[str]) -> bool:
    """Whether a point is in ``value`` that the field does not have for an argument."""
    return any(
        isinstance(n, t.Sym) and conventional("vectors", n.name) and spelled(n) not in places
        for n in t.walk(value)
    )
