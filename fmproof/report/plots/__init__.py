"""Pictures of a problem, by matplotlib: its losses, gradients, variance over time and fields."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from fmproof.errors import InputError, nearest
from fmproof.files import require_writable, write_whole
from fmproof.report.plots import style

if TYPE_CHECKING:
    from fmproof.models.problem import Problem

PlotKind = Literal["losses", "gradients", "variance", "fields"]
"""
- ``losses``: L_FM and L_CFM along a line in θ, the gap between them, the floor.
- ``gradients``: the entries of ∇L_FM against those of ∇L_CFM along that line.
- ``variance``: C(t), the conditional variance of the target over time; its mean is −C.
- ``fields``: the conditional and the marginal vector field with trajectories, for d ≤ 2.
"""

PLOT_KINDS: tuple[PlotKind, ...] = get_args(PlotKind)
_FORMATS = (".svg", ".png", ".pdf")


@dataclass(frozen=True)
class Picture:
    """A plot for a page.

    Attributes:
        title: a few words.
        caption: what is drawn, and what it shows.
        svg: the ``<svg>`` element, in the page's own ink and on its own paper.
    """

    title: str
    caption: str
    svg: str

    def _repr_html_(self) -> str:
        """How a notebook shows it; where the notebook is not trusted, words say what is missing."""
        from fmproof.report.html import page_part

        return (
            f'<figure style="max-width:44rem;margin:1rem 0">{page_part("untrusted.html")}{self.svg}'
            f"<figcaption><b>{escape(self.title)}.</b> {escape(self.caption)}</figcaption></figure>"
        )


def plot(problem: Problem, file: str | Path, kind: str = "losses") -> None:
    """Draw one of ``PLOT_KINDS`` and write it; the same problem always gives the same SVG.

    Args:
        file: a path ending in .svg, .png or .pdf.

    Raises:
        InputError: another ending, an unknown kind, matplotlib missing, a file that cannot be
            written, or a problem that the kind does not apply to: ``losses`` and ``gradients``
            need a model that is linear in θ and d ≤ 3, ``fields`` needs d ≤ 2.
    """
    path = Path(file)
    require_plottable(path, kind)
    write_whole(path, _saved(figure(problem, kind), path.suffix[1:].lower(), kind))


def require_plottable(path: Path, kind: str) -> None:
    """Find out before the work begins whether :func:`plot` can draw ``kind`` into ``path``.

    Raises:
        InputError: an unknown kind, another ending, matplotlib missing, or not writable.
    """
    _module(kind)
    if path.suffix.lower() not in _FORMATS:
        raise InputError(
            f"plot: expected a file ending in {', '.join(_FORMATS)}, found {path.name}"
        )
    style.require_matplotlib()
    require_writable(path)


def figure(problem: Problem, kind: str = "losses") -> Any:
    """The ``matplotlib.figure.Figure`` of one of ``PLOT_KINDS``, to change or to save.

    Raises:
        InputError: as for :func:`plot`.
    """
    module = _module(kind)
    style.require_matplotlib()
    with style.context():
        from matplotlib.figure import Figure

        drawn = Figure(figsize=module.SIZE, layout="constrained")
        module.draw(drawn, problem)
        return drawn


def pictures(problem: Problem) -> tuple[Picture, ...]:
    """Every kind that applies to ``problem``, for a page.

    Raises:
        InputError: matplotlib is missing, or no kind applies.
    """
    found, why = [], ""
    style.require_matplotlib()
    for kind in PLOT_KINDS:
        module = _module(kind)
        try:
            drawn = figure(problem, kind)
        except InputError as error:
            why = str(error)
            continue
        svg = style.inline(_saved(drawn, "svg", kind).decode(), kind)
        found.append(Picture(module.TITLE, module.CAPTION, svg))
    if not found:
        raise InputError(f"plot: nothing can be drawn of this problem: {why}")
    return tuple(found)


def _module(kind: str) -> Any:
    if kind not in PLOT_KINDS:
        raise InputError(f"plot: unknown kind {kind!r}; {nearest(kind, PLOT_KINDS)}")
    return import_module(f"fmproof.report.plots.{kind}")


def _saved(drawn: Any, form: str, kind: str) -> bytes:
    written = BytesIO()
    with style.context(kind):
        drawn.savefig(written, format=form, dpi=200, metadata=style.METADATA[form])
    return written.getvalue()
