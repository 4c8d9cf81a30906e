"""A mixture and its path frozen at some times: fast marginal quantities on many points.

The formulas are those of :class:`fmproof.models.posterior.Posterior`; here the points of a slice
have their time in common, and lie on a lattice. Along the coordinates a component's density is a
product of d factors, so that n points take d n^(1/d) exponentials of each component, and sums over
the components are products of matrices.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from typing import Any, NamedTuple, cast

import numpy as np

from fmproof.losses.lattice import IndexArray, Mesh
from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.problem import Problem

_TINY = float(np.finfo(np.float64).tiny)
# Smaller factors than exp(-600) would be slow: they, or their products, are denormal. They are 0.
_NOTHING = 600.0
# A component this many standard deviations away has less there than a square of round-off: e^-72.
FAR = 12.0
# Of fewer components none is left out: to find out which takes as long as they do.
_FEW = 16


class Slices:
    """Everything about ``problem`` at ``times`` (T,) that does not depend on x.

    Attributes:
        t, alpha, beta, dalpha, dbeta: (T,).
        centres: (T, K, d), alpha mu_k.
        scales: (T, K, d), standard deviations of p_t(x given k) along the columns of ``bases``.
        bases: (K, d, d), orthonormal columns; None where they are the axes.
    """

    def __init__(self, problem: Problem, times: FloatArray) -> None:
        path, data = problem.path, problem.data
        self.problem, self.t, self.bases = problem, times, data.bases
        self.alpha, self.beta = path.alpha(times), path.beta(times)
        self.dalpha, self.dbeta = path.dalpha(times), path.dbeta(times)
        self.centres = self.alpha[:, None, None] * data.means
        self.scales = np.hypot(self.alpha[:, None, None] * data.scales, self.beta[:, None, None])

    def __len__(self) -> int:
        return len(self.t)

    @property
    def square(self) -> FloatArray:
        """E||u_t(x given z)||^2, (T,): how large squares of velocities are."""
        data = self.problem.data
        found = self.dalpha**2 * data.mean_square + self.dbeta**2 * data.dim
        return np.asarray(found)

    def subset(self, rows: BoolArray) -> Slices:
        """Those of the slices that are marked in ``rows`` (T,)."""
        return Slices(self.problem, self.t[rows])


class Marginal(NamedTuple):
    """The marginal path of R sub-mixtures at n points each: density (R, n), velocity (d, R, n).

    ``variance`` (R, n) is tr Cov(u_t(x given Z) given X_t = x), None unless it was asked for.
    """

    density: FloatArray
    velocity: FloatArray
    variance: FloatArray | None


class PlacedMeshes(ABC):
    """The points of R meshes in a frame each."""

    @abstractmethod
    def marginal(self, count: int, variance: bool) -> Marginal:
        """The marginal path of the sub-mixtures of the frames' first ``count`` components."""


class Frames:
    """B sub-mixtures of k components, each in coordinates y = x - centre of one of them.

    Differences of means are taken before they are scaled by alpha, so that narrow components
    far from zero keep their digits.

    Args:
        rows: (B,) the slice that each is taken from.
        members: (B, k) its components.
        origins: (B,) the component in whose centre y = 0.

    Attributes:
        bases: (B, k, d, d); None where components lie along the coordinates.
        scales, offsets, gains, drift: (B, k, d). A component's y has the mean ``offsets`` and the
            standard deviations ``scales``; of y in these units from the mean it says the velocity
            drift + gains times y, where only the drift is not along the columns of the bases.
        within: (B, k), the variance of u within a component.
        log_weights: (B, k), of the components' densities where y is the mean.
    """

    def __init__(
        self, at: Slices, rows: IndexArray, members: IndexArray, origins: IndexArray
    ) -> None:
        data = at.problem.data
        sigma, means = data.scales[members], data.means[members]
        alpha, beta, dalpha, dbeta = (
            a[rows, None, None] for a in (at.alpha, at.beta, at.dalpha, at.dbeta)
        )
        self.bases = None if at.bases is None else at.bases[members]
        self.scales = at.scales[rows[:, None], members]
        self.offsets = alpha * (means - data.means[origins, None])
        share = sigma / self.scales
        self.gains = dalpha * alpha * share * sigma + dbeta * (beta / self.scales)
        self.drift = dalpha * means
        self.within = (((dalpha * beta - dbeta * alpha) * share) ** 2).sum(axis=2)
        constant = 0.5 * data.dim * np.log(2 * np.pi) + np.log(self.scales).sum(axis=2)
        with np.errstate(divide="ignore"):
            self.log_weights = np.log(data.weights[members]) - constant

    def near(self, mesh: Mesh, rows: IndexArray) -> IndexArray:
        """Numbers (n,) of the components, in some of the sub-mixtures ``rows`` (R,), of which there
        is anything at the points of a mesh; at least one."""
        count = self.scales.shape[1]
        if self.bases is not None or count < _FEW:
            return np.arange(count)
        found = np.ones((len(rows), count), dtype=np.bool_)
        for i, values in enumerate(mesh.along):
            offsets, margin = self.offsets[rows, :, i], FAR * self.scales[rows, :, i]
            found &= offsets + margin > values.min(axis=1, keepdims=True)
            found &= offsets - margin < values.max(axis=1, keepdims=True)
        return np.flatnonzero(found.any(axis=0)) if found.any() else np.zeros(1, dtype=np.intp)

    def of(self, rows: IndexArray, members: IndexArray) -> Frames:
        """Some of the sub-mixtures (R,), and of their components (n,)."""
        every = len(members) == self.scales.shape[1]
        if every and np.array_equal(rows, np.arange(len(self.within))):
            return self
        less = copy(self)
        part: Any = rows if every else (rows[:, None], members)
        for name in ("bases", "scales", "offsets", "gains", "drift", "within", "log_weights"):
            whole = getattr(self, name)
            setattr(less, name, None if whole is None else whole[part])
        return less

    def place(self, mesh: Mesh) -> PlacedMeshes:
        """The points of a mesh in each of the sub-mixtures."""
        return _Straight(self, mesh) if self.bases is None else _Rotated(self, mesh)


class _Straight(PlacedMeshes):
    """Components along the coordinates: densities are products of factors, (R, k, m_i) for each
    coordinate; so are their sums weighted with one coordinate's velocities."""

    def __init__(self, frames: Frames, mesh: Mesh) -> None:
        scales, offsets, gains, drift = (
            a.transpose(2, 0, 1)[:, :, :, None]
            for a in (frames.scales, frames.offsets, frames.gains, frames.drift)
        )
        self._weights, self._within = np.exp(frames.log_weights), frames.within
        self._factors, self._velocities = [], []
        for i, values in enumerate(mesh.along):
            white = (values[:, None] - offsets[i]) / scales[i]
            self._velocities.append(gains[i] * white + drift[i])
            white *= white
            white *= -0.5
            white[white < -_NOTHING / len(mesh.along)] = -np.inf
            self._factors.append(np.exp(white, out=white))

    def marginal(self, count: int, variance: bool) -> Marginal:
        *outer, last = (factor[:, :count] for factor in self._factors)
        *others, velocity = (velocity[:, :count] for velocity in self._velocities)
        # Of all coordinates but the last, (R, points, k).
        terms, moved = self._weights[:, None, :count], list[FloatArray]()
        for factor, own in zip(outer, others, strict=True):
            moved = [*(_times(part, factor) for part in moved), _times(terms, factor * own)]
            terms = _times(terms, factor)
        density = terms @ last
        field = np.empty((len(moved) + 1, *density.shape))
        for i, part in enumerate(moved):
            np.matmul(part, last, out=field[i])
        np.matmul(terms, last * velocity, out=field[-1])
        field /= np.maximum(density, _TINY)  # without density there is nothing to be had
        density = density.reshape(len(last), -1)
        field = field.reshape(len(field), *density.shape)
        if not variance:
            return Marginal(density, field, None)
        joint = _times(terms, last).transpose(0, 2, 1)  # (R, k, n)
        shape = [factor.shape[2] for factor in self._factors]
        spread = np.empty((*joint.shape[:2], *shape))
        spread[:] = self._within[:, :count].reshape(*joint.shape[:2], *(1 for _ in shape))
        for i, own in enumerate((*others, velocity)):
            along = [1 if j != i else size for j, size in enumerate(shape)]
            gap = own.reshape(*joint.shape[:2], *along) - field[i].reshape(-1, 1, *shape)
            gap *= gap
            spread += gap
        total = np.einsum("rkn,rkn->rn", joint, spread.reshape(joint.shape))
        return Marginal(density, field, total / np.maximum(density, _TINY))


def _times(left: FloatArray, right: FloatArray) -> FloatArray:
    """(R, n, k) and (R, k, m) to (R, n m, k): the products at all pairs of points."""
    pairs = left[:, :, None] * right.transpose(0, 2, 1)[:, None]
    return np.asarray(pairs.reshape(len(left), -1, left.shape[2]))


class _Rotated(PlacedMeshes):
    """Components along axes of their own: ``white`` (R, axis, k, n), ``log_terms`` (R, k, n)."""

    def __init__(self, frames: Frames, mesh: Mesh) -> None:
        bases, scales = cast(FloatArray, frames.bases), frames.scales
        y = mesh.points()
        root = np.sqrt(2.0)  # the squares of coordinates over it are the exponents
        # (R, axis, component, ...): points along the last axis keep numpy's loops long.
        whiten = (bases / (root * scales[:, :, None])).transpose(0, 3, 1, 2)
        offsets = (frames.offsets[:, :, None] @ bases)[:, :, 0] / (root * scales)
        white = (whiten.reshape(len(y), -1, y.shape[1]) @ y).reshape(*whiten.shape[:3], -1)
        white -= offsets.transpose(0, 2, 1)[:, :, :, None]
        self._white = white
        halves = np.einsum("rikn,rikn->rkn", white, white)
        self._log_terms = np.subtract(frames.log_weights[:, :, None], halves, out=halves)
        gains = root * frames.gains[:, :, None] * bases
        self._back = gains.transpose(0, 2, 3, 1)  # (R, d, axis, k)
        self._drift, self._within = frames.drift.transpose(0, 2, 1), frames.within

    def marginal(self, count: int, variance: bool) -> Marginal:
        white, log_terms = self._white[:, :, :count], self._log_terms[:, :count]
        back, drift = self._back[..., :count], self._drift[..., :count]
        frames, dim, _, points = white.shape
        top = log_terms.max(axis=1, keepdims=True)
        terms = log_terms - top
        np.exp(terms, out=terms)
        total = terms.sum(axis=1, keepdims=True)
        density = (np.exp(top) * total)[:, 0]
        pulled = (terms[:, None] * white).reshape(frames, -1, points)
        velocity = back.reshape(frames, dim, -1) @ pulled
        velocity += drift @ terms
        velocity /= total
        field = velocity.transpose(1, 0, 2)
        if not variance:
            return Marginal(density, field, None)
        spread = np.repeat(self._within[:, :count, None], points, axis=2)
        for i in range(dim):
            means = np.einsum("rjkn,rjk->rkn", white, back[:, i])
            means += drift[:, i, :, None]
            means -= velocity[:, i, None]
            means *= means
            spread += means
        spread = np.einsum("rkn,rkn->rn", terms, spread) / total[:, 0]
        return Marginal(density, field, spread)
