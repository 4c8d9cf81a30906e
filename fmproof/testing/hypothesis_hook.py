"""What the ``hypothesis`` entry point calls: ``st.from_type`` for the classes of fmproof.models."""

from __future__ import annotations

from typing import Any


def register() -> None:
    """Register strategies by name of their builder; they are built when first asked for."""
    from hypothesis import strategies as st

    from fmproof import models

    for cls, name in {
        models.GaussianMixture: "gaussian_mixtures",
        models.Path: "paths",
        models.TimeLaw: "time_laws",
        models.LinearVelocity: "linear_models",
        models.PolynomialVelocity: "polynomial_models",
        models.Velocity: "polynomial_models",
        models.Problem: "problems",
    }.items():
        st.register_type_strategy(cls, _builder(name))


def _builder(name: str) -> Any:
    def build(_: type) -> Any:
        from fmproof.testing import strategies

        return getattr(strategies, name)()

    return build
