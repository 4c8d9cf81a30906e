"""torchebm 0.8.9: FlowSampler(mode="sde") by its defaults, with the exact model of N(0, 1/4)."""

import torch
from torchebm.samplers import FlowSampler


class Exact(torch.nn.Module):
    def forward(self, x, t):
        t = t.reshape(-1, 1)
        return (t / 4 - (1 - t)) / (t**2 / 4 + (1 - t) ** 2) * x


found = FlowSampler(Exact(), mode="sde").sample(x=torch.randn(20_000, 1))
print(f"variance {found.var():.3f}, expected 0.250")
