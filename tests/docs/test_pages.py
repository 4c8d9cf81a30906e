"""README and docs do what they say: their commands are run, their code is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pages import ROOT, PageError, agrees, blocks, pages, run_page


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    run_page(str(page.relative_to(ROOT)), page.read_text(encoding="utf-8"), tmp_path)


def test_ci_runs_the_commands_of_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [block.code.strip() for block in blocks("README.md", text) if block.language == "sh"]
    assert len(commands) == 2
    for command in commands:
        assert command in script


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("", "", True),
        ("", "something", False),
        ("one\ntwo", "one\ntwo\n", True),
        ("one\ntwo", "one\nthree\n", False),
        ("one", "one\ntwo\n", False),
        ("one\n…", "one\ntwo\nthree\n", True),
        ("one\n…\nthree", "one\nthree\n", True),
        ("one\n…\nthree", "one\ntwo\n", False),
        ("a … c", "a b c", True),
        ("a ... c", "a b c", True),
        ("a … c", "a b d", False),
        ("a.c", "abc", False),
        ("proved in 0.15 s", "proved in 12.3 s", True),
        ("proved 0.15", "proved 0.16", False),
        ("a   \n\n", "a", True),
    ],
)
def test_agrees(expected: str, actual: str, same: bool) -> None:
    assert agrees(expected, actual) is same


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```console\n$ echo a\nb\n```\n", r"page:2: \$ echo a\nshown:\nb\nprinted:\na"),
        ("```console\n$ exit 3\n```\n", "the shell stopped early"),
        ("```console\necho a\n```\n", "begins with a command"),
        ("```\na\n```\n", "a fence is indented, has no language or is not closed"),
        (" ```python\na\n ```\n", "a fence is indented, has no language or is not closed"),
        ("```cobol\na\n```\n", "no way to check a 'cobol' block"),
    ],
)
def test_a_page_that_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=message):
        run_page("page", text, tmp_path)


def test_python_that_fails_names_its_line(tmp_path: Path) -> None:
    text = "words\n\n```python\na = 1\n```\n\n```python\nassert a == 2\n```\n"
    with pytest.raises(AssertionError) as caught:
        run_page("page", text, tmp_path)
    assert caught.traceback[-1].lineno == 7


@pytest.mark.parametrize("text", ["```toml\na = \n```\n", "```json\n{\n```\n"])
def test_data_must_be_well_formed(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"line 1|Expecting"):
        run_page("page", text, tmp_path)


def test_a_page_that_is_right(tmp_path: Path) -> None:
    text = (
        '```python title="mine.py"\nprint("from the file")\n```\n'
        "```console\n$ python mine.py\nfrom the file\n$ false\n$ echo $?\n1\n"
        "$ echo a \\\n  b\na b\n```\n"
        "```python\nvalue = 1\n```\n```python\nassert value == 1\n```\n"
        '```toml\na = 1\n```\n```json\n{"a": 1}\n```\n```sh\nrm -rf /\n```\n'
    )
    run_page("page", text, tmp_path)
    assert issubclass(PageError, AssertionError)
