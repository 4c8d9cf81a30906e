"""How long ``fmproof`` takes to start and to check, as ratios measured in one run.

    python benchmarks/startup.py [--runs N] [--sizes 20,200,2000]

1. Whole processes, from nothing to exit, against ``python -c "import sympy"``. The commands
   take turns, so that a busy moment of the machine falls on all of them. ``--help`` and completion
   are to take at most 0.15 s more than ``python -c pass``.
2. The time of the check itself, without Python and imports.
3. The time for a step in derivations of 20, 200 and 2,000 steps, each in a new process.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fmproof import Derivation

FMPROOF = [sys.executable, "-m", "fmproof"]
CHECK_ALL = """
from fmproof import check
from fmproof.derivations import BUILTIN, load
print(check([load(name) for name in BUILTIN]).seconds)
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


def time_check(runs: int) -> None:
    """Print the time of checking all built-in derivations, in new processes."""
    taken = [float(output([sys.executable, "-c", CHECK_ALL])) for _ in range(runs)]
    click.echo(f"check of all built-in derivations: best {min(taken):.3f}s, median "
               f"{median(taken):.3f}s")  # fmt: skip


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
    """Seconds to write and to check a derivation of ``size`` steps made by ``make``."""
    from fmproof import check

    check([make(3)])
    started = perf_counter()
    derivation = make(size)
    written = perf_counter()
    report = check([derivation])
    checked = perf_counter()
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
    time_check(runs)
    click.echo()
    time_sizes([int(number) for number in sizes.split(",")])


if __name__ == "__main__":
    main()
