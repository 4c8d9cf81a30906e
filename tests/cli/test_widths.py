"""Every command at 60, 80 and 120 columns, in Unicode and in ASCII: no line is too long."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import WRONG, Run

from fmproof.cli import command, terminal

DOCUMENT = r"""We have
$$
\mathbb{E}_{x \sim p} \|f(x) - g(x)\|^2 = \mathbb{E}_{x \sim p} [\|f(x)\|^2 + \|g(x)\|^2]
$$
and
$$
\|a - b\|^2 = \|a\|^2 - 2 a^\top b + \|b\|^2
$$
$$
a = \foo
$$
"""
COMMANDS = {
    "list": ["list"],
    "list of rules": ["list", "--rules"],
    "a derivation": ["explain", "ddpm"],
    "a hypothesis": ["explain", "H2"],
    "a step": ["explain", "fm-cfm::2.4b"],
    "all derivations": ["verify", "--no-numeric"],
    "every condition": ["verify", "--no-numeric", "--steps", "fm-cfm", "tweedie"],
    "a failure": ["verify", "wrong.py", "--problems", "2"],
    "a document": ["check", "post.md", "--details"],
}


def plainly(text: str) -> str:
    return text.encode("ascii", "fmproof.plain").decode("ascii")


@pytest.fixture(params=[60, 80, 120])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, run: Run) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


@pytest.fixture(params=["utf-8", "ascii"])
def shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What a terminal of that encoding shows of a text."""
    if request.param == "utf-8":
        return str
    terminal.make_printable()
    monkeypatch.setattr(terminal, "lettered", plainly)
    return plainly


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_no_line_is_longer_than_the_terminal(
    run: Run, files: Path, columns: int, shown: Callable[[str], str], arguments: list[str]
) -> None:
    (files / "wrong.py").write_text(WRONG)
    (files / "post.md").write_text(DOCUMENT)
    outcome = run(*arguments)
    assert outcome.err == ""
    lines = shown(outcome.out).splitlines()
    assert len(lines) > 10
    assert [line for line in lines if len(line) > columns] == []


def test_nothing_is_lost_where_it_is_narrow(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for columns in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        words = re.findall(r"\S+", run("verify", "--no-numeric", "fm-cfm", "ddpm").out)
        found.add(tuple(word for word in sorted(words) if not re.fullmatch(r"[\d.]+", word)))
    assert len(found) == 1


def test_rules_and_symbols_stand_in_their_columns(
    run: Run, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.make_printable()
    monkeypatch.setattr(terminal, "lettered", plainly)
    lines = plainly(run("verify", "--no-numeric", "fm-cfm").out).splitlines()
    ends = {len(line) for line in lines if re.search(" (definition|square|linearity|ring)$", line)}
    assert len(ends) == 1
    symbols = lines[lines.index("  Symbols") + 1 : lines.index("  Hypotheses") - 1]
    begun = [re.match(r"  \S.*?  +", line) for line in symbols if line[2] != " "]
    assert len({match and match.end() for match in begun}) == 1


@pytest.mark.parametrize("name", [None, *sorted(command.commands)])
def test_the_help_fits(run: Run, columns: int, name: str | None) -> None:
    out = run(*([name] if name else []), "--help").out
    assert "Usage: fmproof" in out
    assert [line for line in out.splitlines() if len(line) > columns] == []


def test_examples_keep_their_commands_whole(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    for columns in (60, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        out = run("evaluate", "--help").out
        shown.append(" ".join(out[out.index("Examples:") :].replace("\\\n", "").split()))
    assert shown[0] == shown[1]
    assert "--method exact --method quadrature --tolerance 1e-12" in shown[0]
