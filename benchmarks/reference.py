"""Reference values by rules that share nothing with the package's quadrature.

The marginal side: Gauss-Legendre in t on panels graded to both ends, times Gauss-Legendre in x on
boxes; panels and boxes are halved until two orders agree. The mixture's formulas are written out
here once more. The joint side: the exact method, in rationals where the schedule is a polynomial.
Each value comes with a bound of its own error, from how far the two orders differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce

import numpy as np
from scipy.special import expit

from fmproof.losses.exact import ExactCFM
from fmproof.models import LogitNormalTime, PolynomialVelocity, Problem
from fmproof.models.arrays import FloatArray, IntArray

# Gauss-Legendre nodes in a box along each axis: the value's rule, and the one that checks it.
_ORDERS = {1: (18, 12), 2: (12, 8), 3: (9, 6)}
_POWER = 1.25
_REACH = 9.0  # standard deviations, beyond which 1e-18 of a normal law remains; see _Slices
_MAX_BOXES = 10_000
_EPS = float(np.finfo(np.float64).eps)
_MAX_DEPTH = 60


class OutOfReach(Exception):
    """The reference would take too long."""


@dataclass(frozen=True)
class Reference:
    """A value, a number or a vector (P,), and a bound of its error."""

    value: FloatArray
    error: FloatArray


def reference(problem: Problem, tolerance: float = 1e-11) -> dict[str, Reference]:
    """Both losses, C1, C2, C, the floor and both gradients, to about ``tolerance`` of their size.

    The model must be polynomial.

    Raises:
        OutOfReach: when the boxes get too many.
    """
    found = {**_marginal(problem, tolerance), **_joint(problem)}
    c1, c2 = found["C1"], found["C2"]
    found["C"] = Reference(c1.value + c2.value, c1.error + c2.error)
    return found


def _joint(problem: Problem) -> dict[str, Reference]:
    exact = ExactCFM(problem)
    found = {"cfm": exact.loss(), "C2": exact.c2(), "cfm_gradient": exact.gradient()}
    return {name: Reference(np.asarray(e.value), np.asarray(e.error)) for name, e in found.items()}


def _marginal(problem: Problem, tolerance: float) -> dict[str, Reference]:
    breaks = _breaks(problem)
    low, high = breaks[:-1], breaks[1:]
    value = error = size = np.zeros(())
    for _ in range(_MAX_DEPTH):
        fine, inner = _panels(problem, low, high, _ORDERS[1][0], tolerance)
        coarse, _ = _panels(problem, low, high, _ORDERS[1][1], tolerance)
        off = _fine_error(fine, coarse, np.abs(fine))
        size = np.maximum(size, np.abs(fine).sum(axis=0))
        # Below the round-off of C1 there is nothing to be resolved: a floor of 1e-20 is noise.
        done = (off <= tolerance * size + _EPS * size[1]).all(axis=1)
        value = value + fine[done].sum(axis=0)
        error = error + (off + inner)[done].sum(axis=0)
        low, high = low[~done], high[~done]
        if not len(low):
            names = ("fm", "C1", "floor")
            error = error + _roundoff(problem) * size
            # Beyond the boxes components may overlap, where the density is at most that.
            error[2] += np.exp(-0.5 * _REACH**2) * size[1]
            scalars = {name: Reference(value[i], error[i]) for i, name in enumerate(names)}
            return {**scalars, "fm_gradient": Reference(value[3:], error[3:])}
        middle = 0.5 * (low + high)
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    raise OutOfReach


def _roundoff(problem: Problem) -> float:
    """Round-off relative to the integrals: where components shrink to points, x - alpha mu loses
    its digits in units of beta. (For two points near t = 1 the values were off by 2e-13.)"""
    points = not problem.data.scales.all() and problem.time.support[1] == 1
    return 1e-12 if points else 1e-14


def _panels(
    problem: Problem, low: FloatArray, high: FloatArray, order: int, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """The integral (n, Q) over each panel of the time integral, and the spatial error in it."""
    nodes, weights = _rule(1, order)
    half = 0.5 * (high - low)[:, None]
    t, density = _time(problem, (0.5 * (low + high)[:, None] + half * nodes[:, 0]).ravel())
    found = _Slices(problem, t).integral(0.1 * tolerance)
    mass = (half * weights)[..., None] * density.reshape(len(low), order, 1)
    shape = (*mass.shape[:2], -1)
    return (mass * found.value.reshape(shape)).sum(1), (mass * found.error.reshape(shape)).sum(1)


def _fine_error(fine: FloatArray, coarse: FloatArray, size: FloatArray) -> FloatArray:
    """The error of the fine order: it falls like rho^(-2 order), so that it is a power of the
    coarse one's. The power taken is less than the ratio of the orders, for safety."""
    ratio = np.minimum(np.abs(fine - coarse) / (size + 1e-300), 1.0)
    return np.asarray(size * (ratio**_POWER + 1e-15))


def _breaks(problem: Problem) -> FloatArray:
    """Where to split the range of the variable y of the time integral."""
    if isinstance(problem.time, LogitNormalTime):
        return np.arange(-9.0, 10.0, 2.0)
    low, high = problem.time.support
    graded = np.array([1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 0.1][2 * (problem.dim > 1) :])
    return low + (high - low) * np.concatenate([[0.0], graded, [0.5], 1 - graded[::-1], [1.0]])


def _time(problem: Problem, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The times at y (T,), and the density of the time law with respect to dy."""
    law = problem.time
    if isinstance(law, LogitNormalTime):
        t = expit(float(law.mean) + float(law.std) * y)
        return np.minimum(t, 1 - 1e-12), np.exp(-0.5 * y**2) / np.sqrt(2 * np.pi)
    low, high = law.support
    return np.minimum(y, 1 - 1e-12), np.full(len(y), 1 / (high - low))


class _Slices:
    """The problem at T times: expectations over x ~ p_t by boxes that are halved.

    A box has a centre (d,), half sides (d,) and the index of its time.
    """

    def __init__(self, problem: Problem, t: FloatArray) -> None:
        data, path = problem.data, problem.path
        a, b = path.alpha(t)[:, None], path.beta(t)[:, None]
        da, db = path.dalpha(t)[:, None], path.dbeta(t)[:, None]
        eye = np.eye(problem.dim)

        def matrices(factor: FloatArray) -> FloatArray:
            return np.asarray(factor[..., None, None])

        self.problem, self.t, self.dim = problem, t, problem.dim
        self.means = a[..., None] * data.means  # (T, K, d)
        covariances = matrices(a**2) * data.covariances + matrices(b**2) * eye  # (T, K, d, d)
        self.inverse = np.linalg.inv(covariances)
        # E[z | x, k] = mu + a S V^-1 c and E[eps | x, k] = b V^-1 c, with c = x - a mu.
        gain = matrices(da * a) * (data.covariances @ self.inverse)
        self.gain = (gain + matrices(db * b) * self.inverse).swapaxes(2, 3)
        self.drift = da[..., None] * data.means
        # tr Cov(da z + db eps | x, k), without cancelling.
        shares = np.einsum("kij,tkji->tk", data.covariances, self.inverse)
        self.within = (da * b - db * a) ** 2 * shares
        logs = np.linalg.slogdet(2 * np.pi * covariances)[1]
        self.log_norm = np.log(data.weights) - 0.5 * logs
        self.widths = np.sqrt(np.einsum("tkii->tki", covariances))
        self.finest = np.sqrt(np.linalg.eigvalsh(covariances)[..., 0])
        # ||v||^2 p_t is largest some sqrt(2 degree) standard deviations out.
        degree = getattr(problem.model, "x_powers", np.zeros((1, 1))).sum(axis=1).max()
        self.reach = _REACH + float(np.sqrt(2 * degree))

    def integral(self, tolerance: float) -> Reference:
        """The expectations (T, Q): boxes are halved until the two orders agree to ``tolerance``
        of the integral of the absolute value, shared out among the boxes."""
        centres, halves, at = self._start()
        value = error = size = np.zeros(())
        count = 0
        for _ in range(_MAX_DEPTH):
            count += len(centres)
            if count > _MAX_BOXES * len(self.t):
                raise OutOfReach
            fine, absolute = self._boxes(centres, halves, at, _ORDERS[self.dim][0])
            coarse, _ = self._boxes(centres, halves, at, _ORDERS[self.dim][1])
            size = np.maximum(size, self._by_time(absolute, at))
            share = tolerance * np.maximum(absolute, 1e-3 * size[at])
            off = _fine_error(fine, coarse, absolute)
            done = (off <= share + 1e-300).all(axis=1) & ~self._hides(centres, halves, at)
            value = value + self._by_time(fine[done], at[done])
            error = error + self._by_time(off[done], at[done])
            if done.all():
                return Reference(value, error)
            centres, halves, at = self._kept(*_split(centres[~done], halves[~done], at[~done]))
        raise OutOfReach

    def _by_time(self, rows: FloatArray, at: IntArray) -> FloatArray:
        """Sums (T, Q) of the boxes' rows."""
        out = np.zeros((len(self.t), rows.shape[1]))
        np.add.at(out, at, rows)
        return out

    def _start(self) -> tuple[FloatArray, FloatArray, IntArray]:
        found = []
        for i in range(len(self.t)):
            low = (self.means[i] - self.reach * self.widths[i]).min(axis=0)
            high = (self.means[i] + self.reach * self.widths[i]).max(axis=0)
            most = 64 ** (1 / self.dim)
            counts = np.clip((high - low) / (4 * self.finest[i].min()), 1, most).round().astype(int)
            half = 0.5 * (high - low) / counts
            cells = np.indices(counts).reshape(self.dim, -1).T
            centres = low + (2 * cells + 1) * half
            found.append((centres, np.broadcast_to(half, centres.shape), np.full(len(cells), i)))
        centres, halves, at = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return self._kept(centres, halves, at)

    def _distances(self, centres: FloatArray, halves: FloatArray, at: IntArray) -> FloatArray:
        """Lower bounds (n, K) of the distance from a box to a mean, in standard deviations."""
        gap = np.abs(centres[:, None] - self.means[at]) - halves[:, None]
        return np.asarray((np.maximum(gap, 0) / self.widths[at]).max(axis=2))

    def _hides(self, centres: FloatArray, halves: FloatArray, at: IntArray) -> FloatArray:
        """Whether a box is so large that a component in it could go unseen."""
        near = self._distances(centres, halves, at) < self.reach
        return np.asarray((near & (halves.max(axis=1)[:, None] > 2 * self.finest[at])).any(axis=1))

    def _kept(
        self, centres: FloatArray, halves: FloatArray, at: IntArray
    ) -> tuple[FloatArray, FloatArray, IntArray]:
        """The boxes that some component reaches."""
        kept = (self._distances(centres, halves, at) < self.reach).any(axis=1)
        return centres[kept], halves[kept], at[kept]

    def _boxes(
        self, centres: FloatArray, halves: FloatArray, at: IntArray, order: int
    ) -> tuple[FloatArray, FloatArray]:
        """Integrals (n, Q) over each box, of the integrands and of their absolute values."""
        nodes, weights = _rule(self.dim, order)
        values, sizes = [], []
        step = max(1, 40_000 // (len(nodes) * self.problem.data.components))
        for first in range(0, len(centres), step):
            part = slice(first, first + step)
            h = halves[part, None]
            table = self._integrands(centres[part, None] + h * nodes, at[part])
            volume = h.prod(axis=(1, 2))[:, None]
            values.append(volume * (weights @ table))
            sizes.append(volume * (weights @ np.abs(table)))
        return np.concatenate(values), np.concatenate(sizes)

    def _integrands(self, x: FloatArray, at: IntArray) -> FloatArray:
        """p_t times ||v - u||^2, ||u||^2, the conditional variance and 2 phi . (v - u), at points
        x (n, m, d): (n, m, Q)."""
        c = x[:, None] - self.means[at][:, :, None]  # (n, K, m, d)
        log_terms = np.einsum("nkmi,nkmi->nkm", c, c @ self.inverse[at])
        log_terms = self.log_norm[at][..., None] - 0.5 * log_terms
        top = log_terms.max(axis=1)
        terms = np.exp(log_terms - top[:, None])
        total = terms.sum(axis=1)
        density = total * np.exp(top)
        r = terms / total[:, None]
        m = self.drift[at][:, :, None] + c @ self.gain[at]
        u = np.einsum("nkm,nkmi->nmi", r, m)
        m -= u[:, None]
        variance = np.einsum("nkm,nk->nm", r, self.within[at])
        variance += np.einsum("nkm,nkmi,nkmi->nm", r, m, m)
        model, flat = self.problem.model, x.reshape(-1, self.dim)
        t = np.repeat(self.t[at], x.shape[1])
        off = model(t, flat).reshape(x.shape) - u
        squares = [np.einsum("nmi,nmi->nm", v, v) for v in (off, u)]
        table = np.stack([*squares, variance], axis=-1)
        if isinstance(model, PolynomialVelocity):
            monomials = model.monomials(t, flat).reshape(*x.shape[:2], -1)
            gradient = 2 * monomials[..., None] * off[..., None, :]
            table = np.concatenate([table, gradient.reshape(*x.shape[:2], -1)], axis=-1)
        return density[..., None] * table


def _split(
    centres: FloatArray, halves: FloatArray, at: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Boxes halved along every axis."""
    dim = centres.shape[1]
    corners = np.stack(np.meshgrid(*[[-0.5, 0.5]] * dim, indexing="ij"), axis=-1).reshape(-1, dim)
    smaller = (centres[:, None] + halves[:, None] * corners).reshape(-1, dim)
    return smaller, np.repeat(0.5 * halves, len(corners), axis=0), np.repeat(at, len(corners))


@cache
def _rule(dim: int, order: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre on [-1, 1]^dim: points (m, d) and weights (m,)."""
    x, w = np.polynomial.legendre.leggauss(order)
    points = np.stack(np.meshgrid(*[x] * dim, indexing="ij"), axis=-1).reshape(-1, dim)
    return points, reduce(np.multiply.outer, [w] * dim).ravel()
