"""Time and memory of each document of a long derivation: `python benchmarks/documents.py`.

The derivation has 2,000 steps by default (`--steps N`), each with a claim of its own, and is
written twice: as it is proved, and without the hypothesis H2, where every step fails. Both carry
numeric evidence for each step; it is made up, for only its printing is measured. The bounds of each
format are 10 s and 500 MB; the memory is that of a process of its own which renders a report that
it reads from a file, so checking is not counted. Seconds are of processor time, TeX's included, so
that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import pickle
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import process_time

from fmproof.report.model import Numeric, Report

SECONDS, MEGABYTES = 10.0, 500.0

# The odd steps add and subtract n‖u‖² in a mean, the even ones split it.
DERIVATION = """
from fmproof import Derivation, Expect, Step, norm2, plus
from fmproof.derivations.fm_cfm import H1, H2, joint, u_z, v

first, second = Expect(norm2(v - u_z), *joint), Expect(norm2(u_z), *joint)
steps = []
for n in range(1, {half} + 1):
    added = Expect(plus(norm2(v - u_z), n * norm2(u_z), -n * norm2(u_z)), *joint)
    split = plus(first, n * second, -n * second)
    steps.append(Step(f"{{n}}a", added, by="ring", note=f"number {{n}}"))
    steps.append(Step(f"{{n}}b", split, by="linearity"))
long = Derivation("long", hypotheses=[{hypotheses}], start=first, steps=steps)
"""

WHOLE = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "fmproof", "docs", *sys.argv[1:]], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""

RENDER = """
import pickle, resource, sys
from fmproof.report import html, latex, markdown, notebook, pdf
target, path, output = sys.argv[1:]
with open(path, "rb") as stream:
    report = pickle.load(stream)
def used():
    return [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
def seconds():
    return sum(u.ru_utime + u.ru_stime for u in used())
started = seconds()
written = {
    "tex": lambda: latex.render(report).encode(),
    "pdf": lambda: pdf.render(report),
    "html": lambda: html.render(report).encode(),
    "md": lambda: markdown.render(report).encode(),
    "ipynb": lambda: notebook.render(report, ["long.py"]).encode(),
}[target]()
spent = seconds() - started
with open(output, "wb") as stream:
    stream.write(written)
print(spent, max(u.ru_maxrss for u in used()) / 1024, len(written) / 1e6)
"""


def long_report(source: Path, proved: bool) -> Report:
    """The checked derivation of a file, with made up evidence."""
    from fmproof import check
    from fmproof.sources import find

    report = check(find(str(source)))
    if (report.status == "proved") is not proved:
        raise SystemExit(f"the derivation should not be {report.status}")
    return _with_numbers(report)


def _with_numbers(report: Report) -> Report:
    """``report`` with the same evidence for every step."""
    (derivation,) = report.derivations
    (part,) = derivation.parts
    evidence = Numeric("agrees", problems=20, worst=0.0123)
    steps = tuple(replace(step, numeric=evidence) for step in part.steps)
    return replace(report, derivations=(replace(derivation, parts=(replace(part, steps=steps),)),))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=2000)
    steps = options.parse_args().steps
    within = [measured(steps, proved) for proved in (True, False)]
    return 0 if all(within) else 1


def measured(steps: int, proved: bool) -> bool:
    """Print the table of one of the two reports, and say whether all is within the bounds."""
    within = True
    with tempfile.TemporaryDirectory() as folder:
        source, path = Path(folder, "long.py"), Path(folder, "report")
        hypotheses = "H1, H2" if proved else "H1"
        source.write_text(DERIVATION.format(half=steps // 2, hypotheses=hypotheses))
        started = process_time()
        report = long_report(source, proved)
        print(f"{steps} steps, {report.status}; checked in {process_time() - started:.1f} s")
        print(f"{'format':8} {'seconds':>8} {'memory MB':>10} {'size MB':>8}")
        path.write_bytes(pickle.dumps(report))
        for target in ("tex", "html", "md", "ipynb", "pdf"):
            if target == "pdf" and shutil.which("pdflatex") is None:
                print("pdf      pdflatex is not installed")
                continue
            line = [sys.executable, "-c", RENDER, target, str(path), str(Path(folder, "out"))]
            done = subprocess.run(line, capture_output=True, text=True, check=True)
            seconds, memory, size = map(float, done.stdout.split())
            ok = seconds < SECONDS and memory < MEGABYTES
            within &= ok
            print(
                f"{target:8} {seconds:8.2f} {memory:10.0f} {size:8.2f}{'' if ok else '  too much'}"
            )
        if proved:
            whole(source)
    return within


def whole(source: Path) -> None:
    """What `fmproof docs` takes in all, without the numbers and with them."""
    for options in (["--no-numeric"], []):
        line = [sys.executable, "-c", WHOLE, source.name, "-o", "long.md", *options]
        done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=source.parent)
        seconds, memory = map(float, done.stdout.split())
        print(f"fmproof docs {' '.join(line[3:])}: {seconds:.1f} s, {memory:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
