"""A part proved from itself."""

from fmproof import Derivation, Part, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "lemma-that-uses-itself",
    hypotheses=[H1, H2],
    parts=[
        Part(
            "Theorem",
            start=L_FM(theta),
            steps=[Step("1", L_CFM(theta), by="lemma", using="Theorem")],
        )
    ],
)
