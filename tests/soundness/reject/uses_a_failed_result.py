"""A derivation that rests on one that is not proved."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM
from fmproof.derivations.symbols import theta

wrong = Derivation(
    "wrong",
    hypotheses=[H1, H2],
    start=L_FM(theta),
    steps=[Step("1", L_CFM(theta), by="definition")],
)

derivation = Derivation(
    "uses-a-failed-derivation",
    hypotheses=[H1, H2],
    uses=[wrong],
    start=2 * L_FM(theta),
    steps=[Step("1", 2 * L_CFM(theta), by="lemma", using="wrong")],
)
