"""A report as a Jupyter notebook that checks the derivations again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from fmproof.report import markdown
from fmproof.report.document import heading, report_sections
from fmproof.report.model import Report, RuleEntry


def render(
    report: Report,
    sources: Sequence[str],
    command: str = "",
    rules: Sequence[RuleEntry] = (),
    problem: str = "",
) -> str:
    """``report`` as a notebook (format 4.5), without outputs.

    Args:
        sources: what was checked: names of built-in derivations, and paths of Python files.
        command: the command line that produced it, for the note at its end.
        rules: the catalogue of rules, for an appendix.
        problem: the file of a problem, as the notebook finds it, for plots and a slider over t.
    """
    written = [*_cells(report, sources), *(_plots(problem) if problem else ())]
    cells = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(written, 1)]
    if rules:
        cells.append({"id": "rules", **_text(markdown.fill("rules.md", rules=rules))})
    if command:
        note = f"Written by fmproof {report.version}: {markdown.code(command)}"
        cells.append({"id": "note", **_text(note)})
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _cells(report: Report, sources: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield _text(f"# {markdown.escape(heading(report))}")
    yield _text(
        "The next cell checks every step again; `report` or `print(report)` in a cell of its own "
        "shows the whole. What stands below was printed from the "
        f"report of the check that wrote this notebook, which said *{report.status}*."
    )
    finds = "".join(f"    *find({source!r}),\n" for source in sources)
    # Both witnesses again, if both were asked.
    both = any(step.numeric for derivation in report.derivations for step in derivation.steps)
    again, module = ("verify", "fmproof.verify") if both else ("check", "fmproof")
    yield _code(
        "from fmproof.sources import find\n"
        f"from {module} import {again}\n\n"
        f"derivations = [\n{finds}]\n"
        f"report = {again}(derivations)\n"
        'print(*(f"{d.status}: {d.title}" for d in report.derivations), sep="\\n")'
    )
    for section in report_sections(report):
        if len(report.derivations) > 1:
            yield _text(f"## {markdown.escape(section.derivation.title)}")
        yield _text(markdown.fill("theorem.md", section=section))
        for chain in section.chains:
            yield _text(markdown.fill("part.md", chain=chain))
        yield _text(markdown.fill("evidence.md", section=section))
    yield _text("The check agrees with what is printed above when this says nothing:")
    yield _code(
        f"if report.status != {report.status!r}:\n"
        f'    raise SystemExit(f"the report says {{report.status}}, not {report.status}")'
    )


def _plots(problem: str) -> Iterator[dict[str, Any]]:
    yield _text("## On a concrete problem\n\nPictures illustrate; they prove nothing.")
    yield _code(
        "from fmproof.evaluation import evaluate\n"
        "from fmproof.models import load_problem\n\n"
        f"problem = load_problem({problem!r})\n"
        "evaluate(problem)"
    )
    yield _text("The density, the fields and the conditional variance at any time *t*:")
    yield _code("from fmproof.report.plots.slider import slider\n\nslider(problem)")
    yield _code(
        "from IPython.display import display\n\n"
        "from fmproof.report.plots import pictures\n\n"
        "display(*pictures(problem))"
    )


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(source)}


def _code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": _lines(source),
    }


def _lines(source: str) -> list[str]:
    return source.rstrip("\n").splitlines(keepends=True)
