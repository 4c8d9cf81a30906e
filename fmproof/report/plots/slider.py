"""A problem at any time t: the density, the fields and C(t), moved by a slider.

One piece of HTML that needs nothing else: an SVG, the numbers of every time, and a small script
that puts them into it. Where no script may run, the middle time is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from fmproof.errors import InputError

if TYPE_CHECKING:
    from fmproof.models.arrays import FloatArray
    from fmproof.models.problem import Problem

TIMES, POINTS, ARROWS = 41, 121, 15
_SEEN = 1e-4  #: of the largest density; where there is less, the fields are not drawn
_MARGIN = 3.0  #: deviations beyond the outermost means


@dataclass(frozen=True)
class Slider:
    """A problem at any time, for a notebook: show it by its name on the last line of a cell."""

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return "a slider over t; it shows itself in a notebook"


def slider(problem: Problem) -> Slider:
    """The density, the fields and the conditional variance of ``problem`` at any time t.

    In one dimension p_t(x), u_t(x) and u_t(x|z) over x, with z the mean of each of the heaviest
    components; in two, arrows of u_t(x) where the density is.

    Raises:
        InputError: more than two dimensions.
    """
    if problem.dim > 2:
        raise InputError(
            f"slider: fields are drawn for d = 1 and d = 2, found d = {problem.dim}; "
            'figure(problem, "variance") draws C(t) for any d'
        )
    times = _times(problem)
    frames = _curves(problem, times) if problem.dim == 1 else _arrows(problem, times)
    variance = _variance(problem, times)
    data = {
        "t": [round(float(t), 4) for t in times],
        "frames": frames,
        "variance": [[round(float(v), 5) for v in variance], _path(times, variance)],
    }
    from fmproof.report.html import page_part

    written = json.dumps(data, separators=(",", ":"), ensure_ascii=True)
    name = f"fmproof-{sha256(written.encode()).hexdigest()[:12]}"
    shown = page_part(
        "slider.html",
        name=name,
        data=written,
        middle=len(times) // 2,
        times=times,
        frame=frames[len(times) // 2],
        plane=problem.dim == 2,
        variance=data["variance"],
        reach=[f"{end:.3g}" for axis in range(problem.dim) for end in _limits(problem, axis)],
    )
    return Slider(shown)


def _times(problem: Problem) -> FloatArray:
    """Midpoints of the time law's support: a schedule may be singular at the ends."""
    low, high = problem.time.support
    return np.asarray(low + (high - low) * (np.arange(TIMES) + 0.5) / TIMES, np.float64)


def _limits(problem: Problem, axis: int) -> tuple[float, float]:
    """What all times have in common: noise at one end, data at the other."""
    means, data = problem.data.means[:, axis], problem.data.sample(400, np.random.default_rng(0))
    spread = float(np.std(data[:, axis] - np.mean(data[:, axis])))
    low = min(-_MARGIN, float(np.min(means)) - spread)
    return low, max(_MARGIN, float(np.max(means)) + spread)


def _curves(problem: Problem, times: FloatArray) -> list[dict[str, Any]]:
    """d = 1: for each time the density and the fields as paths of an SVG, 0 to 100 both ways."""
    low, high = _limits(problem, 0)
    x = np.linspace(low, high, POINTS)[:, None]
    heaviest = np.argsort(-problem.data.weights, kind="stable")[:3]
    points = problem.data.means[heaviest]
    density = np.stack([np.exp(problem.marginal_log_density(t, x)) for t in times])
    fields = []
    for t in times:
        ones = [problem.conditional_velocity(t, x, np.broadcast_to(z, x.shape)) for z in points]
        fields.append(np.stack([problem.marginal_velocity(t, x), *ones])[:, :, 0])
    seen = density > _SEEN * density.max(axis=1, keepdims=True)
    reach = float(np.quantile(np.abs(np.stack(fields)[:, 0][seen]), 0.98)) * 1.15 or 1.0
    frames = []
    for i, field in enumerate(fields):
        shade = density[i] / density[i].max()
        shown = [np.where(seen[i], f / reach, np.nan) for f in field]
        frames.append(
            {
                "p": _line(np.linspace(0, 100, POINTS), 100 - 95 * shade) + "L100,100L0,100Z",
                "u": [_line(np.linspace(0, 100, POINTS), 50 - 50 * f) for f in shown],
            }
        )
    return frames


def _arrows(problem: Problem, times: FloatArray) -> list[dict[str, Any]]:
    """d = 2: for each time a path of arrows, one for each of three shades of density."""
    axes = [np.linspace(*_limits(problem, axis), ARROWS) for axis in (0, 1)]
    x = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    corner = np.array([axis[0] for axis in axes])
    size = np.array([axis[-1] - axis[0] for axis in axes])
    place = (x - corner) / size * np.array([100, -100]) + np.array([0, 100])
    frames = []
    for t in times:
        density = np.exp(problem.marginal_log_density(t, x))
        share = density / density.max()
        move = problem.marginal_velocity(t, x) / size * np.array([100, -100])
        length = np.linalg.norm(move, axis=1)
        typical = float(np.quantile(length[share > _SEEN], 0.9)) or 1.0
        move = move * (6 / typical)
        bands = []
        for low, high in ((0.2, 2.0), (0.02, 0.2), (_SEEN, 0.02)):
            inside = (share > low) & (share <= high)
            bands.append("".join(map(_arrow, place[inside], move[inside])))
        frames.append({"u": bands})
    return frames


def _arrow(at: FloatArray, move: FloatArray) -> str:
    move = move * min(1.0, 9 / max(float(np.linalg.norm(move)), 1e-9))
    end = at + move
    side = np.array([-move[1], move[0]]) * 0.18
    back = end - 0.35 * move
    points = (at, end, back + side, end, back - side)
    a, b, c, _, d = (f"{p[0]:.1f},{p[1]:.1f}" for p in points)
    return f"M{a}L{b}M{c}L{b}L{d}"


def _variance(problem: Problem, times: FloatArray) -> FloatArray:
    from fmproof.losses.over_time import conditional_variance

    return np.asarray(conditional_variance(problem, times, tolerance=1e-3).value, np.float64)


def _path(times: FloatArray, variance: FloatArray) -> str:
    most = float(np.nanmax(variance)) or 1.0
    return _line(100 * (times - times[0]) / (times[-1] - times[0]), 100 - 95 * variance / most)


def _line(x: FloatArray, y: FloatArray) -> str:
    """A path through the points that are finite, interrupted where they are not."""
    written, drawing = [], False
    for a, b in zip(x, np.clip(y, -200, 300), strict=True):
        if not np.isfinite(b):
            drawing = False
            continue
        written.append(f"{'L' if drawing else 'M'}{a:.1f},{b:.1f}")
        drawing = True
    return "".join(written)
