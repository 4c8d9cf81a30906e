"""fmproof: a proof verifier for the mathematics of flow matching.

The public names are imported when first used, so that ``import fmproof`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from types import FunctionType
from typing import Any

from fmproof._version import __version__

_NAMES = {
    "fmproof.lang.nodes": (
        "Real Vec Param Latent Inner norm2 norm Ratio Named Field Density Law Normal Scalar "
        "uniform Integral IntegralOver Lebesgue Let Expect CondExpect Grad Partial Div ArgMin "
        "Exp Log Sqrt Abs dim pi"
    ),
    "fmproof.lang.arithmetic": "plus",
    "fmproof.tactics.exact": "Rational",
    "fmproof.lang.props": (
        "Equals AtMost Positive Integrable VanishesWith Almost ForAll Differentiable Dominated"
    ),
    "fmproof.lang.scope": "alpha_equal free_vars substitute",
    "fmproof.lang.spelling.text": "text",
    "fmproof.lang.spelling.latex": "latex",
    "fmproof.reading.latex": "parse_latex",
    "fmproof.reading.text": "parse_text",
    "fmproof.tactics.script": "Derivation Part Step Hypothesis Instance",
    "fmproof.tactics.check": "check",
    "fmproof.kernel.theorem": "Theorem",
    "fmproof.errors": "FmproofError InputError SortError RuleError",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604 - names, all of them strings


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fmproof' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    if type(value) is FunctionType:
        from fmproof.lang.spelling.foreign import checked_call

        value = checked_call(value)
    globals()[name] = value
    return value


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext fmproof``: the cell magic ``%%fmproof``."""
    from fmproof.jupyter import add_magic

    add_magic(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
