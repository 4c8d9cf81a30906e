"""Metamorphic tests: what must happen to losses and constants when a problem is transformed.

A transformation makes another problem whose values follow from the first one's by a law that is
known: v' = factor v + shift. Each is tried on random problems, by each method that applies; the
exact method must obey to the last digit where its values are rational.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from math import comb

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from methods import METHODS, SCALARS, disagreement

from fmproof.errors import FmproofWarning
from fmproof.models import (
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LogitNormalTime,
    PolynomialVelocity,
    Problem,
    UniformTime,
    VelocityTerm,
)
from fmproof.testing.strategies import gaussian_mixtures, polynomial_models, problems

Matrix = list[list[Fraction]]
Series = dict[tuple[int, tuple[int, ...]], Fraction]
"""A polynomial in t and x: the powers of both and the coefficient."""

ROTATIONS: dict[int, list[Matrix]] = {
    1: [[[Fraction(-1)]]],
    2: [
        [[Fraction(3, 5), Fraction(-4, 5)], [Fraction(4, 5), Fraction(3, 5)]],
        [[Fraction(0), Fraction(-1)], [Fraction(1), Fraction(0)]],
    ],
    3: [
        [[Fraction(n, 3) for n in row] for row in ([1, 2, 2], [2, 1, -2], [2, -2, 1])],
        [[Fraction(n) for n in row] for row in ([0, 0, 1], [1, 0, 0], [0, -1, 0])],
    ],
}
"""Orthogonal matrices of rationals."""


# --- polynomials ------------------------------------------------------------------------


def times(left: Series, right: Series) -> Series:
    product: Series = {}
    for (t, x), a in left.items():
        for (s, y), b in right.items():
            key = t + s, tuple(i + j for i, j in zip(x, y, strict=True))
            product[key] = product.get(key, Fraction(0)) + a * b
    return product


def composed(
    model: PolynomialVelocity,
    matrix: Matrix,
    offset: list[Fraction] | None = None,
    time: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1)),
) -> dict[tuple[int, tuple[int, ...]], list[Fraction]]:
    """m(a + b t, M x + t offset) with (a, b) = ``time``: powers and coefficients (d,)."""
    dim = model.dim
    zero = (0,) * dim
    unit = [tuple(int(i == j) for j in range(dim)) for i in range(dim)]
    rows: list[Series] = []
    for i in range(dim):
        row: Series = {(0, unit[j]): matrix[i][j] for j in range(dim)}
        if offset is not None:
            row[1, zero] = offset[i]
        rows.append(row)
    a, b = time
    found: dict[tuple[int, tuple[int, ...]], list[Fraction]] = {}
    for coef, t, x in zip(
        model.exact().tolist(), model.t_powers.tolist(), model.x_powers.tolist(), strict=True
    ):
        series: Series = {(k, zero): comb(t, k) * a ** (t - k) * b**k for k in range(t + 1)}
        for i, power in enumerate(x):
            for _ in range(power):
                series = times(series, rows[i])
        for key, factor in series.items():
            known = found.setdefault(key, [Fraction(0)] * dim)
            found[key] = [k + factor * c for k, c in zip(known, coef, strict=True)]
    return found


def model_of(
    terms: Mapping[tuple[int, tuple[int, ...]], list[Fraction]],
    matrix: Matrix | None = None,
    constant: list[Fraction] | None = None,
) -> PolynomialVelocity:
    """The model with these terms, turned by ``matrix``, plus a constant vector."""
    rows = []
    for (t, x), coef in terms.items():
        turned = coef if matrix is None else applied(matrix, coef)
        rows.append(VelocityTerm(turned, t, list(x)))
    if constant is not None:
        rows.append(VelocityTerm(constant, 0))
    return PolynomialVelocity(rows)


def applied(matrix: Matrix, vector: list[Fraction]) -> list[Fraction]:
    return [sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)) for row in matrix]


def transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


def product(left: Matrix, right: Matrix) -> Matrix:
    return transposed([applied(left, column) for column in transposed(right)])


def identity(dim: int, factor: Fraction = Fraction(1)) -> Matrix:
    return [[factor * (i == j) for j in range(dim)] for i in range(dim)]


def moved(data: GaussianMixture, matrix: Matrix, offset: list[Fraction]) -> GaussianMixture:
    """The law of M z + offset."""
    weights, means, covariances = (part.tolist() for part in data.exact())
    means = [[a + b for a, b in zip(applied(matrix, m), offset, strict=True)] for m in means]
    if not data.scales.any():
        return GaussianMixture.points(means, weights)
    turned = [product(product(matrix, c), transposed(matrix)) for c in covariances]
    return GaussianMixture(weights, means, turned)


# --- transformations --------------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    """Two problems and how their values hang together: v(image) = factor v(base) + shift."""

    base: Problem
    image: Problem
    factor: Fraction = Fraction(1)
    shift: Mapping[str, Fraction] = field(default_factory=dict)


def rotate(problem: Problem, choice: int) -> Law:
    """x' = R x: nothing changes."""
    options = ROTATIONS[problem.dim]
    r = options[choice % len(options)]
    model = model_of(composed(problem.model, transposed(r)), matrix=r)
    data = moved(problem.data, r, [Fraction(0)] * problem.dim)
    return Law(problem, replace(problem, data=data, model=model))


def translate(problem: Problem, choice: int) -> Law:
    """z' = z + c: x' = x + t c and u' = u + c on the straight path; the losses do not change."""
    dim = problem.dim
    c = [Fraction(choice % 5 - 2 + i, 2) for i in range(dim)]
    back = [-entry for entry in c]
    model = model_of(composed(problem.model, identity(dim), back), constant=c)
    data = moved(problem.data, identity(dim), c)
    weights, means, _ = problem.data.exact()
    more = sum((a * (2 * m + a) for a, m in zip(c, weights @ means, strict=True)), Fraction(0))
    return Law(
        problem, replace(problem, data=data, model=model), shift={"C1": more, "C2": -more}
    )  # E|u + c|^2 - E|u|^2


def scale(problem: Problem, choice: int) -> Law:
    """x' = s x and u' = s u, data and noise together: everything is s^2 as large."""
    s = [Fraction(2), Fraction(1, 2), Fraction(3)][choice % 3]
    dim = problem.dim
    model = model_of(composed(problem.model, identity(dim, 1 / s)), matrix=identity(dim, s))
    data = moved(problem.data, identity(dim, s), [Fraction(0)] * dim)
    return Law(
        problem, replace(problem, data=data, model=model, path=custom("t", f"{s}*(1 - t)")), s**2
    )


def scale_schedule(problem: Problem, choice: int) -> Law:
    """z' = s z and alpha' = alpha / s: x and u stay what they are."""
    s = [Fraction(2), Fraction(1, 2), Fraction(-1)][choice % 3]
    data = moved(problem.data, identity(problem.dim, s), [Fraction(0)] * problem.dim)
    return Law(problem, replace(problem, data=data, path=custom(f"t/({s})", "1 - t")))


def reverse(problem: Problem, choice: int) -> Law:
    """t' = 1 - t where data and noise have one law: they change places, and u' = -u.

    alpha'(t') = beta(1 - t') and beta'(t') = alpha(1 - t').
    """
    ahead, back = REVERSIBLE[choice % len(REVERSIBLE)]
    data = GaussianMixture([1], [[0] * problem.dim], [identity(problem.dim)])
    base = replace(problem, data=data, path=ahead)
    flipped = composed(problem.model, identity(problem.dim), time=(Fraction(1), Fraction(-1)))
    law = problem.time
    if isinstance(law, UniformTime):
        late: UniformTime | LogitNormalTime = UniformTime(1 - law.high, 1 - law.low)
    else:
        late = LogitNormalTime(-law.mean, law.std)
    model = model_of(flipped, matrix=identity(problem.dim, Fraction(-1)))
    return Law(base, replace(base, path=back, model=model, time=late))


def permute(problem: Problem, choice: int) -> Law:
    """The order of the components does not matter."""
    parts = [part.tolist() for part in problem.data.exact()]
    step = 1 + choice % max(1, problem.data.components - 1)
    parts = [part[step:] + part[:step] for part in parts]
    return Law(problem, replace(problem, data=rebuilt(problem.data, *parts)))


def split(problem: Problem, choice: int) -> Law:
    """One component is two with its mean and covariance and parts of its weight."""
    w, m, c = (part.tolist() for part in problem.data.exact())
    k = choice % len(w)
    share = Fraction(1 + choice % 4, 5)
    weights = [*w[:k], w[k] * share, w[k] * (1 - share), *w[k + 1 :]]
    data = rebuilt(problem.data, weights, [*m[: k + 1], *m[k:]], [*c[: k + 1], *c[k:]])
    return Law(problem, replace(problem, data=data))


def reparametrise(problem: Problem, choice: int) -> Law:
    """t = a + b t': u' = b u, so that everything is b^2 as large."""
    a, b = [(Fraction(1, 4), Fraction(1, 2)), (Fraction(0), Fraction(1, 3))][choice % 2]
    dim = problem.dim
    terms = composed(problem.model, identity(dim), time=(a, b))
    model = model_of(terms, matrix=identity(dim, b))
    whole = replace(problem, time=UniformTime(a, a + b))
    path = custom(f"{a} + {b}*t", f"1 - {a} - {b}*t")
    return Law(whole, replace(whole, path=path, model=model, time=UniformTime()), b**2)


def rebuilt(
    like: GaussianMixture, weights: list[Fraction], means: list, covariances: list
) -> GaussianMixture:
    if not like.scales.any():
        return GaussianMixture.points(means, weights)
    return GaussianMixture(weights, means, covariances)


@cache
def custom(alpha: str, beta: str) -> CustomPath:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FmproofWarning)  # it does not lead from noise to data
        return CustomPath(alpha, beta)


REVERSIBLE = [
    (CondOTPath(), CondOTPath()),
    (CustomPath("t^2", "1 - t"), CustomPath("t", "(1 - t)^2")),
]

Transformation = Callable[[Problem, int], Law]
ANY_PATH: tuple[Transformation, ...] = (rotate, permute, split)
STRAIGHT: tuple[Transformation, ...] = (translate, scale, scale_schedule, reverse, reparametrise)
TRANSFORMATIONS = {f.__name__: f for f in (*ANY_PATH, *STRAIGHT)}


@st.composite
def laws(draw: st.DrawFn, transform: Transformation, method: str) -> Law:
    """A transformation of a random problem that the method takes."""
    chosen = METHODS[method]
    dim = draw(st.integers(1, chosen.dims))
    points = None if chosen.points else False
    if transform in ANY_PATH:
        problem = draw(problems(dim=dim, max_components=3, degree=2, points=points))
    else:
        data = draw(gaussian_mixtures(dim, max_components=3, points=points))
        model = draw(polynomial_models(dim, degree=2))
        problem = Problem(data, CondOTPath(), model, draw(times_of_straight_paths()))
    return transform(problem, draw(st.integers(0, 60)))


def times_of_straight_paths() -> st.SearchStrategy[UniformTime | LogitNormalTime]:
    uniform = st.sampled_from([(0, 1), (Fraction(1, 4), Fraction(3, 4)), (Fraction(1, 2), 1)])
    logit = st.sampled_from([(0, 1), (1, Fraction(1, 2))])
    return uniform.map(lambda ends: UniformTime(*ends)) | logit.map(lambda p: LogitNormalTime(*p))


def worst(law: Law, method: str) -> float:
    """The largest disagreement of a method's values, over the errors that it states."""
    names = tuple(name for name in METHODS[method].quantities if name in SCALARS)
    before, after = METHODS[method](law.base, names), METHODS[method](law.image, names)
    gaps = [
        disagreement(after[n], before[n], float(law.factor), float(law.shift.get(n, 0)))
        for n in names
    ]
    for name in names:
        left, right = after[name].exact, before[name].exact
        if left is not None and right is not None:
            gaps.append(0.0 if left == law.factor * right + law.shift.get(name, 0) else np.inf)
    return max(gaps)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_values_follow_the_law(name: str, method: str) -> None:
    @examples(5 if method == "exact" else 3)
    @given(laws(TRANSFORMATIONS[name], method))
    def check(law: Law) -> None:
        assert worst(law, method) <= 1

    check()


@pytest.mark.parametrize("method", METHODS)
def test_another_law_is_seen(method: str) -> None:
    """The methods' errors are small enough to tell a law from one that is off by a little."""

    @examples(2)
    @given(laws(rotate, method))
    def check(law: Law) -> None:
        assert worst(replace(law, factor=Fraction(6, 5)), method) > 1

    check()


def test_the_exact_values_are_compared_as_rationals() -> None:
    """Not only within errors: most random problems have rational values on both sides."""
    rational = []

    @examples(10)
    @given(laws(translate, "exact"))
    def check(law: Law) -> None:
        found = METHODS["exact"](law.image, ("cfm",))["cfm"]
        rational.append(found.exact is not None)

    check()
    assert sum(rational) > len(rational) / 3
