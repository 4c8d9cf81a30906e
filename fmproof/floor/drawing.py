"""Samples of tr Cov(z given x): a batch of them is drawn and evaluated from a seed of its own.

One row z of ten is drawn by its squared distance from the centre, so that one far row cannot hide;
a sample counts by the ratio of both densities of x (the balance heuristic: Veach & Guibas 1995),
which the posterior gives. A batch needs nothing but the data: it may be evaluated by any process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from fmproof.floor.coupling import BatchCoupling
from fmproof.floor.population import Population
from fmproof.floor.rows import Floats, Ints, Rows, Summary, summarise
from fmproof.floor.setting import Setting
from fmproof.floor.variance import conditional_variance

_FAR = 0.1  # share of the samples that are drawn by squared distance from the centre
_COUPLED_ROWS = 128  # samples of a batch where noise is coupled
_COUNTED, _MOST_COUNTED = 4, 16  # batches for each row of a batch, in which pairs are counted


@dataclass(frozen=True)
class Samples:
    """Arrays with one entry a sample.

    Attributes:
        t: the time.
        variance: tr Cov(z given x), times the ratio of the density of x to that it was drawn from.
        error: the bound of its error, likewise.
    """

    t: Floats
    variance: Floats
    error: Floats

    @classmethod
    def none(cls) -> Samples:
        return cls(*np.zeros((3, 0)))

    @classmethod
    def joined(cls, parts: Sequence[Samples]) -> Samples:
        return cls(*(np.concatenate([getattr(p, n) for p in parts]) for n in cls.__annotations__))


@dataclass(frozen=True)
class Batch:
    """Work that needs nothing but the data: strata of its samples, and a seed."""

    round: int
    number: int
    t: Floats


class Drawing:
    """What evaluates batches: the data, the setting and the seed.

    Args:
        rows: the data.
        setting: path, time law, target and weight.
        labels: (N,) integers from 0: the floor of a model that is given the label.
        seed: of everything that is drawn.
        tolerance: relative error aimed at; rounding that is far below is let be.

    Raises:
        InputError: data that cannot be used.
    """

    def __init__(
        self, rows: Rows, setting: Setting, labels: Ints | None, seed: int, tolerance: float
    ) -> None:
        self.rows, self.setting, self.labels = rows, setting, labels
        self.seed, self.tolerance = seed, tolerance
        self.summary: Summary = summarise(rows, labels)
        self.populations = self._populations()
        self._cumulative = np.cumsum(self._preference(self.summary.squares))
        self.coupling = (
            None
            if setting.batch is None
            else BatchCoupling(rows, self.summary, setting.batch, labels, seed)
        )

    def among(self, rows: Rows) -> Drawing:
        """The same with ``rows`` that hold the same numbers."""
        found = copy(self)
        found.rows = rows
        found.populations = [replace(part, rows=rows) for part in self.populations]
        return found

    def _populations(self) -> list[Population]:
        parts: list[Ints | None] = [None]
        if self.labels is not None:
            order = np.argsort(self.labels, kind="stable")
            cuts = np.flatnonzero(np.diff(self.labels[order])) + 1
            parts = list(np.split(order, cuts))
        found = [Population(self.rows, self.summary, part) for part in parts]
        if self.setting.batch is not None:  # the posterior there is counted, not summed
            return found
        return [part.in_clusters() for part in found]

    @property
    def batch_rows(self) -> int:
        """Samples of a batch: many where rows are short, as many as pay off where they are long."""
        if self.setting.batch is not None:
            return _COUPLED_ROWS
        return int(np.clip(2**19 // max(self.rows.dim, 1), 256, 2048))

    def _preference(self, squares: Floats) -> Floats:
        """How much more often than in the data a row at this squared distance is drawn."""
        mean = self.summary.squares.mean()
        return (1 - _FAR) + _FAR * squares / mean if mean > 0 else np.ones_like(squares)

    def _draw_rows(self, u: Floats) -> Ints:
        found = np.searchsorted(self._cumulative, u * self._cumulative[-1], side="right")
        return np.asarray(np.minimum(found, self.rows.count - 1), dtype=np.int64)

    def grouped(self, index: Ints) -> Iterator[tuple[Population, Ints]]:
        """Rows by the population that they are among."""
        for population, at in self._groups(index):
            yield population, index[at]

    def _groups(self, index: Ints) -> Iterator[tuple[Population, Ints]]:
        if self.labels is None:
            yield self.populations[0], np.arange(len(index))
            return
        names = np.unique(self.labels)
        for name, population in zip(names, self.populations, strict=True):
            at = np.flatnonzero(self.labels[index] == name)
            if len(at):
                yield population, at

    def ratio(self, t: Floats) -> Floats:
        """alpha / beta in units of the data as stored."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.setting.path.alpha(t) / self.setting.path.beta(t))

    def density(self, t: Floats) -> Floats:
        """What a conditional variance at ``t`` counts: p(t) w(t) gain(t)^2."""
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.setting.time.density(t) * self.setting.factor(t)
        return np.where(np.isfinite(found), found, 0.0)

    def evaluate(self, batch: Batch, scale: float) -> Samples:
        """Draw and evaluate the samples of a batch.

        Args:
            scale: of the floor so far: errors far below need no second look in float64.
        """
        rng = np.random.default_rng([self.seed, batch.round, batch.number, 1])
        index = self._draw_rows(rng.random(len(batch.t)))
        if self.coupling is not None:
            return self._coupled(self.coupling, batch, index, rng)
        noise = rng.standard_normal((len(batch.t), self.rows.dim), dtype=np.float32).astype(
            self.rows.dtype
        )
        ratio = self.ratio(batch.t) * self.rows.factor
        usable = np.isfinite(ratio)
        ratio = np.where(usable, ratio, 0.0)
        value, error, far = np.zeros((3, len(batch.t)))
        density = self.density(batch.t) * self.rows.factor**2
        for population, at in self._groups(index):
            v, e, f = conditional_variance(
                population, ratio[at], index[at], noise[at], self.rows.dtype
            )
            size = scale or float((v * density[at]).mean())
            with np.errstate(invalid="ignore", over="ignore"):
                coarse = ~(e * density[at] <= 0.1 * self.tolerance * size)
            again = np.flatnonzero((e > 1e-3 * v) & coarse)
            if len(again) and self.rows.dtype != np.float64:
                some = at[again]
                v[again], e[again], f[again] = conditional_variance(
                    population, ratio[some], index[some], noise[some], np.float64
                )
            value[at], error[at], far[at] = v, e, f
        with np.errstate(invalid="ignore"):
            scaled = self.rows.factor**2 / self._preference(far)
        unknown = ~usable | ~np.isfinite(value) | ~np.isfinite(scaled)
        value[unknown], error[unknown], scaled[unknown] = 0.0, np.inf, 1.0
        return Samples(batch.t, value * scaled, error * scaled)

    def _coupled(
        self, coupling: BatchCoupling, batch: Batch, index: Ints, rng: np.random.Generator
    ) -> Samples:
        """The same where noise is paired with the data; later rounds count more batches."""
        draws = coupling.size * min(_COUNTED * 2**batch.round, _MOST_COUNTED)
        ratio = self.ratio(batch.t) * self.rows.factor
        known = np.isfinite(ratio)
        value, error = coupling.variance(index, np.where(known, ratio, 0.0), draws, rng)
        scaled = self.rows.factor**2 / self._preference(self.summary.squares[index])
        value, error = np.where(known, value, 0.0), np.where(known, error, np.inf)
        return Samples(batch.t, value * scaled, error * scaled)
