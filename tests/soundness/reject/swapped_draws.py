"""x is drawn given z before z is drawn."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, v
from fmproof.derivations.symbols import p_cond, p_data, t, time, x, z

derivation = Derivation(
    "swapped-draws",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *joint),
    steps=[Step("1", Expect(norm2(v), time(t), p_cond(t, x, z), p_data(z)), by="reorder")],
)
