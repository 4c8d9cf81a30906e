from fmproof import *

t = Real("t")
x = Vec("x")
theta = Param("theta")
p = Density("p", x)
f = Scalar("f", x)
H = Hypothesis("H", Integrable(f(x) ** 2, p(x)))
# a 'constant' that contains the variable of the law
C = Named("C", f(x))
a = Derivation(
    "constant-of-x",
    hypotheses=[H],
    start=Expect(f(x) ** 2, p(x)),
    steps=[Step("1", Expect(C * f(x), p(x)), by="definition")],
)
# two letters that look alike: Latin and Cyrillic
y = Vec("\u0445")
b = Derivation(
    "homoglyph", variables=[y], start=Expect(f(y), p(x)), steps=[Step("1", f(y), by="drop")]
)
# a fresh 'symbol' called 0·g
Z = Scalar("0 g", x, definition=f(x))
c = Derivation(
    "zero-times",
    hypotheses=[H],
    start=Expect(f(x) ** 2, p(x)),
    steps=[Step("1", Expect(Z(x) * f(x), p(x)), by="definition")],
)
# the LaTeX of a law is another text than its text
q = Density("q", x, law=("q", r"p"))
d = Derivation(
    "law-latex",
    hypotheses=[Hypothesis("H", Integrable(f(x), q(x)))],
    start=Expect(2 * f(x), q(x)),
    steps=[Step("1", 2 * Expect(f(x), q(x)), by="linearity")],
)
# an unused name that covers a whole hypothesis' worth of text
N = Named("E_{x~p}[f(x)]", Expect(f(x), p(x)) + 1)
e = Derivation(
    "named-expectation",
    hypotheses=[Hypothesis("H", Integrable(f(x), p(x)))],
    start=Expect(f(x), p(x)) + 1,
    steps=[Step("1", N, by="definition")],
)
