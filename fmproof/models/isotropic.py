"""The posterior of points and isotropic components by matrix products.

The same law as :class:`fmproof.models.posterior.Posterior`, without arrays of shape (n, K, d): the
logarithms of the weights come from one product of matrices, all moments from another. Products
lose digits where distances are small beside lengths; what that does to the logarithms is bounded
beforehand (:meth:`Spheres.log_sizes`), and rows that would lose too many have few components that
matter: those are found by the products, and evaluated by differences (``near.py``).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.near import NearPosterior
from fmproof.models.posterior import chunks

if TYPE_CHECKING:
    from fmproof.models.mixture import GaussianMixture

_LEAST = 16  # numbers in the means from which on products pay off
# Below this share of the second moment a variance by products has lost too many digits.
_CANCELLED = 1e-4
_BLOCK = 2**19  # weights at once, which are to stay in a core's cache
_ANEW = 2**20  # numbers in one temporary array, of variances that are evaluated again
_ROWS = 256  # of a batch that share a block of components, at the least
_ABOVE = 20.0  # a logarithm may be so much larger than the one that all are relative to
_UNDERFLOW = {np.dtype(np.float64): 300.0, np.dtype(np.float32): 50.0}
_LARGEST = 1e100  # of a length
_ABSENT = -1e30  # the logarithm of a weight that is 0, without what infinities do to products


class Spheres:
    """Isotropic components about their mean, as factors of the products.

    Attributes:
        centre: (d,), the mean, or 0 where that is no farther from the means than most.
        factors: (K, d + 3), a row (m - centre, |m - centre|^2, log weight, 1) for each component.
        sigma: (1,) or (K,), the standard deviations.
        longest: the largest distance of a mean from the centre.
    """

    def __init__(self, data: GaussianMixture) -> None:
        self.centre = data.mean()
        if self.centre @ self.centre <= np.einsum("kd,kd->k", data.means, data.means).max() / 4:
            self.centre = np.zeros_like(self.centre)  # centring would gain no digit worth a pass
        means = data.means - self.centre
        squares = np.einsum("kd,kd->k", means, means)
        with np.errstate(divide="ignore"):
            logarithms = np.maximum(np.log(data.weights), _ABSENT)
        columns = [squares, logarithms, np.ones_like(squares)]
        self.factors: FloatArray = np.column_stack([means, *columns])
        one = bool((data.scales[:, 0] == data.scales[0, 0]).all())
        self.sigma = data.scales[:1, 0] if one else np.ascontiguousarray(data.scales[:, 0])
        self.longest = float(np.sqrt(squares.max()))

    @staticmethod
    def fit(data: GaussianMixture) -> bool:
        """Whether the components are isotropic, so many that products pay off, and of a size whose
        squares are floats."""
        isotropic = data.bases is None and bool((data.scales == data.scales[:, :1]).all())
        largest = float(np.abs(data.means).max())
        return isotropic and data.means.size >= _LEAST and 1 / _LARGEST < largest < _LARGEST

    @property
    def means(self) -> FloatArray:
        """(K, d), about the centre."""
        return self.factors[:, :-3]

    @property
    def squares(self) -> FloatArray:
        """(K,), of the means' lengths."""
        return self.factors[:, -3]

    @property
    def log_weights(self) -> FloatArray:
        """(K,)."""
        return self.factors[:, -2]

    @cached_property
    def single(self) -> Any:
        """The factors in float32."""
        return self.factors.astype(np.float32)

    def in_precision(self, dtype: Any) -> Any:
        """The factors in float32 or float64."""
        return self.single if dtype == np.float32 else self.factors

    def centred(self, alpha: FloatArray, x: FloatArray) -> FloatArray:
        """x - alpha centre, (n, d), for ``alpha`` (n, 1) or (1, 1)."""
        return x - alpha * self.centre if self.centre.any() else x

    def log_sizes(self, alpha: FloatArray, beta: FloatArray, x: FloatArray) -> FloatArray:
        """How large the terms are that add up to the logarithms, (n,); a product is off by the
        round-off of these.

        ``alpha`` and ``beta`` are (n,) or (1,).
        """
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            centred = self.centred(alpha[:, None], x)
            lengths = np.sqrt(np.einsum("nd,nd->n", centred, centred))
            far = alpha * self.longest
            least = np.hypot(alpha * self.sigma.min(), beta)
            size = far * (lengths + 0.5 * far)
            if len(self.sigma) > 1:  # then |x|^2 does not cancel between the components
                size = 0.5 * (lengths + far) ** 2
            return np.asarray((size / least) / least)


class IsotropicPosterior:
    """Closed forms at a batch of points; arguments, methods and results as of ``Posterior``.

    To be used where ``Spheres.log_sizes`` is small.

    Args:
        dtype: float64 or float32, of the products; results are float64.
    """

    def __init__(
        self,
        data: GaussianMixture,
        alpha: FloatArray,
        beta: FloatArray,
        x: FloatArray,
        dtype: Any = np.float64,
        marks: FloatArray | None = None,
    ) -> None:
        """``marks`` (K,) are those whose :meth:`mean` will be asked for."""
        self.data, self.x, self._dtype = data, x, np.dtype(dtype)
        self._spheres, self._marks = data.spheres, marks
        self._factors = self._spheres.in_precision(self._dtype)
        self.alpha = np.broadcast_to(alpha, (len(x),))[:, None]
        self.beta = np.broadcast_to(beta, (len(x),))[:, None]
        self.sigma = self._spheres.sigma
        self.scale = np.hypot(self.alpha * self.sigma, self.beta)
        self._centred = self._spheres.centred(self.alpha, x)
        self._latest: tuple[FloatArray, FloatArray, _Parts] | None = None

    @cached_property
    def _queries(self) -> Any:
        """Rows (n, d + 2) whose products with the factors, but for the ones, are
        log w_k - |x - alpha m_k|^2 / 2 s^2 of components of one scale, but for what they have in
        common."""
        half = self.alpha / self.scale**2
        found = np.empty((len(self.x), self._factors.shape[1] - 1), dtype=self._dtype)
        np.multiply(half, self._centred, out=found[:, :-2], casting="same_kind")
        found[:, -2] = (-0.5 * half * self.alpha)[:, 0]
        found[:, -1] = 1
        return found

    @cached_property
    def _lengths(self) -> FloatArray:
        """|x - alpha centre|^2, (n, 1)."""
        return np.asarray(np.einsum("nd,nd->n", self._centred, self._centred)[:, None])

    @property
    def _one_scale(self) -> bool:
        return len(self.sigma) == 1

    @cached_property
    def _sums(self) -> Any:
        """Over the components, weighted by multiples of the posterior, of the rows of factors with
        the marks in place of the logarithms of the weights, (n, d + 3), where all have one scale;
        the last is the sum of the weights."""
        count, components = len(self.x), len(self._factors)
        summed = self._factors
        if self._marks is not None:
            summed = summed.copy()
            summed[:, -2] = self._marks
        found = np.empty((count, summed.shape[1]), dtype=self._dtype)
        step = max(_ROWS, _BLOCK // components)
        width = min(components, max(_BLOCK // min(step, max(count, 1)), _ROWS))
        room = np.empty(min(step, count) * width, dtype=self._dtype)  # to be allocated once
        for rows in (slice(i, i + step) for i in range(0, count, step)):
            queries, sums = self._queries[rows].T, found[rows]
            for start in range(0, components, width):
                factors = self._factors[start : start + width, :-1]
                terms = room[: len(factors) * len(sums)].reshape(len(factors), len(sums))
                np.matmul(factors, queries, out=terms)
                highest = terms.max(axis=0)
                if not start:
                    top = highest
                elif (highest > top + _ABOVE).any():
                    higher = np.maximum(top, highest)
                    sums *= np.exp(top - higher)[:, None]
                    top = higher
                terms -= top
                np.maximum(terms, -_UNDERFLOW[self._dtype], out=terms)
                np.exp(terms, out=terms)
                if start:
                    sums += terms.T @ summed[start : start + width]
                else:
                    np.matmul(terms.T, summed[:width], out=sums)
        return found

    @cached_property
    def _log_terms(self) -> FloatArray:
        """log w_k - |x - alpha m_k|^2 / 2 s_k^2 - d log s_k, (n, K); but for what all have in
        common, where they have one scale."""
        if self._one_scale:
            return np.asarray(self._queries @ self._factors[:, :-1].T)
        square = self._products
        square *= -2 * self.alpha
        square += self.alpha**2 * self._spheres.squares
        square += self._lengths
        np.maximum(square, 0, out=square)
        square /= -2 * self.scale**2
        square += self._spheres.log_weights
        square -= self.data.dim * np.log(self.scale)
        return square

    @property
    def _products(self) -> FloatArray:
        """(x - alpha centre)·(m_k - centre), (n, K)."""
        return np.asarray(self._centred @ self._spheres.means.T)

    def log_density(self) -> FloatArray:
        """log p(x), (n,)."""
        top = self._log_terms.max(axis=1)
        found = top + np.log(np.exp(self._log_terms - top[:, None]).sum(axis=1))
        if self._one_scale:
            found = found - (0.5 * self._lengths / self.scale**2)[:, 0]
            found = found - self.data.dim * np.log(self.scale[:, 0])
        return np.asarray(found - 0.5 * self.data.dim * np.log(2 * np.pi), dtype=np.float64)

    @cached_property
    def responsibilities(self) -> FloatArray:
        """P(component k given x), (n, K)."""
        terms = self._log_terms.copy()
        terms -= terms.max(axis=1, keepdims=True)
        np.exp(terms, out=terms)
        terms /= terms.sum(axis=1, keepdims=True)
        return np.asarray(terms, dtype=np.float64)

    def mean(self, marks: FloatArray) -> FloatArray:
        """E[marks of the component given x], (n,), for ``marks`` (K,)."""
        if self._one_scale and marks is self._marks:
            return np.asarray(self._sums[:, -2] / self._sums[:, -1], dtype=np.float64)
        return np.asarray(self.responsibilities @ marks)

    def velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x], (n, d)."""
        own, first, _ = self._parts(dalpha, dbeta)
        found = np.multiply(own, self._centred, dtype=np.float64)
        found += first
        if self._spheres.centre.any():
            found += dalpha[:, None] * self._spheres.centre
        return found

    def variance(self, dalpha: FloatArray, dbeta: FloatArray, pointwise: bool = True) -> FloatArray:
        """tr Cov(dalpha z + dbeta eps given x), (n,).

        Args:
            pointwise: keep the digits of each entry, not of their mean alone.
        """
        own, first, second = self._parts(dalpha, dbeta)
        determinant = dalpha[:, None] * self.beta - dbeta[:, None] * self.alpha
        within = self.data.dim * (determinant * (self.sigma / self.scale)) ** 2
        if self._one_scale:
            inner, centre = within[:, 0], first
        else:
            inner = np.einsum("nk,nk->n", self.responsibilities, within)
            centre = own * self._centred + first
        between = second - np.einsum("nd,nd->n", centre, centre)
        found = inner + np.maximum(between, 0)
        cancelled = ~(found > _CANCELLED * second)
        if not pointwise and found.sum() > _CANCELLED * second.sum():
            return np.asarray(found)
        anew = np.flatnonzero(cancelled)
        for part in chunks(len(anew), self.data.components, _ANEW) if len(anew) else ():
            rows = anew[part]
            da, db = (v[rows] if len(v) > 1 else v for v in (dalpha, dbeta))
            alpha, beta = self.alpha[rows, 0], self.beta[rows, 0]
            found[rows] = NearPosterior(self.data, alpha, beta, self.x[rows]).variance(da, db)
        return np.asarray(found)

    def _parts(self, dalpha: FloatArray, dbeta: FloatArray) -> _Parts:
        """As of :meth:`_new_parts`; velocity and variance are asked for one after the other."""
        if self._latest is None or self._latest[0] is not dalpha or self._latest[1] is not dbeta:
            self._latest = dalpha, dbeta, self._new_parts(dalpha, dbeta)
        return self._latest[2]

    def _new_parts(self, dalpha: FloatArray, dbeta: FloatArray) -> _Parts:
        """The mean over the components of what each says of dalpha z + dbeta eps, but for dalpha
        times the centre: it is ``own`` (n, 1) times x - alpha centre, and ``first`` (n, d); and
        ``second`` (n,), the mean square of all that differs between components."""
        gain = dalpha[:, None] * (self.alpha * self.sigma / self.scale) * (self.sigma / self.scale)
        gain = gain + dbeta[:, None] * (self.beta / self.scale) / self.scale
        slope = dalpha[:, None] - self.alpha * gain  # the component says slope m + gain x
        if self._one_scale:
            each = slope / self._sums[:, -1:]
            return gain, each * self._sums[:, :-3], (slope * each)[:, 0] * self._sums[:, -3]
        spheres, weights = self._spheres, self.responsibilities
        square = slope**2 * spheres.squares + gain**2 * self._lengths
        square += 2 * slope * gain * self._products
        own = np.einsum("nk,nk->n", weights, gain)[:, None]
        first = (weights * slope) @ spheres.means
        return own, first, np.einsum("nk,nk->n", weights, square)


_Parts = tuple[FloatArray, FloatArray, FloatArray]
