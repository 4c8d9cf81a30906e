"""Where to draw: times and components by their share of the integrals, not of the law alone.

A component of weight 1e-9 at distance 300, or a thousandth of the time in which the schedule moves
by half, carries much of E||u||^2 and would hardly be drawn. Half of the draws follow the law, so
that no weight exceeds 2 for times and 2.5 for components; the others follow the second moments.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from fmproof.losses import features
from fmproof.losses.linear_guess import LinearGuesses
from fmproof.losses.time_axis import LATEST, inverse
from fmproof.models.arrays import FloatArray, IntArray
from fmproof.models.mixture import pick
from fmproof.models.problem import Problem

# Parts of the components' law: their weights, weights times squares, weights times the squares to
# the power of the model's degree, and all alike.
_BY_WEIGHT, _BY_SQUARE, _BY_POWER, _ALIKE = 0.4, 0.25, 0.25, 0.1
_LEGENDRE = np.array([0.0694318442, 0.3300094782, 0.6699905218, 0.9305681558])
# Expected in fewer samples than this, a component may have been missed.
_FEW = 20


class Proposal:
    """The laws that times and components are drawn from.

    Args:
        degree: of the model in x.

    Attributes:
        guesses: of the problem.
        mean_square: E||u_t(x given Z)||^2, about.
    """

    def __init__(self, problem: Problem, degree: int) -> None:
        self.problem = problem
        data = problem.data
        with np.errstate(over="ignore", invalid="ignore"):
            squares = (data.means**2).sum(axis=1) + (data.scales**2).sum(axis=1)
            self._sizes = [data.weights * squares, data.weights * squares**degree]
        present = data.weights > 0
        shares = [data.weights, *self._sizes, present.astype(np.float64)]
        self._picks = np.zeros(data.components)
        for part, share in zip((_BY_WEIGHT, _BY_SQUARE, _BY_POWER, _ALIKE), shares, strict=True):
            total = share.sum()
            known = np.isfinite(total) and total > 0
            self._picks += part * (share / total if known else data.weights)
        self.guesses = LinearGuesses(problem)
        self.mean_square = 0.0
        self._edges = self._time_edges()
        self._masses = self._time_masses()

    def times(self, u: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Times and their weights, (n,) each, for ``u`` (n,), uniform on [0, 1)."""
        ends = np.cumsum(self._masses)
        cell = np.minimum(np.searchsorted(ends, u, side="right"), len(ends) - 1)
        width = np.diff(self._edges)[cell]
        inside = 1 - (ends[cell] - u) / self._masses[cell]
        shares = self._edges[cell] + np.clip(inside, 0.0, 1.0) * width
        shares = np.clip(shares, np.finfo(np.float64).tiny, 1 - np.finfo(np.float64).epsneg)
        t = np.minimum(self.problem.time.quantile(shares), LATEST)
        return t, width / self._masses[cell]

    def components(self, u: FloatArray) -> tuple[IntArray, FloatArray]:
        """Components and their weights, (n,) each, for ``u`` (n,), uniform on [0, 1)."""
        chosen = pick(self._picks, u)
        return chosen, self.problem.data.weights[chosen] / self._picks[chosen]

    @cached_property
    def marks(self) -> FloatArray:
        """How much more often than by the law each component is drawn, (K,).

        The density that x is drawn with is p_t(x) times the mean of these given x. A function of t
        and x alone is weighted by the inverse of that (the balance heuristic of Veach & Guibas,
        SIGGRAPH 1995), not by that of its own component: where a rare component far away overlaps
        with the tail of a common one, draws of the latter are too rare to show it.
        """
        weights = self.problem.data.weights
        return np.divide(self._picks, weights, out=np.zeros_like(weights), where=weights > 0)

    def drawn_before(self, shares: FloatArray) -> FloatArray:
        """How much is drawn of the first ``shares`` (n,) of the time law."""
        ends = np.concatenate([[0.0], np.cumsum(self._masses)])
        return np.asarray(np.interp(shares, self._edges, ends))

    def drawn_after(self, shares: FloatArray) -> FloatArray:
        """How much is drawn of the last ``shares`` (n,) of the time law."""
        ends = np.concatenate([[0.0], np.cumsum(self._masses[::-1])])
        return np.asarray(np.interp(shares, 1 - self._edges[::-1], ends))

    def missed(self, samples: int) -> tuple[float, float]:
        """Standard errors that components which may have been missed leave, relative to E||z||^2
        and to that of the higher power; the spread of replicates that miss them does not tell."""
        rare = (self._picks > 0) & (self._picks * samples < _FEW)
        found = []
        for sizes in self._sizes:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                total = sizes.sum()
                off = sizes[rare] / self._picks[rare] / total - 1
                error = np.sqrt((self._picks[rare] * off**2).sum() / samples)
            known = not rare.any() or (np.isfinite(total) and total > 0)
            found.append(float(error) if known and rare.any() else (0.0 if known else np.inf))
        return found[0], found[1]

    def uneven(self, points: int, replicates: int) -> tuple[float, float]:
        """Standard errors, relative as of :meth:`missed`, that Sobol points leave which do not
        divide evenly among components.

        Of n points, n p or one more or less fall on one side of a share p of the components. Where
        n p is close to an integer, replicates mostly agree, and not with the truth: their spread
        would not tell. Of many components the largest step counts; the others show in the spread.
        """
        drawn = self._picks > 0
        places = points * np.cumsum(self._picks[drawn])[:-1]
        rest = places - np.floor(places)
        found = []
        for sizes in self._sizes:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                steps = np.diff(sizes[drawn] / self._picks[drawn] / sizes.sum())
                error = np.abs(steps) * np.sqrt(rest * (1 - rest) / replicates) / points
            known = np.isfinite(error)
            found.append(float(np.max(error, where=known, initial=0.0)))
        return found[0], found[1]

    def _time_edges(self) -> FloatArray:
        """Cells of the time law's quantiles, geometric towards both ends, and at the schedule's
        features."""
        law = self.problem.time
        near = np.geomspace(1e-100, 0.01, 200)
        late = 1 - np.geomspace(1e-15, 0.01, 60)
        middle = np.linspace(0.01, 0.99, 129)
        first, last = (float(v) for v in law.quantile(np.array([1e-6, 1 - 1e-6])))
        narrow = inverse(law.quantile, features.panels(self.problem.path, first, last), 0.0, 1.0)
        return np.unique(np.concatenate([[0.0], near, middle, narrow, late, [1.0]]))

    def _time_masses(self) -> FloatArray:
        """The probability with which each cell is drawn: half by the law, half by the shares of
        E||u||^2 and of what the best linear guess from x leaves of it.

        Between data far away x tells all but the noise within a moment, and the floor is made in
        that moment, in which the schedule does not move more than in others.
        """
        problem, widths = self.problem, np.diff(self._edges)
        inside = self._edges[:-1, None] + widths[:, None] * _LEGENDRE
        t = np.minimum(problem.time.quantile(inside), LATEST)
        with np.errstate(all="ignore"):
            missed = self.guesses.at(t.ravel()).missed.reshape(t.shape)
            square = problem.data.mean_square
            slopes = problem.path.dalpha(t) ** 2 * square + problem.path.dbeta(t) ** 2 * problem.dim
        masses = []
        for mean_square in (slopes, missed):
            share = widths * mean_square.mean(axis=1)
            share[~np.isfinite(share)] = 0.0
            total = share.sum()
            self.mean_square = max(self.mean_square, float(total))
            known = np.isfinite(total) and total > 0
            masses.append(share / total if known else widths)
        return np.asarray(0.5 * widths + 0.25 * masses[0] + 0.25 * masses[1])
