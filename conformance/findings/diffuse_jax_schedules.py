"""diffuse-jax 0.1.0: levels of signal and noise against the equation dx = f x dt + g dW that goes
with them, by which (noise²)' = 2 f noise² + g²."""

import jax
from diffuse.diffusion import sde

jax.config.update("jax_enable_x64", True)
cosine = sde.SDE(sde.CosineSchedule(b_min=0.1, b_max=20.0, t0=0.0, T=1.0))
for name, model, t in (("cosine", cosine, 0.97), ("EDM", sde.EDM(tf=1.0), 0.25)):
    slope = jax.grad(lambda t, model=model: model.noise_level(t) ** 2)(t)
    f, g = model.sde_coefficients(t)
    print(f"{name}: slope {slope:.4f}, expected {2 * f * model.noise_level(t) ** 2 + g**2:.4f}")
