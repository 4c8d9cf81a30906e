"""When a term denotes an honest finite number.

Terms have values by convention even where an integral diverges (it is then 0). A theorem about
such values would be hollow, so the checker asks for these propositions about every claim.

Each node says what it obliges. Names and defined symbols are looked through, and so are integrals:
what is inside must be honest for almost every value of the variables outside, as far as the factors
there do not vanish. Under a gradient or argmin it must be so at every parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Expr, S

from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.node import admit, bound_vars, declaration, remembered
from fmproof.lang.nodes import Lebesgue, Var
from fmproof.lang.nodes.measure import drawn_by, is_density
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


@dataclass(frozen=True)
class _Inside:
    """A place in a term: what multiplies it there, and the variables that binders outside bind."""

    weight: Expr = S.One
    scope: frozenset[Var] = frozenset()
    diffuse: frozenset[Var] = frozenset()  #: those that Lebesgue measure or a density draws

    def __call__(self, part: Any, factor: Expr = S.One) -> Iterator[Prop]:
        if not self.scope:  # under no binder no factor varies, and the part may be known
            yield from obligations(part)
            return
        varying = (f for f in factors(factor) if self.scope & free_vars(f))
        place = _Inside(mul(self.weight, *varying), self.scope, self.diffuse)
        yield from declaration(part).obliges(part, place)

    def under(self, binder: Any) -> Iterator[Prop]:
        bound = frozenset(bound_vars(binder))
        dense = (d for d in binder.measure if type(d) is Lebesgue or is_density(d))
        diffuse = (self.diffuse - bound).union(*map(drawn_by, dense))
        place = _Inside(self.weight, self.scope | bound, diffuse)
        yield from declaration(binder.body).obliges(binder.body, place)

    def function(self, binder: Any) -> Iterator[Prop]:
        # No factor excuses another: t·a has the derivative a at 0, where t vanishes.
        yield from obligations(binder.body)

    def is_diffuse(self, variable: Any) -> bool:
        return type(variable) is Var and variable in self.diffuse

    def weighted(self, body: Expr) -> Expr:
        return mul(self.weight, body)
