"""Reported and usual mistakes, each with its right twin, with many seeds in every precision.

    python benchmarks/reported_code.py                   # 20 seeds
    python benchmarks/reported_code.py --minutes 5       # as many as there is time for
    python benchmarks/reported_code.py --counts a.json   # carry on where the last one stopped
    python benchmarks/reported_code.py --only "27 "      # cases whose names contain this
    python benchmarks/reported_code.py --group reported --what twin

The cases are those of tests/testing (reported*.py, written*.py, held_back*.py, everyday*.py): a
mistake has to be caught and its right twin to pass, in float64 and float32 of NumPy, float32 and
bfloat16 of PyTorch if that is there. Seeds come in turn, so that all cases have had alike many
whenever time is up. A bound is Clopper and Pearson's upper one of the share that goes wrong, of one
side and 95%.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec
from math import inf
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

from scipy.stats import beta

from fmproof.testing import CheckFailed

TESTS = Path(__file__).resolve().parent.parent / "tests" / "testing"
sys.path.insert(0, str(TESTS))

import everyday  # noqa: E402
import everyday_sampling  # noqa: E402
import held_back  # noqa: E402
import held_back_sampling  # noqa: E402
import reported  # noqa: E402
import reported_sampling  # noqa: E402
import written  # noqa: E402
import written_sampling  # noqa: E402

GROUPS = {
    "reported": {**reported.CASES, **reported_sampling.CASES},
    "usual": {**written.CASES, **written_sampling.CASES},
    "held back": {**held_back.CASES, **held_back_sampling.CASES},
    "everyday": {**everyday.CASES, **everyday_sampling.CASES},
}
CASES = {name: case for cases in GROUPS.values() for name, case in cases.items()}
FEW = {"samples": 1_000}
MODULES = (reported, written, held_back, everyday)
TRAINING = {name for module in MODULES for name in module.CASES} - {"16 sigma prime"}
UNSEEDED = {"16 sigma prime", "27 guidance from the wrong base"}
PRECISIONS = ["float64", "float32"] + (
    ["torch float32", "torch bfloat16"] if find_spec("torch") else []
)
Counts = dict[str, list[str]]


def outcome(name: str, precision: str, wrong: bool, seed: int) -> str:
    """ "" when a mistake is caught or its right twin passes, else what is said."""
    check, words = CASES[name]
    options = {"seed": seed, **(FEW if name in TRAINING and not wrong else {})}
    if name in UNSEEDED:
        options.pop("seed")
    try:
        check(reported.Kit.of(precision), wrong=wrong, **options)
    except CheckFailed as failure:
        if not wrong:
            return failure.title
        return "" if words in str(failure) else "another sentence"
    return "passed" if wrong else ""


def run(
    seeds: int, deadline: float, names: list[str], kinds: list[str], counts: Counts, path: Path
) -> None:
    """Run what is not counted yet, by seeds; what is counted is written down after each of them."""
    for seed in range(seeds):
        for name in names:
            if seed and name in UNSEEDED:
                continue
            for precision in PRECISIONS:
                for kind in kinds:
                    key = f"{name}|{precision}|{kind}"
                    done = counts.setdefault(key, [])
                    if len(done) > seed:
                        continue
                    if perf_counter() > deadline:
                        return
                    done.append(outcome(name, precision, kind == "mistake", seed))
            path.write_text(json.dumps(counts), encoding="utf-8")


def table(counts: Counts) -> str:
    rows = ["| cases | precision | | runs | went wrong | bound |", "|---|---|---|---:|---:|---:|"]
    for group, cases in GROUPS.items():
        for precision in PRECISIONS:
            for what in ("mistake", "twin"):
                found = [r for n in cases for r in counts.get(f"{n}|{precision}|{what}", [])]
                # A mistake with another sentence than in float64 is caught all the same.
                bad = [r for r in found if r and r != "another sentence"]
                if not found:
                    continue
                most = beta.ppf(0.95, len(bad) + 1, max(len(found) - len(bad), 1e-9))
                rows.append(
                    f"| {group} ({len(cases)}) | {precision} | {what}s | {len(found):,} "
                    f"| {len(bad)} | {most:.4f} |"
                )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=inf, help="then stop, and print")
    parser.add_argument("--only", default="", help="cases whose names contain this")
    parser.add_argument("--group", choices=list(GROUPS), help="by default all")
    parser.add_argument("--what", choices=["twin", "mistake"], help="by default both")
    parser.add_argument("--counts", type=Path, help="of runs so far: taken up and carried on")
    options = parser.parse_args()
    start = perf_counter()
    path = options.counts or Path(mkdtemp()) / "counts.json"
    counts: Counts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    names = [n for n in GROUPS.get(options.group, CASES) if options.only in n]
    kinds = [options.what] if options.what else ["twin", "mistake"]
    run(options.seeds, start + 60 * options.minutes, names, kinds, counts, path)
    print(table(counts), end="\n\n")
    for key, found in counts.items():
        for words in sorted({words for words in found if words}):
            print(f"{key}: {words} ({found.count(words)} of {len(found)})")
    print(f"{perf_counter() - start:.0f} s; counts in {path}")


if __name__ == "__main__":
    main()
