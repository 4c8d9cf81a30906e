"""The marginal field stands where the conditional one belongs."""

from dataclasses import replace

from fmproof import Expect, norm2
from fmproof.derivations import fm_cfm as fm

claim = Expect(norm2(fm.v - fm.u) - norm2(fm.u_z), *fm.joint) + fm.C_1


def _step(step):
    return replace(step, claim=claim) if step.id == "3.4" else step


derivation = replace(
    fm.fm_cfm,
    name="marginal_for_conditional",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
