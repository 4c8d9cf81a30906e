"""A result that does not exist."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "unknown-lemma",
    hypotheses=[H1, H2],
    uses=[fm_cfm],
    start=L_FM(theta),
    steps=[Step("1", L_CFM(theta) + C, by="lemma", using="cfm-fm")],
)
