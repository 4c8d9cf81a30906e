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
_SECONDS = 300  #: after which TeX is stopped
RUNS = 3  #: at most, and always with a table of contents, which moves the pages

_LINE = ["-interaction=batchmode", "-halt-on-error", "-no-shell-escape"]
# TeX itself then refuses to read or write outside of its own trees and the working directory.
_PARANOID = {"openin_any": "p", "openout_any": "p", "shell_escape": "f"}
_WHOLE_LINES = {"max_print_line": "1000"}  # in the log
_UNSETTLED = re.compile(r"undefined references|Rerun to get outlines right")


def render(
    report: Report,
    command: str = "",
    rules: Sequence[RuleEntry] = (),
    style: latex.Style = "full",
    tagged: bool = False,
) -> bytes:
    """``report`` as a PDF.

    Args:
        command, rules, style: as for :func:`fmproof.report.latex.render`.
        tagged: whether a screen reader finds paragraphs, lists and headings in it; by lualatex.

    Raises:
        InputError: the TeX is not there, or a package is missing, or it took too long.
    """
    engine = "lualatex" if tagged else "pdflatex"
    if shutil.which(engine) is None:
        packages = f"{PACKAGES} texlive-luatex" if tagged else PACKAGES
        raise InputError(
            f"a {'tagged ' * tagged}PDF needs {engine}, which is not installed: install TeX Live "
            f"(on Debian: apt-get install {packages}), or write LaTeX with --to tex"
        )
    with TemporaryDirectory(prefix="fmproof-") as folder:
        source = Path(folder, "derivation.tex")
        written = latex.render(report, command, rules, style=style, tagged=tagged)
        source.write_text(written, encoding="utf-8")
        for _ in range(RUNS):
            log = _run(engine, source)
            if r"\tableofcontents" not in written and not _UNSETTLED.search(log):
                break
        return source.with_suffix(".pdf").read_bytes()


def _run(engine: str, source: Path) -> str:
    """Run TeX once.

    Returns:
        Its log.
    """
    try:
        done = subprocess.run(
            [engine, *_LINE, source.name],
            cwd=source.parent,
            env={**os.environ, **_PARANOID, **_WHOLE_LINES},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            f"{engine} was stopped after {_SECONDS} s; write LaTeX with --to tex and compile it"
        ) from None
    written = source.with_suffix(".log")
    log = written.read_text("utf-8", "replace") if written.exists() else ""
    if done.returncode:
        raise InputError(_explained(engine, log))
    return log


def _explained(engine: str, log: str) -> str:
    missing = re.search(r"File `([^']+)' not found", log)
    if missing:
        return (
            f"TeX misses {missing[1]}: install TeX Live's recommended and extra packages (on "
            f"Debian: apt-get install {PACKAGES}), or write LaTeX with --to tex"
        )
    error = re.search(r"^! (.*)$", log, re.MULTILINE)
    said = error[1] if error else "no error message"
    return f"{engine} could not make the PDF ({said}); write LaTeX with --to tex to look into it"
