"""Bug 3: the gradient averages over the coordinates, the loss adds them."""

import train


def gradient(theta, x1, rng):
    x, u, t = train.sample_path(x1, rng)
    return 2 * train.features(t, x).T @ (train.velocity(theta, t, x) - u) / x1.size


train.gradient = gradient
