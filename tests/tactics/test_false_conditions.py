"""A condition about numbers that does not hold is called false, and not one to be declared."""

from __future__ import annotations

from fmproof import Derivation, Partial, Rational, Real, Sqrt, Step, check

t = Real("t")


def test_a_false_condition_is_not_missing() -> None:
    root = Derivation(
        "root",
        variables=[t],
        start=Partial(Sqrt(-(t**2)), t, Rational(0)),
        steps=[Step("1", Rational(0), by="auto")],
    )
    (report,) = check([root]).derivations
    (step,) = (step for part in report.parts for step in part.steps)
    assert step.failure is not None
    assert "0 > 0, which is false" in step.failure.summary
    assert not any("0 > 0" in str(missing.formula) for missing in report.missing)


def test_one_that_may_hold_is() -> None:
    root = Derivation(
        "root",
        variables=[t],
        start=Partial(Sqrt(t), t),
        steps=[Step("1", Rational(1, 2) * Sqrt(t) / t, by="auto")],
    )
    (report,) = check([root]).derivations
    assert report.missing
