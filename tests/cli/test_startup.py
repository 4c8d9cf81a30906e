"""Heavy libraries are imported only by the commands that need them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("sympy", "mpmath", "numpy", "scipy", "hypothesis", "matplotlib", "flint", "jsonschema")

PROBE = """
import sys
sys.argv[0] = "fmproof"
from fmproof.cli import main
try:
    main()
finally:
    print(*(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


METHODS = ("scipy.integrate", "scipy.stats", "scipy.optimize", "matplotlib", "hypothesis")
PROBLEM = str(Path(__file__).resolve().parents[2] / "docs" / "examples" / "two-gaussians.toml")


def imported(
    *arguments: str, modules: tuple[str, ...] = HEAVY, **environment: str
) -> tuple[str, str]:
    """Standard output, and which of ``modules`` a run of ``fmproof`` left loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=modules), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    return done.stdout, done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["list"],
        ["list", "--rules"],
        ["explain", "linearity"],
        ["verify", "--help"],
        ["evaluate", "--help"],
    ],
)
def test_nothing_heavy(arguments: list[str]) -> None:
    out, heavy = imported(*arguments)
    assert out
    assert heavy == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("fmproof ver", ["plain,verify"]),
        ("fmproof verify --st", ["plain,--steps"]),
        ("fmproof verify ge", ["plain,general"]),
        ("fmproof verify go", ["file,go"]),  # left to the shell
        ("fmproof verify folder/", ["file,folder/"]),
        ("fmproof explain mar", ["plain,marginalisation"]),
        ("fmproof explain fm", ["plain,fm-cfm"]),
    ],
)
def test_completion(
    words: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good.py").touch()
    (tmp_path / "other.txt").touch()
    monkeypatch.chdir(tmp_path)
    out, heavy = imported(
        _FMPROOF_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(words.count(" "))
    )
    assert out.splitlines() == expected
    assert heavy == ""


def test_verify_needs_sympy_and_nothing_else_heavy() -> None:
    _, heavy = imported("verify", "--no-numeric", "-q", "gradient")
    # Where python-flint is installed, SymPy loads it for its own integers.
    assert heavy.removesuffix(" flint") == "sympy mpmath"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["verify", "gradient", "--problems", "1"], ""),
        (["evaluate", PROBLEM, "--method", "exact"], ""),
        (["evaluate", PROBLEM, "--method", "quadrature", "--tolerance", "1e-3"], ""),
        # Sobol points come from scipy.stats, which loads the others of SciPy.
        (
            ["evaluate", PROBLEM, "--method", "sampling", "--tolerance", "0.3"],
            "scipy.integrate scipy.stats scipy.optimize",
        ),
    ],
    ids=lambda value: " ".join(value[::2]) if isinstance(value, list) else "",
)
def test_libraries_of_a_method_are_loaded_by_that_method(
    arguments: list[str], expected: str
) -> None:
    out, found = imported(*arguments, modules=METHODS)
    assert out
    assert found == expected


def test_the_floor_needs_no_dask_without_workers(tmp_path: Path) -> None:
    import numpy as np

    np.save(tmp_path / "z.npy", np.eye(3))
    out, found = imported(
        "floor",
        str(tmp_path / "z.npy"),
        "--tolerance",
        "0.5",
        modules=("dask", "distributed", "matplotlib", "sympy.physics", "torch", "jax"),
    )
    assert "floor" in out
    assert found == ""


def test_import_fmproof_is_light() -> None:
    probe = "import sys, fmproof; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())
