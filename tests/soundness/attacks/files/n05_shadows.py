"""An inner x has the name of an outer one: what is known of the outer one is not known of it."""

from fmproof import (
    Density,
    Derivation,
    Expect,
    Hypothesis,
    Integrable,
    Integral,
    Law,
    Let,
    Real,
    Scalar,
    Step,
    Vec,
)
from fmproof.lang.arithmetic import plus

x, y, z = Vec("x y z")
a = Real("a")
f, h, w = Scalar("f", a), Scalar("h", x), Scalar("w", x)
g = Scalar("g", x, y)
p, r = Density("p", x), Density("r", x)
anywhere = Law("R", x)
m = Density("m", x, definition=Integral(Density("k", x, given=z)(x, z) * Density("q", z)(z), z))
inner = Expect(f(a), anywhere(x), Let(a, m(x)))
shadow = Derivation(
    "shadow",
    hypotheses=[
        Hypothesis("H1", Integrable(f(a), anywhere(x), Let(a, m(x)))),
        Hypothesis("H2", Integrable(h(x), p(x))),
        Hypothesis("H3", Integrable(h(x) ** 2, p(x))),
    ],
    start=Expect(h(x) * (1 + h(x)) + inner, p(x)),
    steps=[Step("1", Expect(h(x) + h(x) ** 2 + inner, p(x)), by="ring")],
)
slope = Integral(g(x, y), y)
written = Expect(plus(h(x), slope, -slope), r(x))
cancelled = Derivation(
    "cancelled",
    hypotheses=[
        Hypothesis("H1", Integrable(w(x), p(x))),
        Hypothesis("H2", Integrable(h(x), r(x))),
    ],
    start=Expect(w(x) * written, p(x)),
    steps=[Step("1", Expect(w(x) * Expect(h(x), r(x)), p(x)), by="ring")],
)
