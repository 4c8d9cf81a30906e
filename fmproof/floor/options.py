"""Paths and time laws as one writes them on a command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fmproof.errors import InputError, nearest
from fmproof.models.custom import CustomPath
from fmproof.models.paths import (
    CondOTPath,
    LinearVPPath,
    Path,
    PolynomialPath,
    TrigPath,
    VPPath,
)
from fmproof.models.time import LogitNormalTime, TimeLaw, UniformTime

_PATHS: dict[str, Callable[..., Path]] = {
    "cond-ot": CondOTPath,
    "trig": TrigPath,
    "linear-vp": LinearVPPath,
    "vp": VPPath,
    "polynomial": PolynomialPath,
    "custom": CustomPath,
}
_TIMES: dict[str, Callable[..., TimeLaw]] = {
    "uniform": UniformTime,
    "logit-normal": LogitNormalTime,
}


def read_path(text: str) -> Path:
    """A path such as ``cond-ot``, ``vp:0.1,20`` (beta_min, beta_max), ``polynomial:2``,
    ``custom:t^2,sqrt(1-t^4)`` (alpha, beta).

    Raises:
        InputError: an unknown name, or parameters that do not fit.
    """
    found: Path = _read(text, "path", _PATHS)
    return found


def read_time(text: str) -> TimeLaw:
    """A time law such as ``uniform``, ``uniform:0,0.98`` or ``logit-normal:0,1`` (mean, std).

    Raises:
        InputError: an unknown name, or parameters that do not fit.
    """
    found: TimeLaw = _read(text, "time", _TIMES)
    return found


def _read(text: str, what: str, known: dict[str, Callable[..., Any]]) -> Any:
    name, _, rest = text.partition(":")
    if name not in known:
        raise InputError(f"{what}: unknown {name!r}; {nearest(name, known)}")
    arguments: list[Any] = [part.strip() for part in rest.split(",")] if rest else []
    if name != "custom":
        try:
            arguments = [float(part) for part in arguments]
        except ValueError:
            raise InputError(f"{what}: expected numbers after '{name}:', found {rest!r}") from None
    try:
        return known[name](*arguments)
    except TypeError:
        raise InputError(
            f"{what}: {name!r} does not take {len(arguments)} parameters; "
            "see 'fmproof floor --help'"
        ) from None
