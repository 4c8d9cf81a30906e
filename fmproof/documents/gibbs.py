"""Gibbs densities, π = e^{−U}/Z with Z = ∫ e^{−U(x)} dx: any density π > 0 and any number Z > 0.

A world draws densities, and no functions U of which e^{−U} has a finite integral. So U is what such
an equation says of it, U(x) = −log π(x) − log Z; every U is made so by one π and one Z.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from fmproof.documents.items import Item, Reading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.symbols import head_of, key_of, spelled


def define_energies(
    reading: Reading, chosen: dict[str, list[Candidate]], evidence: Evidence
) -> None:
    """Energies that only such equations speak of are defined by their densities."""
    for item in reading.items:
        left, right = item.left, item.right
        if not isinstance(left, t.Sym | t.Call) or right is None or item.row.relation != "=":
            continue
        key = key_of(head_of(left))
        found = _energy_and_total(right)
        if found is None or item.denied or item.restricted:
            continue
        energy, total = found
        if not evidence.is_density(key):
            if not _is_an_integral(reading, total):
                continue
            evidence.densities[key] = ("it is divided by its integral", left.at)
        known = chosen.get(key_of(head_of(energy)), [])
        ours = [one for one in chosen.get(key, []) if one is item.candidate]
        if known or not ours or not _fits(left, energy):
            continue
        keys = {key, key_of(head_of(energy))}
        cases = [other for other in reading.items if _says_what(other, energy)]
        if any(
            _mentions(other, keys)
            for case in cases
            for other in reading.items[case.index :]
            if other not in cases
        ):
            continue
        points = [left.args[0]] if isinstance(left, t.Call) else _points(evidence, energy)
        if not points:
            continue
        point = points[0]
        density = t.Call(left.at, head_of(left), (point,))
        value = t.Add(item.row.at, ((-1, _log(density)), (-1, _log(total))))
        named = t.Call(energy.at, head_of(energy), (point,))
        chosen[key].remove(ours[0])
        item.candidate = replace(ours[0], left=named, right=value)
        chosen[key_of(named.head)] = [item.candidate]
        _forget_total(reading, chosen, total)
        for case in cases:  # of the energy that nothing behind it speaks of
            case.candidate = Candidate(case.left, case.right, case.row.at, case.place, True, "used")  # type: ignore[arg-type]


def _says_what(item: Item, energy: t.Node) -> bool:
    """U(x) = ½ ‖x‖², or U = …: what the energy is."""
    left = item.left
    same = isinstance(left, t.Sym | t.Call) and key_of(head_of(left)) == key_of(head_of(energy))
    return same and item.right is not None


def _mentions(item: Item, keys: set[str]) -> bool:
    sides = [side for side in (item.left, item.right) if side is not None]
    letters = (n for side in sides for n in t.walk(side) if isinstance(n, t.Sym))
    return any(key_of(one) in keys for one in letters)


def _is_an_integral(reading: Reading, total: t.Node) -> bool:
    """Whether a row says that Z is an integral of an exponential."""
    return any(
        item.left is not None
        and spelled(item.left) == spelled(total)
        and isinstance(item.right, t.Integral)
        and _exponent(item.right.body) is not None
        for item in reading.items
    )


def _points(evidence: Evidence, energy: t.Sym | t.Call) -> list[t.Node]:
    """Where a function is taken: x of U(x)."""
    calls = evidence.called.get(key_of(head_of(energy)), [])
    return [call.args[0] for call in calls if len(call.args) == 1 and not call.given]


def _forget_total(reading: Reading, chosen: dict[str, list[Candidate]], total: t.Node) -> None:
    """What says of Z that it is ∫ e^{−U(x)} dx says nothing more of any Z > 0."""
    key = key_of(head_of(total))
    for item in reading.items:
        one = item.candidate
        if one is not None and one in chosen.get(key, []) and isinstance(one.right, t.Integral):
            chosen[key].remove(one)
            one.state = "used"


def _energy_and_total(node: t.Node) -> tuple[t.Sym | t.Call, t.Sym | t.Call] | None:
    """U and Z of e^{−U}/Z, however it is written."""
    above, below = list[t.Node](), list[t.Node]()
    for factor, over in _factors(node):
        (above if over else below).append(factor)
    exponents = [one for one in map(_exponent, above) if one is not None]
    if len(above) != 1 or len(below) != 1 or len(exponents) != 1:
        return None
    (exponent,), (total,) = exponents, below
    signed = isinstance(exponent, t.Add) and len(exponent.parts) == 1
    sign, energy = exponent.parts[0] if isinstance(exponent, t.Add) and signed else (1, exponent)
    if sign > 0 or not isinstance(energy, t.Sym | t.Call) or not isinstance(total, t.Sym | t.Call):
        return None
    return energy, total


def _factors(node: t.Node) -> Iterator[tuple[t.Node, bool]]:
    """The factors of a product, each with whether it stands above."""
    if isinstance(node, t.Frac):
        yield from _factors(node.top)
        yield from ((factor, not over) for factor, over in _factors(node.bottom))
    elif isinstance(node, t.Bracketed):
        yield from _factors(node.body)
    elif isinstance(node, t.Mul):
        for i, factor in enumerate(node.factors):
            divides = i > 0 and node.ops[i - 1] == "/"
            yield from ((one, over is not divides) for one, over in _factors(factor))
    elif isinstance(node, t.Pow) and _is_minus_one(node.exponent):
        yield node.base, False
    elif not (isinstance(node, t.Num) and node.value == Fraction(1)):
        yield node, True


def _is_minus_one(node: t.Node) -> bool:
    if not (isinstance(node, t.Add) and len(node.parts) == 1):
        return False
    sign, one = node.parts[0]
    return sign < 0 and isinstance(one, t.Num) and one.value == Fraction(1)


def _exponent(node: t.Node) -> t.Node | None:
    if isinstance(node, t.Function) and node.name == "exp" and len(node.args) == 1:
        return node.args[0]
    e = isinstance(node, t.Pow) and isinstance(node.base, t.Sym) and node.base.name in ("e", "rm:e")
    return node.exponent if isinstance(node, t.Pow) and e else None


def _fits(density: t.Sym | t.Call, energy: t.Sym | t.Call) -> bool:
    """π = e^{−U}, or π(x) = e^{−U(x)}."""
    if isinstance(density, t.Sym) or isinstance(energy, t.Sym):
        return isinstance(density, t.Sym) and isinstance(energy, t.Sym)
    alone = len(density.args) == len(energy.args) == 1 and not (density.given or energy.given)
    return alone and spelled(density.args[0]) == spelled(energy.args[0])


def _log(node: t.Node) -> t.Node:
    return t.Function(node.at, "log", (node,))
