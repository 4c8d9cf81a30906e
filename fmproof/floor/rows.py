"""The rows of a data set, read a block at a time, and what one pass over them tells."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fmproof.errors import FmproofWarning, InputError

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

BLOCK_BYTES = 2**24
_CENTRE_ROWS = 1024
_INSTEAD = {
    "c": "; give real and imaginary parts as coordinates: np.stack([a.real, a.imag], -1)",
    "V": "; give its fields as columns: numpy.lib.recfunctions.structured_to_unstructured",
}
_TIGHT = 1e-6  # a variance within labels that is less of the whole one has too few digits


class Sliceable(Protocol):
    """An array on disk or in memory: NumPy's, a memory map, zarr's."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> Any: ...
    def __getitem__(self, index: Any) -> Any: ...


class Rows:
    """An array (N, ...) as N vectors of d numbers.

    float32 (and float16, and integers of at most 16 bits, which float32 holds exactly) are computed
    in float32, everything else in float64. Nothing is copied whole.

    Args:
        array: anything with ``shape``, ``dtype`` and slices, of real numbers.
        name: what messages call it.
        factor: what all entries are multiplied by. It is applied to the noise's scale, not to the
            data: a floor does not change when the data are shifted.
        reopen: what makes these rows again in another process, from its file; without, they
            travel there whole.

    Raises:
        InputError: no rows, no numbers.
    """

    def __init__(
        self,
        array: Sliceable,
        name: str = "data",
        factor: float = 1.0,
        reopen: Callable[[], Rows] | None = None,
    ) -> None:
        kind, size = np.dtype(array.dtype).kind, np.dtype(array.dtype).itemsize
        if kind not in "fiub" or size > 8:
            how = "; convert it with astype('float32')" if kind == "f" else _INSTEAD.get(kind, "")
            raise InputError(f"{name}: expected real numbers, found {array.dtype}{how}")
        if len(array.shape) < 1 or 0 in array.shape:
            raise InputError(f"{name}: expected rows of numbers, found the shape {array.shape}")
        self.array, self.name, self.factor = array, name, factor
        self.reopen = reopen
        self.count = array.shape[0]
        self.dim = int(np.prod(array.shape[1:], dtype=np.int64))
        small = size <= 4 if kind == "f" else size <= 2
        self.dtype: np.dtype[Any] = np.dtype(np.float32 if small else np.float64)

    def __reduce__(self) -> tuple[Any, ...]:
        if self.reopen is not None:
            return self.reopen, ()
        return type(self), (self.array, self.name, self.factor)

    def block(self, start: int, stop: int, dtype: Any = None) -> Floats:
        """Rows start to stop, (stop - start, d); a view where nothing needs conversion."""
        rows = np.asarray(self.array[start:stop]).reshape(stop - start, self.dim)
        return rows.astype(self.dtype if dtype is None else dtype, copy=False)

    def take(self, index: Ints, dtype: Any = np.float64) -> Floats:
        """Some rows, (len(index), d)."""
        if isinstance(self.array, np.ndarray):
            found = np.asarray(self.array[index])
            return found.reshape(len(index), self.dim).astype(dtype, copy=False)
        order = np.unique(index)  # zarr and others: rows one by one
        found = np.stack([np.asarray(self.array[int(i) : int(i) + 1])[0] for i in order])
        rows = found.reshape(len(order), self.dim).astype(dtype)
        return np.asarray(rows[np.searchsorted(order, index)])

    def held(self, dtype: Any = None) -> int:
        """How many rows are in BLOCK_BYTES, in the precision of computation; at least 16."""
        width = np.dtype(self.dtype if dtype is None else dtype).itemsize * self.dim
        return int(max(16, BLOCK_BYTES // width))

    def slices(self, dtype: Any = None) -> Iterator[tuple[int, int]]:
        """Start and stop of blocks of at most BLOCK_BYTES in the precision of computation."""
        step = min(self.held(dtype), 4096)  # beyond, the weights of a batch leave the cache
        for start in range(0, self.count, step):
            yield start, min(start + step, self.count)


@dataclass(frozen=True)
class Summary:
    """What one pass over the rows tells.

    Attributes:
        centre: (d,), near the mean.
        squares: (N,), squared distances from ``centre``.
        variance: tr Cov of a row, or the mean over labels of that within a label.
        longest: the largest distance from ``centre``.
        largest: the largest length of a row.
        keys: (N,), equal for equal rows.
        duplicates: how many rows repeat an earlier one.
        constant: how many columns are constant.
    """

    centre: Floats
    squares: Floats
    variance: float
    longest: float
    largest: float
    keys: Ints
    duplicates: int
    constant: int

    @property
    def off_centre(self) -> bool:
        """Whether blocks lose digits unless the centre is subtracted from them."""
        return float(self.centre @ self.centre) > 4 * float(self.squares.mean())


def summarise(rows: Rows, labels: Ints | None = None) -> Summary:
    """Read all rows once.

    Raises:
        InputError: an entry is not finite, or its square overflows.
    """
    picked = np.unique(np.linspace(0, rows.count - 1, min(_CENTRE_ROWS, rows.count)).astype(int))
    sample = rows.take(picked)
    _refuse_infinite(rows, sample, picked)
    centre = np.median(sample, axis=0) if rows.count > 1 else sample[0]
    groups = 1 if labels is None else int(labels.max()) + 1
    sums, counts = np.zeros((groups, rows.dim)), np.zeros(groups)
    squares = np.empty(rows.count)
    low, high = np.full(rows.dim, np.inf), np.full(rows.dim, -np.inf)
    largest, keys = 0.0, np.empty(rows.count, dtype=np.int64)
    for start, stop in rows.slices(np.float64):
        raw = rows.block(start, stop)
        block = raw.astype(np.float64)
        _refuse_infinite(rows, block, np.arange(start, stop))
        np.minimum(low, block.min(axis=0), out=low)
        np.maximum(high, block.max(axis=0), out=high)
        largest = max(largest, float(np.einsum("nd,nd->n", block, block).max()))
        block -= centre
        squares[start:stop] = np.einsum("nd,nd->n", block, block)
        if labels is None:
            sums[0] += block.sum(axis=0)
        else:
            np.add.at(sums, labels[start:stop], block)
        keys[start:stop] = [hash(row.tobytes()) for row in raw]
    counts = (
        np.array([float(rows.count)])
        if labels is None
        else np.bincount(labels, minlength=groups).astype(float)
    )
    if not np.isfinite(squares).all() or not np.isfinite(largest):
        raise InputError(f"{rows.name}: numbers as large as {np.abs(high).max():g} overflow")
    means = sums / np.maximum(counts, 1)[:, None]
    inner = np.einsum("gd,gd->g", means, means) @ counts
    variance = max(float((squares.sum() - inner) / rows.count), 0.0)
    if labels is not None and variance < _TIGHT * squares.mean():
        variance = _within(rows, labels)
    found = Summary(
        centre,
        squares,
        variance,
        float(np.sqrt(squares.max())),
        float(np.sqrt(largest)),
        keys,
        rows.count - len(np.unique(keys)),
        int((low == high).sum()),
    )
    _warn(rows, found)
    return found


def _within(rows: Rows, labels: Ints) -> float:
    """The mean square of the rows about the mean of their label, by differences from the first row
    of each label: 0 where these are all equal."""
    first = rows.take(np.unique(labels, return_index=True)[1])
    sums, total = np.zeros_like(first), 0.0
    for start, stop in rows.slices(np.float64):
        block = rows.block(start, stop, np.float64) - first[labels[start:stop]]
        total += float(np.einsum("nd,nd->", block, block))
        np.add.at(sums, labels[start:stop], block)
    inner = np.einsum("gd,gd->g", sums, sums) / np.bincount(labels)
    return max(float(total - inner.sum()) / rows.count, 0.0)


def _refuse_infinite(rows: Rows, block: Floats, index: Any) -> None:
    bad = ~np.isfinite(block).all(axis=1)
    if bad.any():
        i = int(np.argmax(bad))
        j = int(np.argmin(np.isfinite(block[i])))
        raise InputError(
            f"{rows.name}: row {int(index[i])} has {block[i, j]} in column {j}; "
            "drop such rows or fill them before training, and here"
        )


def _warn(rows: Rows, found: Summary) -> None:
    notes = []
    if rows.count == 1:
        notes.append("one row: the target is known from x, and the floor is 0")
    elif found.constant == rows.dim:
        notes.append("all rows are equal: the floor is 0")
    elif found.duplicates:
        notes.append(
            f"{found.duplicates} of {rows.count} rows repeat an earlier one, and count as often "
            "as they are there"
        )
    if 0 < found.constant < rows.dim:
        notes.append(f"{found.constant} of {rows.dim} columns are constant and add nothing")
    for note in notes:
        warnings.warn(f"{rows.name}: {note}", FmproofWarning, stacklevel=4)
