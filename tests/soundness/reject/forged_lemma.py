"""A step that brings its own theorem."""

from fmproof import Derivation, Equals, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "forged-lemma",
    hypotheses=[H1, H2],
    start=L_FM(theta),
    steps=[Step("1", L_CFM(theta), by="lemma", using=Equals(L_FM(theta), L_CFM(theta)))],
)
