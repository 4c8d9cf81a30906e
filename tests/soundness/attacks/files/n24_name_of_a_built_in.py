"""What it uses is called fm-cfm and is another: a paper said "by Theorem fm-cfm, L_FM = 3 L_CFM"."""

from fmproof import Derivation, Equals, Hypothesis, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, theta

hypotheses = [H1, H2, Hypothesis("A", Equals(L_FM(theta), 3 * L_CFM(theta)))]
other = Derivation(
    "fm-cfm",
    title="The flow matching loss is the conditional one plus a constant",
    hypotheses=hypotheses,
    start=L_FM(theta),
    steps=[Step("1", 3 * L_CFM(theta), by="lemma", using="A")],
)
d = Derivation(
    "trebled",
    hypotheses=hypotheses,
    uses=[other],
    start=2 * L_FM(theta),
    steps=[Step("1", 6 * L_CFM(theta), by="lemma", using="fm-cfm")],
)
