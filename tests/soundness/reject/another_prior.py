"""The marginal is mixed with p_data; the claim draws z from another law."""

from fmproof import Density, Derivation, Expect, ForAll, Hypothesis, Integrable, Step, norm2
from fmproof.derivations.fm_cfm import H1, marginal, v
from fmproof.derivations.symbols import p_cond, t, theta, time, x, z

other = Density("q", z)
law = (time(t), other(z), p_cond(t, x, z))

derivation = Derivation(
    "another-prior",
    hypotheses=[H1, Hypothesis("H2", ForAll(Integrable(norm2(v), *law), theta))],
    start=Expect(norm2(v), *marginal),
    steps=[Step("1", Expect(norm2(v), *law), by="marginalisation")],
)
