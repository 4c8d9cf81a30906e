"""The theorem is used without the hypotheses that it was proved from."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import H1, fm_cfm

derivation = Derivation(
    "lemma-without-its-hypotheses",
    hypotheses=[H1],
    uses=[fm_cfm],
    start=fm_cfm.proposition.lhs,
    steps=[Step("1", fm_cfm.proposition.rhs, by="lemma", using="fm-cfm")],
)
