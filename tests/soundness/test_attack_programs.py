"""Programs that once fooled the checker, or showed what was not checked: what becomes of each now.

``attacks/kernel`` are programs against the kernel, ``attacks/files`` are files for
``fmproof verify``; beside each stands what it gives now, word for word. ``FMPROOF_WRITE=1 pytest
tests/soundness`` writes that anew; read the difference. ``docs/holes.md`` tells their story.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
from sympy.core.cache import clear_cache
from sympy.core.parameters import global_parameters

from fmproof import check
from fmproof.errors import FmproofError
from fmproof.lang.node import Declaration
from fmproof.report.model import Report
from fmproof.report.text import render
from fmproof.sources.reading import python_text
from fmproof.sources.running import run_file

HERE = Path(__file__).parent
ATTACKS = HERE / "attacks"
PROGRAMS = sorted((ATTACKS / "kernel").glob("*.py"))
FILES = sorted((ATTACKS / "files").glob("*.py"))
WRITE = bool(os.environ.get("FMPROOF_WRITE"))


def names(path: Path) -> str:
    return path.stem


@pytest.fixture(autouse=True)
def _switches() -> Iterator[None]:
    """An attack may switch SymPy's evaluation off, leave things in its cache, or a method on a
    record, which other tests make."""
    before = set(vars(Declaration))
    yield
    global_parameters.evaluate = True
    clear_cache()
    for left in set(vars(Declaration)) - before:
        delattr(Declaration, left)


def compare(path: Path, found: str) -> None:
    expected = path.with_suffix(".txt")
    if WRITE:
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PROGRAMS, ids=names)
def test_a_program_against_the_kernel(path: Path) -> None:
    said = io.StringIO()
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    with redirect_stdout(said):
        try:
            exec(code, {"__name__": "__main__"})
        except (FmproofError, AttributeError, TypeError) as error:
            print(f"{type(error).__name__}: {error}")
    compare(path, said.getvalue())


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_file_to_verify(path: Path) -> None:
    compare(path, verified(path))


def verified(path: Path) -> str:
    """What ``fmproof verify`` says of a file, without times and folders."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            report = check(run_file(path, python_text(path)))
        except FmproofError as error:
            return f"refused: {error}\n".replace(str(path), path.name)
        finally:
            global_parameters.evaluate = True
    warned = "".join(f"warning: {warning.message}\n" for warning in caught)
    return (warned + render(timeless(report))).replace(str(path), path.name)


def timeless(report: Report) -> Report:
    derivations = tuple(replace(d, seconds=0.0) for d in report.derivations)
    return replace(report, derivations=derivations, seconds=0.0)


def test_the_collection_is_whole() -> None:
    assert len(PROGRAMS) >= 18
    assert len(FILES) >= 22
    assert {p.with_suffix(".txt") for p in (*PROGRAMS, *FILES)} == set(ATTACKS.glob("*/*.txt"))


@pytest.mark.skipif("SYMPY_USE_CACHE" in os.environ, reason="this is the run without a cache")
def test_the_same_without_assertions_and_without_the_cache_of_sympy() -> None:
    """SymPy's cache keeps results under keys that a program can answer for."""
    run = subprocess.run(
        [sys.executable, "-O", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(__file__)],
        env={**os.environ, "SYMPY_USE_CACHE": "no", "PYTEST_ADDOPTS": "-W ignore"},
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert " passed" in run.stdout
