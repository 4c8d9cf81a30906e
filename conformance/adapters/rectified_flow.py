"""rectified-flow-pytorch: the loss of RectifiedFlow."""

from __future__ import annotations

from typing import Any

from conformance.common import IMAGES, network, torchvision_to_import
from fmproof.models import CondOTPath
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter("rectified-flow-pytorch", "0.14.0")


@ADAPTER.offer("loss", "flow")
def loss() -> Any:
    with torchvision_to_import():
        from rectified_flow_pytorch import RectifiedFlow

    net = network()
    flow = RectifiedFlow(net, data_normalize_fn=lambda x: x, time_cond_kwarg="t")

    def loss(model: Any, x1: Any) -> Any:
        flow.__dict__["_modules"]["model"] = model
        return flow(x1)

    return (net, CondOTPath(), IMAGES, loss), {"reduction": "mean", "samples": 4_000}
