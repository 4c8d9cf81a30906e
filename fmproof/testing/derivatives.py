"""Divergences, Jacobians and log-likelihoods of a field that is known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.evidence import check_count, check_tolerance
from fmproof.testing.exact import ExactModel, call_with, convert_for, numbers_of
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of, name_of
from fmproof.testing.joint import joint_test
from fmproof.testing.likelihood_mistakes import log_prior, looks_like
from fmproof.testing.reference import Reference

_BY_NO_CHANCE = 40  # draws that agree
_AMONG, _USUAL = 16, 0.98  # data that points are chosen from, and their share without the extremes
_TELLING = 20.0  # condition up to which two sums of the Jacobian's entries are told apart
_NEARLY, _RANDOM = 0.05, 0.01  # how alike factors are, and errors of means that are estimates
_STEPS = 40  # of the flow by which they are chosen
_NAMES = {
    "field": {"model", "f", "velocity", "vector_field", "fn", "v", "u", "drift", "score"},
    "t": {"time", "times"},
    "x": {"x_t", "xt", "points"},
    "x1": {"x", "data", "x0", "samples"},
}


def assert_divergence(
    divergence: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    target: Any = "velocity",
    direction: str = "noise-to-data",
    points: int = 64,
    repeats: int = 400,
    tolerance: float = 1e-4,
    level: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that ``divergence(field, t, x)`` is the divergence of a field, or unbiased.

    The field is the exact E[target given X_t = x], whose divergence is known.

    Args:
        divergence: the user's function of a field, t (N,) and x (N, d) -> (N,), by these names or
            in this order. The field is called as field(t, x) or field(x, t).
        path, data, time, target, direction: as in ``assert_marginal_field``.
        points: how many points x.
        repeats: how often an estimate is drawn.
        tolerance: the error of a deterministic divergence, relative to 1 + |value|.
        level: the probability that an unbiased estimate fails.
        seed: of points and estimates; by default pytest's ``--fmproof-seed``, or 0.

    Raises:
        CheckFailed: with its bias or its error, and its standard deviation if it is random.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    check_count("repeats", repeats, 20)
    reference = Reference.of(path, data, time, target=target, direction=direction)
    t, x = _inner_points(reference, points, seed)
    slopes = ExactModel(reference).jacobian(t, x)
    question = _Question(
        *(assert_divergence, divergence, "divergence", reference, {"t": t, "x": x}),
        exact=np.trace(slopes, axis1=1, axis2=2),
        tolerance=tolerance,
        options={"points": points, "repeats": repeats, "tolerance": tolerance, "level": level},
        seed=chosen_seed(seed),
    )
    first = question.answer(0)
    right = (np.abs(first - question.exact) <= question.slack).all()
    # Probes of signs agree in the plane every second time, in the whole batch if it shares one.
    others = (question.answer(2 + repeats + i) for i in range(1 if right else _BY_NO_CHANCE))
    if all(np.allclose(first, other, rtol=1e-7, atol=1e-9) for other in others):
        question.compare(first, partial(_looks_like, slopes))
        return
    values = np.array([question.answer(2 + i) for i in range(repeats)])
    off = values - question.exact
    # Normal probes make squares of normal numbers, which are skewed.
    each = joint_test(off, question.slack, skewed=True)
    together = joint_test(off.mean(axis=1, keepdims=True), tolerance, skewed=True)
    if 2 * min(each.p_value, together.p_value) <= level:
        row, spread = each.worst, values.std(axis=0)
        raise question.failure(
            "the estimate of the divergence is biased",
            expected=f"a mean of {question.exact[row]:.6g} {question.where(row)}",
            found=f"{values[:, row].mean():.6g} ± {spread[row] / np.sqrt(repeats):.2g}; "
            f"one estimate has the standard deviation {spread[row]:.3g}",
            hint=_looks_like(
                slopes, values.mean(axis=0), question.exact, spread / np.sqrt(repeats)
            ),
        )


def _looks_like(
    slopes: FloatArray, found: FloatArray, exact: FloatArray, error: FloatArray | float = 0.0
) -> str:
    """What a wrong divergence (N,) is instead.

    Args:
        slopes: (N, d, d), the Jacobians.
        error: of the mean of estimates, (N,).
    """
    near = 0.05 * np.abs(found).mean() + 4 * float(np.mean(error))
    every = slopes.sum(axis=(1, 2))
    if np.abs(found - every).mean() < near and np.abs(exact - every).mean() > 2 * near:
        return (
            "it adds up all entries of the Jacobian: the gradient of the sum of the components "
            "has the sums of its columns; take the derivative of each component in its own "
            "coordinate"
        )
    if np.abs(found).mean() < near and np.ndim(error) and np.abs(exact).mean() > 2 * near:
        return "its mean is 0: the probes on the two sides of the Jacobian are not the same"
    ratio = float((found * exact).sum() / max(float(np.square(exact).sum()), 1e-300))
    left = float(np.abs(found - ratio * exact).mean())
    whole = abs(ratio - round(ratio)) < 0.05 * abs(ratio) and round(ratio) not in (0, 1)
    if left < near and whole and ratio > 0:
        return f"it is {round(ratio)} times the divergence: summed over probes, not averaged"
    if left < near and whole:
        return "its sign is flipped"
    mixed = _of_entries(found, exact, every - exact, min(near, left / 2))
    if mixed or left >= near:
        return mixed
    words = f"it is about {ratio:.3g} times the divergence"
    dim = slopes.shape[1]
    if dim > 1 and abs(ratio * dim - 1) < _NEARLY:
        return f"{words}, 1/d: it is averaged over the coordinates, not summed"
    if np.ndim(error) and float(np.mean(error)) > _RANDOM * np.abs(exact).mean():
        return f"{words}: the probes have that variance, where 1 is due"
    return words


def _of_entries(found: FloatArray, trace: FloatArray, others: FloatArray, near: float) -> str:
    """About estimates (N,) to which the Jacobian's entries off the diagonal, whose sums are
    ``others``, add: E[z_i z_j] = m² of probes with the mean m."""
    design = np.column_stack([trace, others])
    if np.linalg.cond(design) > _TELLING:
        return ""
    (own, cross), *_ = np.linalg.lstsq(design, found, rcond=None)
    if (
        abs(cross) < 0.1 * abs(own)
        or np.abs(found - design @ np.array([own, cross])).mean() >= near
    ):
        return ""
    why = ""
    if cross > 0:
        why = f": the probes have the mean {np.sqrt(cross):.2g}, where 0 is due"
    return (
        f"it is {own:.2g} times the divergence and {cross:.2g} times the other entries of the "
        f"Jacobian{why}"
    )


def assert_jacobian(
    jacobian: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    target: Any = "velocity",
    direction: str = "noise-to-data",
    points: int = 64,
    tolerance: float = 1e-4,
    seed: int | None = None,
) -> None:
    """Assert that ``jacobian(field, t, x)`` (N, d, d) has the entries ∂field_i/∂x_j.

    The field is the exact one with half of each component added to the one before, so that its
    Jacobian is not symmetric. The arguments are those of ``assert_divergence``.

    Raises:
        CheckFailed: with the worst entry.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    reference = Reference.of(path, data, time, target=target, direction=direction)
    t, x = _inner_points(reference, points, seed)
    question = _Question(
        *(assert_jacobian, jacobian, "Jacobian", reference, {"t": t, "x": x}),
        exact=_Sheared(reference).jacobian(t, x),
        tolerance=tolerance,
        options={"points": points, "tolerance": tolerance},
        seed=chosen_seed(seed),
        model=_Sheared,
    )

    def hint(found: FloatArray, exact: FloatArray) -> str:
        turned = np.abs(found.transpose(0, 2, 1) - exact) <= question.slack
        if turned.all():
            return "it is transposed"
        times = float((found * exact).sum() / max(float(np.square(exact).sum()), 1e-300))
        if times == 0 or (np.abs(found - times * exact) > question.slack).any():
            return ""
        rows = abs(times * len(found) - 1) < _NEARLY
        why = ": the mean over the rows is differentiated, where each row is due" if rows else ""
        return f"it is {times:.4g} times what it should be{why}"

    question.compare(question.answer(), hint)


def assert_log_likelihood(
    log_likelihood: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    predict: Any = "velocity",
    direction: str = "noise-to-data",
    points: int = 32,
    tolerance: float = 0.05,
    seed: int | None = None,
) -> None:
    """Assert that ``log_likelihood(model, x1)`` is log p of the data under the exact model.

    Args:
        log_likelihood: the user's function of a model and x1 (N, d) -> (N,), by these names or in
            this order.
        path: a ``fmproof.models.Path`` that starts from standard normal noise.
        data: a ``GaussianMixture`` with a density.
        predict: what the model predicts, as ``target`` elsewhere.
        direction, seed: as elsewhere.
        points: how many x1.
        tolerance: the error that is allowed, of the solver and of estimates, in nats.

    Raises:
        CheckFailed: with the error, and what it looks like.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    check_count("points", points, 4)
    reference = Reference.of(path, data, target=predict, direction=direction)
    if not reference.data.scales.all():
        raise InputError("data: expected a GaussianMixture with a density, found singular ones")
    x = _telling_points(reference, points, chosen_seed(seed))
    question = _Question(
        *(assert_log_likelihood, log_likelihood, "log-likelihood", reference, {"x1": x}),
        exact=reference.data.log_density(x),
        tolerance=tolerance,
        options={"points": points, "tolerance": tolerance},
        seed=chosen_seed(seed),
        relative=False,
    )
    question.compare(question.answer(), partial(looks_like, reference, x, tolerance))


class _Sheared(ExactModel):
    """The exact model, to each component of which half of the next one is added. By itself it is a
    gradient: its Jacobian is symmetric and would be right transposed as well."""

    @cached_property
    def _shear(self) -> FloatArray:
        return np.asarray(np.eye(self.reference.dim) + np.eye(self.reference.dim, k=1) / 2)

    def values(self, t: FloatArray, x: FloatArray) -> FloatArray:
        rows = super().values(t, x).reshape(len(x), -1)
        return np.asarray((rows @ self._shear.T).reshape(x.shape))

    def jacobian(self, t: FloatArray, x: FloatArray) -> FloatArray:
        return np.asarray(self._shear @ super().jacobian(t, x))


def _telling_points(reference: Reference, points: int, seed: int) -> FloatArray:
    """Data (N, d) that the field stretches or shrinks most on its way, among usual ones: a factor
    of the divergence or its sign shows there."""
    rng = np.random.default_rng(seed)
    x = reference.data.sample(_AMONG * points, rng)
    change = np.abs(reference.data.log_density(x) - log_prior(reference, x, _STEPS))
    usual = np.isfinite(change) & (change <= np.quantile(change, _USUAL))
    order = np.argsort(np.where(usual, change, -1.0), kind="stable")
    half = points // 2
    return np.asarray(
        x[np.concatenate([rng.permutation(order[half:-half])[:half], order[-(points - half) :]])]
    )


def _inner_points(
    reference: Reference, points: int, seed: int | None
) -> tuple[FloatArray, FloatArray]:
    """Times (N,) and points (N, d) at which to look: where rounding does not blur derivatives."""
    check_count("points", points, 1)
    rng = np.random.default_rng(chosen_seed(seed))
    t = reference.time.quantile(0.05 + 0.9 * rng.random(points))
    z, eps = reference.data.sample(points, rng), rng.standard_normal((points, reference.dim))
    return t, reference.alpha(t)[:, None] * z + reference.beta(t)[:, None] * eps


@dataclass(frozen=True)
class _Question:
    """What a user's function of the exact model is asked, and the answer in closed form.

    Attributes:
        assertion: that is asking, and its options, for the line to reproduce.
        function, role: the user's, and what it computes.
        given: what it is called with beside the model, arrays of N rows.
        exact: (N, ...), the answer.
        tolerance: the error that is allowed, of 1 + |exact| if ``relative``.
        model: the field that the user's function is given.
    """

    assertion: Callable[..., None]
    function: Callable[..., Any]
    role: str
    reference: Reference
    given: dict[str, FloatArray]
    exact: FloatArray
    tolerance: float
    options: dict[str, Any]
    seed: int
    relative: bool = True
    model: type[ExactModel] = ExactModel

    def __post_init__(self) -> None:
        check_tolerance(self.tolerance)

    @cached_property
    def _field(self) -> ExactModel:
        return self.model(self.reference)

    @property
    def slack(self) -> FloatArray:
        """How far an answer may be off, in the shape of ``exact``."""
        return self.tolerance * (1 + np.abs(self.exact) * self.relative)

    def answer(self, draw: int = 0) -> FloatArray:
        """The user's, in the shape of ``exact``; another one for each ``draw`` if it is random."""
        reference, to = self.reference, convert_for(self.function, double=True)
        values: dict[str, Any] = {"field": self._field}
        for name, value in self.given.items():
            shape = value.shape if value.ndim == 1 else (-1, *reference.shape)
            values[name] = to(value.reshape(shape).copy())
        role = self.role.lower()
        names = {k: v for k, v in _NAMES.items() if k in values}
        result = call_with(self.function, role, values, names, self.seed + draw)
        return numbers_of(result, self.exact.shape, f"the {role} {name_of(self.function)}")

    def where(self, row: int) -> str:
        """What one row was asked."""
        shown = (
            f"{k} = {v[row]:.6g}" if v.ndim == 1 else f"{k} = {v[row]}"
            for k, v in self.given.items()
        )
        return f"at {', '.join(shown)}"

    def compare(self, found: FloatArray, hint: Callable[[FloatArray, FloatArray], str]) -> None:
        """Raise ``CheckFailed`` where an answer is off by more than is allowed."""
        __tracebackhide__ = True
        off = np.abs(found - self.exact)
        if (off <= self.slack).all():
            return
        at = np.unravel_index(int((off / self.slack).argmax()), off.shape)
        entry = f" for the derivative of component {at[1]} in x_{at[2]}," if len(at) == 3 else ""
        raise self.failure(
            f"the {self.role} is wrong",
            expected=f"{self.exact[at]:.8g}{entry} {self.where(int(at[0]))}",
            found=f"{found[at]:.8g}; the error is {off.mean():.3g} in the mean, "
            f"allowed {float(self.slack[at]):.2g} there",
            hint=hint(found, self.exact),
        )

    def failure(self, title: str, expected: str, found: str, hint: str) -> CheckFailed:
        """With the problem and the line to reproduce."""
        given = self.reference.options()
        if "x1" in self.given and "target" in given:
            given["predict"] = given.pop("target")
        line = call_text(
            self.assertion,
            code_of(self.function, self.role.lower().replace("-", "_")),
            *self.reference.code(),
            **given,
            **self.options,
            seed=self.seed,
        )
        return CheckFailed(
            title,
            expected=expected,
            found=found,
            hint=hint,
            problem=self.reference.describe(),
            reproduce=line,
        )
