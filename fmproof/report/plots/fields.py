"""The conditional vector field of one data point against the marginal one, with trajectories."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.report.plots.style import BLUE, INK, ORANGE, SOFT

if TYPE_CHECKING:
    from fmproof.models.arrays import FloatArray
    from fmproof.models.problem import Problem

TITLE = "The conditional and the marginal field"
CAPTION = (
    "Left, u_t(x|z) for one data point z, whose trajectories all end there; right, u_t(x), whose "
    "trajectories start from the same noise and end as the data are distributed. Grey: the "
    "density. In two dimensions arrows and density are those of t = 1/2, circles are starts, dots "
    "ends."
)
SIZE = (7.2, 3.7)
_EDGE = 1e-3  # how near to t = 0 and 1 trajectories go where the schedule is singular
_SEED = 0


class _Panel(NamedTuple):
    """A field, its density and its trajectories."""

    title: str
    colour: str
    velocity: Callable[[float, FloatArray], FloatArray]
    log_density: Callable[[float, FloatArray], FloatArray]
    trajectories: FloatArray  #: (times, starts, d)


def draw(figure: Any, problem: Problem) -> None:
    """Draw into an empty matplotlib ``figure``."""
    if problem.dim > 2:
        raise InputError(f"plot: fields are drawn for d = 1 and d = 2, found d = {problem.dim}")
    times, panels = _panels(problem)
    both = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, panel in zip(both, panels, strict=True):
        axes.set_title(panel.title)
        (_over_time if problem.dim == 1 else _in_the_plane)(axes, times, panel, panels)


def _panels(problem: Problem) -> tuple[FloatArray, tuple[_Panel, _Panel]]:
    low = 0.0 if _finite(problem, 0.0) else _EDGE
    times = np.linspace(low, 1 - _EDGE, 201)
    z = problem.data.means[[int(np.argmax(problem.data.weights))]]
    noise, data = _starts(problem)

    def conditional(t: float, x: FloatArray) -> FloatArray:
        return problem.conditional_velocity(t, x, np.broadcast_to(z, x.shape))

    def conditional_density(t: float, x: FloatArray) -> FloatArray:
        return problem.conditional_log_density(t, x, np.broadcast_to(z, x.shape))

    to_z = np.stack([problem.interpolate(t, np.broadcast_to(z, noise.shape), noise) for t in times])
    flow = _integrated(problem, times, problem.interpolate(low, data, noise))
    point = ", ".join(f"{value:.3g}" for value in z[0]).replace("-", "−")
    title = r"conditional $u_t(x\,|\,z)$, $z$ = " + (f"({point})" if problem.dim > 1 else point)
    return times, (
        _Panel(title, ORANGE, conditional, conditional_density, to_z),
        _Panel(
            "marginal $u_t(x)$",
            BLUE,
            problem.marginal_velocity,
            problem.marginal_log_density,
            flow,
        ),
    )


def _finite(problem: Problem, t: float) -> bool:
    return bool(np.isfinite([problem.path.dalpha(t), problem.path.dbeta(t)]).all())


def _starts(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Noise that fills its law evenly, and data for paths that do not begin in pure noise."""
    from scipy.special import ndtri

    rng = np.random.default_rng(_SEED)
    if problem.dim == 1:
        noise = ndtri((np.arange(15) + 0.5) / 15)[:, None]
    else:
        angle = np.pi * (3 - np.sqrt(5)) * np.arange(24)  # a sunflower's seeds
        radius = np.sqrt(-2 * np.log(1 - (np.arange(24) + 0.5) / 24))
        noise = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return noise, problem.data.sample(len(noise), rng)


def _integrated(problem: Problem, times: FloatArray, start: FloatArray) -> FloatArray:
    """Trajectories dx/dt = u_t(x) at ``times``, (times, starts, d)."""
    from scipy.integrate import solve_ivp

    def slope(t: float, x: FloatArray) -> FloatArray:
        return problem.marginal_velocity(t, x.reshape(start.shape)).ravel()

    found = solve_ivp(
        slope, (times[0], times[-1]), start.ravel(), t_eval=times, rtol=1e-5, atol=1e-6
    )
    if not found.success:
        raise InputError(f"plot: the trajectories cannot be computed: {found.message}")
    return np.asarray(found.y.T.reshape(len(times), *start.shape))


def _over_time(axes: Any, times: FloatArray, panel: _Panel, panels: tuple[_Panel, ...]) -> None:
    """d = 1: x over t, with the field's slopes."""
    low, high = _limits(panels)[0]
    x = np.linspace(low, high, 160)
    log_density = np.stack([panel.log_density(t, x[:, None]) for t in times], axis=1)
    _shade(axes, times, x, np.exp(log_density - log_density.max(axis=0)))
    grid_t = np.linspace(times[0], times[-1], 16)[1:-1]
    grid_x = np.linspace(low, high, 19)[1:-1]
    slopes = np.stack([panel.velocity(t, grid_x[:, None])[:, 0] for t in grid_t], axis=1)
    # Arrows of one length, as slopes appear in a panel that is about square.
    rise = slopes / (high - low)
    length = np.hypot(1, rise)
    axes.quiver(
        *np.meshgrid(grid_t, grid_x), 1 / length, rise / length, color=SOFT, angles="uv",
        pivot="mid", scale=24, width=0.004, headwidth=4, zorder=2,
    )  # fmt: skip
    axes.plot(times, panel.trajectories[:, :, 0], color=panel.colour, linewidth=1.1, zorder=3)
    axes.set_xlim(0, 1)
    axes.set_ylim(low, high)
    axes.set_xlabel(r"$t$   (0 noise, 1 data)")
    axes.set_ylabel("$x$")
    axes.label_outer()


def _in_the_plane(axes: Any, times: FloatArray, panel: _Panel, panels: tuple[_Panel, ...]) -> None:
    """d = 2: the field at t = 1/2, trajectories over all times."""
    limits = _limits(panels)
    x, y = (np.linspace(low, high, 90) for low, high in limits)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    log_density = panel.log_density(0.5, points).reshape(len(y), len(x))
    _shade(axes, x, y, np.exp(log_density - log_density.max()))
    coarse = [np.linspace(low, high, 16)[1:-1] for low, high in limits]
    at = np.stack(np.meshgrid(*coarse), axis=-1).reshape(-1, 2)
    # One scale for both panels, so that lengths can be compared.
    largest = max(np.hypot(*p.velocity(0.5, at).T).max() for p in panels)
    velocity = panel.velocity(0.5, at)
    axes.quiver(
        *at.T, *velocity.T, color=SOFT, angles="xy", scale=largest * 9, width=0.004, zorder=2
    )
    paths = panel.trajectories
    for j in range(paths.shape[1]):
        axes.plot(*paths[:, j].T, color=panel.colour, linewidth=1.1, zorder=3)
    look = {"linestyle": "", "marker": "o", "markeredgecolor": panel.colour, "zorder": 4}
    axes.plot(*paths[0].T, markerfacecolor="white", markersize=3.5, **look)
    axes.plot(*paths[-1].T, markerfacecolor=panel.colour, markersize=3.5, **look)
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    axes.set_aspect("equal")
    axes.set_xlabel("$x_1$")
    axes.set_ylabel("$x_2$")
    axes.label_outer()


def _limits(panels: tuple[_Panel, ...]) -> list[tuple[float, float]]:
    """What holds the trajectories of all panels, for each coordinate."""
    points = np.concatenate([p.trajectories.reshape(-1, p.trajectories.shape[2]) for p in panels])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * (high - low) + 1e-3
    return [(float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True)]


def _shade(axes: Any, x: FloatArray, y: FloatArray, share: FloatArray) -> None:
    """The density in grey, as a share of its largest value."""
    from matplotlib.colors import to_rgb

    grey = [(*to_rgb(INK), opacity) for opacity in (0.05, 0.10, 0.16)]
    axes.contourf(x, y, share, levels=[0.05, 0.3, 0.65, 1.01], colors=grey, zorder=0)
