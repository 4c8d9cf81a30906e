r"""The pieces of one derivation: its theorem, and the proof part by part.

The LaTeX uses the environments that a person would write (``theorem``, ``enumerate``, ``proof``,
``align*``), so that it can be edited by hand afterwards. A law is written out where a symbol is
defined and abbreviated from there on; the conditions of all steps are one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fmproof.report.breaking import formula_width
from fmproof.report.document import Chain, Section, anchor, part_titles
from fmproof.report.laws import Laws
from fmproof.report.model import (
    DerivationReport,
    Formula,
    HypothesisReport,
    Prose,
    ShownConstant,
    StepReport,
    Used,
)
from fmproof.report.paper.align import SIGNS, align, display, plain_rows, rows, series
from fmproof.report.paper.evidence import LETTER, displayed_formula, failure
from fmproof.report.paper.reasons import REASONS, SAID, TACIT
from fmproof.report.tex import Tex, code, escape, mathematics, plain, said

START = 0.23  #: of a line; a first term that is wider stands on a line of its own
INDENT = 4.0  #: em of a list
FULL = 0.9  #: of a line; words that fill it may be spread
BESIDE = 0.7  #: of a line; a longer reason is a block below its row
LABEL = 20  #: letters of a step's label; a longer one is set below its row, too


@dataclass(frozen=True)
class Known:
    """What earlier sections of the document have said.

    Attributes:
        theorems: name of a derivation -> the label of its theorem.
        assumed: name of a hypothesis -> what it says, and the theorem that states it.
        constants: a constant -> the theorem that defines it.
    """

    theorems: Mapping[str, str]
    assumed: Mapping[str, tuple[Formula, str]]
    constants: Mapping[ShownConstant, str]


@dataclass(frozen=True)
class Writer:
    """The pieces of one section.

    Attributes:
        room: the width of a line, in em.
        brief: whether what an earlier theorem states is cited.
        numbered: whether rows show the labels of their steps.
    """

    here: Section
    laws: Laws
    known: Known
    room: float
    brief: bool
    numbered: bool

    @property
    def d(self) -> DerivationReport:
        return self.here.derivation

    @property
    def label(self) -> str:
        return f"fmproof:{self.here.anchor}"

    # --- the theorem --------------------------------------------------------------------

    def theorem(self) -> Tex:
        """Hypotheses, what follows, and the constants in it."""
        words = ""
        declared = [h for h in self.d.hypotheses if h.declared]
        known = [h for h in declared if self._cited(h)]
        if known:
            names = series(f"({escape(h.name)})" for h in known)
            label = self.known.assumed[known[0].name][1]
            words += rf"Assume {names} of Theorem~\ref{{{label}}}"
            if len(known) == len(declared):
                words += ". "
            else:
                rest = (
                    rf"\textup{{({escape(h.name)})}} "
                    + (f"{said(h.meaning)}: " if h.meaning else "")
                    + self._inline(h.formula)
                    for h in declared
                    if h not in known
                )
                words += f", and {series(rest)}. "
        elif declared:
            items = []
            for i, h in enumerate(declared):
                meaning = f"{said(h.meaning)}: " if h.meaning else ""
                end = "." if i == len(declared) - 1 else ";"
                mark = (
                    rf"\item[\textup{{({escape(h.name)})}}]"
                    rf"\fmprooflabel{{{self.label}:{_anchor(h.name)}}}{{{escape(h.name)}}}"
                )
                items.append(f"{mark} {meaning}{self._beside(h, end)}")
            listed = "\n".join(items)
            words += f"Assume that\n\\begin{{enumerate}}\n{listed}\n\\end{{enumerate}}\n"
        quantified = self._for_every(self.d.free)
        then = "Then" if declared else ""
        if quantified:
            then += f", for every {quantified}," if then else f"For every {quantified},"
        words += f"{then or 'We have'}\n"
        results = [(p.statement, p.free) for p in self.d.parts if p.result]
        stated = [(self.d.statement, self.d.free)]
        stated += [(s, free) for s, free in results if s != self.d.statement]
        written = []
        for i, (statement, free) in enumerate(stated):
            extra = self._for_every([v for v in free if v not in self.d.free])
            tail = rf"\quad\text{{for every }}{extra.replace('$', '')}" if extra else ""
            last = i == len(stated) - 1
            end = "," if not last or self._constants_of(stated) else "."
            shortened = self.laws.shorten(mathematics(statement))
            written += plain_rows(shortened, self.room - 4, tail + end)
        words += display(written)
        constants = self._constants_of(stated)
        stated_before = self.known.constants
        if constants and self.brief and all(c in stated_before for c in constants):
            label = stated_before[constants[0]]
            words += f"\nwith ${mathematics(constants[0].name)}$ as in Theorem~\\ref{{{label}}}."
        elif constants:
            words += f"\nwhere\n{self._definitions(constants, '.')}"
        return Tex(words)

    def _beside(self, hypothesis: HypothesisReport, end: str) -> str:
        """The formula of a hypothesis: in the line of its words, or a display where it is wide."""
        shortened = self.laws.shorten(mathematics(hypothesis.formula))
        line = self.room - INDENT
        words = LETTER * len(hypothesis.meaning) % line
        bound = re.split(r" < \\infty|\\quad", shortened)[0]  # what stays together
        if words + formula_width(bound) < line - 1 or words > FULL * line > formula_width(bound):
            return self._inline(hypothesis.formula) + end
        return f"\n{display(plain_rows(shortened, self.room - 6, end))}"

    def _cited(self, hypothesis: HypothesisReport) -> bool:
        known = self.known.assumed.get(hypothesis.name)
        return self.brief and known is not None and known[0] == hypothesis.formula

    def _for_every(self, free: Sequence[Formula]) -> str:
        return ", ".join(f"${mathematics(v)}$" for v in free)

    def _constants_of(self, stated: Sequence[tuple[Formula, object]]) -> list[ShownConstant]:
        return _mentioned([s.text for s, _ in stated], self.d.constants)

    def _definitions(self, constants: Sequence[ShownConstant], end: str) -> str:
        wide = [
            formula_width(mathematics(c.name))
            + 1.5
            + formula_width(self.laws.shorten(mathematics(c.definition)))
            for c in constants
        ]
        if sum(wide) + 2 * len(wide) < self.room - 4:
            cells = r", \qquad ".join(
                f"{mathematics(c.name)} = {self.laws.shorten(mathematics(c.definition))}"
                for c in constants
            )
            return f"\\[\n  {cells}{end}\n\\]"
        written = [
            row
            for i, c in enumerate(constants)
            for row in rows(
                mathematics(c.name),
                "=",
                self.laws.shorten(mathematics(c.definition)),
                self.room - max(formula_width(mathematics(c.name)) for c in constants),
                end if i == len(constants) - 1 else ",",
            )
        ]
        return align(written)

    # --- the proof ----------------------------------------------------------------------

    def lemmas(self) -> Tex:
        """The earlier theorems, and the constants that the theorem itself does not mention."""
        # One that is about other symbols of the same names is cited by the reason alone.
        words = [
            self._recalled(u, u.statement)
            for u in self.d.uses
            if u.statement is not None and u.statement != self.d.statement
        ]
        results = [p.statement.text for p in self.d.parts if p.result]
        stated = _mentioned([self.d.statement.text, *results], self.d.constants)
        rest = [c for c in self.d.constants if c not in stated]
        rest = _mentioned([c.name.text for c in rest if not _used_by(c, rest)], rest)
        if rest:
            where = "where" if words else "Put"
            words.append(f"{where}\n{self._definitions(rest, '.')}")
        elif words:
            words[-1] += "."
        return Tex("\n".join(words))

    def _recalled(self, used: Used, statement: Formula) -> str:
        shown = self.laws.shorten(mathematics(statement))
        if used.name in self.known.theorems:
            return f"By {self._theorem(used.name)}, ${shown}$"
        return (
            f"By the theorem \\emph{{{escape(used.title)}}} ({self._theorem(used.name)}), ${shown}$"
        )

    def _theorem(self, name: str) -> str:
        label = self.known.theorems.get(name)
        return rf"Theorem~\ref{{{label}}}" if label else rf"\texttt{{{escape(name)}}}"

    def chain(self, chain: Chain) -> Tex:
        """What a part shows, in words and then in rows."""
        head = ""
        if len(self.d.parts) > 1:
            title = escape(chain.part.title).rstrip(".")
            head = (
                rf"\fmprooflabel{{{self.label}:{_anchor(chain.part.title)}}}{{{title}}}"
                rf"\emph{{{title}.}} "
            )
        words = self._said(chain.says)
        if chain.part.status == "failed":
            head += r"\fmprooffailed{(not proved)} "
        blocks: list[str] = []
        written: list[str] = []
        steps = [link.step for link in chain.links]
        start = self.laws.shorten(mathematics(chain.part.start))
        if self._stands_before(start, steps):
            before, indent, room = start, "", self.room - formula_width(start)
        else:
            written += plain_rows(start, self.room - 2)
            before, indent, room = "", r"\qquad ", self.room - 2
        for step in steps:
            written += self._step(step, before, indent, room, "." if step is steps[-1] else "")
            before = ""
            if step.failure is not None:
                told = any(step.id in m.needed_by for m in self.d.missing)
                reason = failure(step, step.failure, self.laws, self.room, told)
                blocks += [align(written), reason]
                written = []
        if written:
            blocks.append(align(written))
        return Tex("\n".join([f"{head}{words}", *blocks]))

    def _stands_before(self, start: str, steps: Sequence[StepReport]) -> bool:
        """Whether the first term stands before the rows, and not on a line of its own.

        It does where it is narrow, unless that leaves reasons no place beside their rows.
        """
        rows_and_reasons = [
            formula_width(self.laws.shorten(mathematics(step.claim)))
            + _natural_width(self._tag(step))
            + 3
            for step in steps
        ]

        def crowded(indent: float) -> int:
            return sum(wide > self.room - indent for wide in rows_and_reasons)

        return formula_width(start) <= START * self.room and crowded(
            formula_width(start)
        ) <= crowded(2)

    def _step(self, step: StepReport, before: str, indent: str, room: float, end: str) -> list[str]:
        claim = self.laws.shorten(mathematics(step.claim))
        written = rows(before, SIGNS[step.relation], claim, room, end, indent)
        tag = self._tag(step)
        written[-1] += rf" \tag*{{{tag}}}" if tag else ""
        return [f"% {plain(step.id)}: {plain(step.rule)}\n  {written[0]}", *written[1:]]

    def _tag(self, step: StepReport) -> str:
        """What stands at the end of a row: the reason, and the step's label where it is shown."""
        reason = self._reason(step)
        label = ""
        if self.numbered:
            label = rf"\fmproofstep{{{self.label}:{_anchor(step.id)}}}{{{escape(step.id)}}}"
            if step.status == "failed":
                label = rf"\fmprooffailed{{$\times$ {label}}}"
        words = r"\quad ".join(filter(None, (reason, label)))
        long = _natural_width(reason) > BESIDE * self.room or len(step.id) > LABEL
        return rf"\parbox{{.75\linewidth}}{{\raggedleft {words}}}" if long else words

    def _reason(self, step: StepReport) -> str:
        """What stands beside a row: the author's reason, or the rule as one would say it."""
        if step.note:
            return rf"({self._said(step.note)})"
        words = [REASONS.get(rule, rule) for rule in step.rule.split(", ")]
        words = [word for word in words if word]
        cited = [f"{self._result(str(used[0]))}{said(used[1:])}" for used in step.using]
        if cited:
            words.append(f"by {series(cited)}")
        return f"({', '.join(words)})" if words else ""

    def _result(self, name: str) -> str:
        """How an earlier result is called: by its theorem, its hypothesis or its part's title."""
        if name in {used.name for used in self.d.uses}:
            return self._theorem(name)
        if name in {h.name for h in self.d.hypotheses}:
            return f"({escape(name)})"
        title = part_titles(self.d).get(name, name)
        return escape(title) if title.startswith("Part ") else rf"\emph{{{escape(title)}}}"

    def conditions(self) -> Tex:
        """Why all of it is finite and every interchange allowed, in one paragraph."""
        if not self.here.conditions:
            return Tex("")
        names = {h.name for h in self.d.hypotheses}
        used: dict[str, None] = {}
        facts: dict[str, None] = {}
        for row in self.here.conditions:
            for fact in (row.condition.discharged_by or "").split(", "):
                if fact in names:
                    used[fact] = None
                elif fact and fact not in TACIT:
                    facts[fact] = None
        if not used:
            return Tex("All integrals above are finite.")
        hypotheses = series(f"({escape(name)})" for name in names_in_order(self.d, used))
        if not any(_is_integral(row.condition.formula) for row in self.here.conditions):
            return Tex(f"Every quotient and every derivative above exists by {hypotheses}.")
        by = series(dict.fromkeys(str(escape(SAID.get(fact, fact))) for fact in facts))
        return Tex(
            "All expectations and integrals above are finite, and all interchanges of them are "
            f"justified. This follows from {hypotheses}" + (f" by {by}" if by else "") + "."
        )

    def assumed(self) -> Tex:
        """What would have to be declared, once; else what is taken for granted step by step."""
        if self.d.missing:
            found = [(m.formula, m.needed_by, m.code) for m in self.d.missing]
        else:
            found = [(h.formula, h.used_by, None) for h in self.d.hypotheses if not h.declared]
        blocks = []
        for formula, steps, line in found:
            words = f"needed by {escape(self.here.ranges(steps))}"
            if line:
                words += rf"; to assume it, declare\\ {code(line)}"
            blocks.append(f"{displayed_formula(formula, self.room)}\n{words}.")
        return Tex(
            "\\begin{flushleft}\n" + "\n".join(blocks) + "\n\\end{flushleft}" if blocks else ""
        )

    # --- small things -------------------------------------------------------------------

    def _inline(self, formula: Formula) -> str:
        shown = self.laws.shorten(mathematics(formula)).replace(r"< \infty", r"<\nobreak\infty")
        return re.sub(r" *\\quad\\text\{(for [a-z ]*) \} *", r"$ \1~$", f"${shown}$")

    def _said(self, prose: Prose) -> Tex:
        return said(
            tuple(
                p if isinstance(p, str) else Formula(p.text, self.laws.shorten(p.latex))
                for p in prose
            )
        )


def names_in_order(d: DerivationReport, used: Iterable[str]) -> list[str]:
    """Names of hypotheses in the order of their declaration."""
    wanted = set(used)
    return [h.name for h in d.hypotheses if h.name in wanted]


def formulas(d: DerivationReport) -> Iterator[str]:
    """Every formula that a proof shows, its definitions apart."""
    yield d.statement.latex
    for h in d.hypotheses:
        yield h.formula.latex
    for c in d.constants:
        yield c.definition.latex
    for part in d.parts:
        yield part.start.latex
        for step in part.steps:
            yield step.claim.latex


def _mentioned(texts: Sequence[str], constants: Sequence[ShownConstant]) -> list[ShownConstant]:
    """The constants that occur in ``texts``, and those that their definitions use, outer first."""

    def named(among: Sequence[str]) -> list[ShownConstant]:
        names = [(c, re.compile(rf"(?<!\w){re.escape(c.name.text)}(?!\w)")) for c in constants]
        return [c for c, name in names if any(name.search(text) for text in among)]

    found: list[ShownConstant] = []
    new = named(texts)
    while new:
        found += new
        new = [c for c in named([c.definition.text for c in new]) if c not in found]
    return found


def _used_by(constant: ShownConstant, others: Sequence[ShownConstant]) -> bool:
    return any(_mentioned([c.definition.text], [constant]) for c in others)


def _is_integral(formula: Formula) -> bool:
    return r"\mathbb{E}" in formula.latex or r"\int" in formula.latex


def _natural_width(reason: str) -> float:
    """The estimated width of words with formulas among them, in em."""
    pieces = re.sub(r"\\ref\{[^}]*\}", "0", reason).split("$")
    words = sum(len(re.sub(r"\\[a-zA-Z]+|[{}]", "", piece)) for piece in pieces[::2])
    return LETTER * words + sum(map(formula_width, pieces[1::2]))


def _anchor(name: str) -> str:
    return anchor(name, set())
