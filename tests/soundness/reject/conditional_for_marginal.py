"""The conditional field stands where the marginal one belongs."""

from dataclasses import replace

from fmproof import Expect, Inner
from fmproof.derivations import fm_cfm as fm

claim = Expect(Inner(fm.v, fm.u), *fm.joint) + Expect(Inner(fm.v, fm.u_z), *fm.joint)


def _step(step):
    return replace(step, claim=claim) if step.id == "2.5b" else step


derivation = replace(
    fm.fm_cfm,
    name="conditional_for_marginal",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
