"""A look-alike of a theorem is handed to a step."""

from fmproof import Derivation, Equals, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta


class Theorem:
    hypotheses = ()
    conclusion = Equals(L_FM(theta), L_CFM(theta))
    lhs, rhs = conclusion.args


derivation = Derivation(
    "forged",
    hypotheses=[H1, H2],
    start=L_FM(theta),
    steps=[Step("1", L_CFM(theta), by="lemma", using=Theorem())],
)
