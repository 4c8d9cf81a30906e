"""Both losses along a line in θ: parallel curves, the gap −C between them, and the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fmproof.report.plots.line import LABEL, line
from fmproof.report.plots.style import BLUE, INK, ORANGE, SOFT

if TYPE_CHECKING:
    from fmproof.models.problem import Problem

TITLE = "Both losses along a line"
CAPTION = (
    "L_CFM and L_FM from the model's coefficients θ (s = 0) through the optimal ones (s = 1), "
    "each computed from its own side of the theorem. The gap is −C everywhere; no model brings "
    "L_CFM below the dotted floor."
)
SIZE = (6.0, 3.9)


def draw(figure: Any, problem: Problem) -> None:
    """Draw into an empty matplotlib ``figure``."""
    both = line(problem)
    s = np.linspace(-0.5, 2.5, 121)
    cfm, fm = both.cfm.along(both.step, s), both.fm.along(both.step, s)
    axes = figure.subplots()
    axes.plot(s, cfm, color=ORANGE, label=r"$\mathcal{L}_{\mathrm{CFM}}$")
    axes.plot(s, fm, color=BLUE, linestyle="--", label=r"$\mathcal{L}_{\mathrm{FM}}$")
    axes.axhline(both.floor, color=SOFT, linewidth=1.2, linestyle=":", label=r"floor $-C$")
    axes.plot(0, both.cfm.value, "o", color=ORANGE, markersize=6)
    axes.plot(0, both.fm.value, "s", color=BLUE, markersize=5.5)
    for at in (20, 60, 100):  # s = 0, 1, 2
        arrow = {"arrowstyle": "<->", "color": INK, "linewidth": 0.9, "shrinkA": 3, "shrinkB": 3}
        axes.annotate("", xy=(s[at], cfm[at]), xytext=(s[at], fm[at]), arrowprops=arrow)
    middle = (cfm[60] + fm[60]) / 2
    axes.text(1.04, middle, f"$-C = {both.floor:.4g}$", va="center")
    axes.set_xlabel(LABEL)
    axes.set_ylabel("loss")
    axes.set_ylim(0, 1.05 * max(cfm.max(), both.floor))
    axes.set_xlim(s[0], s[-1])
    figure.legend(loc="outside upper center", ncols=3)
