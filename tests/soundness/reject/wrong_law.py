"""x is drawn from the marginal path and z independently."""

from dataclasses import replace

from fmproof import Expect, Inner
from fmproof.derivations import fm_cfm as fm
from fmproof.derivations.symbols import p_data, p_marg, t, time, x, z

claim = Expect(Inner(fm.v, fm.u_z), time(t), p_data(z), p_marg(t, x))


def _step(step):
    return replace(step, claim=claim) if step.id == "2.5b" else step


derivation = replace(
    fm.fm_cfm,
    name="wrong_law",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
