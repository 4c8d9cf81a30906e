"""Data and models that the adapters share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

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


@contextmanager
def torchvision_to_import() -> Iterator[None]:
    """For libraries that import torchvision to load and save images: where it was built for another
    PyTorch and cannot be imported, there is something by its name meanwhile."""
    try:
        import torchvision  # noqa: F401
    except Exception:
        inner = ("", ".models", ".ops", ".transforms", ".transforms.functional", ".utils")
        lent = {f"torchvision{name}": _anything(f"torchvision{name}") for name in inner}
    else:
        lent = {}
    sys.modules.update(lent)
    try:
        yield
    finally:
        for name in lent:
            del sys.modules[name]


def _anything(name: str) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = []  # type: ignore[attr-defined]
    module.__getattr__ = lambda _: MagicMock()  # type: ignore[method-assign]
    return module


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
