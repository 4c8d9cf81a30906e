"""The theorem for any time law, at the uniform one, and with a weight that is a square."""

from fmproof import Derivation, Instance, Step
from fmproof.derivations.general import general, matching, rho, w, x0, x1
from fmproof.derivations.symbols import t, time

target = matching("weighted", "", x0, x1, time_law=time, weight=t**2)

derivation = Derivation(
    "instance",
    hypotheses=target.hypotheses,
    uses=[general],
    start=target.proposition.lhs,
    steps=[
        Step(
            "1",
            target.proposition.rhs,
            by="lemma",
            using=Instance("general", replace={rho: time(t), w: t**2}),
        )
    ],
)
