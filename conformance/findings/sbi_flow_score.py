"""sbi 0.27.0: the score of FlowMatchingEstimator lacks the factor 1 + noise_scale. For x_t =
(1 - t) x0 + (t + s) e with x0 = 0 the velocity is e = x_t / (t + s), the score -x_t / (t + s)²."""

import torch
from sbi.neural_nets.estimators.flowmatching_estimator import FlowMatchingEstimator


class Exact(torch.nn.Module):
    def forward(self, *_):
        return x / (t + s) / 2**0.5  # the estimator multiplies by sqrt(2)


s, t, x = 0.05, torch.tensor(0.5), torch.tensor([[1.0, -2.0]])
estimator = FlowMatchingEstimator(Exact(), torch.Size([2]), torch.Size([1]), noise_scale=s)
found, expected = estimator.score(x, torch.zeros(1, 1), t), -x / (t + s) ** 2
print(
    f"score {found.tolist()}, expected {expected.tolist()}; ratio {(found / expected).mean():.4f}"
)
