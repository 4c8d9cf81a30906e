"""Data and noise that are paired by optimal transport within the batches of training.

A batch has B rows and B noises; they are paired so that the sum of |z - eps|^2 is least (minibatch
optimal transport: Pooladian et al. 2023, Tong et al. 2024). A row z and a noise eps then have the
density p(z) N(eps; 0, I) h(z, eps), where h is B times the probability that a batch which has both
pairs them. Given x the rows have the weights of independent noise times h.

h is not known in closed form. It is counted over random batches of B - 1 others. Whether a batch
would pair z with eps is read off its own pairing: they are paired when z·eps is no less than what
the best chain of exchanges from eps to z gains (sensitivity of the assignment problem). So a batch
serves all rows and all x.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.floor.rows import Floats, Ints, Rows, Summary
from fmproof.models.moments import NEGLIGIBLE

_BYTES = 2**30  # of the rows in float64, which are all at hand
_PRIOR = 1e-3  # of a batch that pairs as at random: where nothing was counted, h is 1
_TIE = 1e-9
_PROBES = 64  # pairs for the covariance of rows and noises
_FIRST = 16  # rows of a batch that pairs are tried on before all others
_ENTRIES = 2**20  # of the largest arrays
_TILE = 256  # rows that are held against a batch at once, in a core's cache
# An x with more effective points than this needs fewer batches, but so many at least.
_EFFECTIVE, _FEWEST = 64, 16


@dataclass(frozen=True)
class _Others:
    """B - 1 rows and noises, paired.

    Attributes:
        rows: y_j, (B - 1, d).
        values: which value each row has, (B - 1,).
        noise: eps_j, paired with y_j.
        gain: (B - 1, B - 1), the most that exchanges gain which free eps_i once eps_j is free.
    """

    rows: Floats
    values: Ints
    noise: Floats
    gain: Floats

    def swap(self, some: Floats) -> Floats:
        """eps_j·(z - y_j) for rows z (K, d), (K, B - 1): no more than the threshold."""
        return np.asarray(some @ self.noise.T - np.einsum("jd,jd->j", self.noise, self.rows))

    def threshold(self, some: Floats) -> Floats:
        """E_j(z) = max_i (gain_ji + eps_i·z) - eps_j·y_j for rows z (K, d): (K, B - 1)."""
        found = np.empty((len(some), len(self.rows)))
        for start in range(0, len(some), _TILE):
            score = self.noise @ some[start : start + _TILE].T
            best = np.full_like(score, -np.inf)
            room = np.empty_like(score)
            for gain, row in zip(self.gain.T, score, strict=True):
                np.add(gain[:, None], row, out=room)
                np.maximum(best, room, out=best)
            found[start : start + _TILE] = best.T
        return np.asarray(found - np.einsum("jd,jd->j", self.noise, self.rows))


@dataclass(frozen=True)
class _Likely:
    """Pairs of an x and a point that it may come from, sorted by x.

    Attributes:
        x, point: which, (P,).
        weight: of the point given x where noise is independent, (P,).
    """

    x: Ints
    point: Ints
    weight: Floats

    def of_each(self, count: int) -> list[slice]:
        """Where the pairs of each of ``count`` x stand."""
        cuts = np.searchsorted(self.x, np.arange(count + 1))
        return [slice(a, b) for a, b in pairwise(cuts)]

    def needed(self, draws: int, count: int) -> Ints:
        """How many of ``draws`` batches each of ``count`` x needs: a mean over many points needs
        fewer than one over few."""
        total = np.bincount(self.x, self.weight, count)
        effective = total**2 / np.bincount(self.x, self.weight**2, count)
        halvings = np.maximum(np.ceil(np.log2(effective / _EFFECTIVE)), 0)
        return np.clip(np.ceil(draws / 2.0**halvings), min(draws, _FEWEST), draws).astype(np.int64)


class _Pairs(NamedTuple):
    """Pairs that are counted.

    Attributes:
        which: among the likely ones, (P,).
        x, at: which x, and which of the points that are needed, (P,).
        ratio: alpha / beta, (P,).
        mine: z·eps of the pair, (P,).
    """

    which: Ints
    x: Ints
    at: Ints
    ratio: Floats
    mine: Floats


class BatchCoupling:
    """Pairs of rows and noises as batches of ``size`` make them, and the variance given x.

    Args:
        labels: of the rows; the model knows them, the pairing does not.

    Attributes:
        covariance: E z·eps about the centre, of a few pairs: it lowers the target's variance.

    Raises:
        InputError: a batch of one row, or data that do not fit into memory.
    """

    def __init__(
        self, rows: Rows, summary: Summary, size: int, labels: Ints | None, seed: int
    ) -> None:
        if size < 2:
            raise InputError(f"batch size: expected 2 or more for optimal transport, found {size}")
        if rows.count * rows.dim * 8 > _BYTES:
            raise InputError(
                f"{rows.name}: {rows.count:,} rows of {rows.dim:,} numbers are too many for the "
                "coupling ot, which needs all of them in memory; give fewer rows"
            )
        self.size = size
        self._rows = rows.take(np.arange(rows.count)) - summary.centre
        # Rows that are equal are one point, as often as they are there: none can tell them apart.
        self._value = np.unique(self._rows, axis=0, return_inverse=True)[1].reshape(-1)
        kinds = self._value if labels is None else self._value + len(self._rows) * labels
        _, first, self._point, self._often = np.unique(
            kinds, return_index=True, return_inverse=True, return_counts=True
        )
        self._points, self._names = self._rows[first], self._value[first]
        self._labels = np.zeros(len(first), dtype=int) if labels is None else labels[first]
        self._squares = np.einsum("kd,kd->k", self._points, self._points)
        rng = np.random.default_rng([seed, 2**31 + 1])
        index = rng.integers(rows.count, size=_PROBES)
        noise = self.noise(index, rng)
        self.covariance = float(np.einsum("nd,nd->n", self._rows[index], noise).mean())

    def noise(self, index: Ints, rng: np.random.Generator) -> Floats:
        """For each row that noise which a batch with this row pairs it with, (n, d)."""
        found = np.empty((len(index), self._rows.shape[1]))
        for i, own in enumerate(index):
            others = rng.integers(len(self._rows), size=self.size - 1)
            batch = np.concatenate([[own], others])
            noise = rng.standard_normal((self.size, found.shape[1]))
            paired = noise[_assignment(self._rows[batch], noise)]
            # Equal rows may exchange their noises.
            found[i] = rng.choice(paired[self._value[batch] == self._value[own]])
        return found

    def variance(
        self, index: Ints, ratio: Floats, draws: int, rng: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """|z - E[z given x]|^2 for x / beta = ratio z + eps, and how far errors of the mean may
        move it; (n,) both. Two estimates of the mean make a product that their variance leaves
        without bias.

        Args:
            index: (n,), the rows z; each has a noise drawn that batches pair it with.
            ratio: alpha / beta, (n,).
            draws: of batches, half of them for each of two estimates of the mean.
        """
        noise, own = self.noise(index, rng), self._rows[index]
        place = ratio[:, None] * own + noise
        likely = self._likely(place, ratio, self._point[index])
        mean = np.empty((2, *own.shape))
        each = likely.needed(-(-draws // 2), len(index))
        for half in mean:
            weights = likely.weight * self._counted(place, ratio, likely, each, rng)
            for i, part in enumerate(likely.of_each(len(index))):
                some = weights[part]
                half[i] = some @ self._points[likely.point[part]] / some.sum()
        one, two = own - mean[0], own - mean[1]
        spread = ((mean[0] - mean[1]) ** 2).sum(axis=1) / 2
        return np.einsum("nd,nd->n", one, two), spread

    def _likely(self, place: Floats, ratio: Floats, own: Ints) -> _Likely:
        """The points that each x may come from."""
        found = []
        for i, (x, r, k) in enumerate(zip(place, ratio, own, strict=True)):
            logarithm = r * (self._points @ x) - r**2 / 2 * self._squares
            logarithm += np.log(self._often)
            logarithm[self._labels != self._labels[k]] = -np.inf
            logarithm -= logarithm.max()
            live = np.flatnonzero(logarithm > -NEGLIGIBLE)
            found.append((np.full(len(live), i), live, np.exp(logarithm[live])))
        return _Likely(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def _counted(
        self, place: Floats, ratio: Floats, likely: _Likely, draws: Ints, rng: np.random.Generator
    ) -> Floats:
        """h of each pair of an x and a point, counted over as many batches as each x has ``draws``
        (n,)."""
        hits = np.zeros(len(likely.point))
        r = ratio[likely.x]
        mine = self._squares[likely.point] * -r
        for i, part in enumerate(likely.of_each(len(place))):
            mine[part] += self._points[likely.point[part]] @ place[i]
        done = 0
        for until in np.unique(draws):
            # Of the x that go on: all pairs, and the points in them.
            pairs = np.flatnonzero(draws[likely.x] >= until)
            needed, at = np.unique(likely.point[pairs], return_inverse=True)
            queries = _Pairs(pairs, likely.x[pairs], at, r[pairs], mine[pairs])
            for _ in range(done, int(until)):
                self._count(hits, place, needed, queries, self._others(rng))
            done = int(until)
        counted = draws[likely.x]
        return np.asarray(self.size * (hits + _PRIOR / self.size) / (counted + _PRIOR))

    def _count(
        self, hits: Floats, place: Floats, needed: Ints, queries: _Pairs, others: _Others
    ) -> None:
        """Add to the ``hits`` of those pairs that one batch of ``others`` would make."""
        some = self._points[needed]
        swap, inner = others.swap(some), some @ others.rows.T
        reach = place @ others.rows.T
        # The rows that x would like best refuse nearly all pairs at once, by one exchange.
        first = np.argsort(-reach, axis=1)[:, :_FIRST]
        kept = []
        for start in range(0, len(queries.which), _ENTRIES):
            pair = np.arange(start, min(start + _ENTRIES, len(queries.which)))
            for column in first.T:
                x, k = queries.x[pair], queries.at[pair]
                j = column[x]
                best = swap[k, j] - queries.ratio[pair] * inner[k, j] + reach[x, j]
                pair = pair[_no_less(queries.mine[pair], best)]
            kept.append(pair)
        pair = np.concatenate(kept)
        left, at = np.unique(queries.at[pair], return_inverse=True)
        threshold = others.threshold(some[left])
        names = self._names[needed[left]]
        copies = 1.0 + (names[:, None] == others.values).sum(axis=1)
        step = max(1, _ENTRIES // self.size)
        for start in range(0, len(pair), step):
            part, k = pair[start : start + step], at[start : start + step]
            best = threshold[k] - queries.ratio[part, None] * inner[left[k]]
            best += reach[queries.x[part]]
            paired = _no_less(queries.mine[part], best.max(axis=1))
            hits[queries.which[part[paired]]] += 1 / copies[k[paired]]

    def _others(self, rng: np.random.Generator) -> _Others:
        index = rng.integers(len(self._rows), size=self.size - 1)
        rows, noise = self._rows[index], rng.standard_normal((self.size - 1, self._rows.shape[1]))
        noise = noise[_assignment(rows, noise)]
        score = noise @ rows.T
        gain = score - np.diag(score)
        np.fill_diagonal(gain, 0.0)
        for k in range(len(gain)):  # Floyd & Warshall: no cycle gains anything
            np.maximum(gain, gain[:, k, None] + gain[k], out=gain)
        return _Others(rows, self._value[index], noise, gain)


def _no_less(one: Floats, other: Floats) -> Any:
    """Whether one is no less than the other, beyond rounding."""
    return one >= other - _TIE * (1 + np.abs(one) + np.abs(other))


def _assignment(rows: Floats, noise: Floats) -> Any:
    """Which noise each row is paired with."""
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(rows @ noise.T, maximize=True)[1]
