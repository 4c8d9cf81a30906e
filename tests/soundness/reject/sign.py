"""The cross term gets the wrong sign."""

from dataclasses import replace

from fmproof import Expect, norm2
from fmproof.derivations import fm_cfm as fm

claim = fm.model_term + 2 * fm.cross_marginal + Expect(norm2(fm.u), *fm.marginal)


def _step(step):
    return replace(step, claim=claim) if step.id == "1.3" else step


derivation = replace(
    fm.fm_cfm,
    name="sign",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
