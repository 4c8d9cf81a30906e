from fmproof import *

x = Vec("x")
f = Scalar("f", x)
p = Density("p", x)
d = Scalar("d", x)
t = Real("t")
a = Derivation(
    "a",
    variables=[x],
    start=f(x) + 1,
    steps=[Step("1", Scalar("f(x)", x, definition=f(x) + 1)(x), by="definition")],
)
H = Hypothesis("H", Integrable(f(x), p(x)))
mean = Scalar("E_{x~p}[f(x)]", definition=2 * Expect(f(x), p(x)))
b = Derivation(
    "b", hypotheses=[H], start=2 * Expect(f(x), p(x)), steps=[Step("1", mean(), by="definition")]
)
c = Derivation(
    "c",
    hypotheses=[Hypothesis("H", Integrable(f(x) * d(x), Lebesgue(x)))],
    start=Integral(2 * f(x) * d(x), x),
    steps=[Step("1", 2 * Integral(f(x) * d(x), x), by="linearity")],
)
C = Named("C", f(x))
e = Derivation(
    "e",
    hypotheses=[H, Hypothesis("H2", Integrable(C, p(x)))],
    start=Expect(f(x), p(x)),
    steps=[Step("1", Expect(C, p(x)), by="definition")],
)
