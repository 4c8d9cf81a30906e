"""Reading Markdown pages and running the code in them.

What a fenced block is depends on its language:

- ``console``: lines that begin with ``$`` are commands, run by bash; the lines after each must be
  what it prints. ``…`` or ``...`` stands for anything within a line, alone on a line for any
  number of lines. Seconds ("in 0.15 s") need not agree.
- ``python``: run, all blocks of a page in one namespace. Blocks that import one of ``OPTIONAL``
  are left out where that is not installed, and the page's test says that it was skipped in part.
- with ``title="NAME"`` after the language: not run but written to the file NAME.
- ``toml`` and ``json``: must be well formed.
- ``sh``: commands that change the machine, shown and not run. ``text``, ``latex``, ``xml``,
  ``yaml``: shown.

Commands and code find a copy of ``docs`` in their working directory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOWN = ("sh", "text", "latex", "xml", "yaml")

OPTIONAL = ("torch", "jax")

_FENCE = re.compile(r"^```(\w+)([^\n`]*)\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
_SECONDS = re.compile(r"\bin \d[\d.,]* s\b")


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: str
    line: int  #: of its first line of content
    language: str
    title: str
    code: str


class PageError(AssertionError):
    """A block that does not do what the page says."""

    def __init__(self, block: Block, message: str) -> None:
        super().__init__(f"{block.page}:{block.line}: {message}")


def pages() -> list[Path]:
    """README.md and everything under docs, without what is ignored."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: str, text: str) -> list[Block]:
    """All fenced blocks of a page."""
    found = []
    for match in _FENCE.finditer(text):
        title = re.search(r'title="([^"]+)"', match[2])
        line = text.count("\n", 0, match.start(3)) + 1
        found.append(Block(page, line, match[1], title[1] if title else "", match[3]))
    fences = len(re.findall(r"^\s*```", text, re.MULTILINE))
    if fences != 2 * len(found):
        raise AssertionError(f"{page}: a fence is indented, has no language or is not closed")
    return found


def run_page(page: str, text: str, folder: Path) -> None:
    """Run every block of a page in ``folder``.

    Raises:
        PageError: a block fails or prints something else than the page shows.
    """
    namespace: dict[str, Any] = {"__name__": "page"}
    # Code on a page may call the command, which need not be on the tests' own PATH.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", _path())
        missing = _run_blocks(page, text, folder, namespace)
    if missing:
        pytest.skip(f"all of {page} but the blocks that need {', '.join(sorted(missing))}")


def _run_blocks(page: str, text: str, folder: Path, namespace: dict[str, Any]) -> set[str]:
    """Run them; the optional libraries whose absence left some out."""
    missing: set[str] = set()
    for block in blocks(page, text):
        if block.title:
            (folder / block.title).write_text(block.code, encoding="utf-8")
        elif block.language == "console":
            run_console(block, folder)
        elif block.language == "python" and (lacking := _lacking(block.code)):
            missing |= lacking
        elif block.language == "python":
            padding = "\n" * (block.line - 1)
            exec(compile(padding + block.code, block.page, "exec"), namespace)
        elif block.language == "toml":
            tomllib.loads(block.code)
        elif block.language == "json":
            json.loads(block.code)
        elif block.language not in SHOWN:
            raise PageError(block, f"there is no way to check a {block.language!r} block")
    return missing


def _lacking(code: str) -> set[str]:
    """Optional libraries that the code imports and that are not installed."""
    imported = re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)
    return {name for name in imported if name in OPTIONAL and find_spec(name) is None}


def _path() -> str:
    """The PATH with the commands of the Python that runs the tests."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def run_console(block: Block, folder: Path) -> None:
    """Run the commands of a block in one shell and compare what each prints."""
    commands = _commands(block)
    # A NUL after each command tells the outputs apart; $? is left as the command set it.
    script = "".join(
        f"{command}\n__status=$?; printf '\\0'; (exit $__status)\n" for command, _ in commands
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")
    }
    done = subprocess.run(
        ["bash", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=folder,
        env={**environment, "PATH": _path(), "PYTHONUTF8": "1"},
        timeout=300,
        check=False,
    )
    printed = done.stdout.split("\0")
    for (command, expected), actual in zip(commands, printed, strict=False):
        if not agrees(expected, actual):
            raise PageError(block, f"$ {command}\nshown:\n{expected}\nprinted:\n{actual}")
    if len(printed) != len(commands) + 1:
        raise PageError(block, f"the shell stopped early: {printed[-1]}")


def _commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it is to print."""
    parts = re.split(r"^\$ ", block.code, flags=re.MULTILINE)
    if parts[0].strip() or len(parts) == 1:
        raise PageError(block, "a console block begins with a command, after '$ '")
    found = []
    for part in parts[1:]:
        lines = part.splitlines()
        end = 1
        while lines[end - 1].endswith("\\"):
            end += 1
        found.append(("\n".join(lines[:end]), "\n".join(lines[end:])))
    return found


def agrees(expected: str, actual: str) -> bool:
    """Whether ``actual`` is what ``expected`` describes."""
    pattern = ""
    for line in _tidy(expected):
        if line in ("…", "..."):
            pattern += r"(?:.*\n)*?"
        else:
            pieces = re.split(r"…|\.\.\.", line)
            pattern += ".*?".join(map(re.escape, pieces)) + "\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in _tidy(actual))) is not None


def _tidy(text: str) -> list[str]:
    """Lines without trailing blanks, without blank lines at the end, and without seconds."""
    lines = [_SECONDS.sub("in 0.00 s", line.rstrip()) for line in text.rstrip().splitlines()]
    return [] if lines == [""] else lines
