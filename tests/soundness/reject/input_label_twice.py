"""Two steps with one label."""

from fmproof import Derivation, Step, plus
from fmproof.derivations.fm_cfm import L_FM
from fmproof.derivations.symbols import theta

L = L_FM(theta)
derivation = Derivation(
    "label-twice",
    start=L,
    steps=[Step("1", plus(L, L, -L), by="ring"), Step("1", L, by="ring")],
)
