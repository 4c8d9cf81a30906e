"""fmproof evaluate --plot and fmproof docs --plots: what is asked for is drawn, or nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

PROBLEM = """\
dim = 1
[data]
kind = "points"
points = [[-1], [1]]
[path]
kind = "cond-ot"
[model]
kind = "linear"
A = [[0.5]]
"""


@pytest.fixture
def problem(files: Path) -> str:
    (files / "problem.toml").write_text(PROBLEM, encoding="utf-8")
    return "problem.toml"


@pytest.mark.parametrize("options", [[], ["--plot-kind", "gradients"]])
def test_a_picture_is_written(run, files: Path, problem: str, options: list[str]) -> None:
    line = ["evaluate", problem, "--method", "exact", "--plot", "x.png", *options]
    outcome = run(*line)
    assert (outcome.status, outcome.err) == (0, "")
    assert (files / "x.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--plot", "x.gif"], "plot: expected a file ending in .svg, .png, .pdf, found x.gif"),
        (["--plot", "x.svg", "--plot-kind", "field"], "plot: unknown kind 'field'; did you mean"),
        (["--plot", "missing/x.svg"], "cannot write missing/x.svg: "),
        (["--plot-kind", "fields"], "--plot-kind says what --plot draws; name a file with --plot"),
    ],
)
def test_what_cannot_be_drawn_is_said_first(
    run, files: Path, problem: str, options: list[str], message: str
) -> None:
    outcome = run("evaluate", problem, "-o", "x.txt", *options)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("fmproof: " + message)
    assert sorted(p.name for p in files.iterdir()) == ["good.py", problem, "wrong.py"]


def test_what_turns_out_not_to_apply_leaves_nothing(run, files: Path, problem: str) -> None:
    four = PROBLEM.replace("dim = 1", "dim = 4").replace("[[-1], [1]]", "[[1, 0, 0, 2]]")
    eye = "[[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]"
    (files / problem).write_text(four.replace("[[0.5]]", eye), encoding="utf-8")
    outcome = run("evaluate", problem, "--method", "exact", "-o", "x.txt", "--plot", "x.svg")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("fmproof: plot: losses and gradients are drawn for d ≤ 3, found")
    assert sorted(p.name for p in files.iterdir()) == ["good.py", problem, "wrong.py"]


def test_plots_stand_in_the_page(run, files: Path, problem: str) -> None:
    assert run("docs", "good.py", "--plots", problem, "-o", "x.html").status == 0
    page = (files / "x.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert "d = 1, 2 points, cond-ot path" in page
    assert "--plots problem.toml" in page


def test_plots_are_for_pages(run, files: Path, problem: str) -> None:
    outcome = run("docs", "good.py", "--plots", problem, "--to", "md")
    assert outcome.status == 2
    assert "--plots is for --to html and --to ipynb, not for --to md" in outcome.err
