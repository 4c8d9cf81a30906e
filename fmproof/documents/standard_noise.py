"""Rows that say who is drawn in two ways: x from N(m, s² I), or the noise e, with x = m + s e.

What is conditional flow matching to one author is a regression on noise to the next one. Steps from
one line to the other are worked out here; the checker checks them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents import parallel, quotients
from fmproof.lang.arithmetic import add, factors, mul, summands, without
from fmproof.lang.node import rebuilt, sort_of
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Expect,
    Gaussian,
    Grad,
    IntegralOver,
    Let,
    Log,
    Named,
    Normal,
    Partial,
    Ratio,
    Sqrt,
    Var,
    Vec,
)
from fmproof.lang.nodes.measure import drawn_by, law_order
from fmproof.lang.scope import free_vars, fresh, substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.tactics.methods.gaussian import root_of
from fmproof.tactics.script import Step

OPENS_DRAWS = ("definition", "expectation", "density")
"""What opens the definition of a density that is drawn from."""


def ways_by_noise(before: Expr, claim: Expr) -> Iterator[list[Step]]:
    """Steps from ``before`` to ``claim`` through lines in which only standard noise is drawn; none
    where both draw alike, or one draws no noise."""
    one, other = _Side(before), _Side(claim)
    if not (one.turned or other.turned) or not (one.noisy and other.noisy):
        return
    left, right = one.drawn, other.drawn
    if free_vars(left) != free_vars(right):
        return
    renamed = at_each_node(left, partial(_drawn_as, right))
    there, back = one.there("1"), other.back("4")
    if renamed != left:
        there.append(Step("2", renamed, by=_ORDERS))
    if renamed == right:
        yield [*there, *back]
        return
    middle = parallel.steps(renamed, right, "3.")
    if middle is not None:
        yield [*there, *middle, *back]
    yield [*there, Step("3", right, by=_ALGEBRA), *back]
    spread = at_each_node(right, _slope_of_sum)
    middle = parallel.steps(renamed, spread, "3.") if spread != right else None
    if middle is not None:  # d/dt (m + s e) beside what it is
        yield [*there, *middle, Step("3", right, by="derivative"), *back]
    over = quotients.steps(renamed, right, ("square", "linearity")) or []
    if over:
        yield [*there, *(replace(step, id=f"3.{step.id}") for step in over), *back]


def with_noise(line: Expr) -> tuple[Expr, list[Step]]:
    """``line`` with standard noise drawn, and the steps to it; none where no noise is in it."""
    side = _Side(line)
    return side.drawn, side.there("0") if side.noisy else []


def _drawn_as(right: Expr, term: Any) -> Any:
    """An average with the names and the order of one in ``right`` that draws the same."""
    if not isinstance(term, Expect):
        return term
    for other in sorted(right.atoms(Expect), key=text):
        mine, theirs = (
            [item.arguments[0] for item in measure if _standard(item)]
            for measure in (term.measure, other.measure)
        )
        if len(mine) != len(theirs) or set(theirs) & free_vars(term):
            continue
        names = {a: b for a, b in zip(mine, theirs, strict=True) if a is not b}
        measure = [substitute(item, names) for item in term.measure]
        if Counter(measure) == Counter(other.measure):
            return Expect(substitute(term.body, names), *other.measure)
    return term


class _Side:
    """A line, and step by step the same one with standard noise drawn."""

    def __init__(self, line: Expr) -> None:
        self.lines = [line]
        self.words: list[tuple[str, ...]] = []
        for change, words in _CHANGES:
            changed = at_each_node(self.lines[-1], change)
            if changed != self.lines[-1]:
                self.lines.append(changed)
                self.words.append(words)

    @property
    def drawn(self) -> Expr:
        """The line at the end."""
        return self.lines[-1]

    @property
    def turned(self) -> bool:
        """Whether other draws than standard noise were in it."""
        return _TURNED in self.words

    @property
    def noisy(self) -> bool:
        """Whether standard noise is drawn at the end."""
        return any(_standard(item) for node in self.drawn.atoms(Expect) for item in node.measure)

    def there(self, number: str) -> list[Step]:
        """Steps from the line."""
        return [
            Step(f"{number}.{i}", line, by=words)
            for i, (line, words) in enumerate(zip(self.lines[1:], self.words, strict=True), 1)
        ]

    def back(self, number: str) -> list[Step]:
        """Steps to the line."""
        return [
            Step(f"{number}.{i}", line, by=words)
            for i, (line, words) in enumerate(
                zip(self.lines[-2::-1], self.words[::-1], strict=True), 1
            )
        ]


def at_each_node(term: Any, change: Callable[[Any], Any]) -> Any:
    """``term`` with ``change`` made at every average in it, and at what defines a loss."""
    term = change(term)
    if isinstance(term, Apply):
        return term
    args = [at_each_node(arg, change) if isinstance(arg, Basic) else arg for arg in term.args]
    return term if tuple(args) == tuple(term.args) else rebuilt(term, *args)


def _opened(term: Any) -> Any:
    """A loss as the average that defines it."""
    if isinstance(term, Named):
        return _opened(term.definition)
    if isinstance(term, Apply) and isinstance(term.head.definition, Expect | IntegralOver):
        return _opened(term.head.unfold(term.arguments)) if not term.head.draws else term
    return term


def _averaged(term: Any) -> Any:
    """∫∫ f(x) k(x|y) q(y) dx dy as an average over y from q and x from k."""
    if not isinstance(term, IntegralOver):
        return term
    variables: list[Var] = []
    parts = [term]
    while inner := next((part for part in parts if isinstance(part, IntegralOver)), None):
        if any(item.bounded for item in inner.measure):
            return term
        own = [item.var for item in inner.measure]
        rest = [part for part in parts if part is not inner]
        if any(v in variables or v in free_vars(part) for v in own for part in rest):
            return term
        variables += own
        parts = [*rest, *factors(inner.body)]
    laws = [part for part in parts if isinstance(part, Apply) and part.head.draws]
    laws = [law for law in laws if set(drawn_by(law)) <= set(variables)]
    order = law_order(laws)
    drawn = [v for law in laws for v in drawn_by(law)]
    if order is None or sorted(v.name for v in drawn) != sorted(v.name for v in variables):
        return term
    rest = list(parts)
    for law in laws:
        rest.remove(law)
    return Expect(mul(*rest), *order)


def _unfolded(term: Any) -> Any:
    """A vector field as the formula that defines it, where that is no average."""
    if not isinstance(term, Apply) or sort_of(term) is not Sort.VEC:
        return term
    definition = term.head.definition
    if definition is None or definition.has(Expect, IntegralOver, CondExpect):
        return term
    return at_each_node(term.head.unfold(term.arguments), _unfolded)


def with_gaussian_draws(term: Any) -> Any:
    """The Gaussian densities that are drawn from, written as such."""
    if not isinstance(term, Expect):
        return term
    return Expect(term.body, *(draw for item in term.measure for draw in _draws(item)))


def _draws(item: Any) -> tuple[Any, ...]:
    """A draw, from a joint density as one draw after the other."""
    return tuple(map(gaussian_of, _one_by_one(item)))


def _one_by_one(item: Any) -> tuple[Any, ...]:
    definition = item.head.definition if isinstance(item, Apply) else None
    order = None if definition is None else law_order(factors(item.head.unfold(item.arguments)))
    return (item,) if order is None else order


def _of_pairs(term: Any) -> Any:
    """E_{(x, y) ~ q, …} as E_{x ~ p, y ~ k(·|x), …}."""
    if not isinstance(term, Expect):
        return term
    draws = [one for item in term.measure for one in _one_by_one(item)]
    return Expect(term.body, *draws) if len(draws) > len(term.measure) else term


def gaussian_of(item: Any) -> Any:
    definition = item.head.definition if isinstance(item, Apply) else None
    if isinstance(definition, Apply) and isinstance(definition.head, Gaussian):
        return item.head.unfold(item.arguments)
    return item


def _used(term: Any) -> Any:
    """An average without the draws that nothing in it looks at."""
    if not isinstance(term, Expect):
        return term
    kept: list[Any] = []
    looked_at = set(free_vars(term.body))
    for item in reversed(term.measure):
        if isinstance(item, Let) or set(drawn_by(item)) & looked_at:
            kept.append(item)
            looked_at |= free_vars(item)
    if not kept or len(kept) == len(term.measure):
        return term
    return Expect(term.body, *reversed(kept))


def _squared(term: Any) -> Any:
    """Variances that are no square by their form as (√v)²."""
    if not isinstance(term, Expect):
        return term
    return Expect(term.body, *map(_square, term.measure))


def _square(item: Any) -> Any:
    if not is_gaussian_draw(item) or root_of(item.arguments[2]) is not None:
        return item
    x, mean, variance = item.arguments
    return Normal(x, mean, mul(Sqrt(variance), Sqrt(variance)))


def _turned(term: Any) -> Any:
    """x ~ N(m, s²) as e ~ N(0, 1) and x := m + s e, in an average."""
    if not isinstance(term, Expect):
        return term
    taken = free_vars(term).union(*map(drawn_by, term.measure))
    draws: list[Any] = []
    for item in term.measure:
        if not is_gaussian_draw(item) or _standard(item):
            draws.append(item)
            continue
        x, mean, variance = item.arguments
        scale = root_of(variance)
        if scale is None:
            return term
        noise = fresh(Vec("e"), taken)
        taken = taken | {noise}
        draws += [Normal(noise), Let(x, add(mean, mul(scale, noise)))]
    return Expect(term.body, *draws)


def is_gaussian_draw(item: Any) -> bool:
    return isinstance(item, Apply) and isinstance(item.head, Gaussian)


def _standard(item: Any) -> bool:
    return is_gaussian_draw(item) and tuple(item.arguments[1:]) == (S.Zero, S.One)


def _slopes(term: Any) -> Any:
    """∇ log N(x; m, v) as −(x − m)/v."""
    if not (isinstance(term, Grad) and isinstance(term.body, Log)):
        return term
    law = gaussian_of(term.body.args[0])
    if not is_gaussian_draw(law) or law.arguments[0] is not term.var:
        return term
    _, mean, variance = law.arguments
    if term.var in free_vars(mean) | free_vars(variance):
        return term
    away = add(term.at, mul(S.NegativeOne, mean))
    return mul(S.NegativeOne, Ratio(S.One, variance), away)


def _slope_of_sum(term: Any) -> Any:
    """d/dt (m + s e) as dm/dt + (ds/dt) e."""
    if not (isinstance(term, Partial) and sort_of(term) is Sort.VEC):
        return term
    slopes: list[Expr] = []
    for part in summands(term.body):
        own = factors(part)
        moving = [i for i, factor in enumerate(own) if term.var in free_vars(factor)]
        if len(moving) > 1:
            return term
        if moving:
            rest = mul(*without(own, moving[0]))
            slopes.append(mul(Partial(own[moving[0]], term.var, term.at), rest))
    return add(*slopes)


def _inward(term: Any) -> Any:
    """E_t[λ E_x[f]] as E_t[E_x[λ f]]."""
    if not isinstance(term, Expect):
        return term
    parts = factors(term.body)
    inner = [part for part in parts if isinstance(part, Expect)]
    rest = mul(*(part for part in parts if not isinstance(part, Expect)))
    if len(inner) != 1 or rest is S.One:
        return term
    (average,) = inner
    if free_vars(rest) & {v for item in average.measure for v in drawn_by(item)}:
        return term
    return Expect(Expect(mul(rest, average.body), *average.measure), *term.measure)


def _merged(term: Any) -> Any:
    """E_t[E_x[f]] as E_{t, x}[f]."""
    while isinstance(term, Expect) and isinstance(term.body, Expect):
        inner = term.body
        taken = free_vars(term).union(*map(drawn_by, term.measure))
        if taken & {v for item in inner.measure for v in drawn_by(item)}:
            return term
        term = Expect(inner.body, *term.measure, *inner.measure)
    return term


def _put_in(term: Any) -> Any:
    """Deterministic draws written out, in an average."""
    if not isinstance(term, Expect):
        return term
    values: dict[Var, Expr] = {}
    draws: list[Any] = []
    for item in term.measure:
        if isinstance(item, Let):
            values[item.var] = substitute(item.value, values)
        else:
            draws.append(substitute(item, values))
    return Expect(substitute(term.body, values), *draws)


_SLOPES = ("definition", "gaussian", "log", "exp", "derivative", "square", "cancel")
_TURNED = ("reparametrisation",)
_PAIRS = ("marginalisation", "expectation", "density", "linearity", "fubini", "cancel")
_ORDERS = ("reorder",)
_ALGEBRA = ("square", "linearity", "cancel")
_CHANGES: tuple[tuple[Callable[[Any], Any], tuple[str, ...]], ...] = (
    (_opened, ("definition",)),
    (_unfolded, ("definition",)),
    (_averaged, ("expectation", "density", "linearity", "fubini")),
    (_inward, ("linearity",)),
    (_merged, ("tower",)),
    (_slopes, _SLOPES),
    (_of_pairs, _PAIRS),
    (with_gaussian_draws, OPENS_DRAWS),
    (_used, ("drop",)),
    (_squared, ("expectation", "density", "root")),
    (_turned, _TURNED),
    (_put_in, ("substitution",)),
)
"""What is done to a line, and what shows that it is the same."""
