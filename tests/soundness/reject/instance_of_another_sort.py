"""A vector field replaced by a number."""

from fmproof import Derivation, Instance, Step
from fmproof.derivations.fm_cfm import H1, H2, fm_cfm
from fmproof.derivations.symbols import t, u_model

derivation = Derivation(
    "instance-of-another-sort",
    hypotheses=[H1, H2],
    uses=[fm_cfm],
    start=fm_cfm.proposition.lhs,
    steps=[
        Step(
            "1", fm_cfm.proposition.rhs, by="lemma", using=Instance("fm-cfm", replace={u_model: t})
        )
    ],
)
