"""What may define each symbol of a document: rows, words, underbraces, flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fmproof.documents.candidates.choice import NO_ROW, best_of, claimed_before
from fmproof.documents.candidates.claims import (
    drop_short,
    drop_solved,
    drop_values,
    prefer_closed_forms,
)
from fmproof.documents.candidates.rows import DefiningRows, Options
from fmproof.documents.candidates.shapes import shape_of
from fmproof.documents.fields_by_name import fields_by_name
from fmproof.documents.gibbs import define_energies
from fmproof.documents.items import Reading, equations
from fmproof.documents.kernels import kernels_of
from fmproof.documents.marginal_fields import marginal_fields
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import POINT
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.flows import moving_field
from fmproof.reading.notation.symbols import head_of, key_of


def candidates_of(reading: Reading, evidence: Evidence) -> dict[str, list[Candidate]]:
    """The rows that may define a symbol, by the symbol's key, the best first."""
    said_first = claimed_before(reading, set(), evidence.mixed, inline=True)
    found = DefiningRows(reading, evidence, said_first).options()
    _name_by_braces(reading, found)
    said = {key_of(head_of(node)): [_gaussian(node, law)] for node, law in reading.gaussians}
    for one in kernels_of(reading.kernels, evidence):
        key = key_of(head_of(one.left))
        if shape_of(one.left) not in {shape_of(o.left) for _, o, _ in found.get(key, ())}:
            said.setdefault(key, []).append(one)
    _move_by_flows(reading, found)
    chosen = best_of(reading, found, evidence.mixed, said_first)
    prefer_closed_forms(reading, chosen)
    drop_solved(reading, chosen)
    drop_short(reading, chosen)
    drop_values(reading, chosen)
    define_energies(reading, chosen, evidence)
    _name_densities(chosen, evidence)
    for one in marginal_fields(reading, evidence):
        key = key_of(head_of(one.left))
        if shape_of(one.left) not in {shape_of(known.left) for known in chosen.get(key, ())}:
            chosen.setdefault(key, []).append(one)
    fields_by_name(chosen, evidence)
    for key, more in said.items():
        chosen[key] = [*chosen.get(key, ()), *(c for c in more if key not in found or c.place)]
    return {key: known for key, known in chosen.items() if known}


def _name_densities(chosen: dict[str, list[Candidate]], evidence: Evidence) -> None:
    """q(x) of "q = N(m, s² I)": the density of the law that q names."""
    for key, known in chosen.items():
        named = [c for c in known if isinstance(c.left, t.Sym) and isinstance(c.right, t.Normal)]
        if len(named) == 1 and len(known) == 1 and evidence.is_density(key):
            one = named[0]
            if one.right.point is None:  # type: ignore[attr-defined]
                known.append(_gaussian(one.left, one.right))  # type: ignore[arg-type]


def _gaussian(density: t.Node, law: t.Normal) -> Candidate:
    """What "p is the density of N(m, v)" says, as a definition of p(u)."""
    point = t.Sym(density.at, POINT)
    left = t.Call(density.at, head_of(density), (point,))
    return Candidate(left, replace(law, point=point), NO_ROW, "", True)


def _name_by_braces(reading: Reading, found: Options) -> None:
    """Names that underbraces give to summands, =: R: what a later row says of R is a claim."""
    for item in reading.items:
        for side in (item.left, item.right):
            for node in _summands(side) if side is not None else ():
                if isinstance(node, t.Braced) and isinstance(node.name, t.Sym | t.Call):
                    key = key_of(node.name.head if isinstance(node.name, t.Call) else node.name)
                    candidate = Candidate(node.name, node.body, NO_ROW, item.place, True)
                    found.setdefault(key, []).append((0, candidate, item))


def _move_by_flows(reading: Reading, found: Options) -> None:
    """Fields that move an affine flow: what a later row says of them is a claim."""
    maps: dict[str, tuple[t.Call, t.Node]] = {}
    for left, right in equations(reading):
        if isinstance(left, t.Call):
            maps.setdefault(key_of(left.head), (left, right))
    for item in reading.items:
        if item.left is None or item.right is None or item.row.relation != "=":
            continue
        moved = moving_field(item.left, item.right, maps)
        if moved is None:
            continue
        field_, value = moved
        options = found.setdefault(key_of(field_.head), [])
        shape = shape_of(field_)
        if not any(shape_of(o.left) == shape and one.index < item.index for _, o, one in options):
            options.append((0, Candidate(field_, value, NO_ROW, item.place, True), item))


def _summands(node: t.Node) -> Iterator[t.Node]:
    if isinstance(node, t.Add):
        for _, part in node.parts:
            yield from _summands(part)
    elif isinstance(node, t.Mul):
        for factor in node.factors:
            yield from _summands(factor)
    elif isinstance(node, t.Bracketed):
        yield from _summands(node.body)
    else:
        yield node
