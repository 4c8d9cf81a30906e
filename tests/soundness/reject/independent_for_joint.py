"""x given z, replaced by x drawn independently of z from the marginal."""

from fmproof import Derivation, Expect, Hypothesis, Inner, Integrable, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, u_z, v
from fmproof.derivations.symbols import p_data, p_marg, t, time, x, z

apart = (time(t), p_data(z), p_marg(t, x))

derivation = Derivation(
    "independent-for-joint",
    hypotheses=[H1, H2, Hypothesis("H3", Integrable(norm2(u_z), *apart))],
    start=Expect(Inner(v, u_z), *joint),
    steps=[Step("1", Expect(Inner(v, u_z), *apart), by="marginalisation")],
)
