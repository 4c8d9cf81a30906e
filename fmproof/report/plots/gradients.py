"""The gradient of one loss against that of the other, and by how much they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fmproof.report.plots.line import line
from fmproof.report.plots.style import BLUE, GREEN, INK, ORANGE, SOFT

if TYPE_CHECKING:
    from fmproof.models.problem import Problem

TITLE = "One gradient against the other"
CAPTION = (
    "Each entry of ∇L_FM, from the marginal side, against the same entry of ∇L_CFM, in closed "
    "form, at seven points of the line from the model's coefficients through the optimal ones; "
    "below, their difference. The diagonal is where the theorem puts them."
)
SIZE = (5.0, 5.2)
_AT = np.linspace(-1, 2, 7)
_MARKERS = (("o", BLUE), ("s", ORANGE), ("^", GREEN), ("D", INK), ("v", BLUE), ("P", ORANGE))
_NAMED = len(_MARKERS)
_SMALLEST = 1e-17  # differences below it, 0 among them, are drawn there


def draw(figure: Any, problem: Problem) -> None:
    """Draw into an empty matplotlib ``figure``."""
    both = line(problem)
    fm, cfm = both.fm.gradients(both.step, _AT), both.cfm.gradients(both.step, _AT)
    top, below = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    reach = 1.1 * max(np.abs(cfm).max(), np.abs(fm).max()) or 1.0
    top.plot([-reach, reach], [-reach, reach], color=SOFT, linewidth=1.2, alpha=0.5, zorder=0)
    difference = np.maximum(np.abs(fm - cfm), _SMALLEST)
    for j in range(cfm.shape[1]):
        marker, colour = _MARKERS[j] if cfm.shape[1] <= _NAMED else ("o", BLUE)
        look = {
            "linestyle": "", "marker": marker, "markeredgecolor": colour,
            "markerfacecolor": "none", "markersize": 6,
        }  # fmt: skip
        name = rf"$\theta_{{{j + 1}}}$" if cfm.shape[1] <= _NAMED else None
        top.plot(cfm[:, j], fm[:, j], label=name, **look)
        below.plot(cfm[:, j], difference[:, j], **look)
    top.set_xlim(-reach, reach)
    top.set_ylim(-reach, reach)
    top.set_ylabel(r"entry of $\nabla\mathcal{L}_{\mathrm{FM}}$")
    if cfm.shape[1] <= _NAMED:
        top.legend(loc="upper left")
    below.set_yscale("log")
    below.set_ylim(min(1e-16, difference.min() / 3), max(1e-8, difference.max() * 3))
    below.grid(axis="y", color=SOFT, linewidth=0.6, alpha=0.35)
    below.set_xlabel(r"entry of $\nabla\mathcal{L}_{\mathrm{CFM}}$")
    below.set_ylabel("|difference|")
    below.tick_params(axis="y", which="minor", length=0)
