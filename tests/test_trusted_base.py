"""The trusted base stays small, and imports nothing beyond itself."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "fmproof"
KERNEL = sorted(PACKAGE.glob("kernel/*.py"))
IMPORTED = [PACKAGE / "errors.py", *PACKAGE.glob("lang/*.py"), *PACKAGE.glob("lang/nodes/*.py")]
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
    assert sum(map(lines_of_code, KERNEL)) <= 1_770


def test_the_language_below_it_too() -> None:
    files = [file for file in IMPORTED if file.suffix == ".py"]
    assert sum(map(lines_of_code, files)) <= 2_230


def test_no_file_of_it_is_long() -> None:
    assert all(lines_of_code(file) <= 310 for file in (*KERNEL, *IMPORTED) if file.suffix == ".py")


def test_it_loads_nothing_else_of_the_package() -> None:
    program = (
        "import sys, fmproof.kernel\n"
        "own = {m.split('.')[1] for m in sys.modules if m.startswith('fmproof.')}\n"
        "print(sorted(own))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "['_version', 'errors', 'kernel', 'lang']"
