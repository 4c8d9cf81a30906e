"""The twin of factor and sign: ‖a − b‖² expanded, then completed again."""

from fmproof import Derivation, Expect, Hypothesis, Inner, Integrable, Step, norm2, plus
from fmproof.derivations.symbols import p_cond, p_data, t, time, u_cond, x, z

law = (time(t), p_data(z), p_cond(t, x, z))
u = u_cond(t, x, z)

derivation = Derivation(
    "square",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(x), *law)),
        Hypothesis("H2", Integrable(norm2(u), *law)),
    ],
    start=Expect(norm2(x - u), *law),
    steps=[
        Step("1", Expect(norm2(x) - 2 * Inner(x, u) + norm2(u), *law), by="square"),
        Step("2", Expect(norm2(u - x), *law), by="square"),
        Step("3", Expect(plus(norm2(u - x), norm2(x), -norm2(x)), *law), by="ring"),
    ],
)
