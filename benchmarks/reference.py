"""Reference values from the marginal side by a rule that shares nothing with the package's.

Composite Gauss-Legendre in t on panels graded to both ends, times composite Gauss-Legendre in
each coordinate of x on panels graded around every component; the mixture's formulas are written
out here once more. Slow, and accurate to about 1e-12 of the largest term for d = 1 and d = 2.
"""

from __future__ import annotations

import numpy as np

from fmproof.models import LogitNormalTime, Problem
from fmproof.models.arrays import FloatArray

_CHUNK = 200_000


def marginal_reference(problem: Problem, nodes: int = 16) -> dict[str, float]:
    """fm, C1 and floor, each with the key "NAME" and the integral of its terms' sizes."""
    totals = {"fm": 0.0, "C1": 0.0, "floor": 0.0}
    for t, weight in zip(*_time_rule(problem), strict=True):
        for name, value in _at_time(problem, float(t), nodes).items():
            totals[name] += weight * value
    return totals


def _time_rule(problem: Problem) -> tuple[FloatArray, FloatArray]:
    law = problem.time
    graded = 10.0 ** np.arange(-9.0, -0.5, 0.5)
    unit = np.unique(
        np.concatenate([[0, 0.2, 0.35, 0.5, 0.65, 0.8, 1], graded / 2, 1 - graded / 2])
    )
    if isinstance(law, LogitNormalTime):
        y, w = _composite(np.linspace(-8.5, 8.5, 35), 24)
        t = 1 / (1 + np.exp(-float(law.mean) - float(law.std) * y))
        keep = (t > 0) & (t < 1)
        return t[keep], (w * np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi))[keep]
    low, high = law.support
    y, w = _composite(unit, 24)
    return low + (high - low) * y, w


def _composite(edges: FloatArray, nodes: int) -> tuple[FloatArray, FloatArray]:
    x, w = np.polynomial.legendre.leggauss(nodes)
    half = np.diff(edges)[:, None] / 2
    return ((edges[:-1, None] + half) + half * x).ravel(), (half * w).ravel()


def _at_time(problem: Problem, t: float, nodes: int) -> dict[str, float]:
    data, path = problem.data, problem.path
    a, b = float(path.alpha(t)), float(path.beta(t))
    da, db = float(path.dalpha(t)), float(path.dbeta(t))
    dim = problem.dim
    eye = np.eye(dim)
    v = a**2 * data.covariances + b**2 * eye
    inverse = np.linalg.inv(v)
    # E[z | x, k] = mu + a S V^-1 c, E[eps | x, k] = b V^-1 c
    gain = da * a * data.covariances @ inverse + db * b * inverse
    within = da**2 * data.covariances + db**2 * eye - np.einsum("kij,kjl,kml->kim", gain, v, gain)
    within_trace = np.einsum("kii->k", within)
    log_norm = np.log(data.weights) - 0.5 * np.linalg.slogdet(2 * np.pi * v)[1]
    axes = [_axis(a * data.means[:, i], np.sqrt(v[:, i, i]), nodes) for i in range(dim)]
    shape = [len(x) for x, _ in axes]
    totals = {"fm": 0.0, "C1": 0.0, "floor": 0.0}
    size = int(np.prod(shape))
    step = max(1, _CHUNK // data.components)
    for start in range(0, size, step):
        cells = np.unravel_index(np.arange(start, min(start + step, size)), shape)
        x = np.stack([axes[i][0][cells[i]] for i in range(dim)], axis=1)
        w = np.prod([axes[i][1][cells[i]] for i in range(dim)], axis=0)
        c = x[:, None, :] - a * data.means
        log_terms = log_norm - 0.5 * np.einsum("nki,kij,nkj->nk", c, inverse, c)
        top = log_terms.max(axis=1)
        keep = top > -90
        if not keep.any():
            continue
        x, w, c, log_terms, top = x[keep], w[keep], c[keep], log_terms[keep], top[keep]
        terms = np.exp(log_terms - top[:, None])
        density = terms.sum(axis=1)
        r = terms / density[:, None]
        density = density * np.exp(top)
        m = da * data.means + np.einsum("kij,nkj->nki", gain, c)
        u = np.einsum("nk,nki->ni", r, m)
        variance = r @ within_trace + (r * ((m - u[:, None]) ** 2).sum(axis=2)).sum(axis=1)
        model = problem.model(np.full(len(x), t), x)
        mass = w * density
        totals["fm"] += float(mass @ ((model - u) ** 2).sum(axis=1))
        totals["C1"] += float(mass @ (u**2).sum(axis=1))
        totals["floor"] += float(mass @ variance)
    return totals


def _axis(centres: FloatArray, scales: FloatArray, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre panels about one standard deviation wide near every centre."""
    offsets = np.concatenate([np.arange(-8.0, 9.0, 1.0), [-14, -11, 11, 14]])
    edges = np.unique((centres[:, None] + scales[:, None] * offsets).ravel())
    # Edges closer than a small share of the finest scale nearby add nothing.
    kept = [edges[0]]
    fine = 0.3 * scales.min()
    for edge in edges[1:]:
        if edge - kept[-1] > fine:
            kept.append(edge)
    kept[-1] = edges[-1]
    return _composite(np.array(kept), nodes)
