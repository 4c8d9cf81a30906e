"""``fmproof evaluate``: what it prints, and problem files that cannot be used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from cli.conftest import Run

PROBLEM = """\
dim = 1
[data]
kind = "gaussian-mixture"
weights = [0.3, 0.7]
means = [[-2.0], [1.5]]
covariances = [[[0.25]], [[0.5]]]
[path]
kind = "cond-ot"
[time]
law = "uniform"
low = 0.0
high = 1.0
[model]
kind = "polynomial"
terms = [ {coef = [0.5], t = 0, x = [1]} ]
"""
CUSTOM = 'kind = "custom"\nalpha = "{}"\nbeta = "{}"'

REFUSED = {
    "a negative weight": ("[0.3, 0.7]", "[-0.3, 1.3]", "data.weights[0]: expected a non-negative"),
    "weights without sum 1": ("[0.3, 0.7]", "[0.3, 0.6]", "data.weights: expected the sum 1"),
    "not semidefinite": ("[[0.25]]", "[[-0.25]]", "data.covariances[0]: expected a positive semi"),
    "ragged means": ("[[-2.0], [1.5]]", "[[-2.0, 1.0], [1.5]]", "data.means: the rows have"),
    "another dimension": ("dim = 1", "dim = 2", "data: expected dimension 2, as dim says, found 1"),
    "NaN": ("[[0.25]]", "[[nan]]", "data.covariances[0][0][0]: expected a finite number"),
    "infinity": ("[-2.0]", "[inf]", "data.means[0][0]: expected a finite number"),
    "no components": ("[0.3, 0.7]", "[]", "data.weights: expected at least one entry"),
    "an unknown kind": ("cond-ot", "cond-at", "path.kind: unknown 'cond-at', did you mean 'cond-"),
    "an unknown key": ("weights", "wieghts", "data.wieghts: unknown key, did you mean 'weights'?"),
    "a kink": ('kind = "cond-ot"', CUSTOM.format("abs(2*t - 1)/2 + t/2", "1 - t"),
               "path.alpha: expected a differentiable schedule"),
    "H2 by a formula": ('kind = "cond-ot"', CUSTOM.format("t", "sqrt(1 - t^2)"),
                        "hypothesis H2 fails: E‖u_t(x|z)‖² = ∞ for the path 'custom'"),
    "H2 by linear-vp": ("cond-ot", "linear-vp", "take time.high < 1, e.g. high = 0.999"),
    "H2 by vp": ("cond-ot", "vp", "the integral of beta'(t)² diverges at t = 1"),
    "H2 at the start": ('"cond-ot"', '"polynomial"\nn = 0.5', "diverges at t = 0"),
    "no TOML": ("dim = 1", "dim = = 1", "not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_in_one_line(run: Run, files: Path, old: str, new: str, message: str) -> None:
    assert old in PROBLEM
    (files / "bad.toml").write_text(PROBLEM.replace(old, new), encoding="utf-8")
    outcome = run("evaluate", "bad.toml", "-o", "out.txt", "--plot", "plot.svg")
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.startswith("fmproof: bad.toml: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert not (files / "out.txt").exists()
    assert not (files / "plot.svg").exists()


def test_a_covariance_that_is_not_symmetric(run: Run, files: Path) -> None:
    text = PROBLEM.replace("dim = 1", "dim = 2").replace("[[-2.0], [1.5]]", "[[0, 0], [1, 1]]")
    text = text.replace("[[[0.25]], [[0.5]]]", "[[[1, 0.5], [0, 1]], [[1, 0], [0, 1]]]")
    (files / "bad.toml").write_text(text, encoding="utf-8")
    outcome = run("evaluate", "bad.toml")
    assert outcome.status == 2
    assert "data.covariances[0]: expected a symmetric matrix" in outcome.err


def test_a_path_with_other_ends_is_a_warning_in_one_line(run: Run, files: Path) -> None:
    text = PROBLEM.replace('kind = "cond-ot"', CUSTOM.format("t", "1.01 - t"))
    (files / "ends.toml").write_text(text, encoding="utf-8")
    outcome = run("evaluate", "ends.toml", "--method", "exact")
    assert outcome.status == 0
    assert outcome.err == (
        "fmproof: warning: the custom path does not lead from noise to data: "
        "beta(0) = 1.01, not 1; beta(1) = 0.01, not 0\n"
    )
    assert "L_CFM" in outcome.out


@pytest.mark.parametrize(
    ("scales", "degree"), [("[[[1e-12]], [[1e12]]]", 1), ("[[[0.25]], [[0.5]]]", 12)],
    ids=["deviations of 1e-6 and 1e6", "degree 12"],
)  # fmt: skip
def test_extremes_are_right_or_inconclusive(
    run: Run, files: Path, scales: str, degree: int
) -> None:
    text = PROBLEM.replace("[[[0.25]], [[0.5]]]", scales).replace("x = [1]", f"x = [{degree}]")
    (files / "hard.toml").write_text(text, encoding="utf-8")
    methods = ("--method", "exact", "--method", "quadrature")
    outcome = run("evaluate", "hard.toml", *methods, "--tolerance", "1e-6", "--format", "json")
    assert outcome.status == 0
    data = json.loads(outcome.out)
    for row in data["quantities"].values():
        known = [e for e in row.values() if e["value"] is not None and e["error"] is not None]
        for one in known:
            for other in known:
                gap = abs(one["value"] - other["value"])
                assert gap <= one["error"] + other["error"] + 1e-14 * abs(one["value"])


@pytest.mark.parametrize("columns", ["60", "80", "120"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_every_width_keeps_every_number_whole(files: Path, columns: str, encoding: str) -> None:
    (files / "problem.toml").write_text(PROBLEM, encoding="utf-8")
    command = [sys.executable, "-m", "fmproof", "evaluate", "problem.toml", "--tolerance", "1e-5"]
    command += ["--time-limit", "100"]
    for method in ("exact", "quadrature", "sampling"):
        command += ["--method", method]
    settings = os.environ | {"COLUMNS": columns, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, check=True, env=settings)
    shown = done.stdout.decode(encoding)
    lines = shown.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert lines[0].startswith("No model can bring L_CFM below 2.4715")
    plus_minus = "+-" if encoding == "ascii" else "±"
    found = [
        (line.split(" = ")[0].split()[-1], line.split(" = ")[1].split()[0])
        for line in lines
        if re.search(r"\d/\d+ = -?[\d.]+", line)
    ]
    values = {Fraction(exact): float(decimal) for exact, decimal in found}
    assert Fraction(-21, 5) in values
    assert len(values) == 2
    for exact, decimal in values.items():
        assert abs(float(exact) - decimal) < 1e-12
    # Each value with its error on one line, and the columns of each in one place.
    assert len(re.findall(rf"-?\d+\.\d+ {re.escape(plus_minus)} \d\.\de-\d\d", shown)) == 12
    if columns == "60":
        starts = {
            re.search("quadrature  ?", line).start() for line in lines if "  quadrature" in line
        }  # type: ignore[union-attr]
        assert len(starts) == 1


def test_a_tolerance_that_was_not_reached_is_said(run: Run, files: Path) -> None:
    (files / "problem.toml").write_text(PROBLEM, encoding="utf-8")
    missed = run("evaluate", "problem.toml", "--method", "sampling", "--method", "exact").out
    said = " ".join(missed.split("The tolerance")[1].split())
    assert said.startswith("1e-09 was not reached for L_FM, C₁, C, floor −C")
    assert "L_CFM" not in said  # exactly known
    reached = run("evaluate", "problem.toml", "--method", "quadrature", "--tolerance", "1e-4").out
    assert "tolerance" not in reached


def test_a_quantity_on_request(run: Run, files: Path) -> None:
    (files / "problem.toml").write_text(PROBLEM, encoding="utf-8")
    arguments = ("--quantity", "floor", "--method", "quadrature", "--tolerance", "1e-6")
    outcome = run("evaluate", "problem.toml", *arguments, "--format", "json")
    assert outcome.status == 0
    data = json.loads(outcome.out)
    assert set(data["quantities"]) == {"floor"}
    assert data["best"]["floor"]["value"] == pytest.approx(2.4715601, abs=1e-5)
    assert data["costs"]["quadrature"]["seconds"] > 0
    missed = run("evaluate", "problem.toml", "--quantity", "flor")
    assert missed.status == 2
    assert "did you mean 'floor'?" in missed.err
