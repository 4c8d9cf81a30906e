"""How often right code fails: every assertion, target, weight and spelling of right_code.py.

    python benchmarks/false_alarms.py                 # 200 runs at level 1e-6, 2,000 at 0.05
    python benchmarks/false_alarms.py --minutes 5     # as many as there is time for
    python benchmarks/false_alarms.py --counts a.json # carry on where the last one stopped

The first table has right code in usual spellings at the default level, where none may fail; the
second one counts failures at level 0.05, where an assertion may fail at most one run in twenty. A
bound is Clopper and Pearson's upper one, of one side and 95%: below the level, it shows that the
level is kept. Cases whose bound does not show it yet are run first, then those with the fewest
runs. Every case has seeds of its own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from math import inf
from multiprocessing import Pool
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import Any, NamedTuple
from zlib import crc32

from right_code import LEVEL_CASES, SPELLINGS
from scipy.stats import beta

from fmproof.testing import CheckFailed

LEVEL, DEFAULT = 0.05, 1e-6
TURN, AT_ONCE = 20, 6  # runs of a case, cases
Counts = dict[str, dict[str, Any]]


class Case(NamedTuple):
    """Attributes:
    check: of a seed and a level.
    level: at which it is run.
    runs: how many are asked for.
    """

    check: Callable[[int, float], None]
    level: float
    runs: int


def cases(runs: int, spelling_runs: int) -> dict[str, Case]:
    return {
        **{name: Case(check, LEVEL, runs) for name, check in LEVEL_CASES.items()},
        **{name: Case(check, DEFAULT, spelling_runs) for name, check in SPELLINGS.items()},
    }


def bound(failed: int, runs: int) -> float:
    """The share that is not exceeded, with 95% confidence."""
    return float(beta.ppf(0.95, failed + 1, runs - failed)) if failed < runs else 1.0


def alarms(task: tuple[str, range]) -> list[tuple[int, str]]:
    """The seeds with which right code fails, and what is said of it."""
    name, numbers = task
    case, found = cases(0, 0)[name], []
    for number in numbers:
        seed = (crc32(name.encode()) % 2_000 * 1_000_003 + 7_919 * number) % 2**31
        try:
            case.check(seed, case.level)
        except CheckFailed as failure:
            found.append((seed, failure.title))
    return found


def most_wanted(wanted: dict[str, Case], counts: Counts) -> list[tuple[str, range]]:
    """What to run next."""

    def urgency(name: str) -> tuple[bool, int]:
        runs, failed = counts[name]["runs"], len(counts[name]["failed"])
        kept = wanted[name].level < LEVEL or bound(failed, runs) < LEVEL
        return kept, runs

    left = [name for name, case in wanted.items() if counts[name]["runs"] < case.runs]
    tasks = []
    for name in sorted(left, key=urgency)[:AT_ONCE]:
        done = counts[name]["runs"]
        tasks.append((name, range(done, min(done + TURN, wanted[name].runs))))
    return tasks


def run(pool: Any, wanted: dict[str, Case], deadline: float, counts: Counts, path: Path) -> None:
    """What is counted is written down after each turn."""
    for name in wanted:
        counts.setdefault(name, {"runs": 0, "failed": []})
    while perf_counter() < deadline and (tasks := most_wanted(wanted, counts)):
        for (name, numbers), found in zip(tasks, pool.imap(alarms, tasks), strict=True):
            counts[name]["runs"] += len(numbers)
            counts[name]["failed"] += found
        path.write_text(json.dumps(counts), encoding="utf-8")


def table(counts: Counts, names: Iterable[str], level: float) -> str:
    rows = [f"| right code, level {level:g} | runs | failed | share | bound |"]
    rows.append("|---|---:|---:|---:|---:|")
    for name in names:
        runs, failed = counts[name]["runs"], counts[name]["failed"]
        titles = sorted({title for _, title in failed}) if level < LEVEL else []
        words = f" ({', '.join(titles)})" if titles else ""
        share = f"{len(failed) / runs:.4f}" if runs else ""
        most = f"{bound(len(failed), runs):.4f}" if runs else ""
        rows.append(f"| {name} | {runs:,} | {len(failed)} | {share}{words} | {most} |")
    return "\n".join(rows)


def summary(counts: Counts, level: float, names: Iterable[str]) -> str:
    """By kind, the words before the first comma: all runs, and the case that failed most."""
    kinds: dict[str, list[tuple[int, int]]] = {}
    for name in names:
        if counts[name]["runs"]:
            found = len(counts[name]["failed"]), counts[name]["runs"]
            kinds.setdefault(name.split(",")[0], []).append(found)
    rows = [
        f"| right code, level {level:g} | cases | runs of each | failed | share | worst case |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind, found in kinds.items():
        failed, runs = (sum(part) for part in zip(*found, strict=True))
        least, most = (f(each for _, each in found) for f in (min, max))
        each = f"{least:,}" if least == most else f"{least:,} to {most:,}"
        worst = max(found, key=lambda case: case[0] / case[1])
        share = f"{failed / runs:.4f} (at most {bound(failed, runs):.4f})"
        rows.append(
            f"| {kind} | {len(found)} | {each} | {failed} | {share} | {worst[0]} of {worst[1]} |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--spelling-runs", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=inf, help="then stop, and print")
    parser.add_argument("--only", default="", help="cases whose names contain this")
    parser.add_argument("--counts", type=Path, help="of runs so far: taken up and carried on")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    start = perf_counter()
    wanted = {
        name: case
        for name, case in cases(options.runs, options.spelling_runs).items()
        if options.only in name
    }
    path = options.counts or Path(mkdtemp()) / "counts.json"
    counts: Counts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    with Pool(options.processes) as pool:
        run(pool, wanted, start + 60 * options.minutes, counts, path)
    for level, names in ((DEFAULT, SPELLINGS), (LEVEL, LEVEL_CASES)):
        known = [n for n in names if n in counts]
        print(table(counts, known, level), end="\n\n")
        print(summary(counts, level, known), end="\n\n")
    print(f"{perf_counter() - start:.0f} s; counts in {path}")


if __name__ == "__main__":
    main()
