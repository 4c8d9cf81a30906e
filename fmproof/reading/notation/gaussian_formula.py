"""The Gaussian density written out, (2πv)^{−d/2} exp(−‖w‖²/(2v)), as N(w; 0, v I); and what the
logarithm (d/2) log(2πe v) of it shows: which letter is a dimension, that e is a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import spelled

_DIMENSION = "d"


def as_normal(node: t.Mul) -> t.Normal | None:
    """N(w; 0, v I), where ``node`` is its formula; None where it is none."""
    if len(node.factors) != 2 or node.ops[0] not in ("", "·"):
        return None
    before, behind = node.factors
    scale, square = _normalising(before), _exponent(behind)
    if scale is None or square is None:
        return None
    vector, variance = square
    if _same(scale) != _same(variance):
        return None
    identity = t.Sym(node.at, "I")
    spread = t.Mul(node.at, (*map(_bracketed, variance), identity), ("",) * len(variance))
    zero = t.Num(node.at, Fraction(0))
    return t.Normal(node.at, vector, (zero, spread))


def at_point(law: t.Normal, point: t.Node) -> t.Normal:
    """N(y; x, V) for N(y − x; 0, V), or for N(x − y; 0, V), as the density at y."""
    centred = len(law.args) == 2 and _is_number(law.args[0], 0)
    if not (centred and isinstance(law.point, t.Add) and isinstance(point, t.Sym)):
        return law
    own = [(s, part) for s, part in law.point.parts if spelled(t.ungrouped(part)) == spelled(point)]
    rest = [part for part in law.point.parts if part not in own]
    if len(own) != 1 or not rest:
        return law
    ((sign, _),) = own
    mean: t.Node = t.Add(law.at, tuple((-sign * other, part) for other, part in rest))
    if len(rest) == 1 and rest[0][0] == -sign:
        mean = rest[0][1]
    return t.Normal(law.at, point, (mean, law.args[1]))


def dimensions_by_logarithms(trees: Iterable[t.Node]) -> set[str]:
    """The letters D of (D/2) log(2πv): each is the dimension of some space."""
    found: set[str] = set()
    for tree in trees:
        for node in t.walk(tree):
            parts = [*_factors(node)] if isinstance(node, t.Mul) else []
            if any(isinstance(p, t.Function) and _is_of_two_pi(p) for p in parts):
                found |= {letter for part in parts for letter in _halved(part)}
    return found


def _is_of_two_pi(node: t.Function) -> bool:
    """log(2πv)."""
    inside = [part for arg in node.args for part in _factors(arg)]
    names = {part.name for part in inside if isinstance(part, t.Sym)}
    return node.name == "log" and "pi" in names and any(_is_number(one, 2) for one in inside)


def _halved(node: t.Node) -> set[str]:
    """D of D/2 or −D/2."""
    node = _negated(node) or node
    halved = isinstance(node, t.Frac) and isinstance(node.top, t.Sym) and _is_number(node.bottom, 2)
    return {spelled(node.top)} if halved else set()  # type: ignore[attr-defined]


def with_euler(node: t.Function) -> t.Function:
    """log(2πe v) with e as the number that it is."""
    if node.name != "log" or len(node.args) != 1:
        return node
    parts = _factors(node.args[0])
    letters = [part for part in parts if isinstance(part, t.Sym) and not part.sub]
    if not {"pi", "e"} <= {part.name for part in letters}:
        return node
    one = t.Num(node.at, Fraction(1))
    parts = [
        t.Function(p.at, "exp", (one,)) if isinstance(p, t.Sym) and spelled(p) == "e" else p
        for p in parts
    ]
    product = t.Mul(node.at, tuple(map(_bracketed, parts)), ("",) * (len(parts) - 1))
    return replace(node, args=(product,))


def _normalising(node: t.Node) -> list[t.Node] | None:
    """The factors of v in (2πv)^{−d/2} or 1/(2πv)^{d/2}."""
    inverse = isinstance(node, t.Frac) and _is_number(node.top, 1)
    power = node.bottom if isinstance(node, t.Frac) and inverse else node
    power = t.ungrouped(power)
    if not isinstance(power, t.Pow):
        return None
    written = t.ungrouped(power.exponent)
    exponent = written if inverse else _negated(written)
    if exponent is None or not _is_half_dimension(exponent):
        return None
    parts = _factors(power.base)
    rest = [p for p in parts if not (_is_number(p, 2) or (isinstance(p, t.Sym) and p.name == "pi"))]
    return rest if rest and len(parts) == len(rest) + 2 else None


def _exponent(node: t.Node) -> tuple[t.Node, list[t.Node]] | None:
    """w and the factors of v in exp(−‖w‖²/(2v))."""
    if isinstance(node, t.Function) and node.name == "exp" and len(node.args) == 1:
        inside = _negated(t.ungrouped(node.args[0]))
    elif isinstance(node, t.Pow) and isinstance(node.base, t.Sym) and node.base.name == "e":
        inside = _negated(t.ungrouped(node.exponent))
    elif isinstance(node, t.Sym) and node.name == "e" and node.sup is not None and not node.sub:
        inside = _negated(t.ungrouped(node.sup))
    else:
        return None
    if isinstance(inside, t.Frac):
        above, below = inside.top, inside.bottom
    elif isinstance(inside, t.Mul) and inside.ops == ("/",):
        above, below = inside.factors
    else:
        return None
    above, parts = t.ungrouped(above), _factors(below)
    square = isinstance(above, t.Pow) and _is_number(above.exponent, 2)
    norm = t.ungrouped(above.base) if isinstance(above, t.Pow) and square else None
    rest = [p for p in parts if not _is_number(p, 2)]
    if not isinstance(norm, t.Norm | t.Abs) or len(rest) != len(parts) - 1 or not rest:
        return None
    return norm.body, rest


def _negated(node: t.Node | None) -> t.Node | None:
    """a of −a."""
    if isinstance(node, t.Add) and len(node.parts) == 1 and node.parts[0][0] < 0:
        return t.ungrouped(node.parts[0][1])
    if isinstance(node, t.Mul) and node.factors:
        first = _negated(node.factors[0])
        return None if first is None else t.Mul(node.at, (first, *node.factors[1:]), node.ops)
    if isinstance(node, t.Frac):
        top = _negated(t.ungrouped(node.top))
        return None if top is None else t.Frac(node.at, top, node.bottom)
    return None


def _is_half_dimension(node: t.Node) -> bool:
    parts: tuple[t.Node, ...] = ()
    if isinstance(node, t.Frac):
        parts = (node.top, node.bottom)
    elif isinstance(node, t.Mul) and node.ops == ("/",):
        parts = node.factors
    if not parts:
        return False
    return (
        isinstance(parts[0], t.Sym)
        and spelled(parts[0]) == _DIMENSION
        and (_is_number(parts[1], 2))
    )


def _factors(node: t.Node) -> list[t.Node]:
    node = t.ungrouped(node)
    if isinstance(node, t.Mul) and not any(op == "/" for op in node.ops):
        return [part for factor in node.factors for part in _factors(factor)]
    return [node]


def _bracketed(node: t.Node) -> t.Node:
    return t.Bracketed(node.at, node) if isinstance(node, t.Add) else node


def _same(nodes: list[t.Node]) -> list[str]:
    return sorted(map(spelled, nodes))


def _is_number(node: t.Node, value: int) -> bool:
    return isinstance(node, t.Num) and node.value == value
