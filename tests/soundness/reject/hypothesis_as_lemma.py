"""The theorem itself as a hypothesis: it cannot be cited as a result."""

from fmproof import Derivation, Equals, Hypothesis, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "hypothesis-as-lemma",
    hypotheses=[H1, H2, Hypothesis("H3", Equals(L_FM(theta), L_CFM(theta)))],
    start=L_FM(theta),
    steps=[Step("1", L_CFM(theta), by="lemma", using="H3")],
)
