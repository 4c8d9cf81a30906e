"""The trusted base stays small, and imports nothing beyond itself."""

from __future__ import annotations

import ast
import importlib
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path
from types import MappingProxyType

import fmproof.kernel  # noqa: F401 - what is looked at

OWN = re.compile(r"fmproof\.(lang|kernel)\b")
PACKAGE = Path(__file__).parents[1] / "fmproof"
KERNEL = sorted(PACKAGE.glob("kernel/*.py"))
IMPORTED = [
    PACKAGE / "errors.py",
    PACKAGE / "tables.py",
    *PACKAGE.glob("lang/*.py"),
    *PACKAGE.glob("lang/nodes/*.py"),
]
SKIPPED = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)


def lines_of_code(file: Path) -> int:
    """Lines that are neither blank, nor comments, nor docstrings."""
    source = file.read_text(encoding="utf-8")
    prose: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        value = getattr(node, "value", None)
        if isinstance(node, ast.Expr) and isinstance(value, ast.Constant):
            prose.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SKIPPED:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - prose)


def test_the_kernel_can_be_read_in_a_sitting() -> None:
    assert sum(map(lines_of_code, KERNEL)) <= 1_400


def test_the_language_below_it_too() -> None:
    files = [file for file in IMPORTED if file.suffix == ".py"]
    assert sum(map(lines_of_code, files)) <= 2_341


def test_no_file_of_it_is_long() -> None:
    assert all(lines_of_code(file) <= 276 for file in (*KERNEL, *IMPORTED) if file.suffix == ".py")


def test_it_loads_nothing_else_of_the_package() -> None:
    program = (
        "import sys, fmproof.kernel\n"
        "own = {m.split('.')[1] for m in sys.modules if m.startswith('fmproof.')}\n"
        "print(sorted(own))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "['_version', 'errors', 'kernel', 'lang', 'tables']"


PLAIN = {"Atom", "AtomicExpr", "Basic", "Expr", "S", "Tuple"}
"""What of SymPy does not evaluate. Its sums, products, powers and numbers go through its caches."""


def is_side(node: ast.expr) -> bool:
    """Whether something is a side of an equation, which SymPy would compare by converting."""
    return isinstance(node, ast.Attribute) and node.attr in ("lhs", "rhs", "low", "high")


def evaluating(file: Path) -> list[str]:
    """Where a file asks SymPy to compute: an import, or an operator on a number of SymPy's."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sympy":
            found += [f"{file.name}: {a.name}" for a in node.names if a.name not in PLAIN]
        operands: list[ast.expr] = []
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operands = [] if isinstance(node.operand, ast.Constant) else [node.operand]
        elif isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
            operands = [o for o in sides if ast.unparse(o).startswith("S.")]
        elif isinstance(node, ast.Compare) and not isinstance(node.ops[0], ast.Is | ast.IsNot):
            operands = [o for o in (node.left, *node.comparators) if is_side(o)]
        found += [f"{file.name}: {ast.unparse(node)}" for _ in operands]
    return found


def test_it_does_not_compute_by_sympy() -> None:
    own = [
        file for file in (*KERNEL, *IMPORTED) if file.name not in ("numbers.py", "arithmetic.py")
    ]
    allowed = {
        "node.py: global_parameters",  # the gate asks whether SymPy is switched off
        "node.py: prettyForm",  # for SymPy's printer
        "ratio.py: -exponent",  # of a power that SymPy made, on its way to the gate
    }
    assert {place for file in own for place in evaluating(file)} == allowed


VERDICTS = (
    "certificate.library",
    "builtin",
    "derivations.catalogue",
    "report.paper.align",
    "report.text",
    "report.words",
    "tactics.methods",
)
"""Modules whose tables say what a verdict is about, or how it is shown."""


def test_it_shows_nothing_that_can_be_changed() -> None:
    """A public table could be written to by a program without a private name, and what is behind
    a proxy, too: ``proxy | other`` hands it to ``other``."""
    own = [name for name in sorted(sys.modules) if OWN.match(name)]
    modules = [
        importlib.import_module(name) for name in (*own, *(f"fmproof.{v}" for v in VERDICTS))
    ]
    tables = [
        f"{module.__name__}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if not name.startswith("_")
        and isinstance(value, dict | list | set | bytearray | MappingProxyType)
    ]
    assert modules
    assert tables == []
