"""Where a schedule changes: cells of time so small that nothing narrow hides in one of them.

A rule that samples a schedule sees nothing between its nodes. So the schedule is first looked at
as a function: in ball arithmetic (python-flint), its range over all of a cell is known, and cells
are halved, the largest doubt first, until the integral of dalpha^2 + dbeta^2 is known to a
twentieth. Without python-flint a fine grid stands in, which may miss what is narrower than it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from heapq import heappop, heappush
from importlib.util import find_spec
from itertools import pairwise

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.models.paths import Path

_SHARE = 0.05  # of the whole that may hide in all cells together
_MOST = 2000  # cells
_FIRST, _EVERY = 8, 8
_GRID = 2**14
_NARROWEST = 2.0**-40
# Kept from the ends: a singular end has a change of variable of its own.
_MARGIN = 2.0**-10
_NODES = 8  # the narrowest cells in a panel of a rule, at the most

Range = Callable[[float, float], tuple[float, float]]
"""A lower and an upper bound of a function over a cell."""


@lru_cache(maxsize=64)
def panels(path: Path, low: float, high: float) -> FloatArray:
    """Times (N,) in (low, high) at which to split an integral over the schedule, so that each
    piece is at most some cells wide."""
    sums = path.power_sums
    if sums is not None and all(set(powers) <= {0, 1} for powers in sums):
        return np.empty(0)  # straight lines
    margin = _MARGIN * (high - low)
    first, last = low + margin, high - margin
    ranges = _by_balls(path) if find_spec("flint") else None
    cells = _refined(ranges, first, last) if ranges else _on_a_grid(path, first, last)
    found: list[float] = []
    start, before, narrowest = first, first, np.inf
    for edge in cells[1:]:
        narrowest = min(narrowest, edge - before)
        if edge - start > _NODES * narrowest:
            if before > start:
                found.append(before)
                start = before
            narrowest = edge - before
        before = edge
    edges = np.array(found)
    edges.flags.writeable = False  # they are remembered
    return edges


def _by_balls(path: Path) -> Range | None:
    """The range of dalpha^2 + dbeta^2; None when the schedule has no form in balls."""
    from flint import arb

    from fmproof.losses.certified.schedule import Schedule

    try:
        schedule = Schedule(path)
    except InputError:
        return None

    def ranges(low: float, high: float) -> tuple[float, float]:
        now = schedule(arb(low).union(arb(high)))
        square = now.dalpha * now.dalpha + now.dbeta * now.dbeta
        if not square.is_finite():
            return 0.0, np.inf
        return max(float(square.lower()), 0.0), float(square.upper())

    return ranges


def _refined(ranges: Range, low: float, high: float) -> list[float]:
    """Edges of cells over which the function is known, or that are too many."""
    edges = np.linspace(low, high, _FIRST + 1).tolist()
    # Of each cell, the largest doubt first: minus what its integral may vary by, its edges, and
    # the least that its integral is.
    heap: list[tuple[float, float, float, float]] = []
    done: list[float] = []

    def push(a: float, b: float) -> None:
        bottom, top = ranges(a, b)
        heappush(heap, (-(b - a) * (top - bottom), a, b, (b - a) * bottom))

    for a, b in pairwise(edges):
        push(a, b)
    while heap and len(heap) + len(done) < _MOST:
        # Summed up anew, the smallest first: a first doubt of 1e40 would swallow the others.
        if len(heap) % _EVERY == 0:
            doubt = -math.fsum(item[0] for item in heap)
            if doubt <= _SHARE * math.fsum(item[3] for item in heap):
                break
        _, a, b, _ = heappop(heap)
        if b - a < _NARROWEST:
            done.append(a)
            continue
        middle = 0.5 * (a + b)
        push(a, middle)
        push(middle, b)
    return sorted([*done, *(a for _, a, _, _ in heap), high])


def _on_a_grid(path: Path, low: float, high: float) -> list[float]:
    """Edges where, between points of a grid, the function's integral grows by a hundredth of the
    whole."""
    t = np.linspace(low, high, _GRID + 1)
    square = path.dalpha(t) ** 2 + path.dbeta(t) ** 2
    change = np.cumsum(np.abs(np.diff(np.where(np.isfinite(square), square, 0.0))))
    if not change[-1]:
        return [low, high]
    levels = np.floor(change / change[-1] / _SHARE)
    return [low, *t[1:-1][np.diff(levels) > 0].tolist(), high]
