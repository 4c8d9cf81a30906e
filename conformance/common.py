"""Data and models that the adapters share."""

from __future__ import annotations

from typing import Any

import numpy as np

from fmproof.models import GaussianMixture

MIX = GaussianMixture(
    ["3/10", "7/10"],
    [[-2, 0], ["3/2", 1]],
    [[["1/4", 0], [0, "1/2"]], [["1/2", 0], [0, "1/4"]]],
)
NORMAL = GaussianMixture([1], [[0, 0]], [[["1/4", 0], [0, "1/4"]]])
IMAGES = np.random.default_rng(0).random((6, 1, 4, 4))
"""Six images with numbers in [0, 1]."""


def network(channels: int = 1) -> Any:
    """A small module of (x, t), as image libraries expect their networks."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.mix = torch.nn.Conv2d(channels, channels, 3, padding=1)
            self.channels = self.out_dim = channels
            self.self_condition = False

        def forward(self, x: Any, t: Any, *_: Any, **__: Any) -> Any:
            return torch.tanh(self.mix(x)) + 1e-3 * t.reshape(-1, 1, 1, 1)

    return Network()
