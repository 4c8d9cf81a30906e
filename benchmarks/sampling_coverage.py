"""How often the intervals of the sampling method cover the truth.

    python benchmarks/sampling_coverage.py [RUNS]

Prints, for each kind of points, level and quantity, the share of RUNS (default 1000) runs
with different seeds whose interval contains the value that quadrature gives to 1e-10.
"""

from __future__ import annotations

import sys
from collections import Counter

from fmproof.losses import quadrature
from fmproof.losses.sampling import Sampling, SamplingKind
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem

QUANTITIES = ("fm", "cfm", "C1", "C2", "C")
LEVELS = (0.9, 0.99)
BATCHES = 1_024, 8_192  # samples after which the intervals are looked at
PROBLEM = Problem(
    GaussianMixture(
        [0.2, 0.5, 0.3],
        [[-2.0, 0.0], [1.0, 1.0], [0.5, -2.0]],
        [[[0.3, 0.1], [0.1, 0.2]], [[0.5, 0.0], [0.0, 0.1]], [[0.2, 0.0], [0.0, 0.2]]],
    ),
    CondOTPath(),
    LinearVelocity([[[0.3, -0.2], [0.1, 0.4]]], [[0.1, -0.1]]),
)


def main(runs: int) -> None:
    truth = quadrature.evaluate(PROBLEM, QUANTITIES, 1e-10)
    print(f"share of {runs} intervals that cover the truth")
    print("kind         samples  level  " + "  ".join(f"{name:>6}" for name in QUANTITIES))
    kinds: tuple[SamplingKind, ...] = ("sobol", "monte-carlo")
    for kind in kinds:
        covered: Counter[tuple[int, float, str]] = Counter()
        for seed in range(runs):
            run = Sampling(PROBLEM, QUANTITIES, seed, kind)
            batches = iter(run)
            for samples in BATCHES:
                while run.state.points * run.state.replicates < samples:
                    next(batches)
                for level in LEVELS:
                    run.level = level  # of the intervals alone: the samples are the same
                    for name, found in run.estimates().items():
                        off = abs(float(found.value) - float(truth[name].value))
                        covered[samples, level, name] += off <= float(found.error)
        for samples in BATCHES:
            for level in LEVELS:
                shares = (f"{covered[samples, level, name] / runs:6.3f}" for name in QUANTITIES)
                print(f"{kind:<12} {samples:>7}  {level:5.2f}  {'  '.join(shares)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
