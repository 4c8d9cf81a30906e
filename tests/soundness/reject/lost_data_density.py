"""p_data(z) is lost with the marginal density."""

from dataclasses import replace

from fmproof import Inner, Integral
from fmproof.derivations import fm_cfm as fm
from fmproof.derivations.symbols import p_cond, t, x, z

claim = Integral(Inner(fm.v, fm.u_z) * p_cond(t, x, z), z, x, fm.unit)


def _step(step):
    return replace(step, claim=claim) if step.id == "2.4b" else step


derivation = replace(
    fm.fm_cfm,
    name="lost_data_density",
    parts=[replace(part, steps=[_step(s) for s in part.steps]) for part in fm.fm_cfm.parts],
)
