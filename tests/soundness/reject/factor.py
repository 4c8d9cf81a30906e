"""The cross term of a square with factor 1 in place of 2."""

from fmproof import Derivation, Expect, Hypothesis, Inner, Integrable, Step, norm2
from fmproof.derivations.symbols import p_cond, p_data, t, time, u_cond, x, z

law = (time(t), p_data(z), p_cond(t, x, z))
u = u_cond(t, x, z)

derivation = Derivation(
    "factor",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(x), *law)),
        Hypothesis("H2", Integrable(norm2(u), *law)),
    ],
    start=Expect(norm2(x - u), *law),
    steps=[Step("1", Expect(norm2(x) - Inner(x, u) + norm2(u), *law), by="square")],
)
