"""What every document shows besides the report's own fields: numbering, anchors, chains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fmproof.report.model import (
    DerivationReport,
    Formula,
    PartReport,
    Prose,
    Report,
    ShownConstant,
    SideCondition,
    StepReport,
    Symbol,
)
from fmproof.report.words import coq_words, failed_steps, label_ranges, sentence

LISTED = 12  #: steps that are named one by one before they are counted

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class NumberedCondition:
    """A side condition as it stands in the table: once, with every step that needs it."""

    label: str  #: "S1", "S2", …
    condition: SideCondition
    steps: tuple[str, ...]
    needed_in: str  #: the steps in words, e.g. "1.2, 2.1–2.3"


@dataclass(frozen=True)
class Link:
    """A step between the two terms that it relates."""

    before: Formula
    step: StepReport
    conditions: tuple[str, ...]  #: labels in the table of side conditions
    using: tuple[Prose, ...]  #: the earlier results that it uses, parts by their titles


@dataclass(frozen=True)
class Chain:
    """A part with its steps linked."""

    title: str  #: the part's, or "Steps" where that would repeat the derivation's
    part: PartReport
    links: tuple[Link, ...]

    @property
    def says(self) -> Prose:
        """What the author says of the part, and for which values its lines hold if not for all."""
        part = self.part
        if part.almost is None:
            return part.says
        said = (*part.says, " ") if part.says else ()
        return (*said, "Its lines hold for almost every ", part.almost, ".")


@dataclass(frozen=True)
class Section:
    """A derivation, ready to be laid out."""

    derivation: DerivationReport
    anchor: str  #: unique in the document, of letters, digits and dashes
    chains: tuple[Chain, ...]
    conditions: tuple[NumberedCondition, ...]

    @property
    def coq(self) -> str:
        """What Coq says of the derivation, as a sentence; "" where it was not asked."""
        verdict = self.derivation.coq
        return "" if verdict is None else sentence(coq_words(verdict)).rstrip(".") + "."

    @property
    def measured(self) -> tuple[StepReport, ...]:
        """The steps that come with numeric evidence."""
        return tuple(step for step in self.derivation.steps if step.numeric is not None)

    @property
    def failed(self) -> tuple[StepReport, ...]:
        """The steps that were not accepted."""
        return failed_steps(self.derivation)

    @property
    def listed(self) -> tuple[StepReport, ...]:
        """The first of them, as many as a summary names one by one."""
        return self.failed[:LISTED]

    def ranges(self, steps: Sequence[str]) -> str:
        """Labels of steps in words, e.g. "1.2, 2.1–2.3"."""
        return label_ranges(steps, self.derivation)


def report_sections(report: Report) -> tuple[Section, ...]:
    """The derivations of a report, numbered and linked."""
    taken: set[str] = set()
    return tuple(_section(derivation, taken) for derivation in report.derivations)


def _section(derivation: DerivationReport, taken: set[str]) -> Section:
    needed: dict[SideCondition, list[str]] = {}
    for step in derivation.steps:
        for condition in step.conditions:
            needed.setdefault(condition, []).append(step.id)
    conditions = tuple(
        NumberedCondition(
            f"S{number}", condition, tuple(dict.fromkeys(steps)), label_ranges(steps, derivation)
        )
        for number, (condition, steps) in enumerate(needed.items(), 1)
    )
    labels = {row.condition: row.label for row in conditions}
    chains = tuple(
        Chain(
            "Steps" if part.title == derivation.title else part.title,
            part,
            tuple(_links(part, labels, part_titles(derivation))),
        )
        for part in derivation.parts
    )
    return Section(derivation, anchor(derivation.name, taken), chains, conditions)


def part_titles(derivation: DerivationReport) -> dict[str, str]:
    """The titles of parts that steps refer to by another name."""
    return {part.name: part.title for part in derivation.parts if part.name}


def _links(
    part: PartReport, labels: dict[SideCondition, str], titles: dict[str, str]
) -> Iterator[Link]:
    before = part.start
    for step in part.steps:
        needed = tuple(dict.fromkeys(labels[c] for c in step.conditions))
        using = tuple((titles.get(str(name), name), *rest) for name, *rest in step.using)
        yield Link(before, step, needed, using)
        before = step.claim


def unmet(step: StepReport) -> tuple[Formula, ...]:
    """The side conditions for which alone a step is not accepted; the failure says it in words."""
    failure = step.failure
    if failure is None or failure.expected is not None or failure.difference is not None:
        return ()
    return tuple(c.formula for c in step.conditions if c.discharged_by is None)


def anchor(name: str, taken: set[str]) -> str:
    """``name`` as a label for links: ASCII letters, digits, dots and dashes, never used before."""
    stem = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-") or "x"
    label, number = stem, 1
    while label in taken:
        number += 1
        label = f"{stem}-{number}"
    taken.add(label)
    return label


def with_definition(item: Symbol | ShownConstant) -> Formula:
    """name = definition, or the name alone."""
    if item.definition is None:
        return item.name
    return Formula(
        f"{item.name.text} = {item.definition.text}", f"{item.name.latex} = {item.definition.latex}"
    )


def printable(text: str) -> str:
    """``text`` without control characters, and without those that turn the reading direction."""
    return _CONTROL.sub(" ", text)


def spans(text: str) -> Iterator[tuple[bool, str]]:
    """``text`` in pieces, each with whether it stood between backticks, which are left out."""
    for i, piece in enumerate(re.split("`([^`]*)`", text)):
        if piece:
            yield bool(i % 2), piece


def heading(report: Report) -> str:
    """The title of a document about ``report``."""
    if len(report.derivations) == 1:
        return report.derivations[0].title
    return "Derivations checked by fmproof"
