"""A lemma a = b rewrites a, not b; and what it would give is something else."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C, fm_cfm
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "lemma-backwards",
    hypotheses=[H1, H2],
    uses=[fm_cfm],
    start=L_CFM(theta),
    steps=[Step("1", L_FM(theta) + C, by="lemma", using="fm-cfm")],
)
