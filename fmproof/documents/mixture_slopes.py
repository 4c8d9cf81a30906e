"""Slopes of mixtures by those of their kernels: ∇ log p(x) by ∫ q(z) ∇k(x|z)/p(x) dz first.

With the slope of the kernel written out, (z − x)/σ² for a Gaussian one, a row skips that line, and
p stays a name in it: that its integral has a logarithm is said of p alone.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents.almost_surely import pulled_out
from fmproof.documents.suggest import replaced
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import add, factors, mul
from fmproof.lang.node import rebuilt
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Expect,
    Gaussian,
    Grad,
    IntegralOver,
    Log,
    Ratio,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import apart, free_vars, substitute
from fmproof.tactics.methods.definition import is_mixture
from fmproof.tactics.script import Step


def steps(before: Expr, claim: Expr) -> list[Step] | None:
    """The row in steps through the slopes of kernels; None where there is no such slope."""
    there, back = _towards_kernels(before), _towards_kernels(claim)
    if not there and not back:
        return None
    lines = [*there, *reversed([claim, *back])]
    kept = [line for line, last in zip(lines, [before, *lines], strict=False) if line != last]
    return [Step(f"{i}", line, by="auto") for i, line in enumerate(kept, 1)]


def _towards_kernels(line: Expr) -> list[Expr]:
    """The lines from one to that with the slopes of kernels in it."""
    lines = [line]
    for change in (_with_means, _with_means_pulled_out, _with_draws, _with_gaussian_scores):
        with suppress(FmproofError):
            lines.append(change(lines[-1]) if isinstance(lines[-1], Expect) else lines[-1])
    if lines[-1] == line:
        return _by_kernels(line)
    return lines[1:]


def _with_means_pulled_out(line: Any) -> Expr:
    return Expect(pulled_out(line.body), *line.measure)


def _with_means(line: Any) -> Expr:
    """With E[f | x] for ∫ f(z) q(z) k(x|z)/p(x) dz, where z ~ q and x ~ k(·|z) are drawn."""
    body = line.body
    for integral in body.atoms(IntegralOver):
        above, below = list[Expr](), list[Expr]()
        for one in factors(integral.body):
            above += factors(one.args[0]) if isinstance(one, Ratio) else [one]
            below += factors(one.args[1]) if isinstance(one, Ratio) else []
        density = next((one for one in below if is_mixture(one)), None)
        if density is None or not set(line.measure) <= set(above) or len(line.measure) != 2:
            continue
        below.remove(density)
        rest = [one for one in above if one not in line.measure]
        (point,) = drawn_by(line.measure[1])
        if density.arguments[:1] != (point,) or drawn_by(line.measure[0]) != drawn_by(
            integral.measure[0]
        ):
            continue
        share = [] if not below else [Ratio(S.One, mul(*below))]
        body = replaced(body, integral, CondExpect(mul(*rest, *share), point, *line.measure))
    return Expect(body, *line.measure)


def _with_draws(line: Any) -> Expr:
    """An average in which x ~ q(·|z) is drawn, with the score of that kernel for the score of the
    mixture."""
    body: Expr = line.body
    for slope in {node: None for node in _slopes(body) if isinstance(node.body, Log)}:
        density: Any = _inside(slope)
        mixture: Any = density.head.unfold(density.arguments)
        kernels = [draw for draw in line.measure if _draws(draw, mixture, slope)]
        if len(kernels) == 1:
            body = replaced(body, slope, Grad(Log(kernels[0]), slope.at))
    return Expect(body, *line.measure)


def _with_gaussian_scores(line: Expr) -> Expr:
    """With (m − x)/v for the score of each kernel that is N(m, v I) by its definition."""
    for slope in [one for one in line.atoms(Grad) if isinstance(one.body, Log)]:
        kernel = slope.body.args[0]
        while isinstance(kernel, Apply) and kernel.head.definition is not None:
            kernel = kernel.head.unfold(kernel.arguments)
        if not isinstance(kernel, Apply) or not isinstance(kernel.head, Gaussian):
            continue
        x, mean, variance = kernel.arguments
        if x is slope.var:
            value = mul(Ratio(S.One, variance), add(mean, mul(S.NegativeOne, x)))
            with suppress(FmproofError):
                line = replaced(line, slope, substitute(value, {slope.var: slope.at}))
    return line


def _draws(draw: Any, mixture: Any, slope: Any) -> bool:
    """Whether a draw is of the point of a slope, by the kernel of its mixture."""
    if not isinstance(draw, Apply) or drawn_by(draw) != (slope.at,):
        return False
    kernels = [one for one in factors(mixture.body) if isinstance(one, Apply)]
    return any(one.head is draw.head and slope.var in free_vars(one) for one in kernels)


def _by_kernels(line: Expr) -> list[Expr]:
    """Lines with ∇p(x)/p(x) for the scores of mixtures, then with integrals of the slopes of
    kernels for ∇p(x); none where there is no such slope."""
    lines = [line]
    for change in (_without_logarithm, _under_the_integral):
        for slope in dict.fromkeys(_slopes(lines[-1])):
            value = change(slope)
            if value is not None:
                lines.append(replaced(lines[-1], slope, value))
        if change is _under_the_integral:
            lines.append(_drawn_in(lines[-1]))
    return lines[1:] if lines[-1] != line else []


def _drawn_in(line: Expr) -> Expr:
    """With ∫ f/p(x) dz for (∫ f dz)/p(x), in a product of the two."""
    parts = factors(line)
    integrals = [one for one in parts if isinstance(one, IntegralOver | Expect)]
    if len(integrals) != 1 or len(parts) != 2:
        return line
    (share,) = (one for one in parts if one is not integrals[0])
    (integral,) = integrals
    if free_vars(share).intersection(*map(drawn_by, integral.measure)):
        return line
    return rebuilt(integral, mul(share, integral.body), *integral.measure)


def _without_logarithm(slope: Any) -> Expr | None:
    if not isinstance(slope.body, Log):
        return None
    density = _inside(slope)
    there = substitute(density, {slope.var: slope.at})
    return mul(Ratio(S.One, there), Grad(density, slope.var, slope.at))


def _slopes(term: Basic) -> list[Any]:
    """∇p(x) and ∇ log p(x) of mixtures p."""
    if isinstance(term, Grad) and is_mixture(_inside(term)):
        return [term]
    return [found for arg in term.args for found in _slopes(arg)]


def _inside(slope: Any) -> Expr:
    body = slope.body
    return body.args[0] if isinstance(body, Log) else body


def _under_the_integral(slope: Any) -> Expr | None:
    """∫ q(z) ∇k(x|z) dz for ∇p(x)."""
    if isinstance(slope.body, Log):
        return None
    density: Any = slope.body
    mixture: Any = apart(density.head.unfold(density.arguments), free_vars(slope))
    if any(slope.var in free_vars(draw) for draw in mixture.measure):
        return None
    moving = [one for one in factors(mixture.body) if slope.var in free_vars(one)]
    if len(moving) != 1 or not _is_a_kernel(moving[0], slope.var):
        return None
    fixed = [one for one in factors(mixture.body) if one is not moving[0]]
    return rebuilt(mixture, mul(*fixed, Grad(moving[0], slope.var, slope.at)), *mixture.measure)


def _is_a_kernel(term: Expr, var: Var) -> bool:
    """Whether a density is taken at ``var``, which stands in no other place of it."""
    places = term.arguments if isinstance(term, Apply) else ()
    return sum(var in free_vars(place) for place in places) == 1
