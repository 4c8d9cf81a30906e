"""Losses that pair data and noise in an order of their own, as minibatch optimal transport does.

Their minimiser is that of their coupling, which has no closed form. So the loss is read off row by
row: its points and targets must be made of its data, as those of a sampler must, its weights be
those declared, and its value the mean of these squared errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import VelocityFunction, seeded, wants_tensors
from fmproof.testing.batches import draw_marginal
from fmproof.testing.coupling import compare_coupled
from fmproof.testing.evidence import FIRST_LOOK, StatisticalEvidence, strongest
from fmproof.testing.explain import explain_loss
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.loss_calls import draw_data, evaluate_loss, noting
from fmproof.testing.made_of import Made, made_of
from fmproof.testing.noise import noise_test, scores
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.precision import lower_precisions, on_grid
from fmproof.testing.reference import Reference
from fmproof.testing.samplers import SampleDraws
from fmproof.testing.shown import ShownTargets, read_off
from fmproof.testing.weight_mistakes import weight_like
from fmproof.testing.whole_laws import noise_law, noise_like

_BATCHES, _ROWS, _CALLS = 4, 32, 400  # without automatic differentiation
_TENSOR_BATCHES, _TENSOR_ROWS = 6, 100
_WEIGHTS = 1e-3  # relative error of weights that is allowed beside rounding
_TESTS = 3

MoreOfBatch = Callable[[FloatArray, EvaluatedPoints, ShownTargets, int], CheckFailed | None]
"""What else must hold of a batch: of its data, its points, its targets and its seed."""


def check_coupling(reference: Reference, loss: Any) -> None:
    """Raise ``InputError`` where no loss is given that could pair anything."""
    if reference.coupling != "independent" and loss is None:
        raise InputError(f"coupling: expected a loss with coupling={reference.coupling!r}")


@dataclass(frozen=True)
class CoupledLoss:
    """A loss with its own pairing.

    Attributes:
        factor: of a sum over the coordinates.
        more: what else must hold of a batch.
    """

    user: VelocityFunction
    reference: Reference
    loss: Callable[..., Any]
    factor: float
    seed: int
    more: MoreOfBatch | None = None

    def looks(self) -> Iterator[StatisticalEvidence]:
        """One look, whatever the number of samples: what it sees, it sees row by row."""
        user, reference = self.user, self.reference
        user.check_steady(*draw_marginal(reference, 2 * user.dim + 10, self.seed))
        tensors = wants_tensors(user.function)
        rows = _TENSOR_ROWS if tensors else max(16, min(_ROWS, _CALLS // (2 * reference.dim)))
        made: list[Made] = []
        with seeded(self.seed):
            for number in range(_TENSOR_BATCHES if tensors else _BATCHES):
                draws = self._batch(rows, self.seed + 1 + number)
                if isinstance(draws, CheckFailed):
                    yield StatisticalEvidence.certain(draws)
                    return
                made.append(made_of(reference.projected(), draws))
            times = self._times(rows)
        found = [times.time_evidence(reference)]
        found += self._noise(Made.join(made))
        # A plan that is sampled uses some rows twice, which doubles variances.
        yield strongest(
            [StatisticalEvidence(2 * (e.p_value / 2) ** 0.5, e.failure) for e in found], _TESTS
        )

    def _batch(self, rows: int, seed: int) -> SampleDraws | CheckFailed:
        """A batch as what a sampler would have returned, or what is wrong with it."""
        user, reference = self.user, self.reference
        z = draw_data(reference, rows, seed)
        try:
            read = read_off(user, reference, self.loss, z, seed)
        except LookupError:  # it maps the model over the rows
            read = None
        if read is None:
            return CheckFailed(
                f"the loss {name_of(self.loss)} cannot be read row by row",
                expected="a weighted mean of squared errors, from one call of the model with a "
                "row for each row of the data",
                hint=explain_loss(user, reference, self.loss, self.factor, self.seed),
            )
        shown, points = read
        rounding = points.rounding * (8 if wants_tensors(user.function) else rows)
        slack = rounding * (1 + np.abs(shown.u).max(axis=1, keepdims=True))
        for kind, eps in lower_precisions(rounding):
            if on_grid(shown.u, slack, kind):  # the loss makes its targets of coarser numbers
                rounding = eps
        draws = SampleDraws(points.t, points.x, shown.u, None, None, rounding, batch=points.z)
        counted = draws if reference.dims is None else draws.columns(list(reference.dims))
        failure = compare_coupled(reference.projected(), counted)
        failure = failure or self._weights(points, shown, rounding)
        failure = failure or self._value(points, shown, rounding, z, seed)
        if failure is None and self.more is not None:
            failure = self.more(z, points, shown, seed)
        return failure or counted

    def _weights(
        self, points: EvaluatedPoints, shown: ShownTargets, rounding: float
    ) -> CheckFailed | None:
        expected, found = self.reference.weights(points.t), shown.w / self.factor
        off = np.abs(found - expected) / (np.abs(expected).max() + 1e-300)
        row = int(off.argmax())
        if off[row] <= _WEIGHTS + 64 * rounding:
            return None
        return CheckFailed(
            "the loss does not weight its squared errors as declared",
            expected=f"{expected[row]:.6g} at t = {points.t[row]:.6g}",
            found=f"{found[row]:.6g}",
            hint=weight_like(self.reference, points.t, found, rounding),
        )

    def _value(
        self,
        points: EvaluatedPoints,
        shown: ShownTargets,
        rounding: float,
        z: FloatArray,
        seed: int,
    ) -> CheckFailed | None:
        """Is the loss of the user's model the mean of these squared errors?"""
        user, mask = self.user, self.reference.mask
        calls: list[tuple[Any, Any]] = []
        given = user.convert(z.reshape(-1, *user.shape).copy())
        found = evaluate_loss(self.loss, noting(user, self.reference, calls), given, len(z), seed)
        square = np.square((user(points.t, points.x) - shown.u)[:, mask]).sum(axis=1)
        expected = float((shown.w * square).mean())
        size = float((shown.w * (1 + square + np.abs(shown.u).max(axis=1))).mean())
        if abs(found - expected) <= 64 * max(rounding, user.eps) * size + 1e-9 * size:
            return None
        return CheckFailed(
            "the loss is not the mean of the squared errors of its rows",
            expected=f"{expected:.8g} for the model, from the targets and weights of its rows",
            found=f"{found:.8g}",
            hint="a loss that depends on more than the squared errors, such as one with a "
            "penalty or a robust error, has another minimiser",
        )

    def _times(self, rows: int) -> EvaluatedPoints:
        """Of as many rows as a first look takes, in batches: pairing many rows takes long."""
        user, reference = self.user, self.reference
        found = []
        for number in range(FIRST_LOOK // rows):
            calls: list[tuple[Any, Any]] = []
            each = self.seed + 100 + number
            z = draw_data(reference, rows, each)
            given = user.convert(z.reshape(-1, *user.shape).copy())
            evaluate_loss(self.loss, noting(user, reference, calls), given, rows, each)
            points = EvaluatedPoints.of(reference, calls, z)
            if points is None:
                raise CheckFailed(f"the loss {name_of(self.loss)} cannot be read row by row")
            found.append(points)
        return EvaluatedPoints.join(found)

    def _noise(self, made: Made) -> Iterator[StatisticalEvidence]:
        reference = self.reference.projected()
        verdict = noise_test(scores(reference, made.t, made.z, made.eps, made.slack, True))

        def failure(_: float) -> CheckFailed:
            return CheckFailed(
                "the loss is not made of standard normal noise",
                expected="E|x0|² = d for the x0 that x_t and the targets imply",
                found=f"{verdict.mean:+.4g} ± {verdict.error:.2g} beside it, from "
                f"{len(made.t):,} rows",
                standard_errors=verdict.standard_errors,
                hint=f"x0: {noise_like(made.eps)}; compare the schedule of x_t with the target's",
            )

        yield StatisticalEvidence(verdict.p_value, failure)
        yield noise_law(reference, made)
