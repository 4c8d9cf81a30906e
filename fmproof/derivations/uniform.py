"""The uniform time law without weight, as an instance of the general theorem.

One step: the law ρ becomes U[0, 1] and the weight w becomes 1, in the theorem and in the
definitions of the losses and constants that it speaks of.
"""

from __future__ import annotations

from fmproof.derivations.general import general, matching, rho, w, x0, x1
from fmproof.derivations.symbols import t, time
from fmproof.lang.props import Equals
from fmproof.tactics.script import Derivation, Instance, Part, Step

_target = matching("uniform", "", x0, x1, time_law=time, weight=1)
"""The statement and hypotheses that the general ones become; its steps are not used."""

uniform = Derivation(
    name="uniform",
    title="The uniform law without weight is an instance of the general theorem",
    source=general.source,
    hypotheses=_target.hypotheses,
    uses=[general],
    says=[
        "The general theorem holds for every law ",
        rho(t),
        " of the time and every weight ",
        w(t),
        ". We put ",
        Equals(rho(t), time(t)),
        " and ",
        Equals(w(t), 1),
        " into the general theorem.",
    ],
    meanings=_target.meanings,
    parts=[
        Part(
            "Instance",
            start=_target.proposition.lhs,
            steps=[
                Step(
                    "I.1",
                    _target.proposition.rhs,
                    by="lemma",
                    using=Instance("general", replace={rho: time(t), w: 1}),
                )
            ],
        )
    ],
)
