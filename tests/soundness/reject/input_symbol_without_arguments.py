"""A loss that is not applied to θ."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import L_CFM, L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation("d", start=L_FM(theta), steps=[Step("1", L_CFM, by="definition")])
