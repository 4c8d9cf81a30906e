"""An inequality does not rewrite terms."""

from fmproof import Derivation, Part, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "lemma-that-is-an-inequality",
    hypotheses=[H1, H2],
    parts=[
        Part(
            "Bound",
            start=L_FM(theta),
            steps=[Step("1", L_FM(theta) + L_CFM(theta), by="nonnegative", relation="≤")],
        ),
        Part(
            "Use",
            start=2 * L_FM(theta),
            steps=[Step("2", 2 * L_FM(theta) + 2 * L_CFM(theta), by="lemma", using="Bound")],
        ),
    ],
)
