"""Cancelling p_t(x) takes p_data(z) along with it."""

from fmproof import Derivation, Hypothesis, Inner, Integrable, Integral, Ratio, Step, norm2
from fmproof.derivations.symbols import p_cond, p_data, p_marg, t, time, u_cond, x, z

joint = p_cond(t, x, z) * p_data(z)
u = u_cond(t, x, z)

derivation = Derivation(
    "lost-density",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(x), time(t), p_marg(t, x))),
        Hypothesis("H2", Integrable(norm2(u), time(t), p_data(z), p_cond(t, x, z))),
    ],
    start=Integral(p_marg(t, x) * Inner(x, u) * Ratio(joint, p_marg(t, x)), z, x, (t, 0, 1)),
    steps=[Step("1", Integral(Inner(x, u) * p_cond(t, x, z), z, x, (t, 0, 1)), by="cancel")],
)
