"""The worked example of CONTRIBUTING.md, performed on a copy of the package.

After each edit the cross tests fail for what is still missing, and they pass when all is there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from worked_example import ADDED_RULE, NODE, Edit

ROOT = Path(__file__).parents[1]


def perform(copy: Path, edit: Edit) -> None:
    file = copy / edit.file
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    new = edit.change(old)
    assert new != old, f"{edit.file} has changed; bring the worked example up to date"
    file.write_text(new, encoding="utf-8")


READ = ("--deselect", "tests/lang/test_declarations.py::test_what_is_printed_reads_back[Norm]")
"""‖x‖ is read as √(x·x), which prints alike: the node of the example is not read."""


def cross_tests(copy: Path, *tests: str) -> str:
    """What the cross tests say in the copy; "" when they pass."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *READ, *tests],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if run.returncode == 0 else run.stdout + run.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("fmproof", "pytest_fmproof.py", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    for name in ("lang", "rules"):
        shutil.copytree(ROOT / "tests" / name, tmp_path / "tests" / name)
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests" / "conftest.py")
    shutil.copy(ROOT / "tests" / "examples.py", tmp_path / "tests" / "examples.py")
    return tmp_path


def test_a_node_and_a_rule_are_added(copy: Path) -> None:
    assert len([e for e in NODE if e.file.startswith("fmproof/")]) <= 8
    assert len([e for e in ADDED_RULE if e.file.startswith("fmproof/")]) <= 3
    perform(copy, NODE[0])
    perform(copy, NODE[1])
    for edit in NODE[2:]:
        assert edit.missing in cross_tests(copy, "tests/lang")
        perform(copy, edit)
    assert cross_tests(copy, "tests/lang") == ""
    perform(copy, ADDED_RULE[0])
    assert ADDED_RULE[1].missing in cross_tests(copy, "tests/rules/test_records.py")
    perform(copy, ADDED_RULE[1])
    assert cross_tests(copy, "tests/rules/test_records.py") == ""
