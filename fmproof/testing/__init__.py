"""Test your own flow-matching code: assertions for user code, and hypothesis strategies.

The names are imported when first used. Strategies live in ``fmproof.testing.strategies``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "CheckFailed": "failure",
    "assert_conditional_velocity": "conditional",
    "assert_conversion": "conversions",
    "assert_divergence": "derivatives",
    "assert_guidance": "conversions",
    "assert_jacobian": "derivatives",
    "assert_log_likelihood": "derivatives",
    "assert_sampler": "sampling",
    "assert_step": "steps",
    "assert_losses_differ_by_constant": "losses",
    "assert_marginal_field": "field",
    "assert_same_gradient": "gradients",
    "assert_schedule": "schedule",
    "cosmap": "weights",
    "edm": "weights",
    "min_snr": "weights",
    "takes_jax": "adapters",
    "takes_tensors": "adapters",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - a list of strings


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fmproof.testing' has no attribute {name!r}")
    value = getattr(import_module(f"fmproof.testing.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
