"""The floor by stratified sampling over t: rounds of batches, the next planned from all so far.

floor = sum over strata of the mean of p(t) w(t) gain(t)^2 tr Cov(z given x) times the stratum's
width. Samples go where width times deviation is large (Neyman 1934).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.floor.drawing import Batch, Drawing, Samples
from fmproof.floor.rows import Floats, Ints, Rows
from fmproof.floor.setting import Setting
from fmproof.floor.targets import coefficients
from fmproof.floor.variance import nearest_distances

LEVEL = 0.999
PILOT = 8  # samples of each stratum in the first round
_LOOK_LEAST, _LOOK_COST = 256, 2**32  # rows whose neighbours are looked for; products for more
_SPLIT = 48  # samples before a stratum may be split
_FEW = 10  # effective samples below which the rare ones may be unseen
_OVERLAP, _PEAK = 0.6635, 2.4  # no less than max of y^2 Phi(-y/2); beyond _PEAK it falls
_UNSEEN = 6.9  # -log(1 - LEVEL): more samples than this over n hit an event of that share


@dataclass(frozen=True)
class Bin:
    """The floor between two times.

    Attributes:
        value, error: mean over the bin, by the time law.
        explained: share of tr Cov(z) that x explains there.
        mass: probability of the bin.
    """

    low: float
    high: float
    value: float
    error: float
    explained: float
    mass: float


@dataclass(frozen=True)
class FloorEstimate:
    """The floor: value ± error at the level LEVEL, error = statistical + numerical + hidden."""

    value: float
    statistical: float
    numerical: float
    hidden: float

    @property
    def error(self) -> float:
        return self.statistical + self.numerical + self.hidden


class Engine:
    """A run that can be stopped at any time.

    Args:
        rows: the data.
        setting: path, time law, target and weight.
        labels: (N,) integers from 0: the floor of a model that is given the label.
        seed: of everything that is drawn.
        bins: into how many equal bins of t the result is divided.
        tolerance: relative error aimed at; rounding that is far below is let be.

    Attributes:
        closed, open: the samples of the rounds before, and of this one by batch.
        samples: all of them.

    Raises:
        InputError: data that cannot be used.
    """

    def __init__(
        self,
        rows: Rows,
        setting: Setting | None = None,
        labels: Ints | None = None,
        seed: int = 0,
        bins: int = 10,
        tolerance: float = 0.01,
    ) -> None:
        self.rows, self.setting = rows, setting or Setting()
        self.labels, self.seed, self.tolerance = labels, seed, tolerance
        self.drawing = Drawing(rows, self.setting, labels, seed, tolerance)
        self.summary = self.drawing.summary
        low, high = self.setting.time.support
        self.bins = np.linspace(low, high, bins + 1)
        self.nearest, self._unlooked = self._look_at_neighbours()
        self.edges = self._first_edges()
        self.samples = self.closed = Samples.none()
        self.open: dict[int, Samples] = {}
        self.round = 0

    def _look_at_neighbours(self) -> tuple[Floats, float]:
        """Distances of some rows to their nearest, and the share of rows that may be closer to
        theirs than any of these: 0 when all rows were looked at."""
        count = self.rows.count
        afford = _LOOK_COST // (count * self.rows.dim)
        looked = int(min(count, max(_LOOK_LEAST, afford)))
        rng = np.random.default_rng([self.seed, 2**31])
        index = np.sort(rng.choice(count, looked, replace=False))
        parts = [index[i : i + 512] for i in range(0, looked, 512)]
        found = [
            nearest_distances(p, some) for part in parts for p, some in self.drawing.grouped(part)
        ]
        unseen = 0.0 if looked == count else min(_UNSEEN / looked, 1.0)
        return np.concatenate(found) * self.rows.factor, unseen

    # --- strata ---------------------------------------------------------------------------

    def _first_edges(self) -> Floats:
        """Bins in halves, and ladders to both ends: down to where x tells nothing of the data, up
        to where it tells the row."""
        low, high = self.bins[0], self.bins[-1]
        edges = set(np.linspace(low, high, 2 * len(self.bins) - 1)) | set(self.bins)
        longest = self.summary.longest * self.rows.factor
        closest = float(self.nearest.min())
        width = (high - low) / (2 * (len(self.bins) - 1))
        step = width
        while step > 1e-14 and float(self.drawing.ratio(np.array(low + step))) * longest > 0.1:
            step /= 2
            edges.add(low + step)
        step = width
        while step > 1e-9 and float(self.drawing.ratio(np.array(high - step))) * closest < 16:
            step /= 2
            edges.add(high - step)
        return np.array(sorted(edges))

    def _strata(self) -> tuple[Ints, Ints, Floats, Floats]:
        """Stratum of each sample; count, mean and sum of squares about it of each stratum."""
        count = len(self.edges) - 1
        place = np.searchsorted(self.edges, self.samples.t, side="right") - 1
        place = np.clip(place, 0, count - 1).astype(np.int64)
        n = np.bincount(place, minlength=count).astype(np.int64)
        y = self.drawing.density(self.samples.t) * self.samples.variance
        mean = np.bincount(place, y, count) / np.maximum(n, 1)
        spread = np.bincount(place, (y - mean[place]) ** 2, count)
        return place, n, np.asarray(mean), np.asarray(spread)

    def _split(self) -> None:
        """Halve strata over which the mean changes: what t explains is no statistical error."""
        place, n, _, spread = self._strata()
        y = self.drawing.density(self.samples.t) * self.samples.variance
        middle = (self.edges[1:] + self.edges[:-1]) / 2
        upper = self.samples.t > middle[place]
        count = len(n)
        n1 = np.bincount(place, upper, count)
        s1 = np.bincount(place, y * upper, count)
        s0 = np.bincount(place, y * ~upper, count)
        n0 = n - n1
        with np.errstate(divide="ignore", invalid="ignore"):
            jump = s1 / n1 - s0 / n0
            deviation = np.sqrt(spread / n)
        wide = (n0 >= _SPLIT / 3) & (n1 >= _SPLIT / 3) & (np.abs(jump) > 0.7 * deviation)
        self.edges = np.sort(np.concatenate([self.edges, middle[wide]]))

    # --- rounds ---------------------------------------------------------------------------

    def plan(self, total: int) -> list[Batch]:
        """The batches of the next round of about ``total`` samples; the same for the same samples
        so far, however they were computed."""
        widths = np.diff(self.edges)
        _, n, _, spread = self._strata()
        if self.round == 0:
            wanted = np.full(len(widths), PILOT)
        else:
            deviation = np.sqrt(spread / np.maximum(n - 1, 1))
            share = widths * np.maximum(deviation, 0)
            share += 0.02 * share.sum() / len(share)
            few = self._hidden_by_stratum()
            share += few * np.sqrt(n) / _UNSEEN
            if not share.sum() > 0:
                share = widths
            # What all samples together should be, less what is there.
            aim = share / share.sum() * (total + n.sum())
            wanted = np.maximum(np.rint(aim - n), 0)
            wanted = np.rint(wanted * min(1, total / max(wanted.sum(), 1))).astype(int)
            # One sample alone has no spread, and its jitter is no stratification.
            wanted[(wanted > 0) & (wanted < 2)] = 2
        rng = np.random.default_rng([self.seed, self.round])
        t = np.concatenate(
            [
                # In any order, so that a round that is stopped favours no side of a stratum.
                low + width * (rng.permutation(k) + rng.random(k)) / k
                for low, width, k in zip(self.edges, widths, wanted, strict=False)
                if k
            ]
        )
        t = np.clip(t, np.nextafter(self.bins[0], 1), np.nextafter(self.bins[-1], 0))
        size = self.drawing.batch_rows
        parts = np.array_split(t, max(1, -(-len(t) // size)))
        return [Batch(self.round, i, part) for i, part in enumerate(parts)]

    def evaluate(self, batch: Batch, scale: float) -> Samples:
        """The samples of a batch; see :meth:`Drawing.evaluate`."""
        return self.drawing.evaluate(batch, scale)

    def add(self, batch: Batch, found: Samples) -> None:
        """Take the samples of a batch of this round; their order makes no difference."""
        self.open[batch.number] = found
        self.samples = Samples.joined([self.closed, *(self.open[i] for i in sorted(self.open))])

    def go_on(self, round: int, edges: Floats, closed: Samples) -> None:
        """Begin at the start of a later round, with the samples of those before."""
        self.round, self.edges = round, edges
        self.samples = self.closed = closed
        self.open = {}

    def close_round(self) -> None:
        """All batches of the round are there."""
        self.closed, self.open = self.samples, {}
        self.round += 1
        self._split()

    # --- results --------------------------------------------------------------------------

    def _hidden_by_stratum(self) -> Floats:
        """What events that no sample met may add, where x may hesitate between rows: the smaller of
        two bounds.

        Between two rows at the distance D the posterior hesitates with probability at most
        2 Phi(-r D / 2), so they add at most f(D) = D^2 times this, or 1.33 / r^2 at the worst D.
        A row whose nearest is at D adds at most N - 1 times the largest f from D on. Of n samples
        that see nothing of it, an event has at most the share -log(1 - LEVEL) / n. Pairs that a
        coupling makes are taken to hesitate no more often than independent ones: two rows would
        have to exchange noises that optimal transport gives the other way round.
        """
        place, n, _, _ = self._strata()
        count = len(n)
        y = self.drawing.density(self.samples.t) * self.samples.variance
        s1, s2 = np.bincount(place, y, count), np.bincount(place, y**2, count)
        few = (s1**2 < _FEW * s2) | (s2 == 0)
        # From where x can tell the farthest rows apart, it may hesitate between groups of rows.
        middle = (self.edges[1:] + self.edges[:-1]) / 2
        few |= self.drawing.ratio(middle) * self.summary.longest * self.rows.factor > 2
        if self.total == 0:
            return np.zeros(count)
        by_samples = self._overlap[0] * np.minimum(_UNSEEN / np.maximum(n, 1), 1)
        return np.where(few, np.minimum(by_samples, self._by_distance), 0.0)

    @property
    def _by_distance(self) -> Floats:
        """A bound of what each stratum adds, from the distances of the rows alone."""
        worst, near = self._overlap
        return near + self._unlooked * worst

    @property
    def _overlap(self) -> tuple[Floats, Floats]:
        """What each stratum adds at the most by a pair at the worst distance, and by the distances
        of the rows that were looked at."""
        key = self.edges.tobytes()
        cached: tuple[bytes, tuple[Floats, Floats]] | None = self.__dict__.get("_overlaps")
        if cached is None or cached[0] != key:
            from scipy.special import ndtr

            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                ratio = self.drawing.ratio(self.edges[:-1])
                worst = np.minimum(2 * _OVERLAP / ratio**2, self.total)
                near = np.zeros(len(ratio))
                finite = self.nearest[np.isfinite(self.nearest)]
                for i, r in enumerate(ratio):
                    d = np.maximum(finite, _PEAK / r)
                    bound = 2 * ndtr(-r * d / 2) * d**2 * (self.rows.count - 1)
                    near[i] = np.minimum(bound, self.total).sum() / len(self.nearest)
            near = np.where(np.isfinite(near), near, self.total)
            worst = np.where(np.isfinite(worst), worst, self.total)
            middle = (self.edges[1:] + self.edges[:-1]) / 2
            ends = [self.edges[:-1], middle, self.edges[1:]]
            factor = np.diff(self.edges) * np.max([self.drawing.density(t) for t in ends], axis=0)
            cached = key, (worst * factor, near * factor)
            self.__dict__["_overlaps"] = cached
        return cached[1]

    @property
    def total(self) -> float:
        """tr Cov(z), which no conditional variance exceeds in the mean."""
        return self.summary.variance * self.rows.factor**2

    def trivial(self) -> float:
        """The loss of the best model that sees t and not x: tr Var(a z + b eps) by the time law."""
        nodes, weights = np.polynomial.legendre.leggauss(64)
        coupling = self.drawing.coupling
        together = 0.0 if coupling is None else coupling.covariance * self.rows.factor
        found = 0.0
        for low, high in zip(self.edges[:-1], self.edges[1:], strict=True):
            t = low + (high - low) * (nodes + 1) / 2
            a, b = coefficients(self.setting.path, self.setting.target, t)
            with np.errstate(over="ignore", invalid="ignore"):
                variance = a**2 * self.total + b**2 * self.rows.dim + 2 * a * b * together
                law = self.setting.time.density(t) * self.setting.weight_at(t)
                found += float((law * variance) @ weights) * (high - low) / 2
        return found

    def _over(self, some: Any) -> FloorEstimate:
        """The integral over the strata that ``some`` (S,) picks."""
        from scipy.special import stdtrit

        place, n, mean, spread = self._strata()
        widths = np.diff(self.edges)
        value = float((widths * mean)[some].sum())
        if (n[some] < 2).any():
            return FloorEstimate(value, np.inf, 0.0, 0.0)
        each = widths**2 * spread / np.maximum(n - 1, 1) / np.maximum(n, 1)
        variance = each[some].sum()
        freedom = variance**2 / max((each**2 / np.maximum(n - 1, 1))[some].sum(), 1e-300)
        quantile = stdtrit(max(freedom, 3.0), 0.5 + LEVEL / 2) if variance > 0 else 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            errors = self.drawing.density(self.samples.t) * self.samples.error
            bound = np.bincount(place, np.where(np.isnan(errors), np.inf, errors), len(n))
        # Where rounding blurs everything, the distances of the rows still tell.
        known = np.abs(widths * mean) + self._by_distance
        numerical = float(np.minimum(widths * bound / np.maximum(n, 1), known)[some].sum())
        hidden = self._hidden_by_stratum()[some].sum()
        rounding = 1e-12 * abs(value) + (self._beyond_digits() if some[-1] else 0.0)
        return FloorEstimate(
            value, float(quantile * np.sqrt(variance)), float(numerical + rounding), float(hidden)
        )

    def _beyond_digits(self) -> float:
        """A bound of what the last times add that float64 hardly tells from the upper end: all of
        the floor where the data are 1e-17 of the noise.

        The guess x / alpha for z bounds tr Cov(z given x) by d beta^2 / alpha^2, which times the
        square of the gain has no pole there.
        """
        if self.total == 0:
            return 0.0
        high = self.bins[-1]
        last = np.nextafter(high, 0)
        with np.errstate(divide="ignore"):
            variance = self.rows.dim / self.drawing.ratio(np.array(last)) ** 2
        return float(4 * (high - last) * self.drawing.density(last) * variance)

    def estimate(self) -> FloorEstimate:
        """The floor so far.

        Raises:
            InputError: before the first samples.
        """
        if not len(self.samples.t):
            raise InputError("no samples yet")
        return self._over(np.ones(len(self.edges) - 1, dtype=np.bool_))

    def per_bin(self) -> list[Bin]:
        """The floor in each bin of t."""
        middle = (self.edges[1:] + self.edges[:-1]) / 2
        plain = self._variance_by_stratum()
        found = []
        for low, high in zip(self.bins[:-1], self.bins[1:], strict=True):
            some = (middle > low) & (middle < high)
            part, mass = self._over(some), self._mass(low, high)
            widths = np.diff(self.edges)[some]
            left = float((widths * plain[some]).sum() / widths.sum())
            explained = 1 - left / self.total if self.total > 0 else 1.0
            scale = 1 / mass if mass > 0 else float("nan")
            found.append(
                Bin(
                    float(low), float(high), part.value * scale, part.error * scale, explained, mass
                )
            )
        return found

    def _variance_by_stratum(self) -> Floats:
        place, n, _, _ = self._strata()
        return np.asarray(
            np.bincount(place, self.samples.variance, len(n)) / np.maximum(n, 1), dtype=np.float64
        )

    def _mass(self, low: float, high: float) -> float:
        nodes, weights = np.polynomial.legendre.leggauss(64)
        t = low + (high - low) * (nodes + 1) / 2
        return float(self.setting.time.density(t) @ weights) * float(high - low) / 2
