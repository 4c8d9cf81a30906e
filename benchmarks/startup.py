"""How long ``fmproof`` takes to start and to check, as ratios measured in one run.

    python benchmarks/startup.py [--runs N] [--sizes 20,200,2000]

1. Whole processes, from nothing to exit, against ``python -c "import sympy"``. The commands
   take turns, so that a busy moment of the machine falls on all of them. ``--help`` and completion
   are to take at most 0.15 s more than ``python -c pass``.
2. The processor time of each phase of ``fmproof verify --no-numeric``, one after the other in one
   process: the imports, the making of the derivations, the check, and in it the search for
   conditions, what the lines oblige, and the steps themselves.
3. How long each built-in theorem takes to be replayed from its trace, with nothing remembered of
   the check that found it.
4. The time for a step in derivations of 20, 200 and 2,000 steps, each in a new process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fmproof import Derivation

FMPROOF = [sys.executable, "-m", "fmproof"]
COMMAND_LINE = "import gc; gc.set_threshold(500_000, 50, 50)"  # as fmproof.cli does
PHASES = f"""
{COMMAND_LINE}
import json, time
taken, last = {{}}, time.process_time()
def done(phase):
    global last
    now = time.process_time()
    taken[phase], last = now - last, now
import sympy
done("import sympy")
from fmproof import check
from fmproof.derivations import BUILTIN, load
done("import fmproof")
derivations = [load(name) for name in BUILTIN]
done("make the derivations")
import fmproof.tactics.check as checking
import fmproof.tactics.ledger as ledger
inside = dict.fromkeys(("search for conditions", "what lines oblige", "steps"), 0.0)
def timed(owner, name, phase):
    function, depth = getattr(owner, name), [0]
    def run(*args, **kwargs):
        started, depth[0] = time.thread_time(), depth[0] + 1
        try:
            return function(*args, **kwargs)
        finally:
            depth[0] -= 1
            if depth[0] == 0:
                inside[phase] += time.thread_time() - started
    setattr(owner, name, run)
timed(ledger.Ledger, "proved", "search for conditions")
timed(ledger, "obligations", "what lines oblige")
timed(checking, "justify", "steps")
last = time.process_time()
assert check(derivations).status == "proved"
done("check")
print(json.dumps({{**taken, **{{f"  {{phase}}": spent for phase, spent in inside.items()}}}}))
"""
REPLAYS = f"""
{COMMAND_LINE}
import json, time
from fmproof.derivations import BUILTIN, load
from fmproof.certificate.certificate import of_theorem
from fmproof.certificate.replay import replay
from fmproof.lang import node
from fmproof.tactics.check import theorems
proved = theorems([load(name) for name in BUILTIN])
taken = {{}}
for name, theorem in proved.items():
    certificate = of_theorem(theorem, name)
    node._forget()
    cold = time.process_time()
    replay(certificate)
    warm = time.process_time()
    replay(certificate)
    taken[name] = warm - cold, time.process_time() - warm
print(json.dumps(taken))
"""


def environment() -> dict[str, str]:
    """The environment of a user: compiled modules are kept."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}


def output(command: list[str]) -> str:
    """What ``command`` prints."""
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
    return done.stdout


def commands() -> dict[str, list[str]]:
    """Label -> the process to time; the first is what the others are compared with."""
    found = {
        "import sympy": [sys.executable, "-c", "import sympy"],
        "python -c pass": [sys.executable, "-c", "pass"],
        "fmproof --help": [*FMPROOF, "--help"],
        "completion of a command": [
            "env",
            "_FMPROOF_COMPLETE=bash_complete",
            "COMP_WORDS=fmproof ver",
            "COMP_CWORD=1",
            *FMPROOF,
        ],
        "fmproof verify": [*FMPROOF, "verify"],
    }
    if "--no-numeric" in output([*FMPROOF, "verify", "--help"]):
        found["fmproof verify --no-numeric"] = [*FMPROOF, "verify", "--no-numeric"]
    return found


def time_processes(runs: int) -> None:
    """Print the medians of wall and CPU time of each command, and the ratios to the first."""
    chosen = commands()
    for command in chosen.values():
        output(command)
    times: dict[str, list[tuple[float, float]]] = {label: [] for label in chosen}
    for _ in range(runs):
        for label, command in chosen.items():
            wall, cpu = perf_counter(), children_cpu()
            output(command)
            times[label].append((perf_counter() - wall, children_cpu() - cpu))
    medians = {label: [median(column) for column in zip(*taken, strict=True)]
               for label, taken in times.items()}  # fmt: skip
    base, least = medians["import sympy"], medians["python -c pass"]
    click.echo(f"{'process':<28} {'wall':>8} {'CPU':>8} {'wall ratio':>11} {'CPU ratio':>10}"
               f" {'CPU over pass':>14}")  # fmt: skip
    for label, (wall, cpu) in medians.items():
        click.echo(f"{label:<28} {wall:7.3f}s {cpu:7.3f}s {wall / base[0]:11.2f}"
                   f" {cpu / base[1]:10.2f} {cpu - least[1]:13.3f}s")  # fmt: skip


def children_cpu() -> float:
    """Seconds of processor time that all finished child processes took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def time_phases(runs: int) -> None:
    """Print the medians of what each phase takes of the processor, and the ratios to SymPy's."""
    each = [json.loads(output([sys.executable, "-c", PHASES])) for _ in range(runs)]
    medians = {phase: median(taken[phase] for taken in each) for phase in each[0]}
    click.echo(f"{'phase':<28} {'CPU':>8} {'ratio':>6}")
    for phase, spent in medians.items():
        click.echo(f"{phase:<28} {spent:7.3f}s {spent / medians['import sympy']:6.2f}")


def time_replays(runs: int) -> None:
    """Print the medians of what the replay of each built-in theorem takes of the processor."""
    each = [json.loads(output([sys.executable, "-c", REPLAYS])) for _ in range(runs)]
    click.echo(f"{'replay of':<28} {'cold':>8} {'warm':>8}")
    for name in each[0]:
        cold, warm = (median(taken[name][i] for taken in each) for i in (0, 1))
        click.echo(f"{name:<28} {cold:7.3f}s {warm:7.3f}s")


def time_sizes(sizes: list[int]) -> None:
    """Print the time for each number of steps, and the growth of the time for one step."""
    click.echo(f"{'steps':>7} {'write':>9} {'check':>9} {'check a step':>13} {'ratio':>6}")
    first = None
    for size in sizes:
        written, checked = map(
            float, output([sys.executable, __file__, "--size", str(size)]).split()
        )
        first = first or checked / size
        click.echo(
            f"{size:>7,} {written:8.3f}s {checked:8.3f}s {1000 * checked / size:11.2f}ms"
            f" {checked / size / first:6.2f}"
        )


def time_one(make: Callable[[int], Derivation], size: int) -> tuple[float, float]:
    """Seconds of the processor to write and to check what ``make`` makes of ``size`` steps."""
    from fmproof import check

    check([make(3)])
    started = process_time()
    derivation = make(size)
    written = process_time()
    report = check([derivation])
    checked = process_time()
    steps = len(report.derivations[0].steps)
    if report.status != "proved" or steps != size:
        raise SystemExit(f"{derivation.name}: {report.status}, {steps} steps")
    return written - started, checked - written


@click.command()
@click.option("--runs", default=7, show_default=True, help="Processes of each kind.")
@click.option("--sizes", default="20,200,2000", show_default=True, help="Numbers of steps.")
@click.option("--size", type=int, hidden=True, help="Time one size in this process.")
def main(runs: int, sizes: str, size: int | None) -> None:
    """Time start-up, the check, and its growth with the number of steps."""
    if size is not None:
        from chain import chain

        click.echo("{} {}".format(*time_one(chain, size)))
        return
    time_processes(runs)
    click.echo()
    time_phases(runs)
    click.echo()
    time_replays(min(runs, 3))
    click.echo()
    time_sizes([int(number) for number in sizes.split(",")])


if __name__ == "__main__":
    main()
