"""How narrow the enclosures of the certified method are on random problems, and what they cost.

    python benchmarks/certified_enclosures.py [--problems 30] [--tolerance 1e-6] [--seed 0]

One-dimensional problems of ``random_problems.py``. For each quantity: in how many problems the
enclosure meets the interval of quadrature at 1e-10 (all, or one of the two is wrong), and the
quantiles of its half-width relative to the value. Then the CPU time, and how many problems were
resolved within the default budget.
"""

from __future__ import annotations

from time import process_time

import click
import numpy as np
from random_problems import random_problem

from fmproof.losses import certified, quadrature

QUANTITIES = ("fm", "cfm", "C1", "C2", "floor")
QUANTILES = (0.25, 0.5, 0.75, 1.0)


@click.command()
@click.option("--problems", default=30, show_default=True)
@click.option("--tolerance", default=1e-6, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(problems: int, tolerance: float, seed: int) -> None:
    meets = dict.fromkeys(QUANTITIES, 0)
    widths: dict[str, list[float]] = {name: [] for name in QUANTITIES}
    times, resolved = [], 0
    for number in range(problems):
        problem = random_problem(np.random.default_rng([seed, number]), 1)
        start = process_time()
        found = certified.evaluate(problem, QUANTITIES, tolerance)
        times.append(process_time() - start)
        resolved += found["fm"].cost["unresolved"] == 0
        other = quadrature.evaluate(problem, QUANTITIES, 1e-10)
        for name in QUANTITIES:
            value, error = float(other[name].value), float(other[name].error)
            gap = abs(float(found[name].value) - value)
            met = not gap > float(found[name].error) + error
            meets[name] += met
            widths[name].append(float(found[name].error) / abs(value))
            if not met:
                print(f"problem {number}, {name}: {found[name]} and {other[name]} do not meet")
    print(f"{problems} problems in d = 1, seed {seed}, tolerance {tolerance:g}")
    print("quantity  meets quadrature  " + "  ".join(f"{q:>8.0%}" for q in QUANTILES))
    for name in QUANTITIES:
        shown = "  ".join(
            f"{w:8.1e}" for w in np.quantile(widths[name], QUANTILES, method="higher")
        )
        print(f"{name:<8}  {meets[name]:>16}  {shown}")
    print(f"resolved within the budget: {resolved}")
    print(f"CPU seconds: median {np.median(times):.1f}, most {max(times):.1f}")


if __name__ == "__main__":
    main()
