"""diffusers 0.42.1: FlowMatchEulerDiscreteScheduler(stochastic_sampling=True), given the exact
model of N(0, 1/4), ends with half the variance, and more steps do not help."""

import torch
from diffusers import FlowMatchEulerDiscreteScheduler

for steps in (50, 200, 800):
    scheduler = FlowMatchEulerDiscreteScheduler(stochastic_sampling=True)
    scheduler.set_timesteps(steps)
    x = torch.randn(20_000, 1)
    for t in scheduler.timesteps:
        s = t / 1000
        variance = (1 - s) ** 2 / 4 + s**2
        x = scheduler.step((s - (1 - s) / 4) / variance * x, t, x).prev_sample
    print(f"{steps} steps: variance {x.var():.3f}, expected 0.250")
