"""The simplest data on which a check still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from fmproof.models import GaussianMixture
from fmproof.testing.failure import CheckFailed
from fmproof.testing.reference import Reference


def smallest_failure(
    check: Callable[[Reference], CheckFailed | None],
    reference: Reference,
    change_data: bool,
    honest: Callable[[Reference], CheckFailed | None] | None = None,
) -> tuple[CheckFailed | None, Reference]:
    """What ``check`` finds, on the simplest data on which it finds the same thing.

    Args:
        honest: the same check of right code. Data on which that fails are never offered: they would
            say nothing about the user's code.
    """
    failure = check(reference)
    if failure is None or not change_data:
        return failure, reference
    for data in simpler_data(reference.data):
        smaller = reference.with_data(data)
        found = check(smaller)
        if found is not None and found.title == failure.title:
            if honest is not None and honest(smaller) is not None:
                continue
            found.hint = failure.hint or found.hint  # richer data tell mistakes apart better
            return found, smaller
    return failure, reference


def simpler_data(data: GaussianMixture) -> Iterator[GaussianMixture]:
    """Data of the same dimension, simplest first, that a failing check is tried on."""
    dim = data.dim
    zero = [0] * dim
    yield GaussianMixture.points([zero])
    yield GaussianMixture([1], [zero], [np.eye(dim, dtype=int).tolist()])
    yield GaussianMixture.points([[1, *zero[1:]]])
    yield GaussianMixture.points([zero, [1, *zero[1:]]])
    if data.components == 1:
        return
    _, means, covariances = data.given
    for k in range(min(data.components, 8)):
        mean, covariance = means.tolist()[k], covariances.tolist()[k]
        if data.scales[k].any():
            yield GaussianMixture([1], [mean], [covariance])
        else:
            yield GaussianMixture.points([mean])
