"""torchcfm: conditional flow matchers."""

from __future__ import annotations

from typing import Any

from conformance.common import MIX
from fmproof.models import CondOTPath, FunctionPath, TrigPath
from fmproof.testing import takes_tensors
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter("torchcfm", "1.0.7")


def triples(name: str, **options: Any) -> Any:
    """A flow matcher as a sampler of named things."""
    import torchcfm.conditional_flow_matching as module

    matcher = getattr(module, name)(**options)

    @takes_tensors
    def sample(x0: Any, x1: Any) -> Any:
        t, x, u = matcher.sample_location_and_conditional_flow(x0, x1)
        return {"x_t": x, "u_t": u, "t": t}

    return sample


@ADAPTER.offer("sampler", "I-CFM")
def independent() -> Any:
    return (triples("ConditionalFlowMatcher"), CondOTPath(), MIX), {}


@ADAPTER.offer("sampler", "I-CFM, sigma = 0.1")
def wide() -> Any:
    path = FunctionPath(lambda t: t, lambda t: 1 - t, 0.1)
    return (triples("ConditionalFlowMatcher", sigma=0.1), path, MIX), {}


@ADAPTER.offer("sampler", "target CFM, sigma = 0.1")
def target() -> Any:
    path = FunctionPath(lambda t: t, lambda t: 1 - 0.9 * t)
    return (triples("TargetConditionalFlowMatcher", sigma=0.1), path, MIX), {}


@ADAPTER.offer("sampler", "OT-CFM")
def transport() -> Any:
    sampler = triples("ExactOptimalTransportConditionalFlowMatcher")
    return (sampler, CondOTPath(), MIX), {"coupling": "ot", "samples": 1_000}


@ADAPTER.offer("sampler", "variance preserving")
def trigonometric() -> Any:
    return (triples("VariancePreservingConditionalFlowMatcher"), TrigPath(), MIX), {}


@ADAPTER.offer("sampler", "labels travel with OT-CFM")
def labels() -> Any:
    from torchcfm.conditional_flow_matching import (
        ExactOptimalTransportConditionalFlowMatcher as Matcher,
    )

    matcher = Matcher()

    @takes_tensors
    def sample(x0: Any, x1: Any, y1: Any) -> Any:
        t, x, u, _, labels = matcher.guided_sample_location_and_conditional_flow(x0, x1, y1=y1)
        return {"x_t": x, "u_t": u, "t": t, "y": labels}

    return (sample, CondOTPath(), MIX), {"coupling": "any", "samples": 1_000}
