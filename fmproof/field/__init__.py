"""Ready symbols, laws, losses and lemmas: ``from fmproof.field import Path, t, x0, x1``.

They are those of the built-in derivations, so that their theorems apply to what is written with
them. Names are imported when first used.

- Variables: ``t, s`` times; ``x, y, z, x0, x1`` vectors; ``theta`` the parameters of the model.
- Laws: ``time`` uniform on [0, 1], ``rho`` any law of the time, ``w`` a weight; ``q(x0, x1)`` a
  coupling, ``data(z)`` the data, without densities; ``p_data``, ``p_cond`` p_t(x|z) and
  ``p_marg`` p_t(x), with densities.
- Schedules ``alpha``, ``sigma``; an interpolant ``I``; fields ``u_cond`` u_t(x|z), ``u_marg``
  u_t(x); models ``u_model``, ``v_model`` of velocities, ``s_model`` of a score, ``e_model`` of the
  noise, ``d_model`` of the data.
- Settings with their losses, fields and hypotheses: ``FlowMatching()``, ``Path(point)``,
  ``Noising(scale, noise)``.
- Lemmas: ``cross_terms``, ``pythagoras`` and ``minimiser`` are parts of a proof for any regression;
  ``setting.theorem`` and ``setting.uses`` bring a built-in theorem; ``load(name)`` any of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "fmproof.derivations.symbols": (
        "t s x y z x0 x1 theta time rho w q data alpha sigma I p_data p_cond p_marg u_cond u_marg "
        "u_model v_model s_model e_model d_model MEANINGS"
    ),
    "fmproof.derivations.settings": "FlowMatching Path Noising",
    "fmproof.derivations.pythagoras": "cross_terms pythagoras minimiser",
    "fmproof.derivations.catalogue": "load",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOME)  # noqa: PLE0605 - names, all of them strings


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fmproof.field' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
