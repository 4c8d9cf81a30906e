"""When a term denotes an honest finite number.

Terms have values by convention even where an integral diverges (it is then 0). A theorem about
such values would be hollow, so the checker asks for these propositions about every claim.

Each node says what it obliges. Names and defined symbols are looked through, and so are integrals:
what is inside must be honest for almost every value of the variables outside, as far as the factors
there do not vanish. Under a gradient or argmin it must be so at every parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Basic, Expr, S

from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.fixed import fixed
from fmproof.lang.node import admit, bound_vars, declaration, remembered
from fmproof.lang.nodes import Apply, Lebesgue, Let, Var
from fmproof.lang.nodes.application import but_for_integrals
from fmproof.lang.nodes.measure import against_lebesgue, drawn_by, is_density, parents_of
from fmproof.lang.props import Prop
from fmproof.lang.scope import canon, free_vars


def obligations(term: Basic) -> tuple[Prop, ...]:
    """What makes every integral and gradient in ``term``, as written, finite, each once.

    In a sum as written each part counts, also where the kernel's form of it cancels.
    """
    admitted = admit(term)
    return _of_admitted(admitted) if admitted == term else _at_the_top(term)


def _at_the_top(term: Basic) -> tuple[Prop, ...]:
    found: dict[Prop, Prop] = {}
    for prop in declaration(term).obliges(term, _Inside()):
        found.setdefault(canon(prop), prop)
    return tuple(found.values())


_of_admitted = remembered(_at_the_top)


@fixed
class _Inside:
    """A place in a term: what multiplies it there, and the variables that binders outside bind."""

    weight: Expr = S.One
    scope: frozenset[Var] = frozenset()
    diffuse: frozenset[Lebesgue] = frozenset()  #: what Lebesgue measure or a density draws

    def __call__(self, part: Any, factor: Expr = S.One) -> Iterator[Prop]:
        if not self.scope:  # under no binder no factor varies, and the part may be known
            yield from obligations(part)
            return
        varying = [f for f in factors(factor) if self.scope & free_vars(f)]
        weight = mul(self.weight, *varying) if varying else self.weight
        yield from declaration(part).obliges(part, _Inside(weight, self.scope, self.diffuse))

    def under(self, binder: Any) -> Iterator[Prop]:
        yield from declaration(binder.body).obliges(
            binder.body, self._entering(binder, binder.measure)
        )

    def draw(self, binder: Any, place: int) -> Iterator[Prop]:
        item = binder.measure[place]
        before = self._entering(binder, binder.measure[:place])
        for argument in item.args[1:] if type(item) is not Lebesgue else ():
            yield from before(argument)
        if type(item) is Apply:
            yield from item.head.obliges(item.arguments)

    def definition(self, binder: Any, place: int) -> Iterator[Prop]:
        item = binder.measure[place]
        if is_density(item) and item.head.definition is not None:
            inside = self._entering(binder, binder.measure[: place + 1])
            yield from but_for_integrals(inside(item.head.unfold(item.arguments)))

    def _entering(self, binder: Any, items: Sequence[Any]) -> _Inside:
        """The place under some items of a measure; a name that it binds is no outer variable."""
        bound = frozenset(bound_vars(binder))
        outside = (item for item in self.diffuse if item.var not in bound)
        _, drawn = against_lebesgue(S.One, [i for i in items if type(i) is not Let])
        dense = (item for item in drawn if type(item) is Lebesgue)
        scope = self.scope.union(*map(drawn_by, items))
        return _Inside(self.weight, scope, frozenset((*outside, *dense)))

    def function(self, binder: Any) -> Iterator[Prop]:
        # No factor excuses another: t·a has the derivative a at 0, where t vanishes.
        yield from obligations(binder.body)

    def is_almost_everywhere(self, density: Any) -> bool:
        drawn = density.head.drawn(density)
        if any(type(v) is not Var for v in drawn) or len(set(drawn)) != len(drawn):
            return False
        moving = {item.var for item in self.diffuse}.difference(drawn)
        return self.diffuse.issuperset(density.head.ranges(density)) and all(
            v in moving or (v not in self.scope and v not in drawn) for v in parents_of(density)
        )

    def unweighted(self) -> _Inside:
        return _Inside(S.One, self.scope, self.diffuse)

    def weighted(self, body: Expr) -> Expr:
        return mul(self.weight, body)
