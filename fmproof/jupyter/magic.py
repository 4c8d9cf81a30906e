r"""``%%fmproof``: a cell of LaTeX rows, or of a script, checked.

A cell that is Python and makes derivations runs as any cell does; what it assigns is checked. Any
other cell is LaTeX: rows of a display, or a whole passage with displays in it.
"""

from __future__ import annotations

import ast
import re
import shlex
from dataclasses import dataclass
from typing import Any

from fmproof.errors import InputError, nearest
from fmproof.jupyter.rows import CellRows
from fmproof.report.model import Report

OPTIONS = ("--no-numeric", "--seed", "--strict")
_DISPLAY = re.compile(r"\\begin\s*\{|\$\$|\\\[|\$[^$]+\$")


@dataclass(frozen=True)
class Settings:
    """What stands behind ``%%fmproof``."""

    numeric: bool = True
    strict: bool = False
    seed: int = 0


def settings(line: str) -> Settings:
    """The options of a cell.

    Raises:
        InputError: one that there is not.
    """
    words = shlex.split(line)
    found: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        if word == "--no-numeric":
            found["numeric"] = False
        elif word == "--strict":
            found["strict"] = True
        elif word == "--seed":
            if not words or not words[0].isdigit():
                raise InputError("%%fmproof --seed: expected a number, 0 or more")
            found["seed"] = int(words.pop(0))
        else:
            raise InputError(f"%%fmproof: there is no option {word!r}; {nearest(word, OPTIONS)}")
    return Settings(**found)


def check_cell(shell: Any, line: str, text: str) -> Report | CellRows | None:
    """Check the cell ``text``; what is returned shows itself below the cell.

    Raises:
        InputError: an unknown option, or a cell in which there is nothing to check.
    """
    chosen = settings(line)
    if not text.strip():
        raise InputError("%%fmproof: the cell is empty; write rows of LaTeX or a derivation in it")
    tree = _python(text)
    return _rows(text, chosen) if tree is None else _script(shell, text, tree, chosen)


def _python(text: str) -> ast.Module | None:
    """The cell as Python, if it is that and says more than a formula does."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        # A script with a slip is run, so that Python says where.
        return ast.Module([], []) if re.search(r"\bDerivation\s*\(", text) else None
    says = any(isinstance(node, ast.Call | ast.Import | ast.ImportFrom) for node in ast.walk(tree))
    return tree if says and "\\" not in text.split("#")[0] else None


def _script(shell: Any, text: str, tree: ast.Module, chosen: Settings) -> Report | None:
    from fmproof.tactics.check import check
    from fmproof.tactics.script import Derivation
    from fmproof.verify import verify

    done = shell.run_cell(text)
    if done.error_before_exec is not None or done.error_in_exec is not None:
        return None  # the notebook has shown it
    names = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    held = [shell.user_ns.get(name) for name in dict.fromkeys(names)]
    found = [item for item in held if isinstance(item, Derivation)]
    if not found:
        raise InputError(
            "%%fmproof: the cell defines no derivation; assign a Derivation(...) to a name, or "
            "write rows of LaTeX"
        )
    return verify(found, seed=chosen.seed) if chosen.numeric else check(found)


def _rows(text: str, chosen: Settings) -> CellRows:
    from fmproof.documents.check import check_documents
    from fmproof.reading.document.read import read_text

    written = text if _DISPLAY.search(text) else _displayed(text)
    documents = read_text(written, "the cell", ".tex", None)
    found = check_documents(
        "the cell", documents, strict=chosen.strict, numeric=chosen.numeric, seed=chosen.seed
    )
    if all(row.verdict == "skip" for row in found.rows) and not found.problems:
        raise InputError("%%fmproof: no row in this cell claims anything; write A &= B")
    return CellRows(found)


def _displayed(text: str) -> str:
    r"""CellRows without an environment, each on a line or ended by ``\\``, in an ``align*``.

    The first row stands on the first line, so that lines count as in the cell.
    """
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    if not any(line.endswith("\\\\") for line in lines):
        full = [i for i, line in enumerate(lines) if line.strip()]
        lines = [line + (r" \\" if i in full[:-1] else "") for i, line in enumerate(lines)]
    return "\\begin{align*}" + "\n".join(lines) + "\\end{align*}\n"
