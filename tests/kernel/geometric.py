"""A second meaning for terms, in which integrals really diverge.

Every unbounded space is {0, 1, 2, …} with counting measure, an interval two points; the space
of vectors is the real line. A function is a sum of monomials c·a^x·b^z…, so integrals are
geometric series: whether one converges absolutely is decided by its bases, since monomials
with different bases are linearly independent. The value of a divergent integral is 0, as in
the language. Where convergence depends on the other variables, :class:`Undecided` is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from zlib import crc32

from sympy import Expr, Rational

from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import (
    Apply,
    Density,
    Expect,
    Head,
    Inner,
    IntegralOver,
    Lebesgue,
    Named,
    Ratio,
    Var,
)
from fmproof.lang.nodes.measure import against_lebesgue
from fmproof.lang.props import Almost, Equals, ForAll, Integrable, Prop, VanishesWith

Bases = tuple[tuple[Var, Fraction], ...]
"""A monomial a^x·b^z…: the variables with a base other than one, by name."""

Function = dict[Bases, Fraction]
"""A sum of monomials with nonzero coefficients."""

GROWTH = tuple(Fraction(n, d) for n, d in ((1, 3), (1, 2), (1, 1), (3, 2), (2, 1)))
DECAY = tuple(Fraction(n, d) for n, d in ((1, 4), (1, 3), (1, 2), (2, 3)))


class Undecided(Exception):
    """The model cannot tell."""


class Model:
    """An interpretation of all symbols, made from a seed.

    Args:
        mixed: whether conditional densities depend on their conditions. If not, marginals are
            single monomials, which one can divide by.
    """

    def __init__(self, seed: object, mixed: bool) -> None:
        self.seed = seed
        self.mixed = mixed

    def value(self, term: Expr) -> Function:
        """``term`` as a function of its free variables."""
        if isinstance(term, Rational):
            return _function({(): Fraction(int(term.p), int(term.q))})
        if isinstance(term, Var):
            return {((term, Fraction(2)),): Fraction(1)}
        if isinstance(term, Named):
            return self.value(term.definition)
        if isinstance(term, Add):
            return _add(self.value(arg) for arg in term.args)
        if isinstance(term, Mul | Inner):
            return _times(*(self.value(arg) for arg in term.args))
        if isinstance(term, Pow):
            return _times(*[self.value(term.args[0])] * int(term.args[1]))
        if isinstance(term, Ratio):
            return _over(self.value(term.args[0]), self.value(term.args[1]))
        if isinstance(term, Apply):
            return self._apply(term)
        if isinstance(term, IntegralOver | Expect):
            body, measure = against_lebesgue(term.body, term.measure)
            summand = self.value(body)
            return _integrate(summand, measure) if _converges(summand, measure) else {}
        raise Undecided(type(term).__name__)

    def _apply(self, term: Apply) -> Function:
        head = term.head
        if not all(isinstance(arg, Var) for arg in term.arguments):
            raise Undecided("a function of a term that is not a variable")
        if head.definition is not None:
            return self.value(head.unfold(term.arguments))
        if isinstance(head, Density):
            return self._density(head, term)
        dice = self._dice(head)
        sign = 1 if head.nonneg or dice % 3 else -1
        return _add(self._monomial(head, term.arguments, i, sign) for i in range(1 + dice % 2))

    def _monomial(self, head: Head, arguments: tuple[Var, ...], which: int, sign: int) -> Function:
        bases = _bases(
            (var, GROWTH[self._dice(head, place, which) % 5]) for place, var in enumerate(arguments)
        )
        return _function({bases: Fraction(sign * (1 + self._dice(head, which) % 2))})

    def _density(self, head: Density, term: Apply) -> Function:
        """A geometric density, or a mixture of two with weights s^z and 1 − s^z."""
        start = len(head.sub) + len(head.sup)
        stop = start + len(head.main)
        main, given = term.arguments[start:stop], term.arguments[:start] + term.arguments[stop:]
        items = list(zip(head.over, main, strict=True))
        first, second = (
            _times(*(self._marginal(head, item, var, which) for item, var in items))
            for which in range(2)
        )
        if not (given and self.mixed):
            return first
        weight = _function({_bases((var, Fraction(1, 2)) for var in given): Fraction(1)})
        return _add([_times(weight, first), second, _times(_number(-1), weight, second)])

    def _marginal(self, head: Head, item: Lebesgue, var: Var, which: int) -> Function:
        if item.bounded:
            length = Fraction(str(item.high - item.low))
            base = (Fraction(1), Fraction(2))[which]
            total = length / 2 * (1 + base)
            return _function({_bases([(var, base)]): 1 / total})
        ratio = DECAY[self._dice(head, item.var.name, which) % 4]
        return _function({_bases([(var, ratio)]): 1 - ratio})

    def _dice(self, head: Head, *what: object) -> int:
        return crc32(repr((self.seed, type(head).__name__, head._content[:2], what)).encode())

    def holds(self, prop: Prop) -> bool:
        """Whether ``prop`` holds for all values of its free variables (or for none)."""
        if isinstance(prop, Equals):
            return self.value(prop.lhs) == self.value(prop.rhs)
        if isinstance(prop, Integrable):
            body, measure = against_lebesgue(prop.body, prop.measure)
            return _converges(self.value(body), measure)
        if isinstance(prop, VanishesWith):
            top, bottom = self.value(prop.args[0]), self.value(prop.args[1])
            if not bottom:
                return not top
            if not _one_sign(bottom):
                raise Undecided("where a sum vanishes")
            return True
        if isinstance(prop, Almost | ForAll):
            return self.holds(prop.body)
        raise Undecided(type(prop).__name__)


def _bases(pairs: Iterable[tuple[Var, Fraction]]) -> Bases:
    combined: dict[Var, Fraction] = {}
    for var, base in pairs:
        combined[var] = combined.get(var, Fraction(1)) * base
    kept = [(var, base) for var, base in combined.items() if base != 1]
    return tuple(sorted(kept, key=lambda pair: (pair[0].name, pair[0].sort.value)))


def _function(terms: dict[Bases, Fraction]) -> Function:
    return {bases: c for bases, c in terms.items() if c}


def _number(value: int) -> Function:
    return {(): Fraction(value)}


def _add(functions: Iterable[Function]) -> Function:
    total: Function = {}
    for function in functions:
        for bases, c in function.items():
            total[bases] = total.get(bases, Fraction(0)) + c
    return _function(total)


def _times(*functions: Function) -> Function:
    result: Function = _number(1)
    for function in functions:
        result = _add(
            {_bases((*a, *b)): c * d}
            for (a, c), (b, d) in product(result.items(), function.items())
        )
    return result


def _over(top: Function, bottom: Function) -> Function:
    if not bottom:
        return {}
    if len(bottom) > 1:
        raise Undecided("division by a sum")
    ((bases, c),) = bottom.items()
    return _times(top, {_bases((var, 1 / base) for var, base in bases): 1 / c})


def _one_sign(function: Function) -> bool:
    return all(c > 0 for c in function.values()) or all(c < 0 for c in function.values())


def _at_points(function: Function, measure: Sequence[Lebesgue]) -> list[tuple[Fraction, Function]]:
    """The function at the points of the intervals, with their weights."""
    slices = [(Fraction(1), function)]
    for item in measure:
        if item.bounded:
            weight = Fraction(str(item.high - item.low)) / 2
            slices = [
                (mass * weight, _at(part, item.var, point))
                for mass, part in slices
                for point in (0, 1)
            ]
    return slices


def _at(function: Function, var: Var, point: int) -> Function:
    return _add(
        {tuple(p for p in bases if p[0] != var): c * dict(bases).get(var, Fraction(1)) ** point}
        for bases, c in function.items()
    )


def _converges(function: Function, measure: Sequence[Lebesgue]) -> bool:
    """Whether ∫ |f| < ∞, at every value of the other variables (or at none: False)."""
    whole = [item.var for item in measure if not item.bounded]
    unsure = False
    for _, part in _at_points(function, measure):
        groups: dict[tuple[Fraction, ...], Function] = {}
        for bases, c in part.items():
            known = dict(bases)
            key = tuple(known.get(var, Fraction(1)) for var in whole)
            groups.setdefault(key, {})[tuple(p for p in bases if p[0] not in whole)] = c
        for key, coefficient in groups.items():
            if any(base >= 1 for base in key):
                if _one_sign(coefficient):
                    return False
                unsure = True
    if unsure:
        raise Undecided("convergence depends on other variables")
    return True


def _integrate(function: Function, measure: Sequence[Lebesgue]) -> Function:
    whole = [item.var for item in measure if not item.bounded]
    return _add(
        {
            tuple(p for p in bases if p[0] not in whole):
            mass * c * prod(1 / (1 - dict(bases).get(var, Fraction(1))) for var in whole)
        }
        for mass, part in _at_points(function, measure)
        for bases, c in part.items()
    )  # fmt: skip
