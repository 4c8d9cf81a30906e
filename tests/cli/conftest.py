"""Running the command line within the test process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fmproof.cli import main

GOOD = """\
from fmproof import Density, Derivation, Expect, Field, Hypothesis, Inner, Integrable, Step
from fmproof import Vec, norm2

x = Vec("x")
p, u, v = Density("p", x), Field("u", x), Field("v", x)
a, b = u(x), v(x)

mine = Derivation(
    name="mine",
    title="Expanding a mean square",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(a), p(x))),
        Hypothesis("H2", Integrable(norm2(b), p(x))),
    ],
    start=Expect(norm2(a - b), p(x)),
    steps=[
        Step("1", Expect(norm2(a) - 2 * Inner(a, b) + norm2(b), p(x)), by="square"),
        Step(
            "2",
            Expect(norm2(a), p(x)) - 2 * Expect(Inner(a, b), p(x)) + Expect(norm2(b), p(x)),
            by="linearity",
            note="each mean is finite",
        ),
    ],
)
"""
"""A derivation file that is proved; its step 2 is written on line 18."""

WRONG = GOOD.replace("- 2 * Expect", "- 3 * Expect")
"""The same with a wrong factor in step 2."""


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line gave."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``fmproof`` with these arguments, away from any setting of the terminal's."""
    for variable in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)

    def run_main(*args: str | Path) -> Outcome:
        modules = set(sys.modules)
        with pytest.raises(SystemExit) as exit_info:
            main([str(arg) for arg in args])
        assert not [name for name in set(sys.modules) - modules if name.startswith("fmproof-file")]
        captured = capsys.readouterr()
        return Outcome(int(exit_info.value.code or 0), captured.out, captured.err)

    return run_main


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with ``good.py`` and ``wrong.py``."""
    (tmp_path / "good.py").write_text(GOOD, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
