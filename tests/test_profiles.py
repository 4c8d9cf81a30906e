"""Quick and nightly: the number of random examples is the profile's to decide."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROBE = """
from examples import examples, times
from hypothesis import given, settings, strategies as st

seen = []

@examples(5)
@given(st.integers())
def test_it(n):
    seen.append(n)

def test_count():
    print("SEEN", len(seen), times(3), settings.default.derandomize, seen[:3])
"""


@pytest.mark.parametrize(
    ("environment", "options", "shown"),
    [
        ({}, [], "SEEN 5 3 True"),
        ({"HYPOTHESIS_PROFILE": "nightly"}, [], "SEEN 100 60 False"),
        ({}, ["--hypothesis-profile=nightly"], "SEEN 100 60 False"),
    ],
)
def test_the_profile_scales_every_test(
    tmp_path: Path, environment: dict[str, str], options: list[str], shown: str
) -> None:
    for name in ("conftest.py", "examples.py"):
        (tmp_path / name).write_text((HERE / name).read_text())
    (tmp_path / "test_probe.py").write_text(PROBE)
    kept = {k: v for k, v in os.environ.items() if k != "HYPOTHESIS_PROFILE"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-sq", *options, "test_probe.py"],
        cwd=tmp_path,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown in done.stdout


def test_no_test_fixes_its_number_of_examples() -> None:
    fixed = re.compile(r"max_examples=\d")
    wrong = [
        f"{path.relative_to(HERE)}:{number}"
        for path in sorted(HERE.rglob("*.py"))
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if fixed.search(line)
    ]
    assert not wrong, f"write @examples(n), which scales with the profile, in {', '.join(wrong)}"
