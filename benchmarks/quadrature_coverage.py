"""How often the error estimate of the quadrature method holds, and how sharp it is.

    python benchmarks/quadrature_coverage.py [--problems 500] [--jobs 2] [--save FILE]

Random problems (one in 25 in d = 2, one in 100 in d = 3, the others in d = 1) and a list of
extreme ones, each at several tolerances, against ``reference.py``. A result is

- covered when |value - reference| + the reference's error <= estimate, for every entry;
- MISSED when |value - reference| - the reference's error > estimate for some entry;
- undecided when the reference is not good enough to tell;
- inconclusive when the estimate is infinite: honest, and useless.

The share is covered / (covered + missed); the other two are counted beside it. "Sharpness" is
the median of estimate / |value - reference|, the reference's error in the denominator where that
is larger. Every miss is listed with the line that reproduces it.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the problems are the parallel part

import click
import numpy as np
from extreme_problems import EXTREME
from random_problems import random_problem
from reference import OutOfReach, reference

from fmproof.errors import InputError
from fmproof.losses import quadrature
from fmproof.models import Problem

QUANTITIES = ("fm", "cfm", "C1", "C2", "C", "floor", "fm_gradient", "cfm_gradient")
TOLERANCES = (1e-4, 1e-6, 1e-9)
STATUSES = ("covered", "missed", "undecided", "inconclusive")
# In three dimensions neither the reference nor the method gets much further in reasonable time.
COARSEST = {3: 1e-6}
MAX_EVALUATIONS = 2e8

Case = int | str  # the number of a random problem, or the name of an extreme one


def problem_of(case: Case, seed: int) -> Problem:
    """The problem of a case."""
    if isinstance(case, str):
        return EXTREME[case]()
    dim = 3 if case % 100 == 99 else 2 if case % 25 == 4 else 1
    return random_problem(np.random.default_rng([seed, case]), dim)


def judge(value: Any, error: Any, exact: Any, slack: Any) -> tuple[str, float]:
    """The status of a result, and its estimate over its error."""
    value, error, exact, slack = (np.atleast_1d(a) for a in (value, error, exact, slack))
    if not np.isfinite(error).all():
        return "inconclusive", float("nan")
    off = np.abs(value - exact)
    # The two sides of the comparison are rounded themselves.
    slack = slack + 4 * np.finfo(float).eps * np.abs(exact)
    sharp = float(error.max() / max(off.max(), slack.max(), np.finfo(float).tiny))
    # An unknown reference (nan) decides nothing.
    if (off + slack <= error).all():
        return "covered", sharp
    return ("missed" if (off - slack > error).any() else "undecided"), sharp


def measure(case: Case, seed: int, shrink: float = 1.0) -> dict[str, Any]:
    """What became of every quantity at every tolerance for one case."""
    problem = problem_of(case, seed)
    row: dict[str, Any] = {"case": case, "dim": problem.dim, "results": [], "note": ""}
    started = process_time()
    tolerances = [tol for tol in TOLERANCES if tol >= COARSEST.get(problem.dim, 0)]
    try:
        with np.errstate(all="ignore"):
            exact = reference(problem, min(1e-10, 1e-3 * tolerances[-1]))
    except (OutOfReach, InputError) as error:
        row["note"] = f"no reference: {str(error) or 'out of reach'}"
        exact = {}
    row["reference_seconds"] = process_time() - started
    for tolerance in tolerances:
        found = quadrature.evaluate(problem, QUANTITIES, tolerance, MAX_EVALUATIONS)
        for name in QUANTITIES:
            estimate = found[name]
            target = exact.get(name)
            status, sharp = judge(
                estimate.value,
                np.asarray(estimate.error) * shrink,
                np.nan if target is None else target.value,
                np.nan if target is None else target.error,
            )
            row["results"].append([name, tolerance, status, sharp])
    row["seconds"] = process_time() - started
    return row


def tally(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, float], Counter[str]]:
    """How many results of each quantity and tolerance have each status."""
    counts: dict[tuple[str, float], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name, tolerance, status, _ in row["results"]:
            counts[name, tolerance][status] += 1
    return counts


def share(counts: Counter[str]) -> float:
    """Covered among those that could be decided."""
    decided = counts["covered"] + counts["missed"]
    return counts["covered"] / decided if decided else float("nan")


def print_tables(rows: list[dict[str, Any]], seed: int) -> None:
    """The tables and the list of misses."""
    dims = Counter(row["dim"] for row in rows)
    made_of = ", ".join(f"{count} in d = {dim}" for dim, count in sorted(dims.items()))
    print(f"{len(rows)} problems: {made_of}; seed {seed}")
    sharp: dict[tuple[str, float], list[float]] = defaultdict(list)
    for row in rows:
        for name, tolerance, status, ratio in row["results"]:
            if status == "covered":
                sharp[name, tolerance].append(ratio)
    counts = tally(rows)
    header = "".join(f"{status:>13}" for status in STATUSES)
    print(f"{'quantity':<13}{'tolerance':>10}{header}{'share':>9}{'sharpness':>11}")
    for name in QUANTITIES:
        for tolerance in TOLERANCES:
            found = counts[name, tolerance]
            numbers = "".join(f"{found[status]:>13}" for status in STATUSES)
            ratio = median(sharp[name, tolerance] or [float("nan")])
            print(f"{name:<13}{tolerance:>10.0e}{numbers}{share(found):>9.4f}{ratio:>11.0f}")
    total = sum(counts.values(), Counter())
    numbers = "".join(f"{total[status]:>13}" for status in STATUSES)
    print(f"{'all':<23}{numbers}{share(total):>9.4f}")
    whole = sum(any(status == "missed" for _, _, status, _ in row["results"]) for row in rows)
    print(f"problems with a miss: {whole} of {len(rows)}")
    for row in rows:
        if row["note"]:
            print(f"  {row['case']} (d = {row['dim']}): {row['note']}")
        for name, tolerance, status, ratio in row["results"]:
            if status == "missed":
                print(
                    f"  MISSED {name} at {tolerance:g} by {1 / ratio:.3g} x the estimate: "
                    "python benchmarks/quadrature_coverage.py "
                    f"--seed {seed} --only {row['case']}"
                )


def measured(
    cases: list[Case], seed: int, shrink: float, jobs: int, save: Path | None
) -> Iterator[dict[str, Any]]:
    """The rows of all cases; those in the file ``save`` are not measured again."""
    known = {}
    if save is not None and save.exists():
        lines = map(json.loads, save.read_text(encoding="utf-8").splitlines())
        known = {row["case"]: row for row in lines}
    yield from (known[case] for case in cases if case in known)
    missing = [case for case in cases if case not in known]
    work = partial(measure, seed=seed, shrink=shrink)
    with Pool(jobs) as pool:
        for row in pool.imap_unordered(work, missing):
            if save is not None:
                with save.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
            yield row


@click.command()
@click.option("--problems", default=500, show_default=True, help="How many random problems.")
@click.option("--seed", default=0, show_default=True)
@click.option("--jobs", default=2, show_default=True, help="Processes.")
@click.option("--only", help="One case: a number, or the name of an extreme problem.")
@click.option("--shrink", default=1.0, help="Multiply the estimates: what a wrong one looks like.")
@click.option("--save", type=click.Path(path_type=Path), help="Keep rows here, to resume a run.")
def main(
    problems: int, seed: int, jobs: int, only: str | None, shrink: float, save: Path | None
) -> None:
    """Measure how often the quadrature's error estimate holds."""
    if only is not None:
        case: Case = only if only in EXTREME else int(only)
        print(problem_of(case, seed))
        print_tables([measure(case, seed, shrink)], seed)
        return
    rows = list(measured(list(range(problems)), seed, shrink, jobs, save))
    print_tables(sorted(rows, key=lambda row: row["case"]), seed)
    print("\nExtreme problems")
    rows = list(measured(list(EXTREME), seed, shrink, jobs, save))
    print_tables(rows, seed)


if __name__ == "__main__":
    main()
