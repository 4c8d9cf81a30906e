"""What one process writes of a derivation, another reads as the same derivation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from fmproof import Derivation, Real, Step, check
from fmproof.derivations import BUILTIN, load
from fmproof.errors import FmproofError, InputError
from fmproof.report.text import Detail, render
from fmproof.sources.data import from_data, to_data
from fmproof.sources.reading import python_text
from fmproof.sources.running import run_file

HERE = Path(__file__).parent
FILES = [
    *sorted((HERE / "soundness" / "reject").glob("*.py")),
    *sorted((HERE / "soundness" / "accept").glob("*.py")),
    *sorted((HERE.parent / "benchmarks" / "short").glob("*.py")),
]


def again(found: list[Derivation]) -> list[Derivation]:
    return from_data(json.loads(json.dumps(to_data(found))))


def shown(derivations: list[Derivation]) -> str:
    report = check(derivations)
    timeless = tuple(replace(d, seconds=0.0) for d in report.derivations)
    return render(replace(report, derivations=timeless, seconds=0.0), Detail.STEPS)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_built_in_derivation_comes_back(name: str) -> None:
    derivation = load(name)
    (made,) = again([derivation])
    assert made.name == derivation.name
    assert made.parts == derivation.parts
    assert made.hypotheses == derivation.hypotheses
    assert made.proposition == derivation.proposition
    assert made.meanings == derivation.meanings
    assert [used.name for used in made.uses] == [used.name for used in derivation.uses]


@pytest.mark.parametrize("name", ["fm-cfm", "gradient", "ddpm"])
def test_the_report_is_the_same_to_the_letter(name: str) -> None:
    derivation = load(name)
    assert shown(again([derivation])) == shown([derivation])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_in_a_file_comes_back(path: Path) -> None:
    try:
        found = run_file(path, python_text(path))
    except FmproofError:
        return  # it makes none
    for made, derivation in zip(again(found), found, strict=True):
        assert made.parts == derivation.parts
        assert made.location == derivation.location
        assert [step.location for part in made.parts for step in part.steps] == [
            step.location for part in derivation.parts for step in part.steps
        ]


def test_there_are_files_to_try() -> None:
    assert len(FILES) > 100


def test_what_is_used_by_two_is_written_once() -> None:
    t = Real("t")
    shared = Derivation("shared", start=t, steps=[Step("1", t, by="ring")], variables=[t])
    users = [
        Derivation(name, start=t, steps=[Step("1", t, by="ring")], variables=[t], uses=[shared])
        for name in ("a", "b")
    ]
    assert len(to_data(users)["derivations"]) == 3
    one, other = again(users)
    assert one.uses[0] is other.uses[0]


def mangled(value: Any) -> Iterator[Any]:
    """``value`` with one part of it replaced by something else."""
    yield from (None, -1, 10**6, "x", [], {}, [None], {"row": 0}, 0.5, True)
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            for part in mangled(value[key]):
                yield {**value, key: part}
    elif isinstance(value, list):
        for i in range(min(len(value), 8)):
            for part in mangled(value[i]):
                yield [*value[:i], part, *value[i + 1 :]]


def test_anything_else_is_one_clear_error_or_another_derivation() -> None:
    """Nobody knows what a process writes in which a stranger's file runs."""
    refused = 0
    whole = json.loads(json.dumps(to_data([load("gradient")])))
    for value in islice(mangled(whole), 0, None, 11):  # of 6,000 the eleventh part
        try:
            found = from_data(value)
        except InputError:
            refused += 1
        else:
            assert all(type(derivation) is Derivation for derivation in found)
    assert refused > 300
