"""Every step is right, and the derivation states something else."""

from fmproof import Derivation, Equals, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "statement-of-another-theorem",
    hypotheses=[H1, H2],
    uses=[fm_cfm],
    statement=Equals(L_FM(theta), L_CFM(theta)),
    start=L_FM(theta),
    steps=[Step("1", L_CFM(theta) + C, by="lemma", using="fm-cfm")],
)
