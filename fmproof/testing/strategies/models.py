"""Strategies for what a problem is made of: data, path, time law, velocity model.

Every number is drawn by a choice that ends at the simplest one, so that a failing example shrinks
to one component, small integers and the straight path where those suffice. Nothing is drawn and
thrown away: weights are normalised counts, covariances are L Lᵀ. Strategies are made once,
since hypothesis validates every new one.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from fmproof.errors import InputError
from fmproof.models import (
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LinearVPPath,
    LogitNormalTime,
    Path,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    UniformTime,
    VelocityTerm,
    VPPath,
)

_SCALES = [Fraction(q) for q in ("1", "2", "1/2", "3", "1/3", "1/4", "1/10")]
_FORMULAS = (
    ("t^2", "1 - t"),
    ("t", "1 - t^2"),
    ("sin(pi*t/2)^2", "cos(pi*t/2)^2"),
    ("3*t^2 - 2*t^3", "1 - 3*t^2 + 2*t^3"),
)


@cache
def numbers(size: int = 3) -> SearchStrategy[Fraction]:
    """Rationals in [-size, size]: half of them integers, the rest with denominators up to 8."""
    _positive("size", size)
    return st.integers(-size, size).map(Fraction) | st.fractions(-size, size, max_denominator=8)


@st.composite
def gaussian_mixtures(
    draw: DrawFn,
    dim: int | None = None,
    max_components: int = 4,
    spread: int = 3,
    points: bool | None = None,
) -> GaussianMixture:
    """Gaussian mixtures with rational weights, means and covariances.

    Args:
        dim: the dimension; None for 1 to 3.
        max_components: at most this many components.
        spread: means have coordinates in [-spread, spread].
        points: True for data sets (all covariances zero), False for full-rank covariances,
            None for both and for singular covariances between them.
    """
    _positive("max_components", max_components)
    _positive("dim", dim)
    d = draw(_dimensions(dim))
    kinds = ["full"] if points is False else ["points"] if points else ["full", "points", "thin"]
    kind = draw(st.sampled_from(kinds))
    parts = draw(_components(kind, d, spread, max_components))
    counts, means, covariances = zip(*parts, strict=True)
    weights = [Fraction(n, sum(counts)) for n in counts]
    if kind == "points":
        return GaussianMixture.points(means, weights)
    return GaussianMixture(weights, means, covariances)


@cache
def _components(kind: str, dim: int, spread: int, most: int) -> SearchStrategy[list[Any]]:
    """One to ``most`` triples of a weight's numerator, a mean and a covariance."""
    covariance = st.none() if kind == "points" else _covariances(dim, singular=kind == "thin")
    component = st.tuples(st.integers(1, 9), _lists(numbers(spread), dim), covariance)
    return st.lists(component, min_size=1, max_size=most)


@st.composite
def _covariances(draw: DrawFn, dim: int, singular: bool) -> list[list[Fraction]]:
    """L Lᵀ, with L lower triangular; diagonal, correlated or a multiple of the identity."""
    kind = draw(st.sampled_from(["round", "diagonal", "correlated"]))
    scales = draw(_lists(st.sampled_from(_SCALES), 1 if kind == "round" else dim))
    if kind == "round":
        scales = scales * dim
    if singular:
        scales[draw(st.integers(0, dim - 1))] = Fraction(0)
    below = [Fraction(0)] * (dim * (dim - 1) // 2)
    if kind == "correlated":
        below = draw(_lists(numbers(1), len(below)))
    rest = iter(below)
    rows = [[next(rest) for _ in range(i)] + [scales[i]] for i in range(dim)]
    return [[_dot(r, s) for s in rows] for r in rows]


def _dot(a: list[Fraction], b: list[Fraction]) -> Fraction:
    """The inner product of two rows, the shorter one continued by zeros."""
    return sum((p * q for p, q in zip(a, b, strict=False)), Fraction(0))


@cache
def paths(square_integrable: bool = False) -> SearchStrategy[Path]:
    """Every kind of probability path, the straight one first.

    Args:
        square_integrable: leave out those that break hypothesis H2 for times up to 1
            (``LinearVPPath`` and ``VPPath``).
    """
    kinds: list[SearchStrategy[Path]] = [
        st.just(CondOTPath()),
        st.just(TrigPath()),
        st.sampled_from([Fraction(n) for n in ("2", "3", "3/2", "1", "3/4")]).map(PolynomialPath),
        st.sampled_from(_FORMULAS).map(_custom),
    ]
    if not square_integrable:
        rates = st.sampled_from([Fraction(1, 10), Fraction(1), Fraction(0)])
        kinds.append(st.just(LinearVPPath()))
        kinds.append(st.builds(VPPath, rates, st.sampled_from([Fraction(20), Fraction(5)])))
    return st.one_of(kinds)


@cache
def _custom(formulas: tuple[str, str]) -> Path:
    return CustomPath(*formulas)


@st.composite
def time_laws(draw: DrawFn, high: Fraction = Fraction(1)) -> TimeLaw:
    """Uniform on an interval up to ``high``, or, when that is 1, logit-normal."""
    kind = draw(st.sampled_from(["whole", "part"] + ["logit-normal"] * (high == 1)))
    if kind == "logit-normal":
        return LogitNormalTime(draw(st.integers(-1, 1)), draw(st.sampled_from(_SCALES[:3])))
    low = Fraction(draw(st.integers(0, 3)), 8) if kind == "part" else Fraction(0)
    top = high * (1 - Fraction(draw(st.integers(0, 3)), 8)) if kind == "part" else high
    return UniformTime(low, top)


@st.composite
def linear_models(draw: DrawFn, dim: int | None = None, spread: int = 2) -> LinearVelocity:
    """u(t, x) = A(t) x + b(t), A and b polynomials in t of degree at most 1."""
    _positive("dim", dim)
    d = draw(_dimensions(dim))
    matrices = draw(_lists(numbers(spread), draw(st.integers(1, 2)), d, d))
    vectors = draw(_lists(numbers(spread), draw(st.integers(1, 2)), d))
    return LinearVelocity(matrices, vectors)


@st.composite
def polynomial_models(
    draw: DrawFn, dim: int | None = None, degree: int = 3, max_terms: int = 4, spread: int = 2
) -> PolynomialVelocity:
    """Polynomials in x of total degree at most ``degree`` and in t of degree at most 2."""
    _positive("dim", dim)
    _positive("max_terms", max_terms)
    d = draw(_dimensions(dim))
    chosen = draw(_monomials(d, degree, max_terms))
    terms = [VelocityTerm(draw(_lists(numbers(spread), d)), t, list(x)) for t, x in chosen]
    return PolynomialVelocity(terms)


@cache
def _monomials(dim: int, degree: int, most: int) -> SearchStrategy[list[Any]]:
    """Powers of t and of x, no two alike."""
    monomial = st.tuples(st.integers(0, 2), st.sampled_from(_powers(dim, degree)))
    return st.lists(monomial, min_size=1, max_size=most, unique=True)


@st.composite
def problems(
    draw: DrawFn,
    dim: int | None = None,
    max_components: int = 4,
    spread: int = 3,
    points: bool | None = None,
    degree: int = 3,
) -> Problem:
    """Data, path, model and time law that go together: hypotheses H1 and H2 hold.

    The arguments are those of ``gaussian_mixtures`` and ``polynomial_models``.
    """
    data = draw(gaussian_mixtures(dim, max_components, spread, points))
    path = draw(paths())
    model = draw(_models(data.dim, degree))
    singular = any(s.end == 1 for s in path.singularities)
    time = draw(time_laws(high=Fraction(9, 10) if singular else Fraction(1)))
    return Problem(data, path, model, time)


@cache
def _models(dim: int, degree: int) -> SearchStrategy[PolynomialVelocity]:
    return linear_models(dim) | polynomial_models(dim, degree)


@cache
def _dimensions(dim: int | None) -> SearchStrategy[int]:
    return st.integers(1, 3) if dim is None else st.just(dim)


@cache
def _lists(entries: SearchStrategy[Any], *shape: int) -> SearchStrategy[list[Any]]:
    """Nested lists of the given shape."""
    for size in reversed(shape):
        entries = st.lists(entries, min_size=size, max_size=size)
    return entries


@cache
def _powers(dim: int, degree: int) -> list[tuple[int, ...]]:
    """Exponents of total degree at most ``degree``, lowest degree first."""
    if not isinstance(degree, int) or degree < 0:
        raise InputError(f"degree: expected an integer from 0 on, found {degree!r}")
    every = product(range(degree + 1), repeat=dim)
    return sorted((p for p in every if sum(p) <= degree), key=lambda p: (sum(p), p))


def _positive(name: str, value: int | None) -> None:
    if value is not None and (not isinstance(value, int) or value < 1):
        raise InputError(f"{name}: expected a positive integer, found {value!r}")
