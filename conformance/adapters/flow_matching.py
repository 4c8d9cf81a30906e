"""flow_matching: schedulers, affine paths, conversions, the ODE solver."""

from __future__ import annotations

from typing import Any

from conformance.common import MIX
from fmproof.models import (
    CondOTPath,
    LinearVPPath,
    PolynomialPath,
    TrigPath,
    UniformTime,
    VPPath,
)
from fmproof.testing import takes_tensors
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter("flow_matching", "1.0.10")
SCHEDULERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "CondOTScheduler": (CondOTPath(), {}),
    "CosineScheduler": (TrigPath(), {}),
    "LinearVPScheduler": (LinearVPPath(), {"high": 0.999}),
    "VPScheduler": (VPPath(), {"high": 0.999}),
    "PolynomialConvexScheduler": (PolynomialPath(2), {}),
}


def scheduler(name: str) -> Any:
    import flow_matching.path.scheduler as module

    return getattr(module, name)(*([2] if "Polynomial" in name else []))


def offer_scheduler(name: str, path: Any, limits: dict[str, Any]) -> None:
    high = str(limits.get("high", 1)).replace("0.999", "999/1000")

    @ADAPTER.offer("schedule", name)
    def schedule() -> Any:
        return (takes_tensors(scheduler(name)), path), limits

    @ADAPTER.offer("sampler", f"AffineProbPath({name})")
    def sampler() -> Any:
        from flow_matching.path import AffineProbPath

        affine = AffineProbPath(scheduler(name))

        @takes_tensors
        def sample(x0: Any, x1: Any, t: Any) -> Any:
            return affine.sample(x_0=x0, x_1=x1, t=t)

        return (sample, path, MIX), {"time": UniformTime(0, high)}

    for source, target in (
        ("velocity", "target"),
        ("velocity", "epsilon"),
        ("epsilon", "velocity"),
        ("epsilon", "target"),
        ("target", "velocity"),
        ("target", "epsilon"),
    ):
        offer_conversion(name, path, source, target)


def offer_conversion(name: str, path: Any, source: str, target: str) -> None:
    words = {"target": "x1", "epsilon": "eps", "velocity": "velocity"}

    @ADAPTER.offer("conversion", f"{name}, {source}_to_{target}")
    def conversion() -> Any:
        from flow_matching.path import AffineProbPath

        method = getattr(AffineProbPath(scheduler(name)), f"{source}_to_{target}")

        @takes_tensors
        def convert(prediction: Any, x: Any, t: Any) -> Any:
            return method(prediction, x, t[:, None])

        options = {"time": UniformTime("1/20", "19/20")}
        return (convert, words[source], words[target], path), options


for _name, (_path, _limits) in SCHEDULERS.items():
    offer_scheduler(_name, _path, _limits)


@ADAPTER.offer("solver", "ODESolver, midpoint")
def solver() -> Any:
    from flow_matching.solver import ODESolver

    @takes_tensors
    def sample(model: Any, x: Any, steps: int) -> Any:
        def field(x: Any, t: Any) -> Any:
            return model(x, t)

        return ODESolver(field).sample(x_init=x, method="midpoint", step_size=1 / steps)

    return (sample, CondOTPath(), MIX), {"order": 2}


@ADAPTER.offer("likelihood", "ODESolver.compute_likelihood, exact divergence")
def likelihood() -> Any:
    import math

    from flow_matching.solver import ODESolver

    @takes_tensors
    def log_likelihood(model: Any, x1: Any) -> Any:
        def prior(x: Any) -> Any:
            return -0.5 * (x**2).sum(dim=1) - math.log(2 * math.pi)

        def field(x: Any, t: Any) -> Any:
            return model(x, t)

        _, found = ODESolver(field).compute_likelihood(
            x_1=x1, log_p0=prior, method="midpoint", step_size=0.02, exact_divergence=True
        )
        return found.detach()

    return (log_likelihood, CondOTPath(), MIX), {}
