"""Where the built-in derivations are, by name, so that nothing need import them to know them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from fmproof.tables import FixedMapping

_BUILTIN: dict[str, tuple[str, str]] = {
    "fm-cfm": (
        "The flow matching loss is the conditional one plus a constant",
        "fmproof.derivations.fm_cfm:fm_cfm",
    ),
    "gradient": (
        "Both losses have the same gradient and the same minimisers",
        "fmproof.derivations.gradient:gradient",
    ),
    "gradient-under-expectation": (
        "The stochastic gradients of both losses have the same mean",
        "fmproof.derivations.gradient_under_expectation:gradient_under_expectation",
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
    "total-variance": (
        "The law of total variance",
        "fmproof.derivations.total_variance:total_variance",
    ),
    "bregman": (
        "With any Bregman divergence the best guess is the conditional expectation",
        "fmproof.derivations.bregman:bregman",
    ),
    "interpolant": (
        "The loss of rectified flow and stochastic interpolants, for any coupling",
        "fmproof.derivations.interpolant:interpolant",
    ),
    "weighted": (
        "Any weight and any law of the time",
        "fmproof.derivations.weighted:weighted",
    ),
    "denoising-score-matching": (
        "Denoising score matching is explicit score matching plus a constant",
        "fmproof.derivations.denoising_score_matching:denoising_score_matching",
    ),
    "implicit-score-matching": (
        "Implicit score matching is explicit score matching plus a constant",
        "fmproof.derivations.implicit_score_matching:implicit_score_matching",
    ),
    "guidance": (
        "Bayes for scores, and the guided vector field",
        "fmproof.derivations.guidance:guidance",
    ),
    "ddpm": (
        "DDPM: marginals, posterior and the terms of the bound",
        "fmproof.derivations.ddpm:ddpm",
    ),
    "affine-path": (
        "Affine Gaussian paths: velocity, score and continuity equation",
        "fmproof.derivations.affine_path:affine_path",
    ),
    "continuity": (
        "The marginal field generates the marginal path",
        "fmproof.derivations.continuity:continuity",
    ),
    "log-density": (
        "The log-density along the flow",
        "fmproof.derivations.log_density:log_density",
    ),
    "tweedie": (
        "Tweedie's formula",
        "fmproof.derivations.tweedie:tweedie",
    ),
    "predictions": (
        "Predictions of data, noise, velocity, v and score, and the weights between their losses",
        "fmproof.derivations.predictions:predictions",
    ),
}
BUILTIN: Mapping[str, tuple[str, str]] = FixedMapping(_BUILTIN.items())
"""name -> (title, "module:attribute"), in reading order."""


def builtin(name: str) -> Any:
    """The built-in derivation called ``name``, which is one of them; its module is imported."""
    module, attribute = BUILTIN[name][1].split(":")
    return getattr(import_module(module), attribute)
