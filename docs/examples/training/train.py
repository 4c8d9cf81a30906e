"""Flow matching in NumPy: learn to carry noise to the corners of a square.

python train.py
"""

import numpy as np

CORNERS = np.array([[2.0, 2.0], [2.0, -2.0], [-2.0, 2.0], [-2.0, -2.0]])
FEATURES = np.random.default_rng(0).normal(size=(3, 20))


def schedule(t):
    """alpha, beta and their derivatives: x_t = alpha x1 + beta x0."""
    return t, 1 - t, np.ones_like(t), -np.ones_like(t)


def sample_path(x1, rng):
    """Points x_t on the way to the data x1, their velocities u_t, and the times."""
    t = rng.random(len(x1))
    x0 = rng.normal(size=x1.shape)
    alpha, beta, dalpha, dbeta = (value[:, None] for value in schedule(t))
    return alpha * x1 + beta * x0, dalpha * x1 + dbeta * x0, t


def features(t, x):
    waves = np.column_stack([t, x]) @ FEATURES
    return np.column_stack([np.ones_like(t), t, x, t[:, None] * x, np.sin(waves), np.cos(waves)])


def velocity(theta, t, x):
    """The model: linear in theta."""
    return features(t, x) @ theta


def loss(model, x1, rng):
    """The conditional flow matching loss of a batch of data."""
    x, u, t = sample_path(x1, rng)
    return np.square(model(t, x) - u).sum(axis=1).mean()


def gradient(theta, x1, rng):
    """The gradient of the loss in theta."""
    x, u, t = sample_path(x1, rng)
    return 2 * features(t, x).T @ (velocity(theta, t, x) - u) / len(x1)


def train(steps=2000, batch=256, rate=0.01, seed=0):
    rng = np.random.default_rng(seed)
    theta = np.zeros((features(np.zeros(1), np.zeros((1, 2))).shape[1], 2))
    for _ in range(steps):
        theta -= rate * gradient(theta, rng.choice(CORNERS, batch), rng)
    return theta


if __name__ == "__main__":
    theta = train()
    rng = np.random.default_rng(1)
    data = rng.choice(CORNERS, 20_000)
    print(f"loss {loss(lambda t, x: velocity(theta, t, x), data, rng):.2f}")
