"""E‖g(X) − f‖² = E‖g(X) − u(X)‖² + E‖f − u(X)‖², for u(X) = E[f | X]: the parts of the proof.

The expectations are under any law in which X is drawn, with draws before it that are held fixed in
the conditional expectation, such as the time. Used wherever a loss is a regression.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from fmproof.derivations.given import require_law, require_term
from fmproof.lang.arithmetic import plus
from fmproof.lang.nodes import Draw, Expect, Inner, norm2
from fmproof.lang.props import AtMost, Equals
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.foreign import checked_call
from fmproof.tactics.script import Part, Step


def _require(law: Sequence[Draw], *vectors: Expr) -> None:
    """Raise :class:`SortError` unless these are a law, and a model, a target and its mean."""
    require_law(law, "the law")
    for name, vector in zip(("model", "target", "mean"), vectors, strict=True):
        require_term(vector, Sort.VEC, f"the {name}")


@checked_call
def cross_terms(law: Sequence[Draw], model: Expr, target: Expr, mean: Expr) -> tuple[Part, Part]:
    """E⟨g, u⟩ = E⟨g, f⟩ and E‖u‖² = E⟨u, f⟩."""
    _require(law, model, target, mean)
    return tuple(  # type: ignore[return-value]
        Part(
            title,
            name=name,
            start=Expect(Inner(factor, mean), *law),
            steps=[
                Step(
                    f"{letter}.1",
                    Expect(Inner(factor, target), *law),
                    by="pull-out",
                    note="what the conditional expectation is",
                )
            ],
            says=[words, factor, "."],
        )
        for title, name, letter, factor, words in (
            (
                "The cross term",
                "cross",
                "X",
                model,
                "The conditional expectation stands for what it averages, beside ",
            ),
            ("The square", "square", "S", mean, "In the same way, beside itself, "),
        )
    )


@checked_call
def pythagoras(
    law: Sequence[Draw], model: Expr, target: Expr, mean: Expr, weight: Expr | int = 1
) -> Part:
    """The decomposition, from the two parts of :func:`cross_terms`."""
    _require(law, model, target, mean)

    def expect(term: Expr) -> Expr:
        return Expect(term, *law)

    distance, spread = norm2(model - mean), norm2(mean - target)
    return Part(
        "The decomposition",
        name="decomposition",
        start=expect(norm2(model - target)),
        steps=[
            Step(
                "P.1",
                expect(norm2(plus(model - mean, mean - target))),
                by="ring",
                note=["adding and subtracting ", mean],
            ),
            Step(
                "P.2",
                expect(plus(distance, 2 * Inner(model - mean, mean - target), spread)),
                by="square",
                note="expanding the square",
            ),
            Step(
                "P.3",
                expect(distance) + 2 * expect(Inner(model - mean, mean - target)) + expect(spread),
                by="linearity",
            ),
            Step(
                "P.4",
                expect(distance)
                + 2
                * (
                    expect(Inner(model, mean))
                    - expect(Inner(model, target))
                    - expect(norm2(mean))
                    + expect(Inner(mean, target))
                )
                + expect(spread),
                by=["square", "linearity"],
                note="the cross term, multiplied out",
            ),
            Step(
                "P.5",
                expect(distance) + expect(spread),
                by="lemma",
                using=["cross", "square"],
                note="the cross term vanishes",
            ),
        ],
        statement=Equals(expect(norm2(model - target)), expect(distance) + expect(spread)),
        says=[
            "We insert ",
            mean,
            " and expand. The cross term vanishes by the two parts before.",
        ],
        result=True,
    )


@checked_call
def minimiser(law: Sequence[Draw], model: Expr, target: Expr, mean: Expr) -> Part:
    """No model does better than the conditional expectation."""
    _require(law, model, target, mean)
    distance, spread = (
        Expect(norm2(model - mean), *law),
        Expect(norm2(mean - target), *law),
    )
    return Part(
        "The minimiser",
        start=spread,
        steps=[
            Step(
                "M.1",
                distance + spread,
                by="nonnegative",
                relation="≤",
                note="a square is not negative",
            ),
            Step(
                "M.2",
                Expect(norm2(model - target), *law),
                by="lemma",
                using="decomposition",
            ),
        ],
        statement=AtMost(spread, Expect(norm2(model - target), *law)),
        says=["So no model does better than ", mean, "."],
        result=True,
    )
