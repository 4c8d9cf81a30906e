"""Problem files: reading a ``Problem`` from TOML and writing it back.

A decimal such as 0.3 is the rational 3/10, and ``"1/3"`` in quotes is a rational too, so that the
exact method can answer in rationals.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from os import PathLike
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from fmproof.errors import InputError, nearest
from fmproof.models.arrays import Number, inside
from fmproof.models.custom import CustomPath
from fmproof.models.mixture import GaussianMixture
from fmproof.models.paths import (
    CondOTPath,
    LinearVPPath,
    Path,
    PolynomialPath,
    TrigPath,
    VPPath,
)
from fmproof.models.problem import Problem
from fmproof.models.time import LogitNormalTime, TimeLaw, UniformTime
from fmproof.models.velocity import LinearVelocity, PolynomialVelocity, Velocity, VelocityTerm

_MAX_DECIMALS = 30
_TEXT = (".csv", ".tsv", ".txt", ".dat")
_HINTS = {
    "sigma_min": '; a path that ends with the noise 0.01 is kind = "custom", alpha = "t", '
    'beta = "1 - (1 - 0.01)*t"',
}


class _Kind(NamedTuple):
    build: Callable[..., Any]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def load_problem(file: str | PathLike[str]) -> Problem:
    """Read a problem file.

    Raises:
        InputError: one line that names the file, the field, what was expected and what was found.
    """
    path = FilePath(file)
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: cannot be read: not a text file in UTF-8") from None
    with inside(f"{path}: "):
        return problem_from_toml(text, path.parent)


def problem_from_toml(text: str, folder: str | PathLike[str] = ".") -> Problem:
    """The problem that ``text`` describes; ``data.file`` is looked up in ``folder``.

    Raises:
        InputError: naming the field, what was expected and what was found.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not valid TOML: {error}") from None
    _check_keys(document, "", ("dim", "data", "path", "model"), ("time",))
    dim = document["dim"]
    if not isinstance(dim, int) or isinstance(dim, bool) or dim < 1:
        raise InputError(f"dim: expected a positive integer, found {dim!r}")
    data_kinds = {
        **_DATA,
        "points": _Kind(_points_reader(FilePath(folder)), (), ("points", "file", "weights")),
    }
    data = _build(document["data"], "data", "kind", data_kinds)
    if data.dim != dim:
        raise InputError(f"data: expected dimension {dim}, as dim says, found {data.dim}")
    return Problem(
        data=data,
        path=_build(document["path"], "path", "kind", _PATHS),
        model=_build(document["model"], "model", "kind", _MODELS),
        time=_build(document.get("time", {"law": "uniform"}), "time", "law", _TIMES),
    )


def problem_to_toml(problem: Problem) -> str:
    """The problem file of ``problem``; reading it gives an equal problem.

    Floats are written as decimals, and so come back as rationals that round to them.

    Raises:
        InputError: when a part has no form in a file: a Python function, a class of the user's.
    """
    tables = {
        "data": _data_table(problem.data),
        "path": _path_table(problem.path),
        "time": _time_table(problem.time),
        "model": _model_table(problem.model),
    }
    lines = [f"dim = {problem.dim}"]
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {value}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _build(table: Any, field: str, selector: str, kinds: Mapping[str, _Kind]) -> Any:
    """Call the constructor that ``table[selector]`` names with the rest of the table."""
    if not isinstance(table, dict):
        raise InputError(f"{field}: expected a table, found {table!r}")
    if selector not in table:
        raise InputError(f"{field}.{selector}: missing, known: {', '.join(sorted(kinds))}")
    name = table[selector]
    if not isinstance(name, str) or name not in kinds:
        raise InputError(f"{field}.{selector}: unknown {name!r}, {nearest(str(name), kinds)}")
    kind = kinds[name]
    _check_keys(table, f"{field}.", (selector, *kind.required), kind.optional)
    with inside(f"{field}."):
        return kind.build(**{key: value for key, value in table.items() if key != selector})


def _check_keys(
    table: Mapping[str, Any], prefix: str, required: Iterable[str], optional: Iterable[str]
) -> None:
    known = [*required, *optional]
    for key in table:
        if key not in known:
            hint = _HINTS.get(key, "")
            raise InputError(f"{prefix}{key}: unknown key, {nearest(key, known)}{hint}")
    for key in required:
        if key not in table:
            raise InputError(f"{prefix}{key}: missing")


def _points_reader(folder: FilePath) -> Callable[..., GaussianMixture]:
    def read(points: Any = None, file: Any = None, weights: Any = None) -> GaussianMixture:
        if (points is None) == (file is None):
            raise InputError("points: expected either points or file")
        if file is not None:
            points = _load_array(folder, file)
        return GaussianMixture.points(points, weights)

    return read


def _load_array(folder: FilePath, file: Any) -> Any:
    import numpy as np

    if not isinstance(file, str):
        raise InputError(f"file: expected the name of a .npy file, found {file!r}")
    try:
        points = np.load(folder / file, allow_pickle=False)
    except OSError as error:
        raise InputError(f"file: cannot read {file!r}: {error.strerror or error}") from None
    except (ValueError, EOFError) as error:
        if FilePath(file).suffix.lower() in _TEXT:
            separator = ", delimiter=','" if file.lower().endswith(".csv") else ""
            array = FilePath(file).with_suffix(".npy").name
            raise InputError(
                f"file: expected a .npy file, found {file!r}, which is text; in Python, "
                f"numpy.save({array!r}, numpy.loadtxt({file!r}{separator})) makes one "
                "(skiprows=1 leaves out a heading)"
            ) from None
        raise InputError(f"file: cannot read {file!r} as a .npy file: {error}") from None
    if not isinstance(points, np.ndarray) or points.ndim != 2 or points.dtype.kind not in "fiu":
        found = f"{points.dtype} of shape {points.shape}" if hasattr(points, "dtype") else "a .npz"
        raise InputError(f"file: expected real numbers of shape (K, d) in {file!r}, found {found}")
    return points


def _polynomial(terms: Any) -> PolynomialVelocity:
    if not isinstance(terms, list):
        raise InputError(f"terms: expected a list of tables, found {terms!r}")
    rows = []
    for a, term in enumerate(terms):
        if not isinstance(term, dict):
            raise InputError(f"terms[{a}]: expected a table, found {term!r}")
        _check_keys(term, f"terms[{a}].", ("coef",), ("t", "x"))
        rows.append(VelocityTerm(**term))
    return PolynomialVelocity(rows)


_DATA = {"gaussian-mixture": _Kind(GaussianMixture, ("weights", "means", "covariances"))}
_PATHS = {
    "cond-ot": _Kind(CondOTPath),
    "trig": _Kind(TrigPath),
    "polynomial": _Kind(PolynomialPath, ("n",)),
    "linear-vp": _Kind(LinearVPPath),
    "vp": _Kind(VPPath, (), ("beta_min", "beta_max")),
    "custom": _Kind(CustomPath, ("alpha", "beta")),
}
_TIMES = {
    "uniform": _Kind(UniformTime, (), ("low", "high")),
    "logit-normal": _Kind(LogitNormalTime, (), ("mean", "std")),
}
_MODELS = {
    "linear": _Kind(LinearVelocity, ("A",), ("b",)),
    "polynomial": _Kind(_polynomial, ("terms",)),
}


def _data_table(data: GaussianMixture) -> dict[str, str]:
    weights, means, covariances = (_toml(part.tolist()) for part in data.given)
    if not data.scales.any():
        return {"kind": '"points"', "points": means, "weights": weights}
    return {
        "kind": '"gaussian-mixture"',
        "weights": weights,
        "means": means,
        "covariances": covariances,
    }


def _path_table(path: Path) -> dict[str, str]:
    if type(path) not in [kind.build for kind in _PATHS.values()]:
        raise InputError(f"path: {path!r} cannot be written to a problem file")
    table = {"kind": _toml(path.name)}
    match path:
        case PolynomialPath():
            table["n"] = _toml(path.n)
        case VPPath():
            table |= {"beta_min": _toml(path.beta_min), "beta_max": _toml(path.beta_max)}
        case CustomPath():
            table |= {"alpha": _toml(path.alpha_formula), "beta": _toml(path.beta_formula)}
    return table


def _time_table(time: TimeLaw) -> dict[str, str]:
    if type(time) is UniformTime:
        return {"law": '"uniform"', "low": _toml(time.low), "high": _toml(time.high)}
    if type(time) is LogitNormalTime:
        return {"law": '"logit-normal"', "mean": _toml(time.mean), "std": _toml(time.std)}
    raise InputError(f"time: {time!r} cannot be written to a problem file")


def _model_table(model: Velocity) -> dict[str, str]:
    if isinstance(model, LinearVelocity):
        return {"kind": '"linear"', "A": _toml(model.A.tolist()), "b": _toml(model.b.tolist())}
    if not isinstance(model, PolynomialVelocity):
        raise InputError(f"model: {model!r} cannot be written to a problem file")
    terms = (f"  {{coef = {_toml(coef)}, t = {t}, x = {x}}},\n" for coef, t, x in model.terms)
    return {"kind": '"polynomial"', "terms": f"[\n{''.join(terms)}]"}


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    return _toml_number(value)


def _toml_number(value: Number) -> str:
    """A decimal where there is one, else the ratio in quotes."""
    if isinstance(value, float):
        return repr(value)
    if value.denominator == 1:
        return str(value.numerator)
    for decimals in range(1, _MAX_DECIMALS + 1):
        scaled = value * 10**decimals
        if scaled.denominator == 1:
            return str(Decimal(scaled.numerator).scaleb(-decimals))
    return f'"{value}"'
