"""Losses with labels: does the model get each row's own?

A loss with a parameter ``y`` is given the numbers of its rows as labels, and passes them on to a
model that fmproof hands in, which notes them and answers without.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.testing.adapters import (
    VelocityFunction,
    jax_array,
    parameters,
    to_array,
)
from fmproof.testing.evidence import StatisticalEvidence
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.labels import (
    BATCHES,
    ROWS,
    SHARE_BATCHES,
    SHARE_ROWS,
    left_out,
    left_out_together,
    share_evidence,
    wrong_labels,
)
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.reference import Reference

_NAMES = ("y", "labels", "label", "class_labels")


class Unlabelled:
    """A model of (t, x) for a loss that gives it labels as well.

    Attributes:
        seen: the labels of the calls so far; None where a call had none.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.seen: list[Any] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        rest = {k: v for k, v in kwargs.items() if k not in _NAMES}
        named = [v for k, v in kwargs.items() if k in _NAMES]
        self.seen.append(next(iter([*named, *args[2 - len(rest) :]]), None))
        return self.model(*args[: 2 - len(rest)], **rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)


@lru_cache(maxsize=32)
def label_parameter(loss: Callable[..., Any]) -> str | None:
    """The name under which a loss has to be given labels; None when it asks for none."""
    known = parameters(loss) or []
    return next((p.name for p in known if p.name in _NAMES and p.default is p.empty), None)


def labels_like(x1: Any) -> Any:
    """The numbers of the rows, of the kind that the data are."""
    numbers = np.arange(len(x1))
    if hasattr(x1, "detach"):
        import torch

        return torch.as_tensor(numbers)
    return numbers if isinstance(x1, np.ndarray) else jax_array(numbers)


def check_labels_of_loss(
    user: VelocityFunction, reference: Reference, loss: Callable[..., Any] | None, seed: int
) -> CheckFailed | None:
    """The failure of a loss that does not give its model the labels of its rows, or leaves them out
    for whole batches. None where it does not show which rows it evaluates the model at."""
    if loss is None or label_parameter(loss) is None:
        return None
    labels, wrong = (np.zeros((BATCHES, ROWS), dtype=int) for _ in range(2))
    rows, parts = np.arange(ROWS), []
    for number in range(BATCHES):
        batch = _labels_of_batch(user, reference, loss, ROWS, seed + number)
        if batch is None or isinstance(batch, CheckFailed):
            return batch
        labels[number], points = batch
        parts.append(points.counted(reference))
        wrong[number] = wrong_labels(labels[number], points.z, rows)
    if not EvaluatedPoints.join(parts).belong(reference.projected()):
        return None
    flat, off = labels.ravel(), wrong.astype(bool).ravel()
    off &= ~left_out(flat, off, ROWS)
    if off.any():
        at = int(off.argmax())
        return CheckFailed(
            "the labels do not travel with their data",
            expected=f"label {at % ROWS} in row {at % ROWS}",
            found=f"label {flat[at]}; {int(off.sum()):,} of {off.size:,} rows are wrong",
            hint="index the labels as the data are",
        )
    together = left_out_together(wrong.astype(bool))
    return None if together is None else together.failure(together.p_value)


def label_share_of_loss(
    user: VelocityFunction, reference: Reference, loss: Callable[..., Any] | None, seed: int
) -> StatisticalEvidence | None:
    """Does a loss leave out as many labels as ``reference.label_dropout`` says? None when that says
    nothing, or the loss does not show it.

    Raises:
        InputError: when the loss has no parameter for labels.
    """
    if reference.label_dropout is None:
        return None
    if loss is None or label_parameter(loss) is None:
        raise InputError("label_dropout: expected a loss with a parameter y for labels")
    labels = []
    for number in range(SHARE_BATCHES):
        batch = _labels_of_batch(user, reference, loss, SHARE_ROWS, seed + number)
        if batch is None or isinstance(batch, CheckFailed):
            return None
        labels.append(batch[0])
    return share_evidence(np.array(labels), reference.label_dropout)


def _labels_of_batch(
    user: VelocityFunction, reference: Reference, loss: Callable[..., Any], rows: int, seed: int
) -> tuple[Any, EvaluatedPoints] | CheckFailed | None:
    """The labels (rows,) that the model is given, and where; the failure if it is given none; None
    where that does not show."""
    from fmproof.testing.loss_calls import draw_data, evaluate_loss, noting

    calls: list[tuple[Any, Any]] = []
    model = Unlabelled(noting(user, reference, calls))
    z = draw_data(reference, rows, seed)
    evaluate_loss(loss, model, user.convert(z.reshape(-1, *user.shape).copy()), rows, seed)
    points = EvaluatedPoints.of(reference, calls, z)
    if points is None:
        return None
    given = [to_array(label).reshape(-1) for label in model.seen if label is not None]
    if given and all(label.size == rows for label in given):
        return given[-1].astype(int), points
    return CheckFailed(
        f"the loss {name_of(loss)} does not give its model the labels of its rows",
        expected=f"labels of shape ({rows},) beside t and x_t, for {rows} rows",
        found="none" if not given else f"labels of shape ({given[0].size},)",
        hint="call the model as model(t, x, y); a model that never sees its labels learns "
        "the mean over them",
    )
