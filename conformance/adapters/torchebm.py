"""torchebm: FlowSampler, as an ODE and as an SDE."""

from __future__ import annotations

from typing import Any

from conformance.common import NORMAL
from fmproof.models import CondOTPath
from fmproof.testing import takes_tensors
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter(
    "torchebm",
    "0.8.9",
    expected_failures={
        "solver: FlowSampler, sde": "the default SDE ends with too small a variance",
    },
)


def offer_sampler(mode: str) -> None:
    @ADAPTER.offer("solver", f"FlowSampler, {mode}")
    def solver() -> Any:
        import torch
        from torchebm.samplers import FlowSampler

        @takes_tensors
        def sample(model: Any, x: Any) -> Any:
            class Model(torch.nn.Module):
                def forward(self, x: Any, t: Any, **_: Any) -> Any:
                    return model(x, t.clamp(0.0, 1 - 1e-4))

            return FlowSampler(Model(), mode=mode).sample(x=x.float()).detach()

        # A variance a fifth too small is seen from so many samples.
        return (sample, CondOTPath(), NORMAL), {"samples": 16_000}


offer_sampler("ode")
offer_sampler("sde")
