"""Random terms with what the field adds: laws, deterministic draws, conditional expectations."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from sympy import Expr, Integer

from fmproof import Abs, CondExpect, Latent, Law, Let, SortError, Vec
from fmproof.lang.nodes import Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.testing.strategies.language import VARIABLES, Terms, t, x, y

cloud = Law("P", x)
moving = Law("K", y, given=x)
timed = Law("T", (t, 0, 1), x)


class FieldTerms(Terms):
    """The terms of :class:`Terms`, one in eight of them a conditional expectation or |·|."""

    def real(self, depth: int) -> Expr:
        if depth > 0 and self.pick(range(8)) == 0:
            return self.pick((lambda d: self.conditional(Sort.REAL, d), self._absolute))(depth - 1)
        return super().real(depth)

    def vector(self, depth: int) -> Expr:
        if depth > 0 and self.pick(range(8)) == 0:
            return self.conditional(Sort.VEC, depth - 1)
        return super().vector(depth)

    def _absolute(self, depth: int) -> Expr:
        return Abs(self.real(depth))

    def law(self) -> list[Any]:
        """Some draws of densities, and one in two times a law or a deterministic draw."""
        draws = super().law()
        taken = {var for item in draws for var in free_vars(item)}
        kind = self.pick(("density", "density", "law", "let"))
        free = [v for v in (*VARIABLES[Sort.VEC], *VARIABLES[Sort.REAL]) if v not in taken]
        if kind == "density" or not free:
            return draws
        var = self.pick(free)
        try:
            if kind == "let":
                more: Any = Let(var, without(self.term(var.sort, 1), {var}))
            elif var.sort is Sort.REAL:
                return [cloud(self.variable(Sort.VEC))]
            else:
                seen = [v for v in VARIABLES[Sort.VEC] if v != var]
                more = self.pick((cloud(var), moving(var, self.pick(seen))))
        except SortError:
            return draws
        return [*draws, more]

    def distinct_vectors(self) -> list[Var]:
        """The vector variables, in some order."""
        return self._distinct([Sort.VEC] * len(VARIABLES[Sort.VEC]))

    def conditional(self, sort: Sort, depth: int) -> Expr:
        """A conditional expectation, given one or two of what is drawn, at variables or values."""
        draws = self.law()
        drawn = [var for item in draws for var in drawn_by(item)]
        given = {self.pick(drawn) for _ in range(self.pick((1, 1, 2)))}
        pairs = [(var, self.term(var.sort, self.pick((0, 0, 1)))) for var in sorted_vars(given)]
        return CondExpect(self.term(sort, depth), pairs, *draws)


def sorted_vars(variables: Iterable[Var]) -> list[Var]:
    return sorted(variables, key=lambda var: (var.sort.value, var.name))


def without(term: Expr, hidden: Iterable[Var], seen: Iterable[Var] = ()) -> Expr:
    """``term`` as a function of other variables than ``hidden``: one of ``seen``, or a constant."""
    constants = {Sort.REAL: Integer(1), Sort.VEC: Vec("fixed"), Sort.LATENT: Latent("fixed")}
    values: dict[Var, Expr] = {}
    for var in free_vars(term).intersection(hidden):
        fitting = [v for v in sorted_vars(seen) if v.sort is var.sort]
        values[var] = fitting[0] if fitting else constants[var.sort]
    return substitute(term, values)


def seeded(seed: int | str) -> FieldTerms:
    """Random terms from a seed."""
    return FieldTerms(random.Random(seed).choice)
