"""u_t(x|z) becomes u_t(x) where the rest of the product does not depend on z."""

from fmproof import Derivation, Expect, Inner, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, u, u_z, v

derivation = Derivation(
    "conditional-expectation",
    hypotheses=[H1, H2],
    start=Expect(Inner(v - u, u_z), *joint),
    steps=[
        Step("1", Expect(Inner(v, u), *marginal) - Expect(norm2(u), *marginal), by="auto"),
        Step("2", Expect(Inner(v - u, u), *marginal), by=("linearity", "square")),
    ],
)
