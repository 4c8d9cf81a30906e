"""denoising-diffusion-pytorch 2.3.4, immiscible=True: the noise in x_t is not the noise in the
target. A model that returns the noise that x_t is made of should have the loss 0."""

import torch
from denoising_diffusion_pytorch import GaussianDiffusion


class Cheat(torch.nn.Module):
    channels = out_dim = 1
    self_condition = False

    def forward(self, x, t, _):
        bars = diffusion.alphas_cumprod[t].reshape(-1, 1, 1, 1)
        return (x - bars.sqrt() * images) / (1 - bars).sqrt()


images = torch.rand(64, 1, 4, 4)
for immiscible in (False, True):
    settings = {"image_size": 4, "objective": "pred_noise", "auto_normalize": False}
    diffusion = GaussianDiffusion(Cheat(), immiscible=immiscible, **settings)
    print(f"immiscible={immiscible}: loss {diffusion(images):.3f}, expected 0")
