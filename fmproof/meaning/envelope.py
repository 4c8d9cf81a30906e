"""Where the mass of an integrand lies: a Gaussian mixture envelope of its densities.

A quadrature rule needs to know where to put its nodes, and for an integrand that is a product of
densities and mild functions the densities tell: as functions of the integrated variable, given
those that are fixed already and averaged over those that are integrated further inside, they are
a mixture of Gaussians. This decides about the nodes only, never about the integrand's values, so
that a bad envelope makes an integral inaccurate (and its error estimate large), not wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from sympy import Expr

from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import (
    Abs,
    Apply,
    Div,
    Draw,
    Expect,
    Grad,
    Inner,
    IntegralOver,
    Lebesgue,
    Let,
    Named,
    Partial,
    Ratio,
    Sqrt,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.sorts import Sort
from fmproof.meaning.interpretation import (
    AnyArray,
    Gaussian,
    Interpretation,
    NumericLaw,
    Value,
    along,
)
from fmproof.meaning.written import variables_of

MAX_COMPONENTS = 4096
_DEFAULT_SCALE = 3.0  # where no density tells


class Spread(NamedTuple):
    """One component of an envelope: a Gaussian in the variable that gets nodes.

    Attributes:
        mean: (..., P, size).
        covariance: (..., P, size, size).
        log_mass: (..., P, 1), the logarithm of the component's integral.
    """

    mean: AnyArray
    covariance: AnyArray
    log_mass: AnyArray


class Unknown:
    """A variable that has no nodes yet."""

    def __init__(self, size: int) -> None:
        self.size = size


class AffineForm(NamedTuple):
    """An affine function of unknowns: sum of slope * unknown, plus ``known``."""

    slopes: tuple[tuple[Unknown, AnyArray], ...]
    known: AnyArray
    key: Hashable


Scope = Mapping[Var, "Value | AffineForm | None"]
"""What stands for each variable; None for what is not affine in unknowns."""


class Factor:
    """A density in an integrand, with what its arguments are; None: not affine in unknowns.

    Two factors are equal when they are built alike from the same values.
    """

    def __init__(self, law: NumericLaw, arguments: tuple[Value | AffineForm | None, ...]) -> None:
        self.law = law
        self.arguments = arguments
        parts = (a.key if isinstance(a, AffineForm) else a for a in arguments)
        self.key = (id(law), *parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Factor) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def unknowns(self) -> set[Unknown]:
        forms = (a for a in self.arguments if isinstance(a, AffineForm))
        return {unknown for form in forms for unknown, _ in form.slopes}

    @property
    def usable(self) -> bool:
        """Whether the density is linear-Gaussian in its unknown arguments."""
        return all(
            isinstance(a, Value) or (a is not None and place not in self.law.parameters)
            for place, a in enumerate(self.arguments)
        )


FactorGroup = tuple[Factor, ...]
"""Densities that are multiplied with each other."""


class Envelope:
    """Collects the densities of an integrand and solves for the spread of one variable.

    Args:
        value: evaluates a term whose variables all have values.
        inner_nodes: a value with nodes for a bounded variable that is integrated further inside,
            on an axis that is so far unused.
        inner_points: values with the points of a law that is summed further inside, given those
            of the variables that it depends on, on an axis that is so far unused.
        thorough: whether the numerator of a ratio counts although its denominator is unknown.
    """

    def __init__(
        self,
        interpretation: Interpretation,
        value: Callable[[Expr, Mapping[Var, Value]], Value],
        inner_nodes: Callable[[Lebesgue, int], Value],
        inner_points: Callable[[Apply, Mapping[Var, Value], int], Mapping[Var, Value]],
        thorough: bool = False,
    ) -> None:
        self._inner_points = inner_points
        self._interpretation = interpretation
        self._value = value
        self._inner_nodes = inner_nodes
        self._thorough = thorough
        self._axes = 0

    def target(self, var: Var) -> tuple[Unknown, AffineForm]:
        """A new unknown for ``var``, and its form for the scope."""
        unknown = Unknown(self._interpretation.size(var.sort))
        return unknown, AffineForm(((unknown, np.ones((1, 1))),), np.zeros((1, 1)), unknown)

    def inside(self, item: Lebesgue) -> Value | AffineForm:
        """What stands for a variable that is integrated further inside."""
        if item.bounded or item.var.sort is Sort.LATENT:
            self._axes += 1
            return self._inner_nodes(item, self._axes)
        return self.target(item.var)[1]

    def within(self, measure: Sequence[Draw], scope: Scope) -> dict[Var, Value | AffineForm | None]:
        """The scope with what stands for the variables of a measure."""
        inside = dict(scope)
        for item in measure:
            if isinstance(item, Let):
                inside[item.var] = self._form(item.value, inside)
            elif isinstance(item, Lebesgue):
                inside[item.var] = self.inside(item)
            elif item.head in self._interpretation.points:
                inside |= self._points(item, inside)
            else:
                inside |= {each.var: self.inside(each) for each in item.head.ranges(item)}
        return inside

    def _points(self, item: Apply, scope: Scope) -> dict[Var, Value | AffineForm | None]:
        """The points of a law that is summed further inside, if they are known."""
        drawn = drawn_by(item)
        others = {v for a in item.arguments if a not in drawn for v in variables_of(a)}
        known = {v: scope[v] for v in others}
        if not all(isinstance(value, Value) for value in known.values()):
            return dict.fromkeys(drawn)
        self._axes += 1
        return dict(self._inner_points(item, known, self._axes))  # type: ignore[arg-type]

    # --- collecting ---------------------------------------------------------------------

    def groups(self, factors: Sequence[Expr], scope: Scope) -> list[FactorGroup]:
        """The alternative products of densities in the product of ``factors``."""
        plain = [f for f in factors if not isinstance(f, Ratio)]
        ratios = [f for f in factors if isinstance(f, Ratio)]
        for ratio in list(ratios):
            if self._thorough or self._known(ratio.args[1], scope):
                plain.append(ratio.args[0])
                ratios.remove(ratio)
        found = _products([self._groups_of(f, scope) for f in plain])
        for ratio in ratios:
            # In b·(a/b) the numerator is what matters where b is not small.
            rest = list(plain)
            try:
                for factor in Mul.make_args(ratio.args[1]):
                    rest.remove(factor)
            except ValueError:
                continue
            found += self.groups([*rest, *Mul.make_args(ratio.args[0])], scope)
        return list(dict.fromkeys(found))

    def _groups_of(self, term: Expr, scope: Scope) -> list[FactorGroup]:
        if isinstance(term, Apply):
            return self._groups_of_application(term, scope)
        if isinstance(term, Mul):
            return self.groups(term.args, scope)
        if isinstance(term, Ratio):
            return self.groups([term], scope)
        if isinstance(term, Pow):
            return self.groups([term.args[0]] * min(int(term.args[1]), 4), scope)
        if isinstance(term, Inner):
            return self.groups(term.args, scope)
        if isinstance(term, Add):
            found = (group for arg in term.args for group in self._groups_of(arg, scope))
            return list(dict.fromkeys(found))
        if isinstance(term, Named):
            return self._groups_of(term.definition, scope)
        if isinstance(term, Abs | Sqrt):
            return self._groups_of(term.args[0], scope)
        if isinstance(term, Grad | Partial | Div):
            return self._groups_of(term.body, {**scope, term.var: self._form(term.at, scope)})
        if isinstance(term, IntegralOver | Expect):
            inside = self.within(term.measure, scope)
            draws = term.measure if isinstance(term, Expect) else ()
            return self.groups([*draws, *Mul.make_args(term.body)], inside)
        return [()]

    def _groups_of_application(self, term: Apply, scope: Scope) -> list[FactorGroup]:
        head = term.head
        if head.definition is None:
            if not head.draws or head in self._interpretation.points:
                return [()]
            forms = tuple(self._form(arg, scope) for arg in term.arguments)
            return [(Factor(self._interpretation.law(head), forms),)]
        if not variables_of(head.definition):
            return [()]
        inside: dict[Var, Value | AffineForm | None] = {}
        for param, arg in zip(head.params, term.arguments, strict=True):
            form = self._form(arg, scope)
            if form is None:
                return [()]
            inside[param] = form
        return self.groups(Mul.make_args(head.definition), inside)

    def _known(self, term: Expr, scope: Scope) -> bool:
        return all(isinstance(scope[v], Value) for v in variables_of(term))

    def _form(self, term: Expr, scope: Scope) -> Value | AffineForm | None:
        if isinstance(term, Var):
            return scope[term]
        if self._known(term, scope):
            return self._value(term, {v: scope[v] for v in variables_of(term)})  # type: ignore[misc]
        if isinstance(term, Add):
            return self._sum(term, scope)
        if isinstance(term, Mul):
            unknown = [f for f in term.args if not self._known(f, scope)]
            if len(unknown) != 1:
                return None
            form = self._form(unknown[0], scope)
            factor = self._form(Mul(*(f for f in term.args if f is not unknown[0])), scope)
            if not (isinstance(form, AffineForm) and isinstance(factor, Value)):
                return None
            slopes = tuple((u, factor.array * slope) for u, slope in form.slopes)
            return AffineForm(slopes, factor.array * form.known, ("times", factor, form.key))
        return None

    def _sum(self, term: Add, scope: Scope) -> AffineForm | None:
        slopes: dict[Unknown, AnyArray] = {}
        known: AnyArray = np.zeros((1, 1))
        keys: list[Hashable] = []
        for arg in term.args:
            form = self._form(arg, scope)
            if form is None:
                return None
            if isinstance(form, Value):
                known = known + form.array
                keys.append(form)
                continue
            known = known + form.known
            keys.append(form.key)
            for unknown, slope in form.slopes:
                slopes[unknown] = slopes[unknown] + slope if unknown in slopes else slope
        return AffineForm(tuple(slopes.items()), known, ("plus", *keys))

    # --- solving ------------------------------------------------------------------------

    def relevant(
        self, groups: Iterable[FactorGroup], target: Unknown
    ) -> dict[Hashable, FactorGroup]:
        """The parts of the groups that say where the target is, each once.

        The keys do not depend on which unknowns stand for the variables further inside.
        """
        kept = (_connected(group, target) for group in groups)
        return {_pattern(group, target): group for group in kept if group}

    def spreads(self, groups: Iterable[FactorGroup], target: Unknown) -> list[Spread]:
        """The components of the envelope, and a broad one around zero where little is known."""
        found = [_default(target.size)] if self._thorough else []
        for group in groups:
            choices = [
                factor.law.components([_known_part(a) for a in factor.arguments])
                for factor in group
            ]
            for chosen in product(*choices):
                pieces = [
                    (gaussian, factor.arguments)
                    for factor, component in zip(group, chosen, strict=True)
                    for gaussian in component.gaussians
                ]
                log_weight: AnyArray = np.zeros((1, 1))
                for component in chosen:
                    log_weight = log_weight + component.log_weight
                found.append(_solve(pieces, log_weight, target, _drawn(group)))
                if len(found) > MAX_COMPONENTS:
                    return found
        return found


def _pattern(group: FactorGroup, target: Unknown) -> Hashable:
    """What the group is, with its unknowns numbered as they occur."""
    numbers: dict[Unknown, int] = {target: 0}

    def numbered(key: Hashable) -> Hashable:
        if isinstance(key, Unknown):
            return numbers.setdefault(key, len(numbers))
        return tuple(map(numbered, key)) if isinstance(key, tuple) else key

    return tuple(numbered(f.key) for f in sorted(group, key=lambda f: id(f.law)))


def _drawn(group: FactorGroup) -> set[Unknown]:
    """The unknowns that have a density in the group."""
    forms = (factor.arguments[place] for factor in group for place in factor.law.draws)
    return {unknown for form in forms if isinstance(form, AffineForm) for unknown, _ in form.slopes}


def _default(size: int) -> Spread:
    covariance = np.eye(size)[None] * _DEFAULT_SCALE**2
    return Spread(np.zeros((1, size)), covariance, np.zeros((1, 1)))


def _products(alternatives: Sequence[list[FactorGroup]]) -> list[FactorGroup]:
    """One group from each list, multiplied, in every way."""
    if all(groups == [()] for groups in alternatives):
        return [()]
    return [tuple(f for group in choice for f in group) for choice in product(*alternatives)]


def _connected(group: FactorGroup, target: Unknown) -> FactorGroup:
    """The usable factors that the target's law depends on.

    A density of an unknown that nothing else depends on integrates to one, so it says nothing.
    """
    factors = [f for f in group if f.usable and f.unknowns()]
    while True:
        counts: dict[Unknown, int] = {}
        for factor in factors:
            for unknown in factor.unknowns():
                counts[unknown] = counts.get(unknown, 0) + 1
        idle = [f for f in factors if _draws_idle(f, counts, target)]
        if not idle:
            break
        factors = [f for f in factors if f not in idle]
    linked = {target}
    kept: list[Factor] = []
    while True:
        more = [f for f in factors if f not in kept and f.unknowns() & linked]
        if not more:
            return tuple(kept)
        kept += more
        linked |= {unknown for factor in more for unknown in factor.unknowns()}


def _draws_idle(factor: Factor, counts: Mapping[Unknown, int], target: Unknown) -> bool:
    drawn = [factor.arguments[place] for place in factor.law.draws]
    return all(
        isinstance(a, AffineForm) and len(a.slopes) == 1 and a.slopes[0][0] is not target
        and counts[a.slopes[0][0]] == 1
        for a in drawn
    )  # fmt: skip


def _known_part(argument: Value | AffineForm | None) -> AnyArray:
    if isinstance(argument, Value):
        return argument.array
    return np.zeros((1, 1)) if argument is None else argument.known


def _solve(
    pieces: Sequence[tuple[Gaussian, tuple[Value | AffineForm | None, ...]]],
    log_mass: AnyArray,
    target: Unknown,
    drawn: set[Unknown],
) -> Spread:
    """The law of the target under a product of Gaussian densities, the other unknowns averaged.

    An unknown without a density is given a broad one around zero.
    """
    columns, width = _columns(pieces, target)
    prior = np.zeros(width)
    for unknown, start in columns.items():
        if unknown not in drawn:
            prior[start : start + unknown.size] = _DEFAULT_SCALE**-2
    precision: AnyArray = np.diag(prior)
    shift: AnyArray = np.zeros((1, width))
    for gaussian, arguments in pieces:
        matrix, constant = _white(gaussian, arguments, columns, width)
        precision = precision + matrix.swapaxes(-1, -2) @ matrix
        shift = shift - np.einsum("...ij,...i->...j", matrix, constant)
        square = (constant**2).sum(axis=-1, keepdims=True)
        log_mass = log_mass - gaussian.log_norm - 0.5 * square
    try:
        covariance = np.linalg.inv(precision)
    except np.linalg.LinAlgError:  # a density of something that does not depend on the target
        return _default(target.size)
    mean = np.einsum("...ij,...j->...i", covariance, shift)
    _, log_det = np.linalg.slogdet(precision)
    log_mass = log_mass + 0.5 * (
        (mean * shift).sum(axis=-1, keepdims=True) + width * np.log(2 * np.pi) - log_det[..., None]
    )
    own = slice(columns[target], columns[target] + target.size)
    return Spread(mean[..., own], covariance[..., own, own], log_mass)


def _columns(
    pieces: Sequence[tuple[Gaussian, tuple[Value | AffineForm | None, ...]]], target: Unknown
) -> tuple[dict[Unknown, int], int]:
    columns = {target: 0}
    width = target.size
    for gaussian, arguments in pieces:
        for place in (gaussian.main, *gaussian.slopes):
            form = arguments[place]
            for unknown, _ in form.slopes if isinstance(form, AffineForm) else ():
                if unknown not in columns:
                    columns[unknown] = width
                    width += unknown.size
    return columns, width


def _white(
    gaussian: Gaussian,
    arguments: tuple[Value | AffineForm | None, ...],
    columns: Mapping[Unknown, int],
    width: int,
) -> tuple[AnyArray, AnyArray]:
    """A, b such that the whitened residual is A (unknowns) + b."""
    size = gaussian.scale.shape[-1]
    blocks: list[tuple[Unknown, AnyArray]] = []
    for place, weight in ((gaussian.main, None), *gaussian.slopes.items()):
        form = arguments[place]
        for unknown, slope in form.slopes if isinstance(form, AffineForm) else ():
            whole = slope if weight is None else -weight * slope
            blocks.append((unknown, _block(whole, size, unknown.size)))
    batches = [block.shape[:-2] for _, block in blocks]
    shape = np.broadcast_shapes(gaussian.scale.shape[:-1], *batches)
    matrix = np.zeros((*shape, size, width))
    for unknown, block in blocks:
        start = columns[unknown]
        matrix[..., start : start + unknown.size] += block
    constant = gaussian.residual([_known_part(a) for a in arguments])
    if gaussian.basis is not None:
        matrix = np.einsum("...pik,...pij->...pkj", gaussian.basis, matrix)
        constant = along(gaussian.basis, constant)
    return matrix / gaussian.scale[..., None], constant / gaussian.scale


def _block(slope: AnyArray, rows: int, columns: int) -> AnyArray:
    """A slope as a matrix: a multiple of the identity, a column or a row."""
    if rows == columns:
        return slope[..., None] * np.eye(rows)
    along = np.broadcast_to(slope, (*slope.shape[:-1], max(rows, columns)))
    return along[..., :, None] if columns == 1 else along[..., None, :]
