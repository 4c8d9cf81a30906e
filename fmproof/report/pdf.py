"""A report as PDF, by the TeX that is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fmproof.errors import InputError
from fmproof.report import latex
from fmproof.report.model import Report, RuleEntry

PACKAGES = "texlive-latex-base texlive-latex-recommended texlive-latex-extra"
SECONDS = 300  #: after which TeX is stopped

_OPTIONS = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
# TeX itself then refuses to read or write outside of its own trees and the working directory.
_PARANOID = {"openin_any": "p", "openout_any": "p", "shell_escape": "f"}


def render(report: Report, command: str = "", rules: Sequence[RuleEntry] = ()) -> bytes:
    """``report`` as a PDF.

    Raises:
        InputError: neither latexmk nor pdflatex is there, or a package is missing.
    """
    if shutil.which("pdflatex") is None:
        raise InputError(
            "a PDF needs pdflatex, which is not installed: install TeX Live (on Debian: "
            f"apt-get install {PACKAGES}), or write LaTeX with --to tex"
        )
    with TemporaryDirectory(prefix="fmproof-") as folder:
        source = Path(folder, "derivation.tex")
        source.write_text(latex.render(report, command, rules), encoding="utf-8")
        for line in _command_lines(source.name):
            _run(line, source)
        return source.with_suffix(".pdf").read_bytes()


def _command_lines(name: str) -> list[list[str]]:
    if shutil.which("latexmk"):
        return [["latexmk", "-norc", "-pdf", *_OPTIONS, name]]
    # Once for the labels and column widths, twice more until they have settled.
    return [["pdflatex", *_OPTIONS, name]] * 3


def _run(line: list[str], source: Path) -> None:
    try:
        done = subprocess.run(
            line,
            cwd=source.parent,
            env={**os.environ, **_PARANOID},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"{line[0]} was stopped after {SECONDS} s; write LaTeX with --to tex and compile it"
        ) from None
    if done.returncode:
        log = source.with_suffix(".log")
        raise InputError(_explained(log.read_text("utf-8", "replace") if log.exists() else ""))


def _explained(log: str) -> str:
    missing = re.search(r"File `([^']+)' not found", log)
    if missing:
        return (
            f"TeX misses {missing[1]}: install TeX Live's recommended and extra packages (on "
            f"Debian: apt-get install {PACKAGES}), or write LaTeX with --to tex"
        )
    error = re.search(r"^! (.*)$", log, re.MULTILINE)
    said = error[1] if error else "no error message"
    return f"pdflatex could not make the PDF ({said}); write LaTeX with --to tex to look into it"
