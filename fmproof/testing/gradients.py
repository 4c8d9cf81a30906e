"""Does a user's training loss have the gradient of the flow matching loss?

The gradient of L_FM is taken of E‖m_θ(t, x) − u_t(x)‖² with u_t(x) in closed form: by automatic
differentiation for a PyTorch module, by central differences along directions in θ otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.batches import BATCHES, BatchLosses, draw_marginal, looks
from fmproof.testing.coupled_losses import CoupledLoss, check_coupling
from fmproof.testing.epochs import check_epochs, reused_over_epochs
from fmproof.testing.evidence import FIRST_LOOK, StatisticalEvidence, check_options, first_failure
from fmproof.testing.explain import explain_loss
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of
from fmproof.testing.families import SINGLE, Family, family_of
from fmproof.testing.joint import JointTest
from fmproof.testing.labels import check_dropout
from fmproof.testing.loss_labels import check_labels_of_loss, label_share_of_loss
from fmproof.testing.losses import check_reduction, check_shared, loss_epoch, padded_as
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.reference import Reference
from fmproof.testing.shown import ShownTargets
from fmproof.testing.smallest import smallest_failure


def assert_same_gradient(
    model: Any,
    path: Any,
    data: Any,
    loss: Callable[..., Any] | None = None,
    *,
    theta: Any = None,
    gradient: Callable[..., Any] | None = None,
    time: Any = None,
    target: Any = "velocity",
    weight: Any = None,
    coupling: str = "independent",
    dims: Any = None,
    direction: str = "noise-to-data",
    reduction: str = "sum",
    shared_time: bool = False,
    label_dropout: float | None = None,
    epochs: int = 1,
    samples: int = 50_000,
    level: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that a conditional loss has the gradient of the flow matching loss in θ.

    Args:
        model: a ``torch.nn.Module``, a ``PolynomialVelocity``, or with ``theta`` a function
            ``model(theta, t, x)``.
        path: a ``fmproof.models.Path``.
        data: a ``GaussianMixture``, or an array (K, d) of equally likely points.
        loss: the user's ``loss(model, x1)``, as in ``assert_losses_differ_by_constant``; for a
            function ``model(theta, t, x)`` it is called with ``partial(model, theta)``. Without
            it, the conditional loss of the path is used.
        theta: the parameters, an array of any shape, at which to compare.
        gradient: the user's own ``gradient(theta, x1)`` of the conditional loss, to be tested in
            place of the derivative of ``loss``.
        time, target, weight, coupling, dims, direction, reduction, epochs, samples, level, seed:
            as in ``assert_losses_differ_by_constant``; so are ``shared_time`` and
            ``label_dropout``.

    Raises:
        CheckFailed: with the smallest problem found.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    check_reduction(reduction)
    check_shared(shared_time)
    check_options(samples, level)
    check_epochs(epochs)
    check_dropout(label_dropout)
    seed = chosen_seed(seed)
    reference = Reference.of(
        *(path, data, time),
        target=target,
        weight=weight,
        coupling=coupling,
        dims=dims,
        direction=direction,
        shared_time=shared_time,
        label_dropout=label_dropout,
    )
    check_coupling(reference, loss)
    family = family_of(model, theta, reference, loss, gradient)

    def check(on: Reference) -> CheckFailed | None:
        try:
            again = check_labels_of_loss(family.user, on, loss, seed)
            share = label_share_of_loss(family.user, on, loss, seed)
            epoch = partial(loss_epoch, family.user, on, loss, seed)
            again = again or reused_over_epochs(epoch, epochs)
            if loss is not None and on.coupling != "independent":
                found = coupled_gradient(family, on, loss, reduction == "mean", seed).looks()
            else:
                found = gradient_looks(family, on, reduction == "mean", samples, seed)
            return again or first_failure(found, samples, level, beside=share)
        except CheckFailed as failure:
            return failure

    failure, smallest = smallest_failure(check, reference, change_data=True)
    if failure is None:
        return
    failure.problem = smallest.describe()
    failure.reproduce = call_text(
        assert_same_gradient,
        code_of(model, "model"),
        *smallest.code(),
        *([] if loss is None else [code_of(loss, "loss")]),
        *([] if theta is None else ["theta=theta"]),
        *([] if gradient is None else [f"gradient={code_of(gradient, 'gradient')}"]),
        **smallest.options(),
        reduction=reduction,
        epochs=epochs if epochs > 1 else None,
        samples=samples,
        level=level,
        seed=seed,
    )
    raise failure.with_traceback(None)


def coupled_gradient(
    family: Family, reference: Reference, loss: Callable[..., Any], mean: bool, seed: int
) -> CoupledLoss:
    """A loss with its own pairing, whose slopes must be those of its squared errors."""
    factor = reference.reduction(mean)
    family.check_reproducible(reference, FIRST_LOOK // BATCHES, seed)
    family.choose_directions(reference, factor, seed, FIRST_LOOK // 5)

    def slopes(
        z: FloatArray, points: EvaluatedPoints, shown: ShownTargets, each: int
    ) -> CheckFailed | None:
        found, _ = family.user_slopes(reference, len(z), each)
        (right,) = family.slopes(reference, points.t, points.x, shown.u, 1)
        off = np.abs(found - factor * right)
        size = 1 + np.abs(right).max()
        i = int(off.argmax())
        if off[i] <= 64 * max(family.rounding, points.rounding * len(z)) * size:
            return None
        return CheckFailed(
            "the loss does not have the gradient of its squared errors",
            expected=f"{factor * right[i]:.6g} for its slope {family.names[i]}",
            found=f"{found[i]:.6g}",
            hint="the model's output may be detached somewhere, or the targets may depend on it",
        )

    return CoupledLoss(family.user, reference, loss, factor, seed, slopes)


def gradient_looks(
    family: Family, reference: Reference, mean: bool, samples: int, seed: int
) -> Iterator[StatisticalEvidence]:
    """Looks at the slopes of the loss along some directions in θ, in batches."""
    family.user.check_steady(*draw_marginal(reference, 2 * reference.dim + 10, seed))
    family.check_reproducible(reference, FIRST_LOOK // BATCHES, seed)
    factor = reference.reduction(mean)
    if family.loss is not None:
        reference = padded_as(family.user, reference, family.loss, seed)
    family.choose_directions(reference, factor, seed)

    yield from looks(_Slopes(family, mean, reference, seed), reference, samples, seed)


@dataclass(frozen=True)
class _Slopes:
    """Slopes of the loss along the directions of a family."""

    family: Family
    mean: bool
    given: Reference
    seed: int

    @property
    def factor(self) -> float:
        """Of a sum over the coordinates."""
        return self.given.reduction(self.mean)

    @property
    def precision(self) -> float:
        return self.family.rounding

    def found(self, reference: Reference, size: int, seed: int) -> BatchLosses:
        slopes, points = self.family.user_slopes(reference, size, seed)
        return BatchLosses(slopes, points=points)

    def expected(
        self, reference: Reference, t: FloatArray, x: FloatArray, count: int
    ) -> FloatArray:
        u = reference.expected(t, x)
        return self.factor * self.family.slopes(reference, t, x, u, count)

    def at_points(
        self, reference: Reference, points: EvaluatedPoints, count: int
    ) -> tuple[FloatArray, FloatArray]:
        t, x, u = points.t, points.x, points.velocity(reference)
        there = self.family.slopes(reference, t, x, u, count)
        rounding = self.family.rounding * np.abs(there)
        # A slope is affine in u: see how far rounding moves it.
        slack = points.slack(reference)[:, None]
        sign = np.where(np.arange(len(u)) % 2, 1.0, -1.0)[:, None]
        for move in (slack, sign * slack) if points.rounding > SINGLE else ():
            moved = self.family.slopes(reference, t, x, u + move, count)
            rounding = rounding + np.abs(moved - there)
        return self.factor * there, self.factor * rounding

    def moved(
        self, reference: Reference, points: EvaluatedPoints, move: FloatArray, count: int
    ) -> FloatArray:
        t, x, u = points.t, points.x, points.velocity(reference)
        there, other = (self.family.slopes(reference, t, x, v, count) for v in (u, u + move))
        return np.asarray(self.factor * (other - there))

    def describe(
        self, found: FloatArray, expected: FloatArray, verdict: JointTest, where: str
    ) -> CheckFailed:
        i, family, counted = verdict.worst, self.family, self.given.counted
        theirs, right = found.mean(axis=0), expected.mean(axis=0)
        return CheckFailed(
            "the loss does not have the gradient of the flow matching loss",
            expected=f"{right[i]:.6g} for its slope {family.names[i]}, {where}",
            found=f"{theirs[i]:.6g}, which is off by {verdict.mean:+.4g} ± {verdict.error:.2g} "
            f"({len(theirs)} slopes)",
            standard_errors=verdict.standard_errors,
            hint=_scale_hint(theirs, right, found - expected, counted, self.mean)
            or explain_loss(family.user, self.given, family.loss, self.factor, self.seed)
            or _ratio_hint(theirs, right, found - expected),
        )


def _scale_hint(
    found: FloatArray, expected: FloatArray, values: FloatArray, dim: int, mean: bool
) -> str:
    ratio = float(found @ expected / (expected @ expected))
    errors = values.std(axis=0) / np.sqrt(len(values))
    if (np.abs(found - ratio * expected) > 5 * errors).any() or abs(ratio - 1) < 0.05:
        return ""
    if dim > 1 and abs(ratio / (dim if mean else 1 / dim) - 1) < 0.05:
        other = "sum" if mean else "mean"
        return f"pass reduction={other!r} if the loss takes the {other} over the coordinates"
    return ""


def _ratio_hint(found: FloatArray, expected: FloatArray, values: FloatArray) -> str:
    ratio = float(found @ expected / (expected @ expected))
    errors = values.std(axis=0) / np.sqrt(len(values))
    if (np.abs(found - ratio * expected) > 5 * errors).any() or abs(ratio - 1) < 0.05:
        return ""
    return f"the gradient is about {ratio:.2g} times what it should be"
