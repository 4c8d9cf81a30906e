"""How many rows of documents are decided rightly, by document, and the reasons for the rest.

    python benchmarks/documents_read.py FOLDER [--details] [--json FILE]

FOLDER holds documents and for each a table NAME.expected.tsv (line, row, verdict, note), where the
verdict is what may be said of the row, words joined by "|". Exit status 1 when a true row was
called wrong or a wrong row proved.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from fmproof.documents.check import check_files
from fmproof.documents.model import WRONG, RowReport

FLAGGED = {"refuted", "constant", "scope"}


@dataclass
class Result:
    name: str
    rows: int = 0
    claims: int = 0
    right: int = 0
    read: int = 0
    false_alarms: list[str] = field(default_factory=list)
    false_proofs: list[str] = field(default_factory=list)
    caught: int = 0
    errors: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)
    seconds: float = 0.0


def squeezed(text: str) -> str:
    return re.sub(r"[\s&>]|\\(?:displaystyle|boxed|notag|nonumber)", "", text)


def compare(path: Path) -> Result:
    """The verdicts of one document against its table."""
    result = Result(path.name[:24])
    started = time.process_time()
    report = check_files([path]).documents[0]
    result.seconds = time.process_time() - started
    waiting = list(report.rows)
    table = path.with_suffix("").with_suffix(".expected.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        where, row, verdict, _ = line.split("\t")
        due = set(verdict.split("|"))
        result.rows += 1
        found = pick(waiting, where, row)
        said = "missing" if found is None else found.verdict
        if found is not None:
            waiting.remove(found)
        judge(result, where, row, due, said, "" if found is None else found.message)
    for left in waiting:
        if left.verdict in WRONG:
            result.false_alarms.append(
                f"{left.line} {left.latex[:50]} ({left.verdict}, not in the table)"
            )
    return result


def pick(rows: list[RowReport], where: str, text: str) -> RowReport | None:
    """The row of the report that a line of the table is about."""
    there = [row for row in rows if row.line == where]
    wanted = squeezed(text)
    for length in (40, 14, 5):
        for row in there:
            if squeezed(row.latex)[:length] == wanted[:length]:
                return row
    for row in there:
        if squeezed(row.latex) and wanted.endswith(squeezed(row.latex)):
            return row
    return None


def judge(result: Result, where: str, row: str, due: set[str], said: str, message: str) -> None:
    claim = not due <= {"definition", "hypothesis", "skip", "statement"}
    flagged = due <= FLAGGED
    fine = (
        said in due
        or (said in FLAGGED and flagged)
        or (said == "agrees" and due == {"proved", "agrees"})
    )
    result.read += said not in ("unread", "missing")
    if said in FLAGGED and not due & FLAGGED:
        result.false_alarms.append(f"{where} {row[:50]} ({said}: {message})")
    if said == "proved" and "proved" not in due and due & FLAGGED:
        result.false_proofs.append(f"{where} {row[:50]}")
    if flagged:
        result.errors += 1
        result.caught += said in FLAGGED
    if claim:
        result.claims += 1
        result.right += fine
        if not fine:
            result.reasons[f"{said}: {re.sub(r'[0-9]+', 'n', message)[:70]}"] += 1
            result.details.append(
                f"{where}  {said:10}  due {'|'.join(sorted(due))}  {row[:60]}  — {message[:110]}"
            )


def sympy_seconds() -> float:
    code = "import time; s = time.process_time(); import sympy; print(time.process_time() - s)"
    return float(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
    )


def main() -> int:
    folder = Path(sys.argv[1])
    paths = [
        path
        for path in sorted(folder.iterdir())
        if path.with_suffix("").with_suffix(".expected.tsv").exists()
        and path.suffix in (".md", ".tex", ".ipynb")
    ]
    # Each document in a process of its own: what the kernel remembers of one is not the next one's.
    with ProcessPoolExecutor(2, get_context("spawn"), max_tasks_per_child=1) as pool:
        results = list(pool.map(compare, paths))
    unit = sympy_seconds()
    print(f"{'document':26} rows  read  claims  right   wrong rows caught   time / import sympy")
    for r in results:
        print(
            f"{r.name:26} {r.rows:4}  {r.read:4}  {r.claims:6}  {r.right:5}   "
            f"{f'{r.caught} of {r.errors}' if r.errors else '':18}  {r.seconds / unit:6.1f}"
        )
        if "--details" in sys.argv:
            print("\n".join("    " + line for line in r.details))
    rows, claims, right = (sum(getattr(r, n) for r in results) for n in ("rows", "claims", "right"))
    read = sum(r.read for r in results)
    caught, errors = sum(r.caught for r in results), sum(r.errors for r in results)
    print(f"{'all':26} {rows:4}  {read:4}  {claims:6}  {right:5}   {caught} of {errors}")
    print(f"read: {read / rows:.1%} of rows; decided rightly: {right / claims:.1%} of claims")
    reasons: Counter[str] = Counter()
    for r in results:
        reasons.update(r.reasons)
    print("\nwhat is left, by reason")
    for reason, count in reasons.most_common(40):
        print(f"{count:5}  {reason}")
    alarms = [f"{r.name}: {words}" for r in results for words in r.false_alarms]
    proofs = [f"{r.name}: {words}" for r in results for words in r.false_proofs]
    print(f"\ntrue rows called wrong: {len(alarms)}", *alarms, sep="\n  ")
    print(f"wrong rows called proved: {len(proofs)}", *proofs, sep="\n  ")
    if "--json" in sys.argv:
        data = {r.name: {k: v for k, v in vars(r).items() if k != "details"} for r in results}
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(
            json.dumps(data, indent=1), encoding="utf-8"
        )
    return 1 if alarms or proofs else 0


if __name__ == "__main__":
    sys.exit(main())
