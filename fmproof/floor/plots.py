"""The floor over t, and the loss over steps above it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from fmproof.errors import InputError
from fmproof.files import require_writable, write_whole
from fmproof.floor.log import Comparison
from fmproof.floor.run import Floor

_FORMATS = (".svg", ".png", ".pdf")
_BLUE, _ORANGE, _SOFT = "#0072b2", "#d55e00", "#6b7280"  # Okabe & Ito: colour-blind safe
_METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def require_drawable(file: Path) -> None:
    """Find out before the work begins whether ``file`` can be drawn.

    Raises:
        InputError: another ending, matplotlib missing, or not writable.
    """
    if file.suffix.lower() not in _FORMATS:
        raise InputError(
            f"plot: expected a file ending in {', '.join(_FORMATS)}, found {file.name}"
        )
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise InputError("plot: matplotlib is not installed; pip install 'fmproof[plot]'") from None
    require_writable(file)


def plot(floor: Floor, file: Path, comparison: Comparison | None = None) -> None:
    """Draw and write; the same result gives the same SVG.

    Raises:
        InputError: as for :func:`require_plottable`.
    """
    require_drawable(file)
    import matplotlib as mpl

    settings = {"svg.hashsalt": "fmproof floor", "svg.fonttype": "path", "font.size": 9.5}
    with mpl.rc_context({**mpl.rcParamsDefault, **settings, "backend": mpl.get_backend()}):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.0 if comparison is None else 9.0, 3.6), layout="constrained")
        panels = figure.subplots(1, 1 if comparison is None else 2, squeeze=False)[0]
        _over_time(panels[-1], floor, comparison)
        if comparison is not None:
            _over_steps(panels[0], comparison)
        for axes in panels:
            axes.spines[["top", "right"]].set_visible(False)
        written = BytesIO()
        form = file.suffix[1:].lower()
        figure.savefig(written, format=form, dpi=200, metadata=_METADATA[form])
    write_whole(file, written.getvalue())


def _over_time(axes: Any, floor: Floor, comparison: Comparison | None) -> None:
    scale = 1.0
    if comparison is not None and floor.value:
        scale = comparison.now.floor / floor.value
    elif comparison is None:
        scale = 1 / floor.dim
    t = [(b.low + b.high) / 2 for b in floor.bins]
    edges = [b.low for b in floor.bins] + [floor.bins[-1].high]
    values, errors = [b.value * scale for b in floor.bins], [b.error * scale for b in floor.bins]
    axes.stairs(values, edges, color=_BLUE, label="floor", fill=True, alpha=0.25)
    axes.stairs(values, edges, color=_BLUE, linewidth=1.6)
    axes.errorbar(t, values, errors, fmt="none", ecolor=_BLUE, elinewidth=1, capsize=2)
    if comparison is not None and comparison.per_bin:
        parts = comparison.per_bin
        middle = [(p.low + p.high) / 2 for p in parts]
        axes.errorbar(
            middle,
            [p.loss for p in parts],
            [p.loss_error for p in parts],
            fmt="o",
            markersize=4,
            color=_ORANGE,
            label="loss at the end",
        )
    axes.set_xlabel("t   (0 noise, 1 data)")
    reduced = "mean" if comparison is None else comparison.reduction
    axes.set_ylabel(f"loss at t ({reduced} over coordinates)")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _over_steps(axes: Any, comparison: Comparison) -> None:
    steps, losses, errors = comparison.curve
    now = comparison.now
    axes.plot(steps, losses, color=_ORANGE, label="loss")
    axes.fill_between(steps, losses - errors, losses + errors, color=_ORANGE, alpha=0.25, lw=0)
    axes.axhline(now.floor, color=_BLUE, linestyle="--", label=f"floor {now.floor:.4g}")
    axes.axhspan(
        now.floor - now.floor_error, now.floor + now.floor_error, color=_BLUE, alpha=0.2, lw=0
    )
    axes.set_xlabel("step")
    axes.set_ylabel(f"loss ({comparison.reduction} over coordinates)")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
