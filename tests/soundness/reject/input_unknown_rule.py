"""A rule that does not exist."""

from fmproof import Derivation, Step
from fmproof.derivations.fm_cfm import L_FM
from fmproof.derivations.symbols import theta

derivation = Derivation(
    "unknown-rule", start=L_FM(theta), steps=[Step("1", L_FM(theta), by="marginalization")]
)
