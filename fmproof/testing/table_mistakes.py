"""What x_t is made of where a scheduler's table is read at wrong rows, or is the wrong table."""

from __future__ import annotations

import numpy as np

from fmproof.models import TablePath
from fmproof.models.arrays import FloatArray


def wrong_rows(path: TablePath, t: FloatArray) -> dict[str, tuple[FloatArray, FloatArray]]:
    """The factors alpha and beta (N,) of known mistakes at the steps t (N,), by what is said of
    them."""
    rows, alone = path.row(t), _alphas_alone(path)
    words = (
        "x_t has the root of alpha_t = 1 - beta_t for its factor, where that of their product "
        "up to t, alphas_cumprod, is due"
    )
    found = {words: (np.sqrt(alone[rows]), np.sqrt(1 - alone[rows]))}
    last = len(path.times) - 1
    off = "the time steps are off by one"
    for words, others in (
        (f"x_t is that of the step t +1: {off}", np.minimum(rows + 1, last)),
        (f"x_t is that of the step t -1: {off}", np.maximum(rows - 1, 0)),
        (
            f"x_t is that of the step t -1, and at the first one, by index -1, of the last: {off}",
            np.where(rows > 0, rows - 1, last),
        ),
    ):
        found[words] = path.alpha(path.times[others]), path.beta(path.times[others])
    return found


def _alphas_alone(path: TablePath) -> FloatArray:
    """What DDPM calls alpha_t, from the products that a table has, (T,)."""
    bars = np.square(path.alphas)
    if bars[0] < bars[-1]:
        return _ratios(bars[::-1])[::-1]
    return _ratios(bars)


def _ratios(bars: FloatArray) -> FloatArray:
    """Each number over the one before, within [0, 1]."""
    before = np.maximum(np.append(1.0, bars[:-1]), 1e-300)
    return np.asarray(np.clip(bars / before, 0.0, 1.0))
