"""A step may rest on a part that failed, but the derivation is not proved."""

from fmproof import Derivation, Part, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "lemma-of-a-failed-part",
    hypotheses=[H1, H2],
    parts=[
        Part("Wrong", start=L_FM(theta), steps=[Step("1", L_CFM(theta), by="definition")]),
        Part(
            "Right from it",
            start=2 * L_FM(theta),
            steps=[Step("2", 2 * L_CFM(theta), by="lemma", using="Wrong")],
        ),
    ],
)
