"""A statement that no line says: that of a lemma, without the lemma's hypotheses. Where f is not
integrable both sides are 0 by convention."""

from fmproof import (
    Density,
    Derivation,
    Equals,
    Expect,
    Hypothesis,
    Integrable,
    Real,
    Scalar,
    Step,
    Vec,
)

x, a = Vec("x"), Real("a")
f, p = Scalar("f", x), Density("p", x)
double, twice = Expect(2 * f(x), p(x)), 2 * Expect(f(x), p(x))
lemma = Derivation(
    "lemma",
    hypotheses=[Hypothesis("H", Integrable(f(x), p(x)))],
    start=double,
    steps=[Step("1", twice, by="linearity")],
)
hollow = Derivation(
    "hollow",
    uses=[lemma],
    variables=[a],
    statement=Equals(double, twice),
    start=a,
    steps=[Step("1", a, by="ring")],
)
