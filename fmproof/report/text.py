"""A report as text for a terminal: what was claimed, by which rule, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import IntEnum
from typing import Any

from click import style

from fmproof.report.layout import command_lines, formula_lines, hang, prose_lines
from fmproof.report.model import (
    DerivationReport,
    Failure,
    Formula,
    HypothesisReport,
    Numeric,
    PartReport,
    Report,
    SideCondition,
    Status,
    StepReport,
)
from fmproof.report.words import (
    COQ_MARK,
    EXPECTED,
    FOUND,
    coq_words,
    derivation_verdict,
    explanation,
    label_ranges,
    numeric_legend,
    numeric_mark,
    numeric_summary,
    numeric_words,
    plain,
    verdict,
)
from fmproof.tables import FixedMapping

MARK: Mapping[Status, str] = FixedMapping([("proved", "✓"), ("failed", "✗")])
_COLOUR: dict[Status, str] = {"proved": "green", "failed": "red"}
_INDENT = "  "


class Detail(IntEnum):
    """How much to print."""

    QUIET = 0  #: one line for each derivation
    NORMAL = 1  #: every step with its claim and rule, hypotheses, constants
    STEPS = 2  #: and each step's conditions, what they follow from, and the author's notes


def render(
    report: Report,
    detail: Detail = Detail.NORMAL,
    width: int = 88,
    colour: bool = False,
    lettered: Callable[[str], str] = str,
) -> str:
    """``report`` in lines of ``width`` columns where the formulas allow it.

    Args:
        lettered: writes a text in the letters that there are; lines are laid out after it.
    """
    if detail is Detail.QUIET:
        lines = list(_one_line_each(report.derivations, _Painter(colour)))
    else:
        shown = _respelled(report, lettered)
        lines = list(_Pages(detail, width, _Painter(colour), lettered).report(shown))
    return "".join(line.rstrip() + "\n" for line in lines)


def _respelled(found: Any, lettered: Callable[[str], str]) -> Any:
    """A report, or a piece of one, with every text in it written by ``lettered``."""
    if isinstance(found, str):
        return lettered(found)
    if isinstance(found, Formula):
        return Formula(lambda: lettered(found.text), lambda: found.latex)
    if isinstance(found, tuple):
        return tuple(_respelled(piece, lettered) for piece in found)
    if is_dataclass(found) and not isinstance(found, type):
        texts = {f.name: _respelled(getattr(found, f.name), lettered) for f in fields(found)}
        return replace(found, **texts)
    return found


class _Painter:
    """Colours, or none."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def heading(self, text: str) -> str:
        return style(text, bold=True) if self.colour else text

    def faint(self, text: str) -> str:
        return style(text, dim=True) if self.colour else text

    def rule(self, text: str) -> str:
        return style(text, fg="cyan") if self.colour else text

    def different(self, text: str) -> str:
        return style(text, fg="yellow") if self.colour else text

    def status(self, text: str, status: Status) -> str:
        return style(text, fg=_COLOUR[status], bold=True) if self.colour else text


def _one_line_each(derivations: Sequence[DerivationReport], paint: _Painter) -> Iterator[str]:
    names = max((len(d.name) for d in derivations), default=0)
    for d in derivations:
        mark = paint.status(MARK[d.status], d.status)
        yield f"{mark} {d.name:<{names}}  {derivation_verdict(d)}"
        if d.coq is not None:
            yield f"{COQ_MARK[d.coq.status]} {d.name:<{names}}  {coq_words(d.coq)}"


class _Pages:
    """The layout of one report: every method yields lines."""

    def __init__(
        self, detail: Detail, width: int, paint: _Painter, lettered: Callable[[str], str]
    ) -> None:
        self.lettered = lettered
        self.detail = detail
        self.width = width
        self.paint = paint
        self.told: set[str] = set()

    def report(self, report: Report) -> Iterator[str]:
        for derivation in report.derivations:
            yield from self.derivation(derivation)
            yield ""
        legend = self.lettered(numeric_legend(report.derivations))
        if legend:
            yield from self._prose(legend)
        failed = [d for d in report.derivations if d.status == "failed"]
        if failed and len(report.derivations) > 1:
            yield from _one_line_each(failed, self.paint)
        mark = self.paint.status(MARK[report.status], report.status)
        yield f"{mark} {self.paint.status(verdict(report), report.status)}"

    def derivation(self, derivation: DerivationReport) -> Iterator[str]:
        yield from self._prose(derivation.title, heading=f"{derivation.name}: ")
        if derivation.source:
            yield from self._prose(derivation.source)
        yield from self._formula(f"{_INDENT}Theorem  ", derivation.statement.text)
        labels = max(len(step.id) for step in derivation.steps)
        self.told = {label for item in derivation.missing for label in item.needed_by}
        for part in derivation.parts:
            yield ""
            if part.title != derivation.title:
                yield _INDENT + self.paint.heading(part.title)
            yield from self.part(part, labels)
        yield from self.symbols(derivation)
        yield from self.hypotheses(derivation)
        yield from self.missing(derivation)
        yield from self.constants(derivation)
        yield ""
        mark = self.paint.status(MARK[derivation.status], derivation.status)
        for line in prose_lines(derivation_verdict(derivation), self.width - 4):
            yield f"{_INDENT}{mark} {line}"
            mark = " "
        summary = numeric_summary(derivation)
        if summary:
            yield from self._prose(summary, margin=_INDENT + "  ")
        if derivation.coq is not None:
            mark = COQ_MARK[derivation.coq.status]
            for line in prose_lines(coq_words(derivation.coq), self.width - 4):
                yield f"{_INDENT}{mark} {line}"
                mark = " "

    # --- steps ------------------------------------------------------------------------

    def part(self, part: PartReport, labels: int) -> Iterator[str]:
        """The chain: its first term, then a line for each step."""
        margin = " " * (labels + 6)
        if part.almost is not None:
            yield from self._prose(f"for almost every {part.almost.text}:", margin=margin + "  ")
        yield from self._formula(margin + "  ", part.start.text)
        for step in part.steps:
            yield from self.step(step, labels, margin)
            if self.detail is Detail.STEPS:
                yield from self.background(step, margin + "  ")
            if step.failure is not None:
                # What is missing stands once, below the hypotheses.
                told = step.id in self.told
                shown = replace(step.failure, hint=None) if told else step.failure
                yield from self.failure(step, shown, margin + "  ")
            if step.numeric is not None:
                yield from self.numeric(step.numeric, margin + "  ")

    def step(self, step: StepReport, labels: int, margin: str) -> Iterator[str]:
        """The claim, with its rule at the right of its last line."""
        mark = self.paint.status(MARK[step.status], step.status)
        head = f"{_INDENT}{mark} {step.id:<{labels}}  {step.relation} "
        indent = " " * (len(margin) + len(step.relation) + 1)
        claim = formula_lines(step.claim.text, self.width - len(indent))
        refuted = step.numeric is not None and step.numeric.status == "refuted"
        rule = step.rule + self.lettered(numeric_mark(step.numeric))
        space = self.width - len(indent) - len(claim[-1]) - len(rule)
        lines = [head + claim[0], *(indent + line for line in claim[1:])]
        if space < 2:
            lines.append("")
            space = self.width - len(rule)
        yield from lines[:-1]
        shown = self.paint.status(rule, "failed") if refuted else self.paint.rule(rule)
        yield lines[-1] + " " * space + shown

    def background(self, step: StepReport, margin: str) -> Iterator[str]:
        """The author's note, the conditions and what they follow from."""
        if step.note:
            yield from self._prose(plain(step.note), margin=margin)
        for condition in step.conditions:
            yield from self.condition(condition, margin)

    def condition(self, condition: SideCondition, margin: str) -> Iterator[str]:
        yield from self._formula(margin + "needs ", condition.formula.text)
        reason = condition.discharged_by
        yield from self._prose(
            "not derived from the hypotheses" if reason is None else f"by {reason}",
            margin=margin + "      ",
        )

    def failure(self, step: StepReport, failure: Failure, margin: str) -> Iterator[str]:
        """What was expected, what was found, and what would mend it."""
        for line in prose_lines(failure.summary, self.width - len(margin)):
            yield margin + self.paint.status(line, "failed")
        details = explanation(failure, step)
        if step.verdict and step.numeric is not None:
            details.insert(0, ("verdict", step.verdict))
        if step.location is not None:
            details.append(("written at", f"{step.location.file}:{step.location.line}"))
        labels = max((len(label) for label, _ in details), default=0)
        for label, text in details:
            head = f"{margin}{label:<{labels}}  "
            broken = prose_lines if label in ("hint", "verdict", "written at") else formula_lines
            lines = broken(text, self.width - len(head))
            if label in (EXPECTED, FOUND):
                lines = [self.paint.different(line) for line in lines]
            yield from hang(head, lines)

    def numeric(self, numeric: Numeric, margin: str) -> Iterator[str]:
        """What the numbers say: always when they do not agree, else with the details."""
        if numeric.status != "refuted":
            if self.detail is Detail.STEPS:
                yield from self._prose(numeric_words(numeric), margin=margin)
            return
        for line in prose_lines(numeric_words(numeric), self.width - len(margin)):
            yield margin + self.paint.status(line, "failed")
        for line in (numeric.counterexample or "").splitlines():
            yield from self._commented(line, margin + "  ")
        if numeric.reproduce:
            head = f"{margin}reproduce  "
            yield from hang(head, command_lines(numeric.reproduce, self.width - len(head)))

    # --- symbols, hypotheses and constants -----------------------------------------------------

    def symbols(self, derivation: DerivationReport) -> Iterator[str]:
        """What each symbol is taken to be, or stands for: that is assumed as well."""
        if not derivation.symbols:
            return
        yield ""
        yield _INDENT + self.paint.heading("Symbols")
        names = max(len(symbol.name.text) for symbol in derivation.symbols)
        for symbol in derivation.symbols:
            head = f"{_INDENT}{symbol.name.text:<{names}}  "
            if symbol.definition is None:
                yield from hang(head, prose_lines(symbol.described, self.width - len(head)))
            else:
                yield from self._formula(head + ":= ", symbol.definition.text)
                if symbol.words:
                    yield from self._prose(symbol.words, margin=" " * len(head))

    def hypotheses(self, derivation: DerivationReport) -> Iterator[str]:
        for declared, title in ((True, "Hypotheses"), (False, "Assumed but not declared")):
            if not declared and derivation.missing and self.detail is not Detail.STEPS:
                continue  # what is missing says it in fewer words
            chosen = [h for h in derivation.hypotheses if h.declared is declared]
            if chosen:
                yield ""
                yield _INDENT + self.paint.heading(title)
            names = max((len(h.name) for h in chosen if h.declared), default=0)
            for hypothesis in chosen:
                yield from self.hypothesis(hypothesis, derivation, names)

    def hypothesis(
        self, hypothesis: HypothesisReport, derivation: DerivationReport, names: int
    ) -> Iterator[str]:
        label = f"{hypothesis.name:<{names}}  " if hypothesis.declared else "✗ "
        head = _INDENT + label
        margin = " " * len(head)
        yield from self._formula(head, hypothesis.formula.text)
        if hypothesis.meaning:
            yield from self._prose(hypothesis.meaning, margin=margin)
        users = label_ranges(hypothesis.used_by, derivation)
        yield from self._prose(f"used by {users}" if users else "not used", margin=margin)

    def missing(self, derivation: DerivationReport) -> Iterator[str]:
        """What to declare, once, with the line to paste."""
        if not derivation.missing:
            return
        yield ""
        several = "hypotheses" if len(derivation.missing) > 1 else "hypothesis"
        yield _INDENT + self.paint.status(f"Missing {several}", "failed")
        for item in derivation.missing:
            yield from self._formula(_INDENT + "✗ ", item.formula.text)
            users = label_ranges(item.needed_by, derivation)
            yield from self._prose(f"needed by {users}", margin=_INDENT + "  ")
            if item.code is not None:
                yield f"{_INDENT}  declare it: {item.code}"

    def constants(self, derivation: DerivationReport) -> Iterator[str]:
        if not derivation.constants:
            return
        yield ""
        yield _INDENT + self.paint.heading("Constants")
        names = max(len(constant.name.text) for constant in derivation.constants)
        for constant in derivation.constants:
            head = f"{_INDENT}{constant.name.text:<{names}} = "
            yield from self._formula(head, constant.definition.text)

    def _commented(self, line: str, margin: str) -> Iterator[str]:
        """A line of a counterexample; a long comment goes on in another, nothing else is broken."""
        if not line.startswith("# "):
            yield f"{margin}{line}".rstrip()
            return
        for piece in prose_lines(line[2:], self.width - len(margin) - 2):
            yield f"{margin}# {piece}"

    # --- lines ------------------------------------------------------------------------

    def _formula(self, head: str, formula: str) -> Iterator[str]:
        return hang(head, formula_lines(formula, self.width - len(head)))

    def _prose(self, text: str, heading: str = "", margin: str = "") -> Iterator[str]:
        for line in prose_lines(heading + text, self.width - len(margin)):
            yield margin + (self.paint.heading(line) if heading else self.paint.faint(line))
