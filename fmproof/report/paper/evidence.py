"""What each step rests on: its rule, its side conditions, the numbers; and why one fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fmproof.report.breaking import formula_width, lines
from fmproof.report.document import NumberedCondition, Section, anchor, unmet
from fmproof.report.laws import Laws
from fmproof.report.model import Failure, Formula, StepReport
from fmproof.report.paper.align import display, fit_to, plain_rows
from fmproof.report.tex import Tex, code, escape, mathematics, said
from fmproof.report.words import count, sentence

ROWS = 40  #: of one tabular, so that it fits on a page
LABELS = 2.5  #: em of a label before a side condition
LETTER = 0.45  #: em of a letter of words, on average
SMALL = 1.09  #: em of the list's own size in one of the document's


@dataclass(frozen=True)
class EvidenceAppendix:
    """The appendix of one section, for the templates."""

    title: str
    tables: tuple[Tex, ...]  #: the rows of each tabular
    conditions: tuple[Tex, ...]  #: items of a list
    refuted: tuple[Tex, ...]
    problems: str  #: on how many the numbers were computed, in words; "" without numbers


def evidence(section: Section, laws: Laws, room: float) -> EvidenceAppendix:
    """What the steps of ``section`` rest on, formulas with their laws abbreviated."""
    rows = list(_step_rows(section))
    tables = [rows[i : i + ROWS] for i in range(0, len(rows), ROWS)]
    return EvidenceAppendix(
        title=section.derivation.title,
        tables=tuple(Tex("\n".join(table)) for table in tables),
        conditions=tuple(_item(section, row, laws, room) for row in section.conditions),
        refuted=tuple(_refuted(section.measured)),
        problems=_problems(section.measured),
    )


def _step_rows(section: Section) -> Iterator[str]:
    for chain in section.chains:
        for link in chain.links:
            step = link.step
            rule = escape(step.rule)
            if link.using:
                rule = Tex(f"{rule}: {', '.join(map(said, link.using))}")
            # The last cell ends the row, and is not to be ragged: that would redefine the end.
            yield (
                rf"\raggedright {_mark(step)}{escape(step.id)} & \raggedright {rule} & "
                rf"\raggedright {_numbers(step)} & {_ranges(link.conditions)} \\"
            )


def _mark(step: StepReport) -> str:
    return "" if step.status == "proved" else r"\fmprooffailed{$\times$} "


def _numbers(step: StepReport) -> str:
    if step.numeric is None:
        return ""
    status = step.numeric.status
    shown = rf"\fmprooffailed{{\textbf{{{status}}}}}" if status == "refuted" else status
    return shown if step.numeric.worst is None else f"{shown}, {_power(step.numeric.worst)}"


def _power(value: float) -> str:
    """A number to two digits, small and large ones with a power of ten."""
    if value == 0 or 1e-2 <= value < 1e3:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"${mantissa} \cdot 10^{{{int(exponent)}}}$"


def _problems(measured: Iterable[StepReport]) -> str:
    """On how many problems the steps were evaluated."""
    numbers = sorted({step.numeric.problems for step in measured if step.numeric is not None})
    if not numbers:
        return ""
    most = count(numbers[-1], "random problem")
    return most if len(numbers) == 1 else f"{numbers[0]} to {most}"


def _ranges(labels: Sequence[str]) -> str:
    """ "S1, S4–S6" for S1, S6, S5, S4."""
    numbers = sorted(int(label[1:]) for label in labels)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"S{run[0]}" if len(run) == 1 else f"S{run[0]}{', ' if len(run) == 2 else '--'}S{run[-1]}"
        for run in runs
    )


def _item(section: Section, row: NumberedCondition, laws: Laws, room: float) -> Tex:
    here = f"fmproof:{anchor(section.anchor, set())}"
    formula = laws.shorten(mathematics(row.condition.formula))
    if row.condition.discharged_by is None:
        by = "not derived"
        reason = rf"\fmprooffailed{{\textbf{{{by}}}}}"
    else:
        names = {h.name for h in section.derivation.hypotheses}
        facts = row.condition.discharged_by.split(", ")
        by = ", ".join(f"({fact})" if fact in names else fact for fact in facts)
        reason = escape(by)
    needed = f"{reason}; for {escape(row.needed_in)}"
    free = SMALL * room - LABELS
    beside = formula_width(formula) + LETTER * len(f"{by}; for {row.needed_in}") + 1 < free
    between = r"\hfill " if beside else "\\\\\n  "
    return Tex(
        rf"\item[\fmprooflabel{{{here}:{row.label}}}{{{row.label}}}{row.label}] "
        f"{_inline(formula, free)}{between}{needed}"
    )


def _inline(formula: str, room: float) -> str:
    """A formula within a list, in display style, broken where it is long."""
    first, *rest = lines(formula, room)
    if not rest:
        return rf"$\displaystyle {fit_to(first.latex, room)}$"
    # What a formula holds for needs no display of its own.
    ends = re.fullmatch(r"\\quad\\text\{for .*", rest[0].latex)
    if len(rest) == 1 and ends:
        return rf"$\displaystyle {fit_to(first.latex, room)}$\\ ${rest[0].latex}$"
    body = r" \\ ".join(
        [
            f"& {fit_to(first.latex, room)}",
            *("& " + r"\quad" * line.indent + f" {{}}{fit_to(line.latex, room)}" for line in rest),
        ]
    )
    return rf"$\begin{{aligned}}[t] {body} \end{{aligned}}$"


def _refuted(measured: Iterable[StepReport]) -> Iterator[Tex]:
    for step in measured:
        numeric = step.numeric
        if numeric is None or not numeric.counterexample:
            continue
        again = f" (again: {code(numeric.reproduce)})" if numeric.reproduce else ""
        yield Tex(
            rf"\fmprooffailed{{\textbf{{Step {escape(step.id)} is refuted}}}} by this problem"
            f"{again}:\\par\n\\noindent {code(numeric.counterexample)}"
        )


def failure(step: StepReport, found: Failure, laws: Laws, room: float, told: bool) -> Tex:
    """Why a step is not accepted, with what was expected and what was found.

    Args:
        told: whether the document says elsewhere what would have to be declared.
    """
    words = rf"\noindent\fmprooffailed{{\textbf{{Step {escape(step.id)} is not accepted:}}}} "
    conditions = unmet(step)
    if conditions:
        needed = [row for c in conditions for row in _rows_of(c, laws, room)]
        verb = "does" if len(conditions) == 1 else "do"
        words += (
            f"it needs\n{display(needed)}\nwhich {verb} not follow from the declared hypotheses."
        )
    else:
        words += f"{escape(found.summary.rstrip('.'))}."
    if found.where:
        words += f" Where: {escape(found.where)}."
    if found.hint and not (conditions and told):
        words += f" {escape(sentence(found.hint).rstrip('.'))}."
    for label, formula in (
        ("The rule gives", found.expected),
        ("The claim gives", found.found),
        ("The difference is", found.difference),
    ):
        if formula is not None:
            words += f"\n{label}\n{displayed_formula(formula, room)}"
    return Tex(words + r"\par")


def _rows_of(formula: Formula, laws: Laws, room: float) -> list[str]:
    return plain_rows(laws.shorten(mathematics(formula)), room - 4)


def displayed_formula(formula: Formula, room: float, end: str = "") -> str:
    """A formula in a display of its own."""
    return display(plain_rows(mathematics(formula), room - 4, end))
