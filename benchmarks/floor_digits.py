"""Small networks that learn the digits, each beside the floor: a right one and three with a bug.

The digits are scikit-learn's, 1,797 rows of 64 numbers, brought to [-1, 1]. Each run writes a log,
is compared with the floor as `fmproof floor --log` does, and is drawn. The network is NumPy's.

Run: python benchmarks/floor_digits.py [steps [folder]]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from fmproof.floor import EmpiricalField, Rows, compare, compute_floor, read_log
from fmproof.floor.plots import plot
from fmproof.floor.render import render_text

BATCH, WIDTH, RATE = 256, 256, 2e-3
RUNS = {
    "right": "",
    "leak": "the target is among the inputs",
    "one batch": "the same 64 rows again and again",
    "sum": "the loss is summed, and logged as a mean",
}


class Network:
    """Three layers of tanh on x and some waves of t, and Adam."""

    def __init__(self, inputs: int, outputs: int, rng: np.random.Generator) -> None:
        sizes = [(inputs + 9, WIDTH), (WIDTH, WIDTH), (WIDTH, outputs)]
        self.weights = [rng.standard_normal(s) / np.sqrt(s[0]) for s in sizes]
        self.weights[-1] *= 0.1
        self.biases = [np.zeros(s[1]) for s in sizes]
        self.moments = [np.zeros((2, *p.shape)) for p in self.weights + self.biases]
        self.steps = 0

    def layers(self, t: Any, x: Any) -> list[Any]:
        waves = [f(k * np.pi * t / 2) for k in range(1, 5) for f in (np.sin, np.cos)]
        found = [np.hstack([x, t, *waves])]
        for w, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            found.append(np.tanh(found[-1] @ w + b))
        return [*found, found[-1] @ self.weights[-1] + self.biases[-1]]

    def learn(self, layers: list[Any], slope: Any, rate: float) -> None:
        """One step, from the slope of the loss in the output."""
        by_weight, by_bias = [], []
        for i in (2, 1, 0):
            by_weight.insert(0, layers[i].T @ slope)
            by_bias.insert(0, slope.sum(axis=0))
            if i:
                slope = slope @ self.weights[i].T * (1 - layers[i] ** 2)
        self.steps += 1
        parameters = zip(self.weights + self.biases, by_weight + by_bias, self.moments, strict=True)
        for p, g, m in parameters:
            m[0] += 0.1 * (g - m[0])
            m[1] += 0.001 * (g * g - m[1])
            unbiased = m[1] / (1 - 0.999**self.steps)
            p -= rate * m[0] / (np.sqrt(unbiased) + 1e-8)


def train(data: Any, bug: str, steps: int, log: Path) -> Network:
    """Train by flow matching; one row a tenth of t and 20 steps in the log."""
    rng = np.random.default_rng(0)
    rows = data[:64] if bug == "one batch" else data
    dim = data.shape[1]
    network = Network(dim * (2 if bug == "leak" else 1), dim, rng)
    sums = np.zeros((2, 10))
    with log.open("w", encoding="utf-8") as file:
        print("step,t,loss", file=file)
        for step in range(1, steps + 1):
            t = ((np.arange(BATCH) + rng.random(BATCH)) / BATCH)[:, None]
            z, noise = rows[rng.integers(len(rows), size=BATCH)], rng.standard_normal((BATCH, dim))
            x, target = t * z + (1 - t) * noise, z - noise
            layers = network.layers(t, np.hstack([x, target]) if bug == "leak" else x)
            residual = layers[-1] - target
            loss = (residual**2).sum(axis=1) if bug == "sum" else (residual**2).mean(axis=1)
            network.learn(layers, residual / BATCH, RATE * min(1, 3 * (1 - step / steps)))
            tenth = (t[:, 0] * 10).astype(int)
            sums += [np.bincount(tenth, loss, 10), np.bincount(tenth, minlength=10)]
            if step % 20 == 0:
                for i, mean in enumerate(sums[0] / sums[1]):
                    print(f"{step},{(i + 0.5) / 10},{mean:.6f}", file=file)
                sums[:] = 0
    return network


def main(steps: int, folder: Path) -> None:
    """Print each run beside the floor."""
    data = load_digits().data.astype(np.float32) / 8 - 1
    floor = compute_floor(Rows(data, "digits"), tolerance=0.01)
    print(render_text(floor))
    for bug, words in RUNS.items():
        start = process_time()
        log = folder / f"{bug}.csv"
        network = train(data.astype(np.float64), bug, steps, log)
        comparison = compare(floor, read_log(log))
        drawing = folder / f"{bug}.png"
        plot(floor, drawing, comparison)
        print(f"\n{bug}: {words or 'no bug'} ({process_time() - start:.0f} s, {drawing})")
        text = render_text(floor, comparison)
        print(text[text.index(str(log)) :])
        if bug == "right":
            field = EmpiricalField(data)
            parts = field.distance(
                lambda t, x, n=network: n.layers(t[:, None], x)[-1], bins=5, samples=1500
            )
            print("its distance from the optimum, the mean over the coordinates:")
            for part in parts:
                print(f"  {part.low:.1f} – {part.high:.1f}  {part.value / 64:.4f} ± "
                      f"{part.error / 64:.4f}")  # fmt: skip


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 3000,
        Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()),
    )
