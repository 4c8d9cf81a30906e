"""The built-in derivations by name, without importing them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from fmproof.errors import InputError, nearest

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation

BUILTIN: dict[str, tuple[str, str]] = {
    "fm-cfm": (
        "The flow matching loss is the conditional one plus a constant",
        "fmproof.derivations.fm_cfm:fm_cfm",
    ),
    "gradient": (
        "Both losses have the same gradient and the same minimisers",
        "fmproof.derivations.gradient:gradient",
    ),
    "constant": (
        "The constant is minus the conditional variance, the floor of the training loss",
        "fmproof.derivations.constant:constant",
    ),
    "general": (
        "Any time law, any weight, any coupling",
        "fmproof.derivations.general:general",
    ),
    "uniform": (
        "The uniform law without weight is an instance of the general theorem",
        "fmproof.derivations.uniform:uniform",
    ),
    "conditional-expectation": (
        "The conditional expectation is the best guess",
        "fmproof.derivations.conditional_expectation:conditional_expectation",
    ),
    "interpolant": (
        "The loss of rectified flow and stochastic interpolants, for any coupling",
        "fmproof.derivations.interpolant:interpolant",
    ),
    "denoising-score-matching": (
        "Denoising score matching is explicit score matching plus a constant",
        "fmproof.derivations.denoising_score_matching:denoising_score_matching",
    ),
}
"""name -> (title, "module:attribute"), in reading order."""


def load(name: str) -> Derivation:
    """The built-in derivation called ``name``.

    Raises:
        InputError: there is none; the message names the nearest.
    """
    if name not in BUILTIN:
        raise InputError(f"no derivation is called {name!r}; {nearest(name, BUILTIN)}")
    module, attribute = BUILTIN[name][1].split(":")
    return getattr(import_module(module), attribute)
