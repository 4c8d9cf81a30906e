"""Names of symbols are any text; definitions are not in the text report."""

from fmproof import *

x = Vec("x")
theta = Param("theta")
g = Scalar("g", x)
a = Derivation(
    "one-is-zero",
    start=Scalar("1", definition=0)(),
    steps=[Step("1", Rational(0), by="definition")],
)
b = Derivation(
    "sum",
    start=Scalar("f(x) + g", x, definition=g(x))(x),
    variables=[x],
    steps=[Step("1", g(x), by="definition")],
)
c = Derivation(
    "index",
    variables=[x, Real("t")],
    start=Scalar("f", x, sub=Real("t"), definition=g(x))(Real("t"), x),
    steps=[Step("1", Scalar("f_t", x, definition=g(x) - 1)(x) + 1, by="definition")],
)
v = Field("v", x, sup=theta)
p = Density("p", x)
L1 = Scalar("L_FM", theta, definition=Expect(norm2(v(theta, x)), p(x)))
L2 = Scalar("L_CFM", theta, definition=L1(theta))
h = Hypothesis("H1", ForAll(Integrable(norm2(v(theta, x)), p(x)), theta))
dd = Derivation(
    "fm-cfm",
    title="The flow matching loss is the conditional one",
    source="arXiv 2210.02747, theorem 2",
    hypotheses=[h],
    start=L1(theta),
    steps=[Step("1", L2(theta), by="definition")],
)
N = Named("0", L1(theta))
ee = Derivation("zero", hypotheses=[h], start=L1(theta), steps=[Step("1", N, by="definition")])
M = Named("L_CFM(θ)", L1(theta) + 1)
ff = Derivation("masq", hypotheses=[h], start=L2(theta) + 1, steps=[Step("1", M, by="definition")])
