"""The arrows between packages point as docs/design.md says."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Container, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "fmproof"
STANDARD = sys.stdlib_module_names | {"__future__"}


def allowed() -> dict[str, set[str]]:
    """Package -> what it may import, from the table in docs/design.md."""
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| ([\w., ]*?) ?\| .* \|$", page, re.MULTILINE)
    table = {name: set(re.findall(r"[\w.]+", may)) for name, may in rows}
    return {name: set(table) if may == {"everything"} else may for name, may in table.items()}


def package_of(module: str) -> str:
    """The row of the table that a module belongs to: "fmproof.lang.terms" is in "lang"."""
    parts = module.split(".")[1:] or ["_version"]
    return "report.model" if parts[:2] == ["report", "model"] else parts[0]


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)


def imports(source: str) -> Iterator[str]:
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def wrong(package: str, source: str) -> list[str]:
    """The imports that ``package`` must not have."""
    found = []
    for module in imports(source):
        parts = module.split(".")
        if parts[0] == "fmproof":
            target = package_of(module)
            fine = target in {package, "_version"} or target in allowed()[package]
        elif package in ("lang", "kernel"):
            fine = parts[0] in STANDARD or parts[0] == "sympy"
        else:
            fine = package != "report" or parts[0] != "sympy"
        if not fine:
            found.append(module)
    return found


FILES = [f for f in sorted(PACKAGE.rglob("*.py")) if package_of(module_of(f))[0] != "_"]


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_a_module_imports_only_what_it_may(file: Path) -> None:
    assert not wrong(package_of(module_of(file)), file.read_text(encoding="utf-8"))


def test_the_table_has_no_circles() -> None:
    table = allowed()
    assert {"lang", "kernel", "tactics", "losses", "meaning", "cli"} <= set(table)
    known: set[str] = set()
    while len(known) < len(table):
        ready = {name for name, may in table.items() if may - {name} <= known} - known
        assert ready, f"a circle among {set(table) - known}"
        known |= ready


def imported_at_once(file: Path, known: Container[str]) -> set[str]:
    """The modules that a file imports when it is itself imported, not for type hints alone."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(ast.parse(file.read_text(encoding="utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in known else node.module or "")
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
            waiting += node.body
    return {module for module in found if module in known}


def test_modules_are_in_no_circle() -> None:
    """A file can be read after those that it imports."""
    modules = {module_of(file).removesuffix(".__init__"): file for file in PACKAGE.rglob("*.py")}
    left = {name: imported_at_once(file, modules) for name, file in modules.items()}
    while left:
        ready = {name for name, needs in left.items() if not needs & left.keys()}
        assert ready, f"a circle among {sorted(left)}"
        left = {name: needs for name, needs in left.items() if name not in ready}


def test_the_map_of_documents_names_every_file() -> None:
    folder = PACKAGE / "documents"
    there = {file.stem for file in folder.iterdir() if not file.name.startswith("_")}
    named = re.findall(r"``(\w+)``", (folder / "__init__.py").read_text(encoding="utf-8"))
    assert there <= set(named)


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("kernel", "from fmproof.losses import exact"),
        ("kernel", "def f():\n    import scipy.integrate"),
        ("kernel", "from fmproof.tactics.methods import METHODS"),
        ("losses", "import fmproof.kernel.theorem"),
        ("losses", "from fmproof.meaning.roles import Cast"),
        ("meaning", "import fmproof.kernel.theorem"),
        ("lang", "from fmproof.kernel.theorem import Theorem"),
        ("lang", "from . import kernel"),
        ("report", "from sympy import Add"),
        ("models", "from fmproof.lang.terms import Vec"),
        ("tactics", "from fmproof.report.text import render"),
    ],
)
def test_an_arrow_that_turns_round_is_seen(package: str, line: str) -> None:
    assert wrong(package, line)
