"""Does a user's training loss differ from the flow matching loss by a constant?

L_FM = L_CFM + C says that L_CFM(m + Δ) − L_CFM(m) = L_FM(m + Δ) − L_FM(m) for any two models.
The left side is the user's loss, called for shifted models; the right side is
E[2 (m − u_t(x))·Δ + ‖Δ‖²], with the marginal field u_t(x) in closed form. Both are taken over
batches, and it is the differences of batch means that are tested: they are close to normal.
Where the loss shows the points at which it evaluates the model, the left side is also compared
with what it is at these points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import (
    VelocityFunction,
    to_array,
)
from fmproof.testing.batches import BatchLosses, batch_means, draw_marginal, looks
from fmproof.testing.epochs import EPOCH_ROWS, check_epochs, reused_over_epochs
from fmproof.testing.evidence import StatisticalEvidence, check_options, first_failure
from fmproof.testing.explain import explain_loss
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of
from fmproof.testing.joint import JointTest
from fmproof.testing.labels import check_dropout
from fmproof.testing.loss_calls import draw_data, evaluate_loss, noting, times_beyond
from fmproof.testing.loss_labels import (
    check_labels_of_loss,
    label_share_of_loss,
)
from fmproof.testing.made_of import Made
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.reference import Reference
from fmproof.testing.smallest import smallest_failure

_ROUNDING = 16  # in units of the user's precision

SHIFTS: dict[str, Callable[[Any, Any], Any]] = {
    "1": lambda t, x: 0 * x + 1,
    "-1": lambda t, x: 0 * x - 1,
    "x": lambda t, x: x,
    "t x": lambda t, x: t * x,
    "x turned by one coordinate": lambda t, x: x[:, [*range(1, x.shape[1]), 0]],
    "t": lambda t, x: 0 * x + t,
    "(1 - t)^4 x": lambda t, x: (1 - t) ** 4 * x,
    "t^4 x": lambda t, x: t**4 * x,
}
"""Δ(t (N, 1), x (N, d)), of array operations that NumPy, PyTorch and JAX share; t on the scale
where its law lies in [0, 1]. The last two look near one end: where x is nearly noise, rounding in
half precision leaves the noise to be seen best."""


def assert_losses_differ_by_constant(
    model: Callable[..., Any],
    path: Any,
    data: Any,
    loss: Callable[..., Any] | None = None,
    *,
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
    """Assert that a conditional loss is the flow matching loss plus a constant, near ``model``.

    For another target the marginal loss is that of E[target given x], with the same weight.

    Args:
        model: the user's function of t (N,) and x (N, d), on arrays or tensors.
        path: a ``fmproof.models.Path``.
        data: a ``GaussianMixture``, or an array (K, d) of equally likely points.
        loss: the user's ``loss(model, x1)``, which draws its own times and noise for a batch of
            data x1, from numpy.random, torch, or a third parameter named rng, and returns a
            number, or one number for each row. It is called with shifted copies of the model.
            A parameter y (or labels, label, class_labels) gets the numbers of the rows as labels,
            which the loss passes to the model beside t and x; this model does not use them.
            Without it, the conditional loss of the path is used, and what is tested is the model:
            that both losses of it are finite and its values reproducible.
        time: the law of t in the loss, by default uniform over the times of the path.
        target, direction: as in ``assert_conditional_velocity``: what the model predicts, and which
            way time runs.
        weight: of the squared error, a function of t (N,) or of a parameter named snr, which gets
            alpha²/beta²; see ``fmproof.testing.min_snr``, ``edm`` and ``cosmap``.
        coupling: how the loss pairs data and noise, as in ``assert_conditional_velocity``. Unless
            it is "independent", the loss is read off row by row, and not held against a closed
            form.
        dims: the coordinates that the loss counts, as indices or booleans, where others are
            padding.
        reduction: "sum" when the loss adds the squares of the d coordinates, "mean" when it
            averages them, as ``torch.nn.functional.mse_loss`` does.
        shared_time: whether the rows of a batch share one t, as for a model of one time.
        label_dropout: the share of the rows whose label the loss leaves out, for classifier-free
            guidance; by default any.
        epochs: how often to give the loss the same data: the noise must be new each time. It is
            looked at where the loss evaluates the model once for each row.
        samples: how many samples to draw, in 100 batches.
        level: the probability that right code fails.
        seed: of the data, the noise and the global generators; by default pytest's
            ``--fmproof-seed``, or 0.

    Raises:
        CheckFailed: with the smallest problem found.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    from fmproof.testing.coupled_losses import CoupledLoss, check_coupling

    check_reduction(reduction)
    check_options(samples, level)
    check_shared(shared_time)
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
    user = VelocityFunction(model, reference.dim, shape=reference.shape)

    def check(on: Reference) -> CheckFailed | None:
        try:
            again = check_labels_of_loss(user, on, loss, seed)
            share = label_share_of_loss(user, on, loss, seed)
            again = again or reused_over_epochs(partial(loss_epoch, user, on, loss, seed), epochs)
            if loss is not None and on.coupling != "independent":
                factor = on.reduction(reduction == "mean")
                found = CoupledLoss(user, on, loss, factor, seed).looks()
            else:
                found = loss_looks(user, on, loss, reduction == "mean", samples, seed)
            return again or first_failure(found, samples, level, beside=share)
        except CheckFailed as failure:
            return failure

    failure, smallest = smallest_failure(check, reference, change_data=True)
    if failure is None:
        return
    failure.problem = smallest.describe()
    failure.reproduce = call_text(
        assert_losses_differ_by_constant,
        code_of(model, "model"),
        *smallest.code(),
        *([] if loss is None else [code_of(loss, "loss")]),
        **smallest.options(),
        reduction=reduction,
        epochs=epochs if epochs > 1 else None,
        samples=samples,
        level=level,
        seed=seed,
    )
    raise failure.with_traceback(None)


def check_shared(shared_time: Any) -> None:
    """Raise ``InputError`` unless ``shared_time`` is a boolean."""
    if not isinstance(shared_time, bool):
        raise InputError(f"shared_time: expected True or False, found {shared_time!r}")


def check_reduction(reduction: Any) -> None:
    """Raise ``InputError`` for one that is not known."""
    if reduction not in ("sum", "mean"):
        raise InputError(f"reduction: expected 'sum' or 'mean', found {reduction!r}")


def loss_looks(
    user: VelocityFunction,
    reference: Reference,
    loss: Callable[..., Any] | None,
    mean: bool,
    samples: int,
    seed: int,
) -> Iterator[StatisticalEvidence]:
    """Looks at L(m + Δ) − L(m) for each shift Δ, in batches."""
    user.check_steady(*draw_marginal(reference, 2 * user.dim + 10, seed))
    if loss is not None:
        reference = padded_as(user, reference, loss, seed)
        why = partial(explain_loss, user, reference, loss, reference.reduction(mean), seed)
        beyond = times_beyond(user, reference, loss, seed, why)
        if beyond is not None:
            yield StatisticalEvidence.certain(beyond)
    yield from looks(_Differences(user, loss, mean, reference, seed), reference, samples, seed)


@dataclass(frozen=True)
class _Differences:
    """L(m + Δ) − L(m) for each shift Δ."""

    user: VelocityFunction
    loss: Callable[..., Any] | None
    mean: bool
    given: Reference
    seed: int

    @property
    def factor(self) -> float:
        """Of a sum over the coordinates."""
        return self.given.reduction(self.mean)

    @property
    def precision(self) -> float:
        return _roundings(self.user) * self.user.eps

    def found(self, reference: Reference, size: int, seed: int) -> BatchLosses:
        if self.loss is None:
            t, _, _, x, u = reference.draw(size, np.random.default_rng([seed, 2]))
            rows = _differences(reference, self.user(t, x) - u, t, x)
            return BatchLosses(self.factor * rows.mean(axis=0))
        z = draw_data(reference, size, seed)
        value, numbers, points = _user_differences(self.user, reference, self.loss, z, seed)
        return BatchLosses(numbers, self.precision * abs(value), points)

    def expected(
        self, reference: Reference, t: FloatArray, x: FloatArray, count: int
    ) -> FloatArray:
        residual = self.user(t, x) - reference.expected(t, x)
        return self.factor * batch_means(_differences(reference, residual, t, x), count)

    def at_points(
        self, reference: Reference, points: EvaluatedPoints, count: int
    ) -> tuple[FloatArray, FloatArray]:
        t, x = points.t, points.x
        residual = self.user(t, x) - points.velocity(reference)
        off = 2 * (reference.weights(t) * points.slack(reference))[:, None] * reference.mask
        slack = [(off * np.abs(d)).sum(axis=1) for d in _shifts(reference, t, x)]
        there = batch_means(_differences(reference, residual, t, x), count)
        return self.factor * there, self.factor * batch_means(np.column_stack(slack), count)

    def moved(
        self, reference: Reference, points: EvaluatedPoints, move: FloatArray, count: int
    ) -> FloatArray:
        t, x = points.t, points.x
        off = 2 * reference.weights(t)[:, None] * reference.mask * move
        rows = [(off * d).sum(axis=1) for d in _shifts(reference, t, x)]
        return self.factor * batch_means(np.column_stack(rows), count)

    def describe(
        self, found: FloatArray, expected: FloatArray, verdict: JointTest, where: str
    ) -> CheckFailed:
        i, reference = verdict.worst, self.given
        theirs, right = found.mean(axis=0), expected.mean(axis=0)
        return CheckFailed(
            "the loss does not differ from the flow matching loss by a constant",
            expected=f"L(m + D) - L(m) = {right[i]:.6g} for the model m and "
            f"D(t, x) = {list(SHIFTS)[i]}, {where}",
            found=f"{theirs[i]:.6g}, which is off by {verdict.mean:+.4g} ± {verdict.error:.2g}",
            standard_errors=verdict.standard_errors,
            hint=_scale_hint(theirs, right, reference.counted, self.mean)
            or explain_loss(self.user, reference, self.loss, self.factor, self.seed),
        )


def _roundings(user: VelocityFunction) -> float:
    return _ROUNDING if user.eps < 1e-4 else 4.0


def loss_epoch(
    user: VelocityFunction,
    reference: Reference,
    loss: Callable[..., Any] | None,
    seed: int,
    number: int,
    other_data: bool,
) -> Made | None:
    """What the points of a loss are made of in an epoch; None where that does not show."""
    if loss is None:
        return None
    calls: list[tuple[Any, Any]] = []
    z = draw_data(reference, EPOCH_ROWS, seed + other_data)
    given = user.convert(z.reshape(-1, *user.shape).copy())
    evaluate_loss(loss, noting(user, reference, calls), given, EPOCH_ROWS, seed + 1 + number)
    points = EvaluatedPoints.of(reference, calls, to_array(given).reshape(z.shape), user.eps)
    if points is None or not points.counted(reference).belong(reference.projected()):
        return None
    return points.counted(reference).made(reference.projected())


def padded_as(
    user: VelocityFunction, reference: Reference, loss: Callable[..., Any], seed: int
) -> Reference:
    """The reference whose points have 0 in the coordinates that do not count, if the loss gives
    such points to the model."""
    if reference.mask.all():
        return reference
    calls: list[tuple[Any, Any]] = []
    z = draw_data(reference, 20, seed)
    data = user.convert(z.reshape(-1, *user.shape))
    evaluate_loss(loss, noting(user, reference, calls), data, len(z), seed)
    points = EvaluatedPoints.of(reference, calls, z)
    blank = points is not None and not points.x[:, ~reference.mask].any()
    return replace(reference, blank=True) if blank else reference


def _scale_hint(found: FloatArray, expected: FloatArray, dim: int, mean: bool) -> str:
    ratio = float(found @ expected / (expected @ expected))
    if not np.allclose(found, ratio * expected, rtol=0.1, atol=0.05 * np.abs(found).max()):
        return ""
    factor = dim if mean else 1 / dim
    if dim > 1 and abs(ratio / factor - 1) < 0.05:
        other = "sum" if mean else "mean"
        return f"pass reduction={other!r} if the loss takes the {other} over the coordinates"
    return ""


def _differences(
    reference: Reference, residual: FloatArray, t: FloatArray, x: FloatArray
) -> FloatArray:
    """What each row adds to L(m + Δ) − L(m) for each shift, (N, k)."""
    w = reference.weights(t)[:, None] * reference.mask
    shifts = _shifts(reference, t, x)
    return np.column_stack([(w * (2 * residual + d) * d).sum(axis=1) for d in shifts])


def _shifts(reference: Reference, t: FloatArray, x: FloatArray) -> list[FloatArray]:
    return [shift(reference.scaled(t)[:, None], x) for shift in SHIFTS.values()]


def _user_differences(
    user: VelocityFunction,
    reference: Reference,
    loss: Callable[..., Any],
    z: FloatArray,
    seed: int,
) -> tuple[float, FloatArray, EvaluatedPoints | None]:
    """The user's loss, that of each shifted model minus it, all from the same seed, and the points
    at which it evaluates them."""
    calls: list[tuple[Any, Any]] = []
    models = [
        user.function,
        *(noting(user, reference, calls, shift) for shift in SHIFTS.values()),
    ]
    values = []
    for model in models:
        calls.clear()
        data = user.convert(z.reshape(-1, *user.shape).copy())
        values.append(evaluate_loss(loss, model, data, len(z), seed))
    differences = np.array(values[1:]) - values[0]
    given = to_array(user.convert(z)).astype(np.float64)
    return values[0], differences, EvaluatedPoints.of(reference, calls, given, user.eps)
