"""C stands for two things."""

from fmproof import Derivation, Expect, Named, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, u, u_z

derivation = Derivation(
    "one-name-for-two-constants",
    hypotheses=[H1, H2],
    start=Expect(norm2(u), *marginal) + Expect(norm2(u_z), *joint),
    steps=[
        Step(
            "1", Named("C", Expect(norm2(u), *marginal)) + Expect(norm2(u_z), *joint), by="constant"
        ),
        Step("2", 2 * Named("C", Expect(norm2(u_z), *joint)), by="constant"),
    ],
)
