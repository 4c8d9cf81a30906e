"""Does a user's training loss have the gradient of the flow matching loss?

The gradient of L_FM is taken of E‖m_θ(t, x) − u_t(x)‖² with u_t(x) in closed form: by automatic
differentiation for a PyTorch module, by central differences along directions in θ otherwise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models import PolynomialVelocity
from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import (
    VelocityFunction,
    check_numbers,
    hint_for,
    module_of,
    real_numbers,
    to_array,
)
from fmproof.testing.batches import BATCHES, BatchLosses, batch_means, draw_marginal, looks
from fmproof.testing.calls import note
from fmproof.testing.coupled_losses import CoupledLoss, check_coupling
from fmproof.testing.epochs import check_epochs, reused_over_epochs
from fmproof.testing.evidence import FIRST_LOOK, StatisticalEvidence, check_options, first_failure
from fmproof.testing.explain import explain_loss
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of, name_of
from fmproof.testing.joint import JointTest
from fmproof.testing.labels import check_dropout
from fmproof.testing.loss_labels import check_labels_of_loss, label_share_of_loss
from fmproof.testing.losses import (
    call_loss,
    check_reduction,
    draw_data,
    evaluate_loss,
    loss_epoch,
    noting,
    padded_as,
)
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.precision import precision_of
from fmproof.testing.reference import Reference
from fmproof.testing.shown import ShownTargets
from fmproof.testing.smallest import smallest_failure

_AXES = 24  # as many parameters are looked at one by one; more of them in groups
_GROUPS = 12
_MOST = 2_000  # above that, along random directions
_PROBE = 5_000  # samples that tell where to look
_STEP, _COARSE_STEP = 1e-4, 1e-2  # of differences in double and in single precision
_COARSE_ROUNDING = 2e-3
_SINGLE = 1e-10  # rounding errors above this are those of single precision or less


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
        time, target, weight, coupling, dims, direction, reduction, shared_time, label_dropout,
            epochs, samples, level, seed: as in ``assert_losses_differ_by_constant``.

    Raises:
        CheckFailed: with the smallest problem found.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    check_reduction(reduction)
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
        for move in (slack, sign * slack) if points.rounding > _SINGLE else ():
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


class Family(ABC):
    """A model with its parameters, and slopes of losses along some directions in them.

    Attributes:
        user: the model at its parameters.
        names: (k,), what the directions are.
        rounding: the relative error of a slope by rounding.
    """

    user: VelocityFunction
    names: list[str]
    rounding: float
    loss: Callable[..., Any] | None

    @abstractmethod
    def choose_directions(
        self, reference: Reference, factor: float, seed: int, probe: int = _PROBE
    ) -> None:
        """Look where samples of their own show the greatest difference from ``factor`` times the
        gradient of L_FM, group by group of the parameters."""

    @abstractmethod
    def slopes(
        self, reference: Reference, t: FloatArray, x: FloatArray, u: FloatArray, count: int
    ) -> FloatArray:
        """Slopes (count, k) of the means of w(t) ‖m_θ(t, x) − u‖² over ``count`` equal batches."""

    @abstractmethod
    def user_slopes(
        self, reference: Reference, n: int, seed: int
    ) -> tuple[FloatArray, EvaluatedPoints | None]:
        """Slopes (k,) of the user's conditional loss, for n new data points, and where it
        evaluates the model."""

    @abstractmethod
    def check_reproducible(self, reference: Reference, n: int, seed: int) -> None:
        """Raise ``InputError`` when slopes cannot be had because the loss cannot be seeded."""


def _parameters(theta: Any) -> FloatArray:
    """An array of finite numbers; raises ``InputError`` for anything else."""
    try:
        values = np.asarray(theta, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"theta: expected an array of numbers, found {theta!r}") from None
    if not values.size or not np.isfinite(values).all():
        raise InputError(f"theta: expected finite numbers, at least one, found {theta!r}")
    return values


def family_of(
    model: Any,
    theta: Any,
    reference: Reference,
    loss: Callable[..., Any] | None,
    gradient: Callable[..., Any] | None,
) -> Family:
    """The family that a user's arguments describe; raises ``InputError`` when they do not."""
    if module_of(model) is not None:
        if gradient is not None or theta is not None:
            raise InputError("theta, gradient: a torch.nn.Module has its own; leave them out")
        return _Module(model, reference, loss)
    if isinstance(model, PolynomialVelocity):
        start = model.theta if theta is None else theta
        return _Function(model.with_theta, start, reference, loss, gradient)
    if theta is None:
        raise InputError(
            "theta: expected the parameters at which model(theta, t, x) is to be differentiated"
        )
    return _Function(
        lambda parameters: partial(model, parameters), theta, reference, loss, gradient
    )


def _unit(vector: FloatArray) -> FloatArray:
    """The vector at length 1; one with equal entries in place of 0."""
    length = float(np.sqrt(np.square(vector).sum()))
    return vector / length if length else np.full_like(vector, vector.size**-0.5)


def _marginal(reference: Reference, n: int, seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """t, x and the marginal velocity."""
    t, x = draw_marginal(reference, n, seed)
    return t, x, reference.expected(t, x)


def _conditional(
    reference: Reference, n: int, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """t, x and the conditional velocity."""
    t, _, _, x, u = reference.draw(n, np.random.default_rng([seed, 2]))
    return t, x, u


class _Function(Family):
    """θ is an array, and slopes are central differences."""

    def __init__(
        self,
        at: Callable[[FloatArray], Any],
        theta: Any,
        reference: Reference,
        loss: Callable[..., Any] | None,
        gradient: Callable[..., Any] | None,
    ) -> None:
        self.at = at
        self.theta = _parameters(theta)
        self.loss = loss
        self.gradient = gradient
        self.user = VelocityFunction(at(self.theta), reference.dim, shape=reference.shape)
        self.step = _STEP * (1 + float(np.abs(self.theta).max()))
        self.rounding = 1e-6

    def choose_directions(
        self, reference: Reference, factor: float, seed: int, probe: int = _PROBE
    ) -> None:
        if self.user.eps > _SINGLE:  # a small step would drown in the rounding of the model
            self.step, self.rounding = _COARSE_STEP * self.step / _STEP, _COARSE_ROUNDING
        count = self.theta.size
        if count > _MOST:
            signs = np.random.default_rng(count).choice([-1.0, 1.0], (_GROUPS, *self.theta.shape))
            self.directions = signs / np.sqrt(count)
            self.names = [f"in random direction {i}" for i in range(_GROUPS)]
            return
        self.directions = np.eye(count).reshape(count, *self.theta.shape)
        self.names = [f"in theta{list(i)}" for i in np.ndindex(self.theta.shape)]
        if count <= _AXES:
            return
        theirs, _ = self.user_slopes(reference, probe, seed)
        (ours,) = self.slopes(reference, *_marginal(reference, probe, seed), 1)
        difference = theirs - factor * ours
        groups = np.array_split(np.arange(count), _GROUPS)
        self.directions = np.zeros((_GROUPS, count))
        for direction, group in zip(self.directions, groups, strict=True):
            direction[group] = _unit(difference[group])
        self.directions = self.directions.reshape(_GROUPS, *self.theta.shape)
        self.names = [f"in the entries {g[0]} to {g[-1]} of theta" for g in groups]

    def _slopes(self, value: Callable[[FloatArray], Any]) -> FloatArray:
        """Of a number, or of one for each batch: (k,) or (k, count)."""
        moves = (self.step * v for v in self.directions)
        pairs = ((value(self.theta + move), value(self.theta - move)) for move in moves)
        return np.array([(above - below) / (2 * self.step) for above, below in pairs])

    def slopes(
        self, reference: Reference, t: FloatArray, x: FloatArray, u: FloatArray, count: int
    ) -> FloatArray:
        w = reference.weights(t)[:, None] * reference.mask

        def losses(parameters: FloatArray) -> FloatArray:
            model = self.user.replaced_by(self.at(parameters))
            return batch_means((w * np.square(model(t, x) - u)).sum(axis=1), count)

        return self._slopes(losses).T

    def user_slopes(
        self, reference: Reference, n: int, seed: int
    ) -> tuple[FloatArray, EvaluatedPoints | None]:
        x1 = draw_data(reference, n, seed)
        if self.gradient is not None:
            return self._projected(self.gradient, x1, seed), None
        if self.loss is None:
            return self.slopes(reference, *_conditional(reference, n, seed), 1)[0], None
        loss = self.loss

        def data() -> Any:
            return self.user.convert(x1.reshape(-1, *reference.shape).copy())

        slopes = self._slopes(lambda p: evaluate_loss(loss, self.at(p), data(), n, seed))
        calls: list[tuple[Any, Any]] = []
        evaluate_loss(loss, noting(self.user, reference, calls), data(), n, seed)
        return slopes, EvaluatedPoints.of(reference, calls, x1, self.user.eps)

    def _projected(self, gradient: Callable[..., Any], x1: FloatArray, seed: int) -> FloatArray:
        name = f"the gradient {name_of(gradient)}"
        try:
            result = call_loss(gradient, self.theta.copy(), x1, seed)
        except Exception as error:
            raise CheckFailed(f"{name} raised {type(error).__name__}: {error}") from error
        value = real_numbers(result, f"{name} returned")
        check_numbers(value, self.theta.shape, f"{name} returned")
        axes = tuple(range(1, self.directions.ndim))
        return np.asarray((self.directions * value).sum(axis=axes), dtype=np.float64)

    def check_reproducible(self, reference: Reference, n: int, seed: int) -> None:
        if self.loss is None or self.gradient is not None:
            return
        x1 = draw_data(reference, n, seed).reshape(-1, *reference.shape)
        model, to = self.at(self.theta), self.user.convert
        first, again = (evaluate_loss(self.loss, model, to(x1.copy()), n, seed) for _ in range(2))
        if abs(first - again) > 1e-9 * (1 + abs(first)):
            raise InputError(
                f"loss: {name_of(self.loss)} differs between two calls with the same seeds, so it "
                "cannot be differentiated; draw from numpy.random, or from a parameter rng, or "
                "pass gradient="
            )


class _Module(Family):
    """θ are the parameters of a PyTorch module, one group each, and slopes come from automatic
    differentiation."""

    def __init__(self, model: Any, reference: Reference, loss: Callable[..., Any] | None) -> None:
        self.loss = loss
        self.user = VelocityFunction(model, reference.dim, shape=reference.shape)
        named = module_of(model).named_parameters()
        trained = {name: p for name, p in named if p.requires_grad}
        if not trained:
            raise InputError("model: the module has no parameters that require a gradient")
        self.parameters = list(trained.values())
        self.names = [f"in {name}" for name in trained]
        self.directions: list[FloatArray] = []
        self.rounding = 1e-4

    def _gradients(self, loss: Any) -> list[FloatArray]:
        import torch

        found = torch.autograd.grad(loss, self.parameters, allow_unused=True)
        return [
            np.zeros(tuple(p.shape)) if g is None else to_array(g).astype(np.float64)
            for g, p in zip(found, self.parameters, strict=True)
        ]

    def choose_directions(
        self, reference: Reference, factor: float, seed: int, probe: int = _PROBE
    ) -> None:
        theirs = self._user_gradients(reference, probe, seed)
        ours = self._model_gradients(reference, *_marginal(reference, probe, seed))
        pairs = zip(theirs, ours, strict=True)
        self.directions = [_unit(their - factor * our) for their, our in pairs]

    def _project(self, gradients: list[FloatArray]) -> FloatArray:
        pairs = zip(gradients, self.directions, strict=True)
        return np.array([float((g * v).sum()) for g, v in pairs])

    def slopes(
        self, reference: Reference, t: FloatArray, x: FloatArray, u: FloatArray, count: int
    ) -> FloatArray:
        parts = zip(*(np.split(value, count) for value in (t, x, u)), strict=True)
        return np.array([self._project(self._model_gradients(reference, *p)) for p in parts])

    def user_slopes(
        self, reference: Reference, n: int, seed: int
    ) -> tuple[FloatArray, EvaluatedPoints | None]:
        calls: list[tuple[Any, Any]] = []
        with self._noting(calls):
            found = self._project(self._user_gradients(reference, n, seed))
        if self.loss is None:
            return found, None
        x1 = to_array(self.user.convert(draw_data(reference, n, seed))).astype(np.float64)
        self.rounding = max(self.rounding, 4 * self.user.eps)
        return found, EvaluatedPoints.of(reference, calls, x1, self.user.eps)

    @contextmanager
    def _noting(self, calls: list[tuple[Any, Any]]) -> Iterator[None]:
        """Note the arguments (t, x) of the module's calls."""

        def before(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            given = [*args, *kwargs.values()][:2]
            note(calls, *(reversed(given) if self.user.x_first else given))

        def precision(_: Any, __: tuple[Any, ...], value: Any) -> None:
            self.user.eps = max(self.user.eps, precision_of(value))

        module = module_of(self.user.function)
        hooks = [
            module.register_forward_pre_hook(before, with_kwargs=True),
            module.register_forward_hook(precision),
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _model_gradients(
        self, reference: Reference, t: FloatArray, x: FloatArray, u: FloatArray
    ) -> list[FloatArray]:
        convert, shape = self.user.convert, (-1, *reference.shape)
        w = convert(reference.weights(t)[:, None] * reference.mask)
        points = convert(x.reshape(shape))
        value = self.user.function(*self.user.arguments(convert(t), points))
        error = (value.reshape(len(t), -1) - convert(u)).square()
        return self._gradients((w * error).sum(dim=1).mean())

    def _user_gradients(self, reference: Reference, n: int, seed: int) -> list[FloatArray]:
        if self.loss is None:
            return self._model_gradients(reference, *_conditional(reference, n, seed))
        x1 = self.user.convert(draw_data(reference, n, seed).reshape(-1, *reference.shape))
        try:
            value = call_loss(self.loss, self.user.function, x1, seed)
            gradients = self._gradients(value.mean())
        except Exception as error:
            raise CheckFailed(
                f"the loss {name_of(self.loss)} or its gradient raised "
                f"{type(error).__name__}: {error}",
                found=f"called with the model and x1 of shape {tuple(x1.shape)}",
                hint=hint_for(error, self.loss),
            ) from error
        if not all(np.isfinite(g).all() for g in gradients):
            raise CheckFailed(f"the gradient of the loss {name_of(self.loss)} is not finite")
        return gradients

    def check_reproducible(self, reference: Reference, n: int, seed: int) -> None:
        return  # one backward pass gives every slope, whatever the loss draws
