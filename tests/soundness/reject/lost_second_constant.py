"""The last line of the proof without C₂."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import C_1, C_2, H1, H2, L_CFM, joint, u_z, v
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "lost-second-constant",
    hypotheses=[H1, H2],
    start=Expect(norm2(v - u_z), *joint) + C_2 + C_1,
    steps=[Step("3.7", L_CFM(theta) + C_1, by="definition")],
)
