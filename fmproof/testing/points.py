"""The points at which a loss evaluates the model, and what they say about the loss.

A training loss is a black box, but the model inside it is ours: it sees t and x_t. Where row i of
x_t is made of row i of the data that the loss was given, the noise and the conditional velocity
of each row are known, and the loss can be held against them without the noise of sampling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fmproof.models import TablePath
from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.given_paths import domain_of
from fmproof.testing.adapters import to_array
from fmproof.testing.calls import in_one_call
from fmproof.testing.evidence import StatisticalEvidence, strongest
from fmproof.testing.failure import CheckFailed
from fmproof.testing.made_of import Made, mirror_images
from fmproof.testing.noise import noise_test, scores
from fmproof.testing.precision import (
    COARSE,
    lower_precisions,
    on_grid,
    precision_of,
    precision_shown,
    rounded,
    target_slack,
    usual_size,
)
from fmproof.testing.reference import Latents, Reference
from fmproof.testing.reuse import one_time, rows_alike, same_times
from fmproof.testing.table_mistakes import wrong_rows
from fmproof.testing.time_mistakes import time_like
from fmproof.testing.whole_laws import noise_law, noise_like, time_law

_CLEAR = 6.0  # standard errors by which rows must fit their own data better than other data
_DOUBTFUL = 1e-3  # p-value below which the law of t is not relied upon
_ACCURATE = 0.2  # of the noise, where rounding leaves it
_TWO_MORE = 6.0  # nats that two factors that are fitted have to gain
_PARTS, _OFF = 6, 4.5  # of the times, in each of which a guess may be off by standard errors
_FACTOR = 0.005  # by which a factor differs from one


@dataclass(frozen=True)
class EvaluatedPoints:
    """Where a loss evaluated the model once for each row of its data.

    Attributes:
        t: (N,).
        x, z: (N, d), the points and the data.
        rounding: the relative rounding error of t and x.
    """

    t: FloatArray
    x: FloatArray
    z: FloatArray
    rounding: float

    @classmethod
    def of(
        cls, reference: Reference, calls: list[tuple[Any, Any]], z: FloatArray, rounding: float = 0
    ) -> EvaluatedPoints | None:
        """From the arguments (t, x) of the calls of the model; None unless they have a time of the
        path and one point for each row of the data ``z`` (N, d)."""
        calls = in_one_call(calls, z.shape)
        if len(calls) != 1:
            return None
        try:
            t, x = (to_array(value) for value in calls[0])
        except Exception:
            return None
        if x.size != z.size or x.dtype.kind != "f" or t.dtype.kind not in "fiu":
            return None
        rounding = max(rounding, *(precision_of(value) for value in calls[0]))
        t, x = t.reshape(-1).astype(np.float64), x.reshape(z.shape).astype(np.float64)
        if t.size == 1:
            t = np.repeat(t, len(z))
        if t.size != len(z):
            return None
        low, high = domain_of(reference.path)
        inside = (t >= low) & (t <= high) & np.isfinite(x).all(axis=1)
        shown = max(precision_shown(x), min(precision_shown(t), 2.0**-23))
        return cls(t, x, z, max(rounding, shown)) if inside.all() else None

    @classmethod
    def join(cls, parts: list[EvaluatedPoints]) -> EvaluatedPoints:
        """The points of several batches."""
        t, x, z = (np.concatenate([getattr(part, name) for part in parts]) for name in "txz")
        return cls(t, x, z, max(part.rounding for part in parts))

    def casts(self, reference: Reference) -> Iterator[EvaluatedPoints]:
        """The same, should the loss cast its data to a lower precision before it makes x of them;
        where the noise shows that precision as well, the target has it too."""
        beta = reference.beta(self.t)[:, None]
        slack = 8 * self.rounding * self.size[:, None] / np.maximum(beta, 1e-300)
        for kind, eps in lower_precisions(self.rounding):
            cast = replace(self, z=rounded(self.z, kind))
            whole = on_grid(cast.latents(reference).eps, slack, kind)
            yield replace(cast, rounding=eps) if whole else cast

    def rows(self, index: Any) -> EvaluatedPoints:
        """Some of the rows."""
        return EvaluatedPoints(self.t[index], self.x[index], self.z[index], self.rounding)

    def counted(self, reference: Reference) -> EvaluatedPoints:
        """The points in the coordinates that count, for ``reference.projected()``."""
        rows = reference.mask
        return EvaluatedPoints(self.t, self.x[:, rows], self.z[:, rows], self.rounding)

    def belong(self, reference: Reference) -> bool:
        """Whether row i of x is made of row i of the data, clearly: they fit each other better
        than rows that are next to each other do."""
        centre = reference.alpha(self.t)[:, None]
        own, other = (
            np.square(self.x - centre * z).sum(axis=1) for z in (self.z, np.roll(self.z, 1, axis=0))
        )
        told = (self.z != np.roll(self.z, 1, axis=0)).any(axis=1)
        excess = float(np.sign(other - own)[told].sum())
        return not told.any() or excess > _CLEAR * np.sqrt(told.sum())

    def latents(self, reference: Reference) -> Latents:
        """The data, and the noise by which x is off; 0 where there is none."""
        alpha, beta = reference.alpha(self.t)[:, None], reference.beta(self.t)[:, None]
        left = self.x - alpha * self.z
        noise = np.divide(left, beta, out=np.zeros_like(left), where=beta > 0)
        return Latents(self.t, self.z, noise)

    def velocity(self, reference: Reference) -> FloatArray:
        """u_t(x given z), (N, d)."""
        return reference.velocity(self.latents(reference))

    def slack(self, reference: Reference) -> FloatArray:
        """How far rounding may throw this velocity, (N,)."""
        size = 1 + np.abs(np.hstack([self.x, self.z])).max(axis=1)
        slack = target_slack(reference, self.t, size, self.rounding)
        # Where beta is next to nothing, x does not tell the noise, which the target has.
        with np.errstate(divide="ignore", invalid="ignore"):
            told = 1.5 * self.rounding * size / reference.beta(self.t)
            slack = slack + np.abs(reference.coefficients(self.t)[1]) * told
        most = 1e3 * size
        return np.asarray(np.minimum(np.where(np.isfinite(slack), slack, most), most))

    @property
    def size(self) -> FloatArray:
        """The largest number of each row, and at least 1, (N,)."""
        return np.asarray(1 + np.abs(np.hstack([self.x, self.z])).max(axis=1))

    def _told(self, reference: Reference) -> BoolArray:
        """Whether rounding leaves the noise of a row to be seen, (N,)."""
        beta = reference.beta(self.t)
        return np.asarray(1.5 * self.rounding * usual_size(reference) < _ACCURATE * beta)

    def rows_alike(self, reference: Reference, batches: int) -> CheckFailed | None:
        """The failure of code that gives two rows one noise in every batch."""
        each = len(self.t) // batches
        if len(self.t) != batches * each:
            return None
        eps = self.latents(reference).eps.reshape(batches, each, -1)
        return rows_alike(eps, self._told(reference).reshape(batches, each))

    def one_time(self, reference: Reference, batches: int) -> CheckFailed | None:
        """The failure of code that draws one time for all rows of a batch."""
        each = len(self.t) // batches
        return one_time(reference, self.t[: batches * each].reshape(batches, each))

    def made(self, reference: Reference) -> Made:
        """The data and the noise of the rows in which rounding leaves the noise to be seen."""
        beta, fine = reference.beta(self.t), self._told(reference)
        t, z, eps = (part[fine] for part in self.latents(reference))
        slack = 1.5 * self.rounding * self.size[fine] / beta[fine]
        return Made(t, t, z, eps, slack, slack, np.ones(len(t), dtype=bool))

    def noise_evidence(self, reference: Reference) -> StatisticalEvidence:
        """Is the noise standard normal, given the times and the data?"""
        made = self.made(reference)
        t, z, eps, slack = made.t, made.z, made.eps, made.slack
        mirror = mirror_images(eps, slack)
        if len(mirror) and mirror.mean() > 0.2:
            t, z, eps, slack = (part[~mirror] for part in (t, z, eps, slack))
            made = Made(t, t, z, eps, slack, slack, np.ones(len(t), dtype=bool))
        whole = noise_law(reference, made)
        found = scores(reference, t, z, eps, slack)
        verdict = noise_test(found)
        name = found.names[verdict.worst]

        def failure(_: float) -> CheckFailed:
            return CheckFailed(
                "the loss does not evaluate the model at points x_t = alpha(t) x1 + beta(t) x0",
                expected=f"E[{name}] as for standard normal x0 = (x_t - alpha(t) x1) / beta(t), "
                "with t and x_t as the model gets them and x1 as the loss gets it",
                found=f"{verdict.mean:+.4g} ± {verdict.error:.2g} beside it, "
                f"from {len(t):,} points",
                standard_errors=verdict.standard_errors,
                hint=self.like(reference)
                or self._other_times(reference)
                or "compare alpha and beta in the loss with those of the path",
            )

        return strongest([StatisticalEvidence(verdict.p_value, failure), whole], 2)

    def like(self, reference: Reference) -> str:
        """What the points are made of, when that is clearly not alpha x1 + beta x0."""
        t = self.t
        alpha, beta = reference.alpha(t), reference.beta(t)
        if self._fits(alpha, beta):
            return ""
        back = reference.mirror(t)
        known = {
            "x1 enters as 2·x1 - 1: the loss normalises its data, give it data in [0, 1]": (
                *(2 * alpha, beta),
                -alpha,
            ),
            "x_t is that of 1 - t: time runs from data to noise": (
                reference.alpha(back),
                reference.beta(back),
            ),
            "the noise in x_t has the factor beta²: a square root is missing": (alpha, beta**2),
            "the data in x_t have the factor alpha²: a square root is missing": (alpha**2, beta),
        }
        if isinstance(reference.path, TablePath):
            known |= wrong_rows(reference.path, t)
        likely = [
            (self._likelihood(*schedule), words)
            for words, schedule in known.items()
            if self._fits(*schedule)
        ]
        factors = self._factors(alpha, beta)
        if factors is not None:
            (a, b), words = factors
            likely.append((self._likelihood(a * alpha, b * beta) - _TWO_MORE, words))
        changed = self._changed(alpha, beta)
        if changed is not None:
            (stretch, shift), words = changed
            found = self._likelihood(stretch * alpha, beta, shift * alpha)
            likely.append((found - _TWO_MORE, words))
        if likely:
            return max(likely)[1]
        return self._other_noise(reference) or self._near(reference, float(np.quantile(t, 0.3)))

    def _other_times(self, reference: Reference) -> str:
        """About times that have not their law, for points that were made of others."""
        if self.time_evidence(reference).p_value > _DOUBTFUL:
            return ""
        return f"of the times that the model is told: {time_like(reference, self.t, self.rounding)}"

    def _other_noise(self, reference: Reference) -> str:
        """About noise that has the same wrong law at all times."""
        made = self.made(reference)
        if len(made.t) < 2 * _PARTS:
            return ""
        parts = [made.eps[rows] for rows in np.array_split(np.argsort(made.t), _PARTS)]
        means, spreads = (np.array([f(part) for part in parts]) for f in (np.mean, np.std))
        error = made.eps.std() / np.sqrt(parts[-1].size)
        if max(np.ptp(means), np.ptp(spreads)) > _OFF * error:
            return ""
        return f"the x0 that x_t and x1 imply is not standard normal: {noise_like(made.eps)}"

    def _factors(
        self, alpha: FloatArray, beta: FloatArray
    ) -> tuple[tuple[float, float], str] | None:
        """Constant factors by which alpha and beta in x are off, and words for them."""
        centre = alpha[:, None] * self.z
        square = float(np.square(centre).sum())
        usable = beta > 1e-6
        if square == 0 or not usable.any():
            return None
        weights = np.where(usable, 1 / np.maximum(beta, 1e-6), 0.0)[:, None] ** 2
        a = float((weights * self.x * centre).sum() / (weights * centre * centre).sum())
        left = (self.x - a * centre)[usable] / beta[usable, None]
        b = float(left.std())
        if not self._fits(a * alpha, b * beta):
            return None
        found = [
            f"the {name} in x_t {verb} {factor:.4g} times {its} factor {letter}"
            for name, verb, factor, its, letter in (
                ("data", "have", a, "their", "alpha"),
                ("noise", "has", b, "its", "beta"),
            )
            if abs(factor - 1) > _FACTOR
        ]
        return ((a, b), ", ".join(found)) if found else None

    def _changed(
        self, alpha: FloatArray, beta: FloatArray
    ) -> tuple[tuple[float, float], str] | None:
        """Numbers p and q such that the data enter x as p z + q, and words for them."""
        scale = np.where(beta > 1e-6, 1 / np.maximum(beta, 1e-6), 0.0)[:, None]
        if np.ptp(self.z) < 1e-3:  # p and q cannot be told apart
            return None
        parts = np.stack([alpha[:, None] * self.z, alpha[:, None] + 0 * self.z], axis=2)
        design, due = (parts * scale[..., None]).reshape(-1, 2), (self.x * scale).ravel()
        (stretch, shift), *_ = np.linalg.lstsq(design, due, rcond=None)
        if abs(shift) < _FACTOR or not self._fits(stretch * alpha, beta, shift * alpha):
            return None
        words = (
            f"x1 enters as {stretch:.4g}·x1 {'-' if shift < 0 else '+'} {abs(shift):.3g}: the loss "
            "changes its data, give it those that are to be learned"
        )
        return (float(stretch), float(shift)), words

    def _likelihood(
        self, alpha: FloatArray, beta: FloatArray, shift: FloatArray | float = 0.0
    ) -> float:
        """The log-likelihood of x, but for a constant, if it is alpha z + shift + beta eps."""
        centre = alpha[:, None] * self.z + np.broadcast_to(np.asarray(shift), alpha.shape)[:, None]
        scale = np.maximum(beta, 1e-12)[:, None]
        return float(-(0.5 * np.square((self.x - centre) / scale) + np.log(scale)).sum())

    def _fits(self, alpha: FloatArray, beta: FloatArray, shift: FloatArray | float = 0.0) -> bool:
        """Whether x is alpha z + shift + beta times standard normal noise, early and late."""
        centre = np.broadcast_to(np.asarray(shift), alpha.shape)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            noise = (self.x - alpha[:, None] * self.z - centre) / beta[:, None]
            off = self.rounding * self.size / beta if self.rounding > COARSE else 0 * beta
        noise[off > _ACCURATE] = np.nan  # rounding leaves it not to be seen
        for rows in np.array_split(np.argsort(self.t, kind="stable"), _PARTS):
            told = np.isfinite(noise[rows]).all(axis=1)
            some, root = noise[rows][told], np.sqrt(max(told.sum() * noise.shape[1], 1))
            beyond = float(off[rows][told].mean()) if told.any() else 0.0
            if (
                not some.size
                or abs(some.mean()) > _OFF / root + beyond
                or abs(np.square(some).mean() - 1) > _OFF * np.sqrt(2) / root + 2 * beyond
            ):
                return False
        return True

    def _near(self, reference: Reference, at: float) -> str:
        """What x_t is made of near a time."""
        t, x, z = self.t, self.x, self.z
        rows = np.argsort(np.abs(t - at), kind="stable")[: max(60, len(t) // 20)]
        alpha, beta = (float(np.mean(f(t[rows]))) for f in (reference.alpha, reference.beta))
        found, shift = alpha, 0.0
        if float(z[rows].std()) > 1e-3 * (beta + 1e-9):
            design = np.column_stack([z[rows].ravel(), np.ones(z[rows].size)])
            (found, shift), *_ = np.linalg.lstsq(design, x[rows].ravel(), rcond=None)
        noise = float((x[rows] - found * z[rows] - shift).std())
        shown = f" + {shift:.3g}" if abs(shift) > 8 * noise / np.sqrt(z[rows].size) else ""
        return (
            f"near t = {at:.3g} x_t is {found:.3g} x1 + {noise:.3g} x0{shown}, "
            f"expected {alpha:.3g} x1 + {beta:.3g} x0"
        )

    def time_evidence(self, reference: Reference, batches: int = 1) -> StatisticalEvidence:
        """Has t its law? Batches that share one t count as one time each."""
        t = self.t
        each = len(t) // batches
        if each > 1 and len(t) == each * batches:
            rows = t.reshape(batches, each)
            if (rows == rows[:, :1]).all():
                t = rows[:, 0]
            again = same_times(reference, rows)
            if again is not None:
                return StatisticalEvidence.certain(again)
        return time_law(
            reference, t, self.rounding, "the loss does not draw t by its law", "the loss"
        )

    @staticmethod
    def doubtful(evidence: StatisticalEvidence) -> bool:
        """Whether there is reason to doubt what the evidence is about."""
        return evidence.p_value <= _DOUBTFUL
