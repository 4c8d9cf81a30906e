"""The general theorem is used with a weight that is not ≥ 0."""

from fmproof import Derivation, Instance, Step
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, C
from fmproof.derivations.general import general, rho, w
from fmproof.derivations.symbols import t, theta, time

derivation = Derivation(
    "negative-weight",
    hypotheses=[H1, H2],
    uses=[general],
    start=L_FM(theta),
    steps=[
        Step(
            "1",
            L_CFM(theta) + C,
            by="lemma",
            using=Instance("general", replace={rho: time(t), w: -1}),
        )
    ],
)
