"""What the strategies of fmproof.testing generate, so that nobody tests only toys unawares.

    python benchmarks/strategy_distribution.py            # 1,000 problems
    python benchmarks/strategy_distribution.py --count 200 --seed 3

Prints a histogram of each property as a Markdown table.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from math import floor, log10

import numpy as np

from fmproof.models import Problem
from fmproof.testing.random_problems import random_problems


def covariances(problem: Problem) -> str:
    scales = problem.data.scales
    if not scales.any():
        return "zero (points)"
    if not scales.all():
        return "singular"
    return "diagonal" if problem.data.bases is None else "correlated"


def condition_number(problem: Problem) -> str:
    """The largest variance over the smallest positive one, over all components."""
    scales = problem.data.scales
    if not scales.any():
        return "no variances"
    ratio = float((scales.max() / scales[scales > 0].min()) ** 2)
    power = floor(log10(ratio) + 1e-9)
    return f"1e{power} to 1e{power + 1}" if ratio > 1 else "1"


def integers_only(problem: Problem) -> str:
    entries = problem.data.given[1].fractions().ravel()
    return "yes" if all(entry.denominator == 1 for entry in entries) else "no"


PROPERTIES: dict[str, Callable[[Problem], object]] = {
    "dimension": lambda p: p.dim,
    "components": lambda p: p.data.components,
    "covariances": covariances,
    "condition number": condition_number,
    "largest coordinate of a mean": lambda p: int(np.abs(p.data.means).max()),
    "means are integers": integers_only,
    "path": lambda p: p.path.name,
    "time law": lambda p: type(p.time).__name__,
    "time law reaches 0 and 1": lambda p: "yes" if p.time.support == (0, 1) else "no",
    "model": lambda p: type(p.model).__name__,
    "degree of the model in x": lambda p: int(p.model.x_powers.sum(axis=1).max()),
    "degree of the model in t": lambda p: int(p.model.t_powers.max()),
    "terms of the model": lambda p: len(p.model.t_powers),
    "model is zero": lambda p: "no" if p.model.coefficients.any() else "yes",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = random_problems(options.count, options.seed)
    print(f"{len(found):,} problems, {len({repr(p) for p in found}):,} of them different\n")
    print("| property | how often |\n|---|---|")
    for name, value in PROPERTIES.items():
        counts = Counter(value(problem) for problem in found)
        cells = [f"{v}: {100 * n / len(found):.0f}%" for v, n in sorted(counts.items(), key=str)]
        print(f"| {name} | {', '.join(cells)} |")


if __name__ == "__main__":
    main()
