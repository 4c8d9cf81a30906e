"""How a user's file is run, and which derivations are its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fmproof.errors import InputError
from fmproof.sources import find, load_file

PRELUDE = """\
from fmproof import Density, Derivation, Expect, Field, Step, Vec, norm2
x = Vec("x")
loss = Expect(norm2(Field("u", x)(x)), Density("p", x)(x))
def make(name):
    return Derivation(name, start=loss, steps=[Step("1", loss, by="ring")])
"""


def names(path: Path, text: str, prelude: str = PRELUDE) -> list[str]:
    path.write_text(prelude + text, encoding="utf-8")
    return [derivation.name for derivation in load_file(path)]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine.py"


def test_in_order_of_definition(mine: Path) -> None:
    assert names(mine, "b = make('b')\na = make('a')\n") == ["b", "a"]


def test_items_of_lists_and_tuples_each_once(mine: Path) -> None:
    text = "a = make('a')\nall_ = [a, make('b'), a]\nmore = (make('c'), 3, 'd')\n"
    assert names(mine, text) == ["a", "b", "c"]


def test_what_is_imported_is_not_its_own(mine: Path) -> None:
    text = (
        "from fmproof.derivations.fm_cfm import fm_cfm\nfrom fmproof import check\nb = make('b')\n"
    )
    assert names(mine, text) == ["b"]


def test_an_imported_name_assigned_anew_is(mine: Path) -> None:
    text = "from fmproof.derivations.fm_cfm import fm_cfm\nfm_cfm = make('b')\n"
    assert names(mine, text) == ["b"]


def test_it_is_not_the_main_program(mine: Path) -> None:
    assert names(mine, "a = make('a')\nif __name__ == '__main__':\n    b = make('b')\n") == ["a"]


def test_what_a_script_finds(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mine.parent / "helper.py").write_text("name = 'helped'\n", encoding="utf-8")
    text = (
        "import os, sys, helper\n"
        "a = make(f'{helper.name} {len(sys.argv)} {os.path.basename(__file__)}')\n"
    )
    assert names(mine, text) == ["helped 1 mine.py"]


def test_dataclasses_and_annotations_work(mine: Path) -> None:
    prelude = "from __future__ import annotations\nfrom dataclasses import dataclass\n" + PRELUDE
    text = "@dataclass\nclass Name:\n    text: str\na = make(Name('a').text)\n"
    assert names(mine, text, prelude) == ["a"]


def test_two_files_with_helpers_of_the_same_name(tmp_path: Path) -> None:
    found = []
    for folder in ("one", "two"):
        (tmp_path / folder / "notation").mkdir(parents=True)
        (tmp_path / folder / "notation" / "__init__.py").write_text("", encoding="utf-8")
        (tmp_path / folder / "notation" / "names.py").write_text(f"name = '{folder}'")
        text = "from notation.names import name\na = make(name)\n"
        found += names(tmp_path / folder / "mine.py", text)
    assert found == ["one", "two"]


def test_everything_is_as_before(mine: Path) -> None:
    (mine.parent / "helper2.py").write_text("", encoding="utf-8")
    before = os.getcwd(), sys.argv, sys.path[:], sys.stdin, sys.stdout
    names(mine, "import os, sys, helper2\nos.chdir('/')\nsys.path.append('x')\na = make('a')\n")
    assert before == (os.getcwd(), sys.argv, sys.path, sys.stdin, sys.stdout)
    assert not {"mine", "helper2", "fmproof-file-mine"} & set(sys.modules)


def test_a_file_cannot_hide_a_library(mine: Path) -> None:
    (mine.parent / "sympy.py").write_text("raise RuntimeError('hidden')", encoding="utf-8")
    assert names(mine, "import sympy\na = make(f'sympy {sympy.Integer(1)}')\n") == ["sympy 1"]


def test_steps_know_their_lines(mine: Path) -> None:
    names(mine, "\na = make('a')\n")
    (derivation,) = load_file(mine)
    (step,) = derivation.parts[0].steps
    for location in (derivation.location, step.location):
        assert location is not None
        assert (location.file, location.line) == (str(mine), 5)


def test_the_line_of_an_error_is_in_the_file_not_in_a_library(mine: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.py:7: JSONDecodeError: Expecting value"):
        names(mine, "import json\njson.loads('')\n")


def test_find_by_name() -> None:
    (derivation,) = find("fm-cfm")
    assert derivation.name == "fm-cfm"
