"""Data sets as people have them: files and folders as arrays that are read a block at a time.

A library that a format needs is imported when such a file comes.
"""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from fmproof.errors import FmproofWarning, InputError, nearest
from fmproof.floor.rows import Rows

_IMAGES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif"}
_FORMATS = ".npy, .npz, .csv, .parquet, .zarr, a folder of images or of a Hugging Face dataset"

_AT_ONCE = 1000  # rows of a dataset that are decoded together

_SELDOM_DATA = ("id", "label", "labels", "class", "target", "split")

_TENSORS = "; save the tensor of the data as np.save('data.npy', tensor.cpu().numpy())"
_INSTEAD = {
    ".pt": _TENSORS,
    ".pth": _TENSORS,
    ".safetensors": _TENSORS,
    ".h5": "; save the array of the data with np.save",
    ".hdf5": "; save the array of the data with np.save",
    ".tsv": "; a table with tabs is read as .csv, too",
}


def load_rows(
    file: Path, field: str | None = None, factor: float = 1.0, name: str | None = None
) -> Rows:
    """The rows of a data set.

    Args:
        file: of one of FORMATS.
        field: the array in an .npz or a zarr group, the column of a table or of a dataset.
        factor: what every number is multiplied by before training, such as 2/255 for bytes.
        name: what messages call it; the file by default.

    Raises:
        InputError: what was expected and found, and what would mend it.
    """
    if not file.exists():
        raise InputError(f"{file}: there is no such file or folder")
    try:
        array = _reader(file)(file, field)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from None
    name = name or str(file)
    return Rows(array, name, factor, partial(load_rows, file.absolute(), field, factor, name))


def load_labels(file: Path, count: int) -> Any:
    """Labels from a .npy file as integers from 0, (N,).

    Raises:
        InputError: there is not one label for each row.
    """
    if file.suffix.lower() != ".npy":
        raise InputError(f"{file}: expected labels in a .npy file, as np.save writes them")
    array = np.asarray(_npy(file, None, "labels.astype(str)"))
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.shape != (count,) or array.dtype.kind not in "iubUS":
        raise InputError(
            f"{file}: expected one label for each of the {count} rows, integers or text, found "
            f"{array.dtype} of shape {array.shape}"
        )
    return np.unique(array, return_inverse=True)[1]


def _reader(file: Path) -> Any:
    if file.is_dir():
        if (file / ".zarray").exists() or (file / ".zgroup").exists():
            return _zarr
        if (file / "zarr.json").exists():
            return _zarr
        if (file / "state.json").exists() or (file / "dataset_dict.json").exists():
            return _dataset
        return _images
    readers = {".npy": _npy, ".npz": _npz, ".csv": _csv, ".parquet": _parquet}
    suffix = file.suffix.lower()
    if suffix not in readers:
        how = _INSTEAD.get(suffix, "")
        raise InputError(f"{file}: unknown kind of file, expected {_FORMATS}{how}")
    return readers[suffix]


def _no_field(file: Path, field: str | None) -> None:
    if field is not None:
        raise InputError(f"{file}: it has no fields to choose from; leave out --field {field}")


def _npy(file: Path, field: str | None, instead: str = "array.astype('f4')") -> Any:
    _no_field(file, field)
    try:
        return np.load(file, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file") from None
    except (ValueError, EOFError) as error:
        text = str(error)
        if "Object arrays" in text or "Python objects" in text:
            why = f"it holds Python objects; save them as np.save(file, {instead})"
        elif "pickle" in text:
            why = "not a .npy file"
        elif "mmap length" in text or "greater than file size" in text:
            why = "it is shorter than its header says; it was not written to the end"
        else:
            why = f"not a .npy file: {text}"
        raise InputError(f"{file}: cannot be read: {why}") from None


def _npz(file: Path, field: str | None) -> Any:
    import zipfile

    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            return archive[_choose(file, field, list(archive.files), "arrays")]
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{file}: cannot be read as a .npz file: {error}") from None


def _choose(file: Path, field: str | None, known: list[str], what: str) -> str:
    if field is None:
        if len(known) == 1:
            return known[0]
        shown = ", ".join(known[:8]) or "none"
        raise InputError(f"{file}: which of its {what}? choose with --field: {shown}")
    if field not in known:
        raise InputError(f"{file}: no {field!r} among its {what}; {nearest(field, known)}")
    return field


def _csv(file: Path, _: str | None) -> Any:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            first = stream.readline()
        comma = delimiter_of(first)
        header = [cell.strip().strip('"') for cell in first.split(comma)]
        try:
            [float(cell) for cell in header]
            header = []
        except ValueError:
            pass
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that there are none is said below
            table = np.loadtxt(
                file,
                delimiter=comma,
                skiprows=1 if header else 0,
                ndmin=2,
                dtype=np.float64,
                encoding="utf-8-sig",
            )
    except UnicodeDecodeError:
        raise InputError(f"{file}: cannot be read: not a text file in UTF-8") from None
    except ValueError as error:
        why = str(error).partition("; use `usecols`")[0]
        raise InputError(f"{file}: expected rows of numbers: {why}") from None
    if not len(table):
        raise InputError(f"{file}: expected rows of numbers, found none")
    _warn_of_names(file, header)
    return _without_index(file, header, table)


def _warn_of_names(file: Path, names: list[str]) -> None:
    """Columns that are seldom data are counted as such, which is said."""
    odd = [name for name in names if name.lower() in _SELDOM_DATA]
    if odd:
        warnings.warn(
            f"{file}: the column {odd[0]!r} counts as one of the {len(names)} coordinates; leave "
            "it out of the file if no model is trained to make it",
            FmproofWarning,
            stacklevel=4,
        )


def delimiter_of(line: str) -> str:
    """What separates the cells of a table, by its first line: a comma, a semicolon or a tab."""
    return max(",;\t", key=line.count)


def _without_index(file: Path, header: list[str], table: Any) -> Any:
    """The columns but the first, if that is the index of a data frame: named as such, and counting
    the rows."""
    named = bool(header) and header[0].lower() in ("", "index", "unnamed: 0")
    if not named or table.shape[1] < 2 or (table[:, 0] != np.arange(len(table))).any():
        return table
    warnings.warn(
        f"{file}: the first column counts the rows, as the index of a data frame does, and is left "
        "out",
        FmproofWarning,
        stacklevel=4,
    )
    return table[:, 1:]


def _missing(file: Path, library: str, extra: str) -> InputError:
    return InputError(f"{file}: {library} is not installed; pip install 'fmproof[{extra}]'")


def _parquet(file: Path, field: str | None) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise _missing(file, "pyarrow", "data") from None
    try:
        # Made by pandas of an index; to a training loop it is no column.
        schema = [f for f in pq.read_schema(file) if not f.name.startswith("__index_level_")]
        numeric = [f.name for f in schema if pa.types.is_integer(f.type) or _floating(pa, f.type)]
        lists = [f.name for f in schema if pa.types.is_list(f.type) or _fixed(pa, f.type)]
        if field is None and not lists and numeric:
            _warn_of_names(file, numeric)
            table = pq.read_table(file, columns=numeric)
            return np.column_stack([c.to_numpy() for c in table.columns])
        name = _choose(file, field, lists + numeric, "columns")
        column = pq.read_table(file, columns=[name]).column(0).combine_chunks()
    except pa.ArrowInvalid as error:
        raise InputError(f"{file}: cannot be read as a Parquet file: {error}") from None
    return _stacked(file, name, column, len(column))


def _floating(pa: Any, kind: Any) -> bool:
    return bool(pa.types.is_floating(kind))


def _fixed(pa: Any, kind: Any) -> bool:
    return bool(pa.types.is_fixed_size_list(kind))


def _stacked(file: Path, name: str, column: Any, count: int) -> Any:
    """A column of lists, however deep, as an array."""
    values = column
    while hasattr(values, "flatten") and hasattr(values.type, "value_type"):
        values = values.flatten()
    flat = values.to_numpy(zero_copy_only=False)
    if count == 0 or len(flat) % count or column.null_count:
        raise InputError(f"{file}: the rows of the column {name!r} have different lengths")
    if hasattr(column, "value_lengths"):
        lengths = column.value_lengths().to_numpy(zero_copy_only=False)
        if (lengths != lengths[0]).any():
            raise InputError(f"{file}: the rows of the column {name!r} have different lengths")
    return flat.reshape(count, -1)


def _zarr(file: Path, field: str | None) -> Any:
    try:
        import zarr
    except ImportError:
        raise _missing(file, "zarr", "data") from None
    opened: Any = zarr.open(str(file), mode="r")
    if hasattr(opened, "shape"):
        return opened
    return opened[_choose(file, field, sorted(opened.array_keys()), "arrays")]


def _dataset(file: Path, field: str | None) -> Any:
    try:
        import datasets
    except ImportError:
        raise _missing(file, "datasets", "data") from None
    found: Any = datasets.load_from_disk(str(file))
    if isinstance(found, dict):
        if "train" not in found:
            raise InputError(f"{file}: no split 'train'; give the folder of one split")
        found = found["train"]
    name = _choose(file, field, list(found.column_names), "columns")
    kind = _kind(found.data.schema.field(name).type)
    stored = {} if kind is None else {"dtype": kind}
    return _column(file, name, found.with_format("numpy", **stored))


def _kind(column: Any) -> Any:
    """What the numbers of an Arrow column are, however deep; None if they are none, as images.
    Unless told, datasets make float32 of float64 and int64 of bytes."""
    import pyarrow as pa

    while hasattr(column, "storage_type") or hasattr(column, "value_type"):
        column = column.storage_type if hasattr(column, "storage_type") else column.value_type
    number = pa.types.is_integer(column) or pa.types.is_floating(column)
    return column.to_pandas_dtype() if number else None


def _column(file: Path, name: str, found: Any) -> Any:
    """A column of a dataset in its own precision; an image is decoded once."""
    array: Any = np.zeros((0,))
    for start in range(0, len(found), _AT_ONCE):
        cells = [np.asarray(cell) for cell in found[start : start + _AT_ONCE][name]]
        other = next((cell for cell in cells if cell.shape != cells[0].shape), cells[0])
        expected = array.shape[1:] if start else cells[0].shape
        if expected not in (cells[0].shape, ()) or other.shape != cells[0].shape:
            raise InputError(f"{file}: the rows of the column {name!r} have different lengths")
        if not start:
            array = np.empty((len(found), *cells[0].shape), cells[0].dtype)
        array[start : start + len(cells)] = cells
    return array


def _images(file: Path, field: str | None) -> Any:
    _no_field(file, field)
    names = sorted(f for f in file.rglob("*") if f.suffix.lower() in _IMAGES)
    if not names:
        raise InputError(f"{file}: a folder without images; expected {_FORMATS}")
    return _ImageFolder(file, names)


class _ImageFolder:
    """Images of one size, decoded a block at a time, as bytes."""

    def __init__(self, folder: Path, names: list[Path]) -> None:
        try:
            from PIL import Image
        except ImportError:
            raise _missing(folder, "Pillow", "data") from None
        self._open, self._names = Image.open, names
        self._mode: str | None = None
        first = self._read(names[0])
        self.shape = (len(names), *first.shape)
        self.dtype = first.dtype

    def _read(self, name: Path) -> Any:
        try:
            with self._open(name) as image:
                kind = image.mode
                deep = kind.startswith(("I", "F"))  # more than bytes: convert() would cut them off
                mode = kind if deep else "L" if kind in ("1", "L") else "RGB"
                self._mode = self._mode or mode
                if (deep or self._mode not in ("L", "RGB")) and kind != self._mode:
                    raise InputError(f"{name}: expected mode {self._mode} as before, found {kind}")
                if mode == "RGB" and self._mode == "L":
                    raise InputError(
                        f"{name}: in colour, where the first image is grey; bring all to one kind"
                    )
                return np.asarray(image if deep else image.convert(self._mode))
        except (OSError, SyntaxError) as error:
            raise InputError(f"{name}: cannot be read as an image: {error}") from None

    def __getitem__(self, index: slice) -> Any:
        found = []
        for name in self._names[index]:
            image = self._read(name)
            if image.shape != self.shape[1:]:
                raise InputError(
                    f"{name}: expected the shape {self.shape[1:]} of the first image, found "
                    f"{image.shape}; bring all images to one size first"
                )
            found.append(image)
        return np.stack(found)
