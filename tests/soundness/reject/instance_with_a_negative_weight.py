"""A weight declared ≥ 0 replaced by one that is not."""

from fmproof import Derivation, Instance, Step
from fmproof.derivations.general import general, w
from fmproof.derivations.symbols import t

derivation = Derivation(
    "instance-with-a-negative-weight",
    hypotheses=general.hypotheses,
    uses=[general],
    start=general.proposition.lhs,
    steps=[
        Step(
            "1",
            general.proposition.rhs,
            by="lemma",
            using=Instance("general", replace={w: t - 1}),
        )
    ],
)
