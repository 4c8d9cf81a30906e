"""k-diffusion: samplers in sigma, the loss of its denoiser, its derivative."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from conformance.common import IMAGES, MIX, network, torchvision_to_import
from fmproof.models import FunctionPath
from fmproof.testing import takes_tensors
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter("k-diffusion", "0.1.1.post1")
LOW, HIGH = 0.05, 10.0


def part(name: str) -> Any:
    """A module of the package without the package's own imports: evaluation by CLIP and images,
    which need a dozen more packages and a torchvision that was built for this PyTorch."""
    if "k_diffusion" not in sys.modules:
        found = find_spec("k_diffusion")
        if found is None:
            raise ModuleNotFoundError("No module named 'k_diffusion'")
        sys.modules["k_diffusion"] = package = ModuleType("k_diffusion")
        package.__path__ = found.submodule_search_locations or []  # type: ignore[assignment]
    with torchvision_to_import():
        return import_module(f"k_diffusion.{name}")


def path(low: float = LOW, high: float = HIGH) -> FunctionPath:
    """x = x1 + sigma x0, with sigma for the time."""
    return FunctionPath(1, lambda t: t, dalpha=0, dbeta=1, low=low, high=high)


ORDERS = {
    "sample_euler": 1,
    "sample_heun": 2,
    "sample_dpm_2": 2,
    "sample_lms": None,
    "sample_dpmpp_2m": 2,
    "sample_euler_ancestral": None,
    "sample_dpm_2_ancestral": None,
    "sample_dpmpp_2s_ancestral": None,
}
"""The order of convergence that a deterministic sampler promises."""


def offer_sampler(name: str, order: int | None) -> None:
    @ADAPTER.offer("solver", name)
    def solver() -> Any:
        sampling = part("sampling")

        @takes_tensors
        def sample(model: Any, x: Any, steps: int) -> Any:
            sigmas = sampling.get_sigmas_karras(steps + 1, LOW, HIGH)[:-1]
            return getattr(sampling, name)(model, x, sigmas, disable=True)

        return (sample, path(), MIX), {"predict": "x1", "order": order, "steps": 64}


for _name, _order in ORDERS.items():
    offer_sampler(_name, _order)


@ADAPTER.offer("step", "sample_euler_ancestral")
def ancestral() -> Any:
    sampling = part("sampling")

    @takes_tensors
    def step(model: Any, x: Any, t: float, s: float) -> Any:
        sigmas = x.new_tensor([t, s])
        return sampling.sample_euler_ancestral(model, x, sigmas, disable=True)

    pairs = [(4.0, 3.0), (1.0, 0.6), (0.3, 0.1)]
    return (step, path(), MIX), {"predict": "x1", "eta": 1.0, "pairs": pairs}


@ADAPTER.offer("conversion", "to_d, denoised to the derivative in sigma")
def derivative() -> Any:
    sampling = part("sampling")

    @takes_tensors
    def convert(prediction: Any, x: Any, t: Any) -> Any:
        return sampling.to_d(x, t, prediction)

    return (convert, "x1", "velocity", path()), {}


def over_output(sigma: Any, sigma_data: float) -> Any:
    """1 / c_out², by which an error of the inner model is one of the denoiser."""
    return (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2


WEIGHTS: dict[str, Any] = {
    "karras": lambda s, sd: 1.0,
    "soft-min-snr": lambda s, sd: (s * sd) ** 2 / (s**2 + sd**2) ** 2,
    "snr": lambda s, sd: sd**2 / (s**2 + sd**2),
}


def offer_loss(weighting: str) -> None:
    @ADAPTER.offer("loss", f"Denoiser, {weighting}")
    def loss() -> Any:
        import torch

        Denoiser = part("layers").Denoiser
        scale, low, high = 0.5, 0.1, 4.1

        def loss(model: Any, x1: Any) -> Any:
            class Inner(torch.nn.Module):
                """The network for which the denoiser is the model."""

                def forward(self, x: Any, sigma: Any) -> Any:
                    skip, out, scaled = (
                        v.reshape(-1, 1, 1, 1) for v in denoiser.get_scalings(sigma)
                    )
                    point = x / scaled
                    return (model(point, sigma) - skip * point) / out

            denoiser = Denoiser(Inner(), sigma_data=scale, weighting=weighting)
            sigma = low + (high - low) * torch.rand(len(x1))
            return denoiser.loss(x1, torch.randn_like(x1), sigma)

        def weight(t: Any) -> Any:
            return WEIGHTS[weighting](t, scale) * over_output(t, scale) + 0 * np.asarray(t)

        options = {
            "target": "x1",
            "weight": weight,
            "reduction": "mean",
            "samples": 4_000,
        }
        return (network(), path(low, high), IMAGES, loss), options


for _weighting in WEIGHTS:
    offer_loss(_weighting)
