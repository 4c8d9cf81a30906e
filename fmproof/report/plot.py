"""The two losses along a line in θ: parallel curves, the gap C between them, the floor."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fmproof.errors import InputError
from fmproof.files import require_writable, write_whole

if TYPE_CHECKING:
    from fmproof.models.arrays import FloatArray
    from fmproof.models.problem import Problem

FORMATS = (".svg", ".png", ".pdf")

# Okabe & Ito's palette, which the colour-blind can tell apart.
_FM, _CFM, _FLOOR = "#0072B2", "#D55E00", "#555555"


def plot_losses(problem: Problem, file: str | Path, tolerance: float = 1e-6) -> None:
    """Draw L_FM and L_CFM from the model's θ to the optimum and beyond, and write the figure.

    Each curve is computed from its own side: the quadratic L(θ + s δ) from the loss, its
    gradient and its Gram matrix there.

    Args:
        file: a path ending in .svg, .png or .pdf.

    Raises:
        InputError: another ending, a model that is not linear in θ, matplotlib missing, or a
            file that cannot be written.
    """
    path = Path(file)
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"plot: expected a file ending in {', '.join(FORMATS)}, found {path.name}")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("plot: matplotlib is not installed; pip install 'fmproof[plot]'") from None
    require_writable(path)
    s, fm, cfm, floor = losses_along_line(problem, tolerance)
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    _draw(figure.subplots(), s, fm, cfm, floor)
    drawn = BytesIO()
    figure.savefig(drawn, format=path.suffix[1:].lower(), dpi=200)
    write_whole(path, drawn.getvalue())


def losses_along_line(
    problem: Problem, tolerance: float
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """``(s, L_FM, L_CFM, floor)`` at θ + s·(optimum − θ), shapes (n,), and the floor."""
    from fmproof.numerics import quadrature
    from fmproof.numerics.exact import ExactCFM

    exact = ExactCFM(problem)
    gram = np.asarray(exact.quadratic_form().G.value)
    marginal = quadrature.evaluate(problem, ("fm", "fm_gradient", "G", "floor"), tolerance)
    slope = np.asarray(exact.gradient().value)
    step = -np.linalg.lstsq(gram, slope / 2, rcond=None)[0]
    if not np.any(step):  # already at the optimum: any direction shows the parabola
        step = np.ones_like(step)
    s = np.linspace(-0.5, 2.5, 121)
    cfm = _parabola(s, float(exact.loss().value), slope @ step, step @ gram @ step)
    fm = _parabola(
        s,
        float(marginal["fm"].value),
        np.asarray(marginal["fm_gradient"].value) @ step,
        step @ np.asarray(marginal["G"].value) @ step,
    )
    return s, fm, cfm, float(marginal["floor"].value)


def _parabola(s: FloatArray, value: float, slope: float, curvature: float) -> FloatArray:
    return np.asarray(value + s * slope + s**2 * curvature)


def _draw(axes: Any, s: FloatArray, fm: FloatArray, cfm: FloatArray, floor: float) -> None:
    axes.plot(s, cfm, color=_CFM, label=r"$\mathcal{L}_{\mathrm{CFM}}$")
    axes.plot(s, fm, color=_FM, linestyle="--", label=r"$\mathcal{L}_{\mathrm{FM}}$")
    axes.axhline(floor, color=_FLOOR, linewidth=1, linestyle=":", label=r"floor $-C$")
    middle = len(s) // 3
    axes.annotate(
        "",
        xy=(s[middle], cfm[middle]),
        xytext=(s[middle], fm[middle]),
        arrowprops={"arrowstyle": "<->", "color": _FLOOR},
    )
    axes.text(s[middle] + 0.05, (cfm[middle] + fm[middle]) / 2, r"$-C$", color=_FLOOR, va="center")
    axes.set_xlabel(r"$s$ in $\theta + s\,(\theta^{*} - \theta)$")
    axes.set_ylabel("loss")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
