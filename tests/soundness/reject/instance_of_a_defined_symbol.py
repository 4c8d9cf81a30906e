"""The marginal field is what it is defined to be; it cannot be replaced."""

from fmproof import Derivation, Instance, Step
from fmproof.derivations.fm_cfm import H1, H2, fm_cfm
from fmproof.derivations.symbols import u_marg, x

derivation = Derivation(
    "instance-of-a-defined-symbol",
    hypotheses=[H1, H2],
    uses=[fm_cfm],
    start=fm_cfm.proposition.lhs,
    steps=[
        Step(
            "1",
            fm_cfm.proposition.rhs,
            by="lemma",
            using=Instance("fm-cfm", replace={u_marg: x}),
        )
    ],
)
