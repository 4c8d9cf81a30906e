"""Files and folders as arrays: numbers and their precision stay as they are, or it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fmproof.errors import FmproofWarning, InputError
from fmproof.floor import Rows
from fmproof.floor.load import load_rows

Z = np.random.default_rng(0).standard_normal((200, 4))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_parquet() -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pa.table({"x": list(Z), "n": range(200)}), "z.parquet")
    assert (load_rows(Path("z.parquet"), "x").block(0, 200) == Z).all()


def test_the_index_of_a_data_frame_is_no_column() -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pa.table({"x": Z[:, 0], "y": Z[:, 1], "__index_level_0__": range(200)})
    parquet.write_table(table, "z.parquet")
    assert (load_rows(Path("z.parquet")).block(0, 200) == Z[:, :2]).all()


def test_a_column_that_is_seldom_data_is_named() -> None:
    Path("z.csv").write_text("x,Label\n1.5,0\n2.5,1\n")
    with pytest.warns(FmproofWarning, match="the column 'Label' counts as one of the 2"):
        assert load_rows(Path("z.csv")).dim == 2


def test_zarr() -> None:
    zarr = pytest.importorskip("zarr")
    zarr.save("z.zarr", Z)
    rows = load_rows(Path("z.zarr"))
    assert (rows.block(3, 9) == Z[3:9]).all()
    assert (rows.take(np.array([5, 2, 5])) == Z[[5, 2, 5]]).all()


@pytest.mark.parametrize(
    ("array", "feature"),
    [
        (Z + 1e8, None),
        (Z.astype("f4"), "float32"),
        (np.arange(800, dtype="u1").reshape(200, 4), "uint8"),
    ],
    ids=["float64", "float32", "uint8"],
)
def test_a_dataset_keeps_its_precision(array: Any, feature: str | None) -> None:
    datasets = pytest.importorskip("datasets")
    features = feature and datasets.Features({"x": datasets.Sequence(datasets.Value(feature))})
    datasets.Dataset.from_dict({"x": array.tolist()}, features=features).save_to_disk("z")
    rows = load_rows(Path("z"))
    assert rows.array.dtype == array.dtype
    assert (rows.block(0, 200) == array).all()


def test_rows_of_a_dataset_that_differ_in_length() -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_dict({"x": [[1.0, 2.0], [3.0]]}).save_to_disk("z")
    with pytest.raises(InputError, match="the rows of the column 'x' have different lengths"):
        load_rows(Path("z"))


def test_images_of_more_than_bytes_are_not_cut_off() -> None:
    image = pytest.importorskip("PIL.Image")
    z = np.random.default_rng(0).integers(0, 65536, (5, 6, 6)).astype("u2")
    Path("deep").mkdir()
    for i, picture in enumerate(z):
        image.fromarray(picture).save(f"deep/{i}.png")
    rows = load_rows(Path("deep"))
    assert (rows.block(0, 5) == z.reshape(5, 36)).all()
    image.new("L", (6, 6)).save("deep/9.png")
    with pytest.raises(InputError, match="expected mode I;16 as before, found L"):
        load_rows(Path("deep")).block(0, 6)


def test_colour_is_not_dropped() -> None:
    image = pytest.importorskip("PIL.Image")
    Path("mixed").mkdir()
    image.new("RGB", (4, 4)).save("mixed/0.png")
    image.new("L", (4, 4), 9).save("mixed/1.png")  # every loader makes three channels of it
    assert (load_rows(Path("mixed")).block(1, 2) == 9).all()
    image.new("L", (4, 4)).save("mixed/-.png")  # first by name
    with pytest.raises(InputError, match=r"0\.png: in colour, where the first image is grey"):
        load_rows(Path("mixed")).block(0, 3)


def test_a_field_where_there_are_none() -> None:
    np.save("z.npy", Z)
    with pytest.raises(InputError, match="no fields to choose from; leave out --field x"):
        load_rows(Path("z.npy"), "x")


@pytest.mark.parametrize(
    ("array", "hint"),
    [(Z + 1j, "real and imaginary parts as coordinates"), (Z.astype("g"), "astype")],
    ids=["complex", "long double"],
)
def test_what_would_mend_it(array: Any, hint: str) -> None:
    with pytest.raises(InputError, match=hint):
        Rows(array)
