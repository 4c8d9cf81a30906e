"""denoising-diffusion-pytorch: losses of GaussianDiffusion."""

from __future__ import annotations

from typing import Any

from conformance.common import IMAGES, network, torchvision_to_import
from fmproof.models import TablePath
from fmproof.testing import min_snr
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter(
    "denoising-diffusion-pytorch",
    "2.3.4",
    expected_failures={
        "loss: immiscible, pred_noise": "q_sample permutes the noise for x_t alone; the target "
        "keeps the order that it had",
    },
)
OBJECTIVES = {"pred_noise": "eps", "pred_x0": "x1", "pred_v": "v"}


def offer_loss(name: str, objective: str, **settings: Any) -> None:
    @ADAPTER.offer("loss", f"{name}, {objective}")
    def loss() -> Any:
        with torchvision_to_import():
            from denoising_diffusion_pytorch import GaussianDiffusion

        def build(model: Any) -> Any:
            return GaussianDiffusion(
                model,
                image_size=4,
                timesteps=100,
                objective=objective,
                auto_normalize=False,
                **settings,
            )

        net = network()
        diffusion = build(net)

        def loss(model: Any, x1: Any) -> Any:
            diffusion.__dict__["_modules"]["model"] = model
            return diffusion(x1)

        target = OBJECTIVES[objective]
        gamma = 5.0 if settings.get("min_snr_loss_weight") else float("inf")
        path = TablePath(diffusion.alphas_cumprod.double().numpy())
        options = {
            "target": target,
            "weight": min_snr(gamma, target),
            "direction": "data-to-noise",
            "reduction": "mean",
            "samples": 4_000,
        }
        options["target"] = {"x1": "data", "eps": "noise", "v": "v"}[target]
        return (net, path, IMAGES, loss), options


for _objective in OBJECTIVES:
    offer_loss("linear", _objective, beta_schedule="linear")
    offer_loss("min-SNR", _objective, beta_schedule="linear", min_snr_loss_weight=True)
offer_loss("immiscible", "pred_noise", beta_schedule="linear", immiscible=True)
