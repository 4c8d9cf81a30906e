"""diffusers 0.42.1: PNDMScheduler combines outputs of v across steps before it converts them. For
data at 1 the noise at every x_t is known; combined noises give x_s exactly, combined v do not."""

import torch
from diffusers import PNDMScheduler

for kind in ("epsilon", "v_prediction"):
    scheduler = PNDMScheduler(100, skip_prk_steps=True, prediction_type=kind)
    scheduler.set_timesteps(50)
    bars, eps = scheduler.alphas_cumprod, torch.tensor([[0.7]])
    points = {t: bars[t].sqrt() + (1 - bars[t]).sqrt() * eps for t in (82, 80, 78)}
    outputs = {t: bars[t].sqrt() * eps - (1 - bars[t]).sqrt() for t in (82, 80)}
    outputs = dict.fromkeys((82, 80), eps) if kind == "epsilon" else outputs
    scheduler.ets, scheduler.counter = [outputs[82]], 2
    found = scheduler.step_plms(outputs[80], 80, points[80]).prev_sample
    print(f"{kind}: x_78 = {found.item():.6f}, expected {points[78].item():.6f}")
