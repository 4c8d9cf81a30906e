"""Labels of a sampler's rows: they travel with their data, or are left out row by row.

A sampler is given the numbers of its rows as labels. Classifier-free guidance replaces some of them
by one that stands for none, and each row has to be chosen by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.testing.evidence import StatisticalEvidence
from fmproof.testing.failure import CheckFailed
from fmproof.testing.reference import Reference
from fmproof.testing.samplers import SampleDraws, Sampler

SHARE_BATCHES, SHARE_ROWS = 20, 250  # in which the labels that are left out are counted
_TURNED = 0.05  # share by which 1 - p is told from p
_OFTEN = 8  # more rows with one wrong label than a plan that is sampled gives one row
BATCHES, ROWS = 60, 8


def check_labels(
    draws: SampleDraws, nearest: Any, rows: Any, may_be: Callable[[Any], BoolArray] | None = None
) -> CheckFailed | None:
    """The failure of labels that are neither those of their data nor left out.

    Args:
        nearest: (M,), the row of the batch that each row's data are.
        rows: the M rows of the draws that this is about.
        may_be: whether each row's data may be those of other rows (M,) of the batch, up to
            rounding.
    """
    if draws.labels is None or draws.batch is None:
        return None
    labels = draws.labels[rows].astype(int)
    wrong = wrong_labels(labels, draws.batch, nearest)
    if may_be is not None:
        told = np.clip(labels, 0, len(draws.batch) - 1)
        wrong &= (told != labels) | ~may_be(told)
    wrong &= ~left_out(labels, wrong, len(draws.batch))
    if not wrong.any():
        return None
    row = int(wrong.argmax())
    return CheckFailed(
        "the labels do not travel with their data",
        expected=f"label {int(nearest[row])} in row {row}, whose x1 is row {int(nearest[row])} of "
        "the batch",
        found=f"label {labels[row]}; {int(wrong.sum()):,} of {len(wrong):,} rows are wrong",
        hint="index the labels by the same pairing as x1",
    )


def dropped_together(user: Sampler, reference: Reference, seed: int) -> StatisticalEvidence | None:
    """Are labels left out for whole batches? None where no labels are given and returned.

    Given how many rows have none, all sets of so many rows are equally likely if each row is chosen
    by itself, so the probability that they are whole batches is known.
    """
    if "y" not in user.inputs.values():
        return None
    dropped = np.zeros((BATCHES, ROWS), dtype=bool)
    for number in range(BATCHES):
        try:
            labels = user.draw(reference, ROWS, seed + number).labels
        except CheckFailed:  # the looks will say why
            return None
        if labels is None:
            return None
        dropped[number] = labels != np.arange(ROWS)
    return left_out_together(dropped)


def left_out_together(dropped: BoolArray) -> StatisticalEvidence | None:
    """Are labels left out for whole batches, (batches, rows) booleans? None when not."""
    whole = int(dropped.all(axis=1).sum())
    if not 0 < whole < BATCHES or whole * ROWS != dropped.sum():
        return None
    chance = comb(BATCHES, whole) / comb(dropped.size, whole * ROWS)
    failure = CheckFailed(
        "labels are left out of whole batches",
        expected="each row's label left out or kept by itself",
        found=f"no label in any of the {ROWS} rows of {whole} batches, and all of them in the "
        f"other {BATCHES - whole}",
        hint="draw a random number for each row: torch.rand(len(x1)) < p, not torch.rand(1) < p",
    )
    return StatisticalEvidence(chance, lambda _: failure)


def check_dropout(share: Any) -> None:
    """Raise ``InputError`` unless ``label_dropout`` is None or a probability."""
    number = isinstance(share, int | float) and not isinstance(share, bool)
    if share is not None and not (number and 0 <= share <= 1):
        raise InputError(f"label_dropout: expected a number from 0 to 1, found {share!r}")


def share_left_out(user: Sampler, reference: Reference, seed: int) -> StatisticalEvidence | None:
    """Are as many labels left out as ``reference.label_dropout`` says? None for any share."""
    if reference.label_dropout is None:
        return None
    labels = []
    for number in range(SHARE_BATCHES):
        try:
            labels.append(user.draw(reference, SHARE_ROWS, seed + number).labels)
        except CheckFailed:  # the looks will say why
            return None
    if "y" not in user.inputs.values() or any(label is None for label in labels):
        return StatisticalEvidence.certain(
            CheckFailed(
                "the sampler returns no labels",
                expected="a parameter y, and a mapping or object with x_t, u_t, t and the labels "
                f"y, of which {reference.label_dropout:.3g} are left out",
                hint="leave label_dropout out for a sampler without labels",
            )
        )
    return share_evidence(np.array(labels), reference.label_dropout)


def share_evidence(labels: Any, declared: float) -> StatisticalEvidence:
    """Of labels (batches, rows) of rows that are numbered: is the declared share left out?"""
    from scipy.special import bdtr, bdtrc

    rows = labels.shape[1]
    outside = (labels < 0) | (labels >= rows)
    changed = labels != np.arange(rows)
    values, often = np.unique(labels[changed], return_counts=True)
    counted = np.ones(rows, dtype=bool)
    if len(values) and not outside.any():  # a row may have the label that stands for none
        counted[int(values[often.argmax()])] = False
    some = changed[:, counted]
    found, total = int(some.sum()), some.size
    p = min(bdtr(found, total, declared), bdtrc(found - 1, total, declared) if found else 1.0)
    share = found / total
    turned = abs(share - (1 - declared)) < _TURNED < abs(share - declared)

    def failure(_: float) -> CheckFailed:
        spread = float(np.sqrt(max(declared * (1 - declared), 1 / total) / total))
        return CheckFailed(
            "labels are not left out as often as declared",
            expected=f"{declared:.4g} of the labels left out",
            found=f"{share:.4g} of {total:,}",
            standard_errors=abs(share - declared) / spread,
            hint="those are left out that are to be kept: the comparison with the random numbers "
            "is turned around"
            if turned
            else "",
        )

    return StatisticalEvidence(min(1.0, 2 * float(p)), failure)


def wrong_labels(labels: Any, batch: FloatArray, nearest: Any) -> BoolArray:
    """The rows whose label is no row of the batch with their data."""
    told = np.clip(labels, 0, len(batch) - 1)
    other = (np.abs(batch[told] - batch[nearest]) > 0).any(axis=1)
    return np.asarray(other | (told != labels))


def left_out(labels: Any, wrong: BoolArray, count: int) -> BoolArray:
    """The rows with the label that stands for none."""
    outside = (labels < 0) | (labels >= count)
    values, often = np.unique(labels[wrong & ~outside], return_counts=True)
    if len(values) and (often.max() > _OFTEN or (len(values) == 1 and often[0] > 1)):
        return np.asarray(outside | (labels == values[often.argmax()]))
    return np.asarray(outside)
