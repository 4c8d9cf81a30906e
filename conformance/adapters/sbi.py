"""sbi: vector field estimators for flow matching and scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from conformance.common import MIX
from fmproof.models import DiscreteTime, FunctionPath, UniformTime
from fmproof.testing import takes_tensors
from fmproof.testing.conformance import Adapter

ADAPTER = Adapter(
    "sbi",
    "0.27.0",
    expected_failures={
        "conversion: FlowMatchingEstimator.score": "the factor 1 + noise_scale of the score of "
        "(1 - t) x0 + (t + noise_scale) noise is left out",
    },
)
NOISE = 0.05
"""A noise scale that shows: the default is 1e-3."""


def straight() -> FunctionPath:
    """From noise to data: sbi's runs the other way."""
    return FunctionPath(lambda t: t, lambda t: 1 - t + NOISE, dalpha=1, dbeta=-1)


def flow(net: Any) -> Any:
    import torch
    from sbi.neural_nets.estimators.flowmatching_estimator import FlowMatchingEstimator

    return FlowMatchingEstimator(net, torch.Size([2]), torch.Size([1]), noise_scale=NOISE)


def field(t: Any, x: Any) -> Any:
    return 0.3 * x + (t.reshape(-1, 1) * x).tanh()


@ADAPTER.offer("loss", "FlowMatchingEstimator")
def flow_loss() -> Any:
    import torch

    def loss(model: Any, x1: Any) -> Any:
        class Net(torch.nn.Module):
            """The network for which the estimator's field is the model."""

            def forward(self, x: Any, condition: Any, t: Any) -> Any:
                mean, std = estimator._get_time_dependent_stats(t)
                shift, scale = estimator._get_velocity_normalization()
                return (model(t, x * std + mean) - shift) / scale

        estimator = flow(Net())
        return estimator.loss(x1, torch.zeros(len(x1), 1))

    options = {
        "direction": "data-to-noise",
        "weight": lambda t: 0.5 + 0 * np.asarray(t),  # errors are over the variance 2
        "reduction": "mean",
        "samples": 10_000,
    }
    return (takes_tensors(field), straight(), MIX, loss), options


@ADAPTER.offer("conversion", "FlowMatchingEstimator.score")
def score() -> Any:
    import torch

    def at(prediction: Any, x: Any, t: Any) -> Any:
        """For one time: a batch of them does not broadcast."""

        class Net(torch.nn.Module):
            def forward(self, *_: Any) -> Any:
                shift, scale = estimator._get_velocity_normalization()
                return (prediction - shift) / scale

        estimator = flow(Net())
        return estimator.score(x, torch.zeros(len(x), 1), t)

    @takes_tensors
    def convert(prediction: Any, x: Any, t: Any) -> Any:
        found = torch.zeros_like(x)
        for time in t.unique():
            rows = t == time
            found[rows] = at(prediction[rows], x[rows], time)
        return found

    times = DiscreteTime([0.1, 0.3, 0.5, 0.7, 0.9])
    options = {"direction": "data-to-noise", "dim": 2, "time": times}
    return (convert, "velocity", "score", straight()), options


def estimator_of(name: str, net: Any) -> Any:
    import torch
    from sbi.neural_nets.estimators import score_estimator

    made = getattr(score_estimator, name)
    return made(net, torch.Size([2]), torch.Size([1]), weight_fn="identity")


def offer_scores(name: str) -> None:
    @ADAPTER.offer("schedule", name)
    def schedule() -> Any:
        import torch

        made = estimator_of(name, torch.nn.Identity())

        @takes_tensors
        def four(t: Any) -> Any:
            """Mean and standard deviation, and their derivatives by dx = f x dt + g dW."""
            one = torch.ones(len(t), 1, dtype=t.dtype)
            alpha, beta = made.mean_t_fn(t)[:, 0], made.std_fn(t)[:, 0]
            f, g = made.drift_fn(one, t)[:, 0], made.diffusion_fn(one, t)[:, 0]
            return alpha, beta, f * alpha, f * beta + g**2 / (2 * beta)

        return (four,), {"low": 0.02, "high": 0.98}

    @ADAPTER.offer("loss", name)
    def loss() -> Any:
        import torch

        def factor(t: Any, which: str) -> Any:
            times = torch.as_tensor(np.asarray(1 - t), dtype=torch.float64)
            made = estimator_of(name, torch.nn.Identity()).double()
            return getattr(made, which)(times)[:, 0].numpy()

        def loss(model: Any, x1: Any) -> Any:
            class Net(torch.nn.Module):
                """The network for which the estimator's score is the model."""

                def forward(self, x: Any, condition: Any, noise: Any) -> Any:
                    t = times[0]
                    mean, std = made.approx_marginal_mean(t), made.approx_marginal_std(t)
                    point = x * std + mean
                    scale = made.mean_t_fn(t) / made.std_fn(t)
                    return -(model(t, point) + (point - mean) / std**2) / scale

            made = estimator_of(name, Net())
            times = [made.train_schedule(len(x1), t_min=0.05)]
            condition = torch.zeros(len(x1), 1)
            return made.loss(x1, condition, times=times[0], control_variate=False)

        path = FunctionPath(lambda t: factor(t, "mean_t_fn"), lambda t: factor(t, "std_fn"))
        options = {"direction": "data-to-noise", "target": "score", "samples": 10_000}
        options["time"] = UniformTime("1/20", 1)
        return (takes_tensors(field), path, MIX, loss), options


offer_scores("VPScoreEstimator")
offer_scores("SubVPScoreEstimator")
