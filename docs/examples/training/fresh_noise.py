"""Bug 1: the target draws its own noise, not the noise that x_t was made of."""

import train


def sample_path(x1, rng):
    t = rng.random(len(x1))
    alpha, beta, dalpha, dbeta = (value[:, None] for value in train.schedule(t))
    x = alpha * x1 + beta * rng.normal(size=x1.shape)
    u = dalpha * x1 + dbeta * rng.normal(size=x1.shape)
    return x, u, t


train.sample_path = sample_path
