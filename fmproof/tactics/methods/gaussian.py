"""Gaussian densities: written out, multiplied, reparametrised, and their moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import permutations
from typing import Any

from sympy import Expr, S

from fmproof.derived.derivatives_inside import trace_by_probe
from fmproof.derived.gaussian_products import gaussian_product
from fmproof.kernel.equality import generalise
from fmproof.kernel.gaussian import (
    gaussian_covariance,
    gaussian_density,
    gaussian_mean,
    gaussian_variance,
    is_gaussian,
    reparametrise,
)
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, add, factors, mul
from fmproof.lang.nodes import Expect, Inner, Vec
from fmproof.lang.nodes.heads import gaussian as gaussian_head
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import ForAll
from fmproof.lang.scope import alpha_equal, free_vars, fresh
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import Conversion, at, attempt


def gaussian(_: Line) -> Conversion:
    """N(x; m, v) written out."""
    return at(gaussian_head)(partial(attempt, gaussian_density))


def products(_: Line) -> Conversion:
    """A product of two Gaussian densities as marginal times posterior, and not back again."""
    turned: set[tuple[Expr, Expr]] = set()

    @at(Mul)
    def convert(term: Expr) -> Theorem | None:
        parts = factors(term)
        places = [i for i, part in enumerate(parts) if is_gaussian(part)]
        for first, second in permutations(places, 2):
            x, y = parts[first].args[1], parts[second].args[1]
            if (y, x) in turned or y not in free_vars(parts[first].args[2]):
                continue
            theorem = attempt(gaussian_product, term, first, second)
            if theorem is not None:
                turned.add((x, y))
                return theorem
        return None

    return convert


def reparametrisation(_: Line) -> Conversion:
    """x~N(m, s²) as e~N(0, 1), x := m + s e."""

    @at(Expect)
    def convert(term: Any) -> Theorem | None:
        for place, item in enumerate(term.measure):
            scale = scale_of(item)
            if scale is not None:
                taken = free_vars(term).union(*map(drawn_by, term.measure))
                noise = fresh(Vec("e"), taken)
                return attempt(reparametrise, term, place, scale, noise)
        return None

    return convert


def scale_of(item: Any) -> Expr | None:
    """s of a Gaussian draw N(m, s²) that is not N(0, 1) already."""
    if not is_gaussian(item):
        return None
    _, mean, variance = item.arguments
    scale = root_of(variance)
    return None if mean is S.Zero and scale is S.One else scale


def root_of(variance: Expr) -> Expr | None:
    """s where a variance is s² by its form."""
    counted = Counter(factors(variance))
    if any(count % 2 for base, count in counted.items() if base is not S.One):
        return None
    return mul(*(base for base, count in counted.items() for _ in range(count // 2)))


def moments(_: Line) -> Conversion:
    """E[x] = m, E‖x − m‖² = v d and E[⟨a, x − m⟩ ⟨b, x − m⟩] = v ⟨a, b⟩ under x~N(m, v)."""

    @at(Expect)
    def convert(term: Any) -> Theorem | None:
        if len(term.measure) == 1 and is_gaussian(term.measure[0]):
            draw = term.measure[0]
            found = [attempt(rule, draw) for rule in (gaussian_mean, gaussian_variance)]
            found += [
                attempt(gaussian_covariance, draw, a, b) for a, b in _directions(term.body, draw)
            ]
            for theorem in found:
                if theorem is not None and alpha_equal(theorem.lhs, term):
                    return theorem
        return None

    return convert


def _directions(body: Expr, draw: Any) -> Iterator[tuple[Expr, Expr]]:
    """(a, b) of ⟨a, x − m⟩ ⟨b, x − m⟩."""
    (x, m, _), pair = draw.arguments, factors(body)
    r = add(x, mul(S.NegativeOne, m))
    if len(pair) == 2 and all(type(part) is Inner for part in pair):
        others = [[arg for arg in part.args if not alpha_equal(arg, r)] for part in pair]
        if all(len(found) == 1 for found in others):
            yield others[0][0], others[1][0]


def trace_by_noise(_: Line) -> Conversion:
    """E[⟨e, ∇⟨e, f⟩⟩] as div f, for a probe e; the second moments of N(0, I) are known."""

    @at(Expect)
    def convert(term: Any) -> Theorem | None:
        theorem = attempt(trace_by_probe, term)
        if theorem is None or len(term.measure) != 1 or not is_gaussian(term.measure[0]):
            return theorem
        for prop in theorem.hypotheses:
            if type(prop) is ForAll and type(prop.body) is ForAll:
                a, b = prop.var, prop.body.var
                known = attempt(gaussian_covariance, term.measure[0], a, b)
                if known is not None:
                    theorem = discharge(theorem, generalise(generalise(known, b), a))
        return theorem

    return convert
