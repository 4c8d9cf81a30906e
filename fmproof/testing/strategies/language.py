"""Random well-sorted terms of the language.

:func:`terms` is a hypothesis strategy. :class:`Terms` builds the same terms from any source of
choices, so that a loop over a seeded ``random.Random`` can use it too. Names are few on
purpose: variables shadow each other, which is where capture would show.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st
from sympy import Expr, Integer, Rational

from fmproof import (
    ArgMin,
    Density,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    IntegralOver,
    Latent,
    Lebesgue,
    Named,
    Param,
    Ratio,
    Real,
    Scalar,
    Vec,
    norm2,
    plus,
    uniform,
)
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.nodes import (
    Abs,
    CondExpect,
    Div,
    Exp,
    Law,
    Let,
    Log,
    Normal,
    Partial,
    Sqrt,
    Var,
    dim,
    pi,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort

T = TypeVar("T")
Pick = Callable[[Sequence[Any]], Any]
"""Chooses one of several; earlier ones are the simpler."""

t, s = Real("t s")
x, y, z = Vec("x y z")
c, e = Latent("c e")
theta, phi = Param("theta phi")
VARIABLES: dict[Sort, tuple[Var, ...]] = {
    Sort.REAL: (t, s),
    Sort.VEC: (x, y, z),
    Sort.LATENT: (c, e),
    Sort.PARAM: (theta, phi),
}

w = Scalar("w", t, nonneg=True)
g = Scalar("g", x, sub=t)
k = Scalar("k", c)
loss = Scalar("L", theta)
a = Field("a", x)
b = Field("b", x, sub=t, given=z)
v = Field("u", x, sub=t, sup=theta)
h = Field("h", c)
rho = Density("rho", (t, 0, 1))
unit = uniform(t)
q = Density("q", z)
p = Density("p", x, sub=t, given=z)
prior = Density("n", c)
given = Density("r", x, given=c)
pair = Density("j", x, z)
coupling = Law("Q", y, z)
kernel = Law("K", x, sub=t, given=z)
marginal = Density("p", x, sub=t, definition=Integral(p(t, x, z) * q(z), z))
mixed = Density("r", x, definition=Integral(given(x, c) * prior(c), c))
average = Field(
    "u",
    x,
    sub=t,
    definition=Integral(b(t, x, z) * Ratio(p(t, x, z) * q(z), marginal(t, x)), z),
)
shifted = Field("shift", x, sub=t, definition=x + t * a(x))
energy = Scalar("energy", x, definition=norm2(x) + 1)

SCALARS = (w, g, k, loss, energy, rho, q, p, marginal, prior, unit)
FIELDS = (a, b, v, h, average, shifted)
DENSITIES = (q, rho, p, marginal, prior, given, pair, mixed, unit)
LAWS = (coupling, kernel)
CAPTURE_PRONE_NUMBERS = (Integer(1), Integer(2), Integer(-1), Rational(1, 2), Integer(0))


class Terms:
    """Builds random terms with the choices that ``pick`` makes.

    Args:
        field: whether there are derivatives at a point, conditional expectations, laws without
            densities, Gaussians and functions in them, beside the language of integrals.
    """

    def __init__(self, pick: Pick, field: bool = False) -> None:
        self.pick = pick
        self.field = field

    def term(self, sort: Sort, depth: int) -> Expr:
        if sort is Sort.REAL:
            return self.real(depth)
        if sort is Sort.VEC:
            return self.vector(depth)
        if sort is Sort.GRADIENT:
            return Grad(self.real(depth - 1), self.variable(Sort.PARAM))
        if sort is Sort.SET:
            return ArgMin(self.real(depth - 1), self.variable(Sort.PARAM))
        return self.variable(sort)

    def variable(self, sort: Sort) -> Var:
        var: Var = self.pick(VARIABLES[sort])
        return var

    def real(self, depth: int) -> Expr:
        if depth <= 0:
            return self.pick((self._number, self._real_variable, self._simple_scalar))()
        kinds = (
            self._number,
            self._real_variable,
            self._scalar,
            self._sum,
            self._difference_as_written,
            self._product,
            self._square,
            self._inner,
            self._norm,
            self._ratio,
            self._integral,
            self._expectation,
            self._named,
            *(self._reals_of_the_field() if self.field else ()),
        )
        return self.pick(kinds)(depth - 1)

    def vector(self, depth: int) -> Expr:
        if depth <= 0:
            return self.variable(Sort.VEC)
        kinds = (
            self._vector_variable,
            self._field,
            self._vector_sum,
            self._multiple,
            self._vector_integral,
            self._vector_expectation,
            *((self._gradient, self._velocity, self._mean) if self.field else ()),
        )
        return self.pick(kinds)(depth - 1)

    def _reals_of_the_field(self) -> tuple[Callable[[int], Expr], ...]:
        return (
            self._constant_of_nature,
            self._function,
            self._gaussian,
            self._partial,
            self._divergence,
            self._conditional,
        )

    # --- reals -----------------------------------------------------------------------

    def _number(self, depth: int = 0) -> Expr:
        return self.pick(CAPTURE_PRONE_NUMBERS)

    def _real_variable(self, depth: int = 0) -> Expr:
        return self.variable(Sort.REAL)

    def _simple_scalar(self) -> Expr:
        return self._apply(self.pick(SCALARS), 0)

    def _scalar(self, depth: int) -> Expr:
        return self._apply(self.pick(SCALARS), depth)

    def _apply(self, head: Any, depth: int) -> Expr:
        return head(*(self.term(param.sort, depth - 1) for param in head.params))

    def _sum(self, depth: int) -> Expr:
        return Add(*(self.real(depth) for _ in range(self.pick((2, 3)))))

    def _difference_as_written(self, depth: int) -> Expr:
        part = self.real(depth)
        return plus(self.real(depth), part, -part)

    def _product(self, depth: int) -> Expr:
        return Mul(self.real(depth), self.real(depth))

    def _square(self, depth: int) -> Expr:
        return self.real(depth) ** 2

    def _inner(self, depth: int) -> Expr:
        return Inner(self.vector(depth), self.vector(depth))

    def _norm(self, depth: int) -> Expr:
        return norm2(self.vector(depth))

    def _ratio(self, depth: int) -> Expr:
        return Ratio(self.real(depth), self.real(depth))

    def _integral(self, depth: int) -> Expr:
        return IntegralOver(self.real(depth), *self.measures())

    def _expectation(self, depth: int) -> Expr:
        return Expect(self.real(depth), *self.law())

    def _named(self, depth: int) -> Expr:
        return Named(self.pick(("C", "C_1")), self.real(depth))

    # --- the language of the field -----------------------------------------------------

    def _constant_of_nature(self, depth: int) -> Expr:
        return self.pick((dim, pi))

    def _function(self, depth: int) -> Expr:
        return self.pick((Exp, Log, Sqrt, Abs))(self.real(depth))

    def _gaussian(self, depth: int) -> Expr:
        return Normal(self.vector(depth - 1), self.vector(depth - 1), self.real(depth - 1))

    def _partial(self, depth: int) -> Expr:
        return Partial(self.real(depth), self.variable(Sort.REAL), self._place(Sort.REAL))

    def _divergence(self, depth: int) -> Expr:
        return Div(self.vector(depth), self.variable(Sort.VEC), self._place(Sort.VEC))

    def _gradient(self, depth: int) -> Expr:
        return Grad(self.real(depth), self.variable(Sort.VEC), self._place(Sort.VEC))

    def _velocity(self, depth: int) -> Expr:
        return Partial(self.vector(depth), self.variable(Sort.REAL), self._place(Sort.REAL))

    def _place(self, sort: Sort) -> Expr | None:
        """Where a derivative is taken: at the variable itself, or elsewhere."""
        return self.pick((None, self.variable(sort), self.term(sort, 1)))

    def _conditional(self, depth: int) -> Expr:
        return self._given(self.real(depth))

    def _mean(self, depth: int) -> Expr:
        return self._given(self.vector(depth))

    def _given(self, body: Expr) -> Expr:
        law = self.law()
        var = self.pick([v for draw in law for v in drawn_by(draw)])
        at = var if var.sort is Sort.LATENT else self._place(var.sort)
        return CondExpect(body, (var, var if at is None else at), *law)

    # --- vectors ---------------------------------------------------------------------

    def _vector_variable(self, depth: int) -> Expr:
        return self.variable(Sort.VEC)

    def _field(self, depth: int) -> Expr:
        return self._apply(self.pick(FIELDS), depth)

    def _vector_sum(self, depth: int) -> Expr:
        return Add(self.vector(depth), self.vector(depth))

    def _multiple(self, depth: int) -> Expr:
        return Mul(self.real(depth), self.vector(depth))

    def _vector_integral(self, depth: int) -> Expr:
        return IntegralOver(self.vector(depth), *self.measures())

    def _vector_expectation(self, depth: int) -> Expr:
        return Expect(self.vector(depth), *self.law())

    # --- measures --------------------------------------------------------------------

    def measures(self) -> list[Lebesgue]:
        variables = self._distinct(self.pick(((Sort.VEC,), (Sort.REAL,), (Sort.REAL, Sort.VEC))))
        return [
            Lebesgue(var, *self.pick(((0, 1), (0, 2)))) if var.sort is Sort.REAL else Lebesgue(var)
            for var in variables
        ]

    def law(self) -> list[Expr]:
        """One to three draws; each depends on earlier ones or on variables from outside."""
        choices = (*DENSITIES, *(LAWS if self.field else ()))
        heads = [self.pick(choices) for _ in range(self.pick((1, 2, 3)))]
        needed = [param.sort for head in heads for param in head.main]
        if any(needed.count(sort) > len(VARIABLES[sort]) for sort in needed):
            heads = heads[:1]
        drawn = self._distinct([param.sort for head in heads for param in head.main])
        draws, later = [], list(drawn)
        for head in heads:
            own = [later.pop(0) for _ in head.main]
            draws.append(self._draw(head, own, [*own, *later]))
        if self.field and self.pick((False, True)):
            draws.extend(self._let(draws))
        return draws

    def _let(self, draws: Sequence[Expr]) -> list[Let]:
        """A deterministic draw of a vector that no draw mentions yet, if one is left."""
        left = [v for v in VARIABLES[Sort.VEC] if not any(v in free_vars(d) for d in draws)]
        if not left:
            return []
        own = self.pick(left)
        value = self.vector(1)
        return [] if own in free_vars(value) else [Let(own, value)]

    def _draw(self, head: Density, own: list[Var], hidden: list[Var]) -> Expr:
        start = len(head.sub) + len(head.sup)
        arguments = []
        for place, param in enumerate(head.params):
            if start <= place < start + len(own):
                arguments.append(own[place - start])
            else:
                seen = [var for var in VARIABLES[param.sort] if var not in hidden]
                arguments.append(self.pick(seen) if seen else self._constant(param.sort))
        return head(*arguments)

    def _constant(self, sort: Sort) -> Expr:
        return Integer(0) if sort is not Sort.LATENT else Latent("fixed")

    def _distinct(self, sorts: Sequence[Sort]) -> list[Var]:
        chosen: list[Var] = []
        for sort in sorts:
            chosen.append(self.pick([v for v in VARIABLES[sort] if v not in chosen]))
        return chosen


def seeded(seed: int | str, field: bool = False) -> Terms:
    """Random terms from a seed; see :class:`Terms`."""
    return Terms(random.Random(seed).choice, field)


@st.composite
def terms(
    draw: st.DrawFn,
    sorts: Sequence[Sort] = (Sort.REAL, Sort.VEC),
    max_depth: int = 3,
    field: bool = False,
) -> Expr:
    """Well-sorted terms, with free variables and shadowing; they shrink towards numbers.

    ``field`` is that of :class:`Terms`.
    """
    builder = Terms(lambda options: draw(st.sampled_from(options)), field)
    return builder.term(draw(st.sampled_from(sorts)), draw(st.integers(0, max_depth)))


def variables(*sorts: Sort) -> st.SearchStrategy[Var]:
    """Variables of the pool."""
    pool = [var for sort in sorts or tuple(VARIABLES) for var in VARIABLES[sort]]
    return st.sampled_from(pool)
