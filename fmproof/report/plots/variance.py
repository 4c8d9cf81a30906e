"""C(t): what of the target's variance x and t leave unexplained, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fmproof.errors import InputError
from fmproof.report.plots.style import BLUE, ORANGE, SOFT

if TYPE_CHECKING:
    from fmproof.models.problem import Problem

TITLE = "The conditional variance over time"
CAPTION = (
    "C(t) = E ‖u_t(x|z) − u_t(x)‖², the variance of the training target that is left when t and x "
    "are known. Its mean under the time law is the floor −C: times with a high curve are where "
    "the training loss cannot be low."
)
SIZE = (6.0, 3.6)
_TIMES = 101


def draw(figure: Any, problem: Problem) -> None:
    """Draw into an empty matplotlib ``figure``."""
    from fmproof.losses.over_time import conditional_variance

    low, high = problem.time.support
    # Midpoints: a schedule may be singular at the ends.
    t = low + (high - low) * (np.arange(_TIMES) + 0.5) / _TIMES
    found = conditional_variance(problem, t, tolerance=1e-4)
    value, error = np.asarray(found.value), np.asarray(found.error)
    if not np.isfinite(value).any():
        raise InputError("plot: the conditional variance cannot be resolved for this mixture")
    density = problem.time.density(t)
    floor = float(np.nanmean(value * density) * (high - low))
    axes = figure.subplots()
    axes.plot(t, value, color=BLUE, label=r"$C(t)$")
    if found.method == "sampling":
        axes.fill_between(t, value - 2 * error, value + 2 * error, color=BLUE, alpha=0.2, lw=0)
    weighted = value * density * (high - low)
    if np.ptp(density):  # the area under C(t) itself is -C only where every time counts the same
        axes.plot(t, weighted, color=ORANGE, linestyle="--", label=r"$C(t)$, by the time law")
    axes.fill_between(t, 0, weighted, color=SOFT, alpha=0.15, lw=0)
    axes.axhline(
        floor, color=SOFT, linewidth=1.2, linestyle=":", label=rf"$-C \approx {floor:.4g}$"
    )
    axes.set_xlabel(r"$t$   (0 noise, 1 data)")
    axes.set_ylabel("conditional variance")
    axes.set_xlim(low, high)
    axes.set_ylim(bottom=0)
    figure.legend(loc="outside upper center", ncols=3)
