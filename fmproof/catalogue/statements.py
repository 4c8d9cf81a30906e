"""What the rules state, the kernel's and the derived: read from their docstrings, which are the
only statements.

The files are read, not imported: listing the rules must not load SymPy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Stated:
    """A rule as its file states it.

    Attributes:
        package: where it is: ``kernel``, or ``derived``, which makes its theorem by the kernel's.
        key: "module:function" under this package.
        statement: the first sentence of the docstring.
        reference: where a proof is to be read.
    """

    package: str
    key: str
    statement: str
    reference: str


@cache
def stated() -> Mapping[str, tuple[Stated, ...]]:
    """The rules under the code of the record that documents them, the kernel's first."""
    found: dict[str, tuple[Stated, ...]] = {}
    for package in ("kernel", "derived"):
        folder = files("fmproof").joinpath(package)
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".py"):
                tree = ast.parse(file.read_text("utf-8"))
                for code, rule in _rules(package, file.name[:-3], tree):
                    found[code] = (*found.get(code, ()), rule)
    return found


def first_sentence(docstring: str) -> str:
    """The statement of a rule."""
    return " ".join(docstring.split("\n\n")[0].split()).split(". ")[0].rstrip(".")


def _rules(package: str, module: str, tree: ast.Module) -> Iterator[tuple[str, Stated]]:
    """The functions under a mark with a code and a reference, which may be a name of the module."""
    texts = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in (n for n in tree.body if isinstance(n, ast.FunctionDef)):
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name):
                code, reference = mark.args
                where = texts[reference.id] if isinstance(reference, ast.Name) else _text(reference)
                statement = first_sentence(ast.get_docstring(node) or "")
                yield _text(code), Stated(package, f"{module}:{node.name}", statement, str(where))


def _text(node: ast.expr) -> str:
    return str(ast.literal_eval(node))
