"""C₂ is dropped."""

from dataclasses import replace

from fmproof import Expect, norm2
from fmproof.derivations import fm_cfm as fm

claim = Expect(norm2(fm.v - fm.u_z), *fm.joint) + fm.C_1


def _step(step):
    return replace(step, claim=claim) if step.id == "3.6" else step


derivation = replace(
    fm.fm_cfm,
    name="lost_constant",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
