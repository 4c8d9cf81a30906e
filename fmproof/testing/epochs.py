"""Is the noise drawn anew in every epoch? The same data are given again, as training does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fmproof.testing.evidence import check_count
from fmproof.testing.failure import CheckFailed
from fmproof.testing.made_of import Made, twins

EPOCH_ROWS = 1_000
_CHANCE = 10.0  # pairs of rows that may be alike by chance, above which nothing can be told
_MOST = 100

Epoch = Callable[[int, bool], Made | None]
"""Data and noise of the user's rows in the epoch of a number, with the data of the first epoch or
with others; None where they cannot be told."""


def check_epochs(epochs: int) -> None:
    """Raise ``InputError`` for what is no number of epochs."""
    check_count("epochs", epochs, 1)


def reused_over_epochs(epoch: Epoch, epochs: int) -> CheckFailed | None:
    """The failure of code that uses noise of one epoch again in another."""
    if epochs < 2:
        return None
    made = [epoch(number, False) for number in range(min(epochs, _MOST))]
    told = [part for part in made if part is not None and len(part.eps) >= 50]
    for number, later in enumerate(told[1:], start=1):
        again = _alike(told[0], later)
        if again:
            other = epoch(number, True)
            fixed = other is not None and bool(_alike(told[0], other))
            return _failure(told[0], later, again, number, fixed)
    return None


def _alike(first: Made, second: Made) -> list[tuple[int, int]]:
    """Rows of two epochs that have one noise; none where chance would make some."""
    eps, slack = (
        np.concatenate([getattr(part, name) for part in (first, second)])
        for name in ("eps", "slack")
    )
    start, dim = len(first.eps), eps.shape[1]
    width = float(np.median(slack)) * 8 + 1e-12
    chance = start * len(second.eps) * (0.57 * width) ** dim
    if chance > _CHANCE:
        return []
    pairs = [
        (min(i, j), max(i, j) - start)
        for i, j, sign in twins(eps, slack)
        if sign > 0 and (i < start) != (j < start)
    ]
    return pairs if len(pairs) > 10 * chance + 25 else []


def _failure(
    first: Made, later: Made, again: list[tuple[int, int]], number: int, fixed: bool
) -> CheckFailed:
    i, j = again[0]
    if fixed:
        hint = (
            "other data get this noise as well: the generator is seeded anew in every epoch, "
            "seed it once, before the first"
        )
    else:
        hint = "noise and data are paired once, before the first epoch: draw noise in every batch"
    return CheckFailed(
        "the noise is not drawn anew in every epoch",
        expected=f"{len(later.eps):,} rows of fresh noise in epoch {number + 1}",
        found=f"{len(again):,} rows have the noise of the first epoch, such as x0 = {first.eps[i]}"
        f" at t = {first.t[i]:.4g} and again at t = {later.t[j]:.4g}",
        hint=hint,
    )
