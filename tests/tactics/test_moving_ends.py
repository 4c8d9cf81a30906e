"""The fundamental theorem: integrals with moving ends, their sums and derivatives."""

from __future__ import annotations

import pytest
from sympy import Expr, Rational

from fmproof import Exp, Field, Integral, Partial, Ratio, Real, Scalar, Vec
from fmproof.documents.prove import FirstWitness, Proof

r, s, t, u, k, c = Real("r s t u k c")
x = Vec("x")
z, g = Field("z", sub=t), Field("g", x, t)
f, beta = Scalar("f", t), Scalar("b", t)


def along(low: Expr, high: Expr) -> Expr:
    width = high - low
    there = low + s * width
    return width * Integral(g(z(there), there), (s, 0, 1))


def so_far(end: Expr) -> Expr:
    return end * Integral(beta(s * end), (s, 0, 1))


DECAY = Exp(-Rational(1, 2) * so_far(t))
RISE = (t - r) * Integral(Exp(k * (r + s * (t - r) - t)), (s, 0, 1))

TRUE = {
    "intervals add up": (along(r, t), along(r, u) + along(u, t)),
    "there and back": (along(r, t) + along(t, r), x * 0 + along(r, r)),
    "the upper end": (Partial(along(r, t), t), g(z(t), t)),
    "the lower end": (Partial(along(r, t), r), -g(z(r), r)),
    "a product with the length": (
        Partial((t - r) * along(r, t), t),
        along(r, t) + (t - r) * g(z(t), t),
    ),
    "an exponential of it": (Partial(DECAY, t), -Ratio(1, 2) * beta(t) * DECAY),
    "a square": (Partial(so_far(t) ** 2, t), 2 * beta(t) * so_far(t)),
    "a power": (t * Integral(c + s * t * (k - c), (s, 0, 1)), c * t + (k - c) * t * t / 2),
    "exponentials": (RISE, Ratio(1 - Exp(-k * (t - r)), k)),
    "exponentials with their rate": (k * RISE * x, (1 - Exp(k * (r - t))) * x),
}
FALSE = {
    "a gap": (along(r, t), along(r, u) + along(t, u)),
    "the wrong end": (Partial(along(r, t), t), g(z(r), r)),
    "a factor": (Partial(DECAY, t), -beta(t) * DECAY),
    "a power": (t * Integral(c + s * t * (k - c), (s, 0, 1)), c * t + (k - c) * t * t),
    "a rate": (RISE, 1 - Exp(-k * (t - r))),
}


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name: str) -> None:
    proof = proof_of(*TRUE[name])
    assert proof.proved, proof.message


@pytest.mark.parametrize("name", FALSE)
def test_its_neighbour_is_not(name: str) -> None:
    assert not proof_of(*FALSE[name]).proved


def proof_of(before: Expr, claim: Expr) -> Proof:
    witness = FirstWitness()
    witness.begin()
    return witness.prove(before, claim)
