"""A derivation of any length through the public API, every step with terms of its own."""

from __future__ import annotations

from fmproof import (
    Density,
    Derivation,
    Expect,
    Field,
    Hypothesis,
    Inner,
    Integrable,
    Rational,
    Step,
    Vec,
    norm2,
)


def chain(steps: int) -> Derivation:
    """``steps`` steps that scale, expand and contract E‖u − v‖², by another factor each time."""
    x = Vec("x")
    law = Density("p", x)(x)
    u, v = Field("u", x)(x), Field("v", x)(x)
    loss = Expect(norm2(u - v), law)
    claims = []
    for k in range(2, 2 + steps // 3 + 1):
        claims += [
            Rational(1, k**2) * Expect(norm2(k * u - k * v), law),
            Expect(norm2(u), law)
            - Rational(2, k) * Expect(Inner(k * u, v), law)
            + Rational(1, k**2) * Expect(norm2(k * v), law),
            loss,
        ]
    return Derivation(
        f"chain-{steps}",
        hypotheses=[
            Hypothesis("U", Integrable(norm2(u), law)),
            Hypothesis("V", Integrable(norm2(v), law)),
        ],
        start=loss,
        steps=[
            Step(str(number), claim, by=("square", "linearity"))
            for number, claim in enumerate(claims[:steps], 1)
        ],
    )
