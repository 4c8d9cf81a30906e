"""``auto`` averages draw by draw: Gaussian ones by their moments, independent factors apart."""

from __future__ import annotations

import pytest
from sympy import Expr

from fmproof import (
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Inner,
    Integrable,
    Integral,
    Normal,
    Real,
    Scalar,
    Step,
    VanishesWith,
    Vec,
    check,
    dim,
    norm2,
    uniform,
)
from fmproof.lang.props import Prop

t = Real("t")
a, x, z, e = Vec("a x z epsilon")
s = Scalar("s")()
alpha, sigma = (Scalar(name, t)(t) for name in ("alpha", "sigma"))
U, q = uniform(t)(t), Density("q", z)(z)
noisy = Normal(x, z, s**2)
p = Density("p", x, definition=Integral(q * noisy, z))(x)
S, Z = VanishesWith(1, s), Integrable(norm2(z), q)
A = Integrable(alpha**2 * norm2(z), U, q)
N = Integrable(sigma**2 * norm2(e), U, Normal(e))
ALONG = Integrable(Inner(a, x) * Inner(a, x), q, noisy)
AA, NN = Integrable(alpha**2, U), Integrable(sigma**2, U)

TRUE: dict[str, tuple[Expr, Expr, list[Prop]]] = {
    "a mean": (Expect(x, p), Expect(z, q), [S, Z]),
    "a second moment": (Expect(norm2(x), p), Expect(norm2(z), q) + dim * s**2, [S, Z]),
    "with a weight": (
        Expect(Inner(a, x) * Inner(a, x), q, noisy),
        Expect(Inner(a, z) * Inner(a, z), q) + s**2 * norm2(a),
        [S, Z, ALONG, Integrable(Inner(a, z) * Inner(a, z), q)],
    ),
    "independent factors": (
        Expect(alpha**2 * norm2(z), U, q),
        Expect(alpha**2, U) * Expect(norm2(z), q),
        [A, AA, Z],
    ),
    "a path": (
        Expect(norm2(alpha * z + sigma * e), U, q, Normal(e)),
        Expect(alpha**2, U) * Expect(norm2(z), q) + dim * Expect(sigma**2, U),
        [A, N, AA, NN, Z],
    ),
}
FALSE = {
    "a mean": s * Expect(z, q),
    "a second moment": Expect(norm2(z), q) + s**2,
    "with a weight": Expect(Inner(a, z) * Inner(a, z), q) + dim * s**2 * norm2(a),
    "independent factors": Expect(alpha, U) * Expect(norm2(z), q),
    "a path": Expect(alpha**2, U) * Expect(norm2(z), q) + Expect(sigma**2, U),
}


def status(start: Expr, claim: Expr, hypotheses: list[Prop]) -> str:
    derivation = Derivation(
        "case",
        hypotheses=[Hypothesis(f"H{i}", prop) for i, prop in enumerate(hypotheses)],
        variables=[a],
        start=start,
        steps=[Step("1", claim, by="auto")],
    )
    return check([derivation]).status


@pytest.mark.parametrize("name", TRUE)
def test_true(name: str) -> None:
    assert status(*TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false(name: str) -> None:
    start, _, hypotheses = TRUE[name]
    assert status(start, FALSE[name], hypotheses) == "failed"


@pytest.mark.parametrize("name", TRUE)
def test_without_its_first_hypothesis(name: str) -> None:
    start, claim, hypotheses = TRUE[name]
    assert status(start, claim, hypotheses[1:]) == "failed"


def test_dependent_factors_stay_together() -> None:
    """E[‖z‖² ⟨a, x⟩] is no product of averages, as x is drawn about z."""
    known = [S, Integrable(norm2(z) * norm2(x), q, noisy), Integrable(norm2(z) * norm2(z), q), Z]
    start = Expect(norm2(z) * Inner(a, x), q, noisy)
    product = Expect(norm2(z), q) * Expect(Inner(a, x), q, noisy)
    assert status(start, product, known) == "failed"
    assert status(start, Expect(norm2(z) * Inner(a, z), q), known) == "proved"
