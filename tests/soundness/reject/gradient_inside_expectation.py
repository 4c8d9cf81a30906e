"""The gradient moves under the expectation, with nothing that dominates it."""

from fmproof import Derivation, Expect, Grad, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, u_z, v
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "gradient-inside-expectation",
    hypotheses=[H1, H2],
    start=Grad(Expect(norm2(v - u_z), *joint), theta),
    steps=[Step("1", Expect(Grad(norm2(v - u_z), theta), *joint), by="derivative")],
)
