"""‖a − b‖² = ‖a‖² − a·b + ‖b‖²: the factor 2 is lost."""

from dataclasses import replace

from fmproof import Expect, Inner, norm2
from fmproof.derivations import fm_cfm as fm

claim = Expect(norm2(fm.v) - Inner(fm.v, fm.u) + norm2(fm.u), *fm.marginal)


def _step(step):
    return replace(step, claim=claim) if step.id == "1.2" else step


derivation = replace(
    fm.fm_cfm,
    name="factor",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
