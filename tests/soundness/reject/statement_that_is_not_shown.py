"""The part states more than its steps show."""

from fmproof import Derivation, Equals, Part, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "statement-that-is-not-shown",
    hypotheses=[H1, H2],
    uses=[fm_cfm],
    parts=[
        Part(
            "Theorem",
            start=L_FM(theta),
            steps=[Step("1", L_CFM(theta) + C, by="lemma", using="fm-cfm")],
            statement=Equals(L_FM(theta), L_CFM(theta)),
        )
    ],
)
