"""How many random mutants of the built-in derivations are accepted, and why those are true.

    python benchmarks/mutants.py [--count 200] [--seed 20261129] [NAME …]

Each mutant is a step of a derivation with one thing wrong: a factor, a summand, a draw, a law, a
place of a derivative, a rule, a hypothesis taken away (tests/soundness/mutations.py). Prints a row
for each derivation and then each accepted mutant with the reason why it is true. The exit status
is 1 if one has no reason.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "soundness"))

from mutations import trials

from fmproof.derivations import BUILTIN


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="derivations; by default all")
    parser.add_argument("--count", type=int, default=200, help="mutants of each")
    parser.add_argument("--seed", type=int, default=20261129)
    options = parser.parse_args()
    unknown = 0
    print("| derivation | mutants | kinds | accepted | why they are true | CPU s |")
    print("|---|---|---|---|---|---|")
    lines = []
    for name in options.names or BUILTIN:
        started = process_time()
        found = list(trials(name, options.seed, options.count))
        accepted = [trial for trial in found if trial.accepted]
        reasons = Counter(trial.why or "NOT KNOWN" for trial in accepted)
        why = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        kinds = len({trial.kind for trial in found})
        seconds = process_time() - started
        row = f"{name} | {len(found)} | {kinds} | {len(accepted)} | {why} | {seconds:.0f}"
        print(f"| {row} |", flush=True)
        unknown += reasons["NOT KNOWN"]
        lines += [f"{name} {t.number} {t.line} ({t.why or 'NOT KNOWN'})" for t in accepted]
    print("", *lines, sep="\n")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
