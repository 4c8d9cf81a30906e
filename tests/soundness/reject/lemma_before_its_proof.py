"""A part uses a later one."""

from fmproof import Derivation, Part, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "circle",
    hypotheses=[H1, H2],
    parts=[
        Part("A", L_FM(theta), [Step("1", L_CFM(theta) + C, by="lemma", using="B")]),
        Part("B", L_FM(theta), [Step("2", L_CFM(theta) + C, by="lemma", using="A")]),
    ],
)
