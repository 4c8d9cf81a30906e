"""The command line as a process: it ends at once, and nothing is lost by that."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = (
    "import sys; from fmproof.cli import program; sys.argv[0] = 'fmproof'; {before}; program()"
)


def ran(before: str, *arguments: str) -> tuple[int, str]:
    """Status and output of the process, after some statements."""
    command = [sys.executable, "-c", PROGRAM.format(before=before), *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("list",), 0), (("verify", "nothing-is-called-so"), 2), (("--version",), 0)],
)
def test_status(arguments: tuple[str, ...], status: int) -> None:
    assert ran("pass", *arguments)[0] == status


def test_all_is_written() -> None:
    """Also what a pipe takes in several parts."""
    status, out = ran("pass", "verify", "fm-cfm", "--no-numeric", "--format", "json")
    assert status == 0
    assert len(out) > 10_000
    assert out.rstrip().endswith("}")


def test_nothing_is_freed_one_by_one() -> None:
    """What would say so when it is freed does not, as the process has ended."""
    told = "import builtins; F = type('F', (), {'__del__': lambda self: print('freed')})"
    _, out = ran(f"{told}; builtins.kept = F()", "--version")
    assert "fmproof" in out
    assert "freed" not in out


def test_what_is_registered_for_the_end_is_done() -> None:
    assert ran("import atexit; atexit.register(print, 'the end')", "list")[1].endswith("the end\n")


def test_threads_are_waited_for() -> None:
    work = "lambda: (time.sleep(0.5), print('done'))"
    start = f"import threading, time; threading.Thread(target={work}).start()"
    assert ran(start, "--version")[1].endswith("done\n")


def test_a_profiler_tells_what_it_saw() -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "fmproof", "--version"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert "function calls" in done.stdout
