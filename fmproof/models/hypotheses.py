"""Hypothesis H2, E||u_t(x given z)||^2 < infinity, decided from the schedule."""

from __future__ import annotations

import math

from fmproof.errors import InputError
from fmproof.models.mixture import GaussianMixture
from fmproof.models.paths import Path, Singularity
from fmproof.models.time import LogitNormalTime, TimeLaw


def check_square_integrable(data: GaussianMixture, path: Path, time: TimeLaw) -> None:
    """Refuse a problem whose conditional velocity has no second moment.

    E||u_t(x given z)||^2 is the integral of (dalpha^2 E|z|^2 + dbeta^2 d) against the time law,
    so that only the end points where a derivative is unbounded matter.

    Raises:
        InputError: naming H2, the end point and what to do.
    """
    centred_at_zero = not data.means.any() and not data.scales.any()
    for singularity in path.singularities:
        if singularity.function == "alpha" and centred_at_zero:
            continue
        if not _integrable(singularity, time):
            raise InputError(_message(singularity, path, time))


def _integrable(singularity: Singularity, time: TimeLaw) -> bool:
    if time.support[singularity.end] != singularity.end:
        return True
    if isinstance(time, LogitNormalTime):
        # Its density vanishes faster than any power of s, like exp(-log(s)^2 / (2 std^2)) / s.
        return singularity.power > -math.inf
    return (singularity.power, -singularity.log_power) > (-1, 1)


def _message(singularity: Singularity, path: Path, time: TimeLaw) -> str:
    function, end = singularity.function, singularity.end
    if isinstance(time, LogitNormalTime):
        law, fix = "the logit-normal time law", "a uniform time law with "
    else:
        low, high = time.support
        law, fix = f"uniform time on [{low:g}, {high:g}]", ""
    fix += "time.high < 1, e.g. high = 0.999" if end else "time.low > 0, e.g. low = 0.001"
    if math.isnan(singularity.power):
        return (
            f"hypothesis H2 cannot be decided for the path {path.name!r} under {law}: whether the "
            f"integral of {function}'(t)² converges at t = {end} is beyond SymPy; take {fix}"
        )
    return (
        f"hypothesis H2 fails: E‖u_t(x|z)‖² = ∞ for the path {path.name!r} under {law}, because "
        f"the integral of {function}'(t)² diverges at t = {end}; C₂ and L_CFM are "
        f"infinite and the theorem says nothing; take {fix}"
    )
