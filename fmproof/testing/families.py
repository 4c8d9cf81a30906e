"""Models with their parameters, and the slopes of losses along directions in these.

The parameters are those of a PyTorch module, by automatic differentiation, or an array, by central
differences.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from fmproof.testing.batches import batch_means, draw_marginal
from fmproof.testing.calls import note
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.loss_calls import call_loss, draw_data, evaluate_loss, noting
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.precision import precision_of
from fmproof.testing.reference import Reference

_AXES = 24  # as many parameters are looked at one by one; more of them in groups
_GROUPS = 12
_MOST = 2_000  # above that, along random directions
_PROBE = 5_000  # samples that tell where to look
_STEP, _COARSE_STEP = 1e-4, 1e-2  # of differences in double and in single precision
_COARSE_ROUNDING = 2e-3
SINGLE = 1e-10  # rounding errors above this are those of single precision or less


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
        if self.user.eps > SINGLE:  # a small step would drown in the rounding of the model
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
