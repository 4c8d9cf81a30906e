"""A density replaced by twice a density."""

from fmproof import Derivation, Instance, Step
from fmproof.derivations.general import general, rho
from fmproof.derivations.symbols import t, time

derivation = Derivation(
    "instance-without-mass-one",
    hypotheses=general.hypotheses,
    uses=[general],
    start=general.proposition.lhs,
    steps=[
        Step(
            "1",
            general.proposition.rhs,
            by="lemma",
            using=Instance("general", replace={rho: 2 * time(t)}),
        )
    ],
)
