"""The points at which a loss evaluates the model, and what they say about the loss.

A training loss is a black box, but the model inside it is ours: it sees t and x_t. Where row i of
x_t is made of row i of the data that the loss was given, the noise and the conditional velocity
of each row are known, and the loss can be held against them without the noise of sampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import to_array
from fmproof.testing.evidence import Evidence
from fmproof.testing.failure import CheckFailed
from fmproof.testing.joint import joint_test
from fmproof.testing.moments import centred_time
from fmproof.testing.noise import noise_test, scores
from fmproof.testing.reference import Latents, Reference

_CLEAR = 6.0  # standard errors by which rows must fit their own data better than other data
_DOUBTFUL = 1e-3  # p-value below which the law of t is not relied upon
_ACCURATE = 1e-2  # of the noise, where rounding leaves it


@dataclass(frozen=True)
class Points:
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
    def of(cls, calls: list[tuple[Any, Any]], z: FloatArray) -> Points | None:
        """From the arguments (t, x) of the calls of the model; None unless there was one call,
        with a time in [0, 1] and a point for each row of the data ``z`` (N, d)."""
        if len(calls) != 1:
            return None
        try:
            t, x = (to_array(value) for value in calls[0])
        except Exception:
            return None
        if t.size != len(z) or x.shape != z.shape or {t.dtype.kind, x.dtype.kind} != {"f"}:
            return None
        rounding = max(float(np.finfo(v.dtype).eps) for v in (t, x))
        t, x = t.reshape(-1).astype(np.float64), x.astype(np.float64)
        inside = (t >= 0) & (t < 1) & np.isfinite(x).all(axis=1)
        return cls(t, x, z, rounding) if inside.all() else None

    @classmethod
    def join(cls, parts: list[Points]) -> Points:
        """The points of several batches."""
        t, x, z = (np.concatenate([getattr(part, name) for part in parts]) for name in "txz")
        return cls(t, x, z, max(part.rounding for part in parts))

    def belong(self, reference: Reference) -> bool:
        """Whether row i of x is made of row i of the data, clearly: they fit each other better
        than rows that are next to each other do."""
        centre = reference.path.alpha(self.t)[:, None]
        own, other = (
            np.square(self.x - centre * z).sum(axis=1) for z in (self.z, np.roll(self.z, 1, axis=0))
        )
        told = (self.z != np.roll(self.z, 1, axis=0)).any(axis=1)
        excess = float(np.sign(other - own)[told].sum())
        return not told.any() or excess > _CLEAR * np.sqrt(told.sum())

    def latents(self, reference: Reference) -> Latents:
        """The data, and the noise by which x is off."""
        alpha, beta = reference.path.alpha(self.t)[:, None], reference.path.beta(self.t)[:, None]
        return Latents(self.t, self.z, (self.x - alpha * self.z) / beta)

    def velocity(self, reference: Reference) -> FloatArray:
        """u_t(x given z), (N, d)."""
        return reference.velocity(self.latents(reference))

    def slack(self, reference: Reference) -> FloatArray:
        """How far rounding may throw this velocity, (N,)."""
        path, t = reference.path, self.t
        size = 1 + np.abs(np.hstack([self.x, self.z])).max(axis=1)
        slack = 64 * self.rounding * size * (1 + np.abs(path.dalpha(t)))
        slack = slack + 64 * self.rounding * size * np.abs(path.dbeta(t)) / path.beta(t)
        return np.asarray(slack / np.minimum(t, 1 - t) if path.singularities else slack)

    def noise_evidence(self, reference: Reference) -> Evidence:
        """Is the noise standard normal, given the times and the data?"""
        latents = self.latents(reference)
        size = 1 + np.abs(self.z).max(axis=1)
        fine = self.rounding * size < _ACCURATE * reference.path.beta(self.t)
        t, z, eps = (part[fine] for part in latents)
        found = scores(reference, t, z, eps)
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
                hint="compare alpha and beta in the loss with those of the path",
            )

        return Evidence(verdict.p_value, failure)

    def time_evidence(self, reference: Reference, seed: int) -> Evidence:
        """Has t its law?"""
        drawn = reference.time.sample(len(self.t), np.random.default_rng([seed, 4]))
        mine, other = (centred_time(reference, t) for t in (self.t, drawn))
        verdict = joint_test(np.column_stack([mine - other, mine**2 - other**2]))

        def failure(_: float) -> CheckFailed:
            return CheckFailed(
                "the loss does not draw t by its law",
                expected=f"t as under {reference.time!r}",
                found=f"a mean of {self.t.mean():.4g} and a variance of {self.t.var():.4g}, "
                f"from {len(self.t):,} points",
                standard_errors=verdict.standard_errors,
                hint="pass time= if the loss draws t by another law",
            )

        return Evidence(verdict.p_value, failure)

    @staticmethod
    def doubtful(evidence: Evidence) -> bool:
        """Whether there is reason to doubt what the evidence is about."""
        return evidence.p_value <= _DOUBTFUL
