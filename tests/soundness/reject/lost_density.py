"""p(t) is lost where the expectation becomes an integral."""

from dataclasses import replace

from fmproof import Inner, Integral
from fmproof.derivations import fm_cfm as fm
from fmproof.derivations.symbols import p_marg, t, x

claim = Integral(p_marg(t, x) * Inner(fm.v, fm.u), x, fm.unit)


def _step(step):
    return replace(step, claim=claim) if step.id == "2.1" else step


derivation = replace(
    fm.fm_cfm,
    name="lost_density",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
