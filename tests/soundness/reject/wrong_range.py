"""The time integral stops at 1/2."""

from dataclasses import replace

from fmproof import Inner, Integral, Rational
from fmproof.derivations import fm_cfm as fm
from fmproof.derivations.symbols import p_marg, t, x

claim = Integral(p_marg(t, x) * Inner(fm.v, fm.u), x, (t, 0, Rational(1, 2)))


def _step(step):
    return replace(step, claim=claim) if step.id == "2.2" else step


derivation = replace(
    fm.fm_cfm,
    name="wrong_range",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
