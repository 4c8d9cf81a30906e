"""A time law on [0, 1] replaced by one on [0, 2]."""

from fmproof import Derivation, Instance, Step, uniform
from fmproof.derivations.general import general, rho
from fmproof.derivations.symbols import t

derivation = Derivation(
    "instance-over-another-range",
    hypotheses=general.hypotheses,
    uses=[general],
    start=general.proposition.lhs,
    steps=[
        Step(
            "1",
            general.proposition.rhs,
            by="lemma",
            using=Instance("general", replace={rho: uniform(t, 0, 2)(t)}),
        )
    ],
)
