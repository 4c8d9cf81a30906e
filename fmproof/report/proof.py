r"""A derivation as a mathematician typesets it: setting, theorem, proof.

The LaTeX uses the environments that a person would write (``theorem``, ``enumerate``, ``proof``,
``align*``), so that it can be edited by hand afterwards. A law is written out where a symbol is
defined and abbreviated from there on; the conditions of all steps are one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fmproof.report.breaking import lines, width
from fmproof.report.document import Chain, Section, anchor
from fmproof.report.laws import Laws
from fmproof.report.model import (
    Constant,
    DerivationReport,
    Formula,
    HypothesisReport,
    Prose,
    StepReport,
    Symbol,
    Used,
)
from fmproof.report.tex import Tex, escape, mathematics, plain, said

START = 0.23  #: of a line; a first term that is wider stands on a line of its own
SIGNS = {"=": "=", "≤": r"\le", "≥": r"\ge"}

# How a mathematician names a rule beside a line.
_REASONS = {
    "auto": "",
    "cancel": "cancelling",
    "constant": "constant",
    "definition": "by definition",
    "density": "the density inserted",
    "drop": "an unused variable dropped",
    "expectation": "expectation as integral",
    "fubini": "Fubini",
    "gradient": "a constant has no gradient",
    "lemma": "",
    "linearity": "linearity",
    "marginalisation": "marginalisation",
    "minimisers": "a constant moves no minimiser",
    "nonnegative": "a mean of squares is nonnegative",
    "reorder": "order of drawing",
    "ring": "algebra",
    "square": "square",
    "tower": "tower property",
}
_TACIT = frozenset(
    (
        "sums", "constant factors", "equality", "definition", "cancelling", "second moments",
        "finite measure",
    )
)  # fmt: skip
_SAID = {
    "Cauchy–Schwarz": "the Cauchy–Schwarz inequality",
    "Fubini": "Fubini's theorem",
    "Jensen": "Jensen's inequality",
    "Tonelli": "Tonelli's theorem",
    "parallelogram": "the parallelogram law",
    "absolute continuity": "absolute continuity of the marginal",
    "support of the law": "the support of the law",
}
# Variables of these sorts need no introduction, and abbreviations stand with the constants.
_VECTORS = "vectors, of any dimension d"
_TOLD_ELSEWHERE = frozenset(("real numbers", "parameters of the model", "abbreviation"))


@dataclass(frozen=True)
class Typeset:
    """A section in pieces of LaTeX, for the templates."""

    section: Section
    setting: Tex  #: what the symbols stand for; "" where nothing is new
    laws: Tex  #: the abbreviations of expectations; "" where there is none
    theorem: Tex  #: the body of the theorem
    lemmas: Tex  #: the earlier theorems that the proof uses, and the constants that it needs
    chains: tuple[Tex, ...]
    conditions: Tex  #: why everything in it is finite

    @property
    def proved(self) -> bool:
        """Whether there is a proof to show."""
        return self.section.derivation.status == "proved"


@dataclass
class Typesetter:
    """Typesets sections one after the other; what one has introduced the next does not repeat.

    Attributes:
        room: the width of a line, in em.
        brief: whether hypotheses that an earlier theorem of the document states are cited.
        theorems: name of a derivation -> the label of its theorem in the document.
    """

    room: float
    brief: bool = False
    theorems: dict[str, str] = field(default_factory=dict)
    assumed: dict[str, tuple[Formula, str]] = field(default_factory=dict)
    constants: dict[Constant, str] = field(default_factory=dict)
    known: dict[str, Symbol] = field(default_factory=dict)
    introduced: dict[str, str] = field(default_factory=dict)

    def section(self, section: Section) -> Typeset:
        """The pieces of one section."""
        d = section.derivation
        laws = Laws(_formulas(d))
        setting = self._setting(d)
        fresh = [law for law in laws.short if self.introduced.get(laws.short[law]) != law]
        self.introduced.update({laws.short[law]: law for law in fresh})
        writer = _Writer(self, laws, section)
        typeset = Typeset(
            section=section,
            setting=setting,
            laws=_laws([(law, laws.short[law]) for law in fresh]),
            theorem=writer.theorem(),
            lemmas=writer.lemmas(),
            chains=tuple(writer.chain(chain) for chain in section.chains),
            conditions=writer.conditions(),
        )
        if d.status == "proved":
            label = f"{writer.label}:theorem"
            self.theorems[d.name] = label
            for h in d.hypotheses:
                self.assumed.setdefault(h.name, (h.formula, label))
            for constant in d.constants:
                self.constants.setdefault(constant, label)
        return typeset

    def _setting(self, d: DerivationReport) -> Tex:
        new = [s for s in d.symbols if self.known.get(s.name.latex) != s]
        self.known.update({s.name.latex: s for s in new})
        new = [s for s in new if s.meaning not in _TOLD_ELSEWHERE]
        simple = [s for s in new if s.definition is None or _is_number(s.definition)]
        defined = [s for s in new if s not in simple]
        words = ""
        if simple:
            vectors = [s for s in simple if s.meaning == _VECTORS]
            given = _series(_introduced(s) for s in simple if s not in vectors)
            where = "".join(rf"for ${mathematics(s.name)} \in \mathbb{{R}}^d$" for s in vectors)
            if given:
                verb = "is" if len(simple) - len(vectors) == 1 else "are"
                words = f"Given {verb} {given}{', ' if where else ''}{where}.\n"
        if defined:
            are = "is" if len(defined) == 1 else "are"
            names = _series(_named(s) for s in defined)
            rows = [
                row
                for i, s in enumerate(defined)
                for row in _rows(
                    mathematics(s.name),
                    ":=",
                    _of(s.definition),
                    self.room - max(width(mathematics(s.name)) for s in defined),
                    "." if i == len(defined) - 1 else ",",
                )
            ]
            words += f"{names[:1].upper()}{names[1:]} {are}\n{_align(rows)}\n"
        return Tex(words)


def _introduced(symbol: Symbol) -> str:
    value = "" if symbol.definition is None else f" = {mathematics(symbol.definition)}"
    # The author's words must not hide what is assumed.
    assumed = r" \ge 0" if symbol.words and symbol.meaning.startswith("nonnegative") else ""
    return _named(symbol, value or assumed)


def _named(symbol: Symbol, value: str = "") -> str:
    """ "the model u(x)", "the density p(z) of the data", "a vector field f(x)"."""
    meaning = symbol.words or symbol.meaning
    if not re.match("(the|an?|points) ", meaning):
        meaning = "a " + re.sub(r" in \S+(, \S+)*?(?= on |$)", "", meaning)
    noun, link, rest = re.fullmatch("(.*?)( of | on |$)(.*)", meaning).groups()  # type: ignore[union-attr]
    return f"{escape(noun)} ${mathematics(symbol.name)}{value}${escape(link + rest)}"


def _is_number(definition: Formula) -> bool:
    return re.fullmatch(r"-?[\d./]+", definition.text) is not None


def _of(definition: Formula | None) -> str:
    return "" if definition is None else mathematics(definition)


def _laws(found: Sequence[tuple[str, str]]) -> Tex:
    if not found:
        return Tex("")
    parts = [
        rf"${mathematics(short)}$ for ${mathematics(long)}$".replace(r",\, ", r",\,\allowbreak ")
        for long, short in found
    ]
    return Tex(f"We write {_series(parts)}.\n")


@dataclass
class _Writer:
    """The pieces of one section."""

    document: Typesetter
    laws: Laws
    here: Section

    @property
    def room(self) -> float:
        return self.document.room

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
            names = _series(f"({escape(h.name)})" for h in known)
            label = self.document.assumed[known[0].name][1]
            words += rf"Assume {names} of Theorem~\ref{{{label}}}"
            if len(known) == len(declared):
                words += ". "
            else:
                rest = (
                    rf"\textup{{({escape(h.name)})}} "
                    + (f"{escape(h.meaning)}: " if h.meaning else "")
                    + self._inline(h.formula)
                    for h in declared
                    if h not in known
                )
                words += f", and {_series(rest)}. "
        elif declared:
            items = []
            for i, h in enumerate(declared):
                meaning = f"{escape(h.meaning)}: " if h.meaning else ""
                end = "." if i == len(declared) - 1 else ";"
                mark = (
                    rf"\item[\textup{{({escape(h.name)})}}]"
                    rf"\fmprooflabel{{{self.label}:{_anchor(h.name)}}}{{{escape(h.name)}}}"
                )
                items.append(f"{mark} {meaning}{self._inline(h.formula)}{end}")
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
        rows = []
        for i, (statement, free) in enumerate(stated):
            extra = self._for_every([v for v in free if v not in self.d.free])
            tail = rf"\quad\text{{for every }}{extra.replace('$', '')}" if extra else ""
            last = i == len(stated) - 1
            end = "," if not last or self._constants_of(stated) else "."
            rows += self._displayed(statement, tail + end)
        words += _align(rows) if len(rows) > 1 else _single(rows[0])
        constants = self._constants_of(stated)
        stated_before = self.document.constants
        if constants and self.document.brief and all(c in stated_before for c in constants):
            label = stated_before[constants[0]]
            words += f"\nwith ${mathematics(constants[0].name)}$ as in Theorem~\\ref{{{label}}}."
        elif constants:
            words += f"\nwhere\n{self._definitions(constants, '.')}"
        return Tex(words)

    def _cited(self, hypothesis: HypothesisReport) -> bool:
        known = self.document.assumed.get(hypothesis.name)
        return self.document.brief and known is not None and known[0] == hypothesis.formula

    def _for_every(self, free: Sequence[Formula]) -> str:
        return ", ".join(f"${mathematics(v)}$" for v in free)

    def _displayed(self, formula: Formula, end: str = "") -> list[str]:
        broken = lines(self.laws.shorten(mathematics(formula)), self.room - 4)
        rows = ["& " + r"\quad" * line.indent + f" {line.latex}" for line in broken]
        rows[-1] += end
        return rows

    def _constants_of(self, stated: Sequence[tuple[Formula, object]]) -> list[Constant]:
        return _mentioned([s.text for s, _ in stated], self.d.constants)

    def _definitions(self, constants: Sequence[Constant], end: str) -> str:
        wide = [
            width(mathematics(c.name)) + 1.5 + width(self.laws.shorten(mathematics(c.definition)))
            for c in constants
        ]
        if sum(wide) + 2 * len(wide) < self.room - 4:
            cells = r", \qquad ".join(
                f"{mathematics(c.name)} = {self.laws.shorten(mathematics(c.definition))}"
                for c in constants
            )
            return f"\\[\n  {cells}{end}\n\\]"
        rows = [
            row
            for i, c in enumerate(constants)
            for row in _rows(
                mathematics(c.name),
                "=",
                self.laws.shorten(mathematics(c.definition)),
                self.room - max(width(mathematics(c.name)) for c in constants),
                end if i == len(constants) - 1 else ",",
            )
        ]
        return _align(rows)

    # --- the proof ----------------------------------------------------------------------

    def lemmas(self) -> Tex:
        """The earlier theorems, and the constants that the theorem itself does not mention."""
        # One that reads like the theorem itself is about other symbols: only the reason cites it.
        words = [self._recalled(u) for u in self.d.uses if u.statement != self.d.statement]
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

    def _recalled(self, used: Used) -> str:
        shown = self.laws.shorten(mathematics(used.statement))
        if used.name in self.document.theorems:
            return f"By {self._theorem(used.name)}, ${shown}$"
        return (
            f"By the theorem \\emph{{{escape(used.title)}}} ({self._theorem(used.name)}), ${shown}$"
        )

    def _theorem(self, name: str) -> str:
        label = self.document.theorems.get(name)
        return rf"Theorem~\ref{{{label}}}" if label else rf"\texttt{{{escape(name)}}}"

    def chain(self, chain: Chain) -> Tex:
        """What a part shows, in words and then in rows."""
        head = ""
        if len(self.d.parts) > 1:
            title = escape(chain.title).rstrip(".")
            head = (
                rf"\fmprooflabel{{{self.label}:{_anchor(chain.part.title)}}}{{{title}}}"
                rf"\emph{{{title}.}} "
            )
        words = self._said(chain.part.says)
        rows: list[str] = []
        steps = [link.step for link in chain.links]
        start = self.laws.shorten(mathematics(chain.part.start))
        if width(start) <= START * self.room:
            before, indent, room = start, "", self.room - width(start)
        else:
            broken = lines(start, self.room - 2)
            rows += ["& " + r"\quad" * line.indent + f" {line.latex}" for line in broken]
            before, indent, room = "", r"\qquad ", self.room - 2
        for step in steps:
            rows += self._step(step, before, indent, room)
            before = ""
        return Tex(f"{head}{words}\n{_align(rows)}")

    def _step(self, step: StepReport, before: str, indent: str, room: float) -> list[str]:
        reason = self._reason(step)
        claim = self.laws.shorten(mathematics(step.claim))
        rows = _rows(before, SIGNS[step.relation], claim, room, "", indent)
        rows[-1] += rf" \tag*{{{reason}}}" if reason else ""
        return [f"% {plain(step.id)}: {plain(step.rule)}\n  {rows[0]}", *rows[1:]]

    def _reason(self, step: StepReport) -> str:
        """What stands beside a row: the author's reason, or the rule as one would say it."""
        if step.note:
            return rf"({self._said(step.note)})"
        words = [_REASONS.get(rule, rule) for rule in step.rule.split(", ")]
        words = [word for word in words if word]
        names = {self.d.uses[i].name for i in range(len(self.d.uses))}
        cited = [
            f"{self._theorem(str(used[0]))}{said(used[1:])}" if used[0] in names else said(used)
            for used in step.using
        ]
        if cited:
            words.append(f"by {_series(cited)}")
        return f"({', '.join(words)})" if words else ""

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
                elif fact and fact not in _TACIT:
                    facts[fact] = None
        if not used:
            return Tex("All integrals above are finite.")
        hypotheses = _series(f"({escape(name)})" for name in names_in_order(self.d, used))
        by = _series(str(escape(_SAID.get(fact, fact))) for fact in facts)
        return Tex(
            "All expectations and integrals above are finite, and all interchanges of them are "
            f"justified. This follows from {hypotheses}" + (f" by {by}" if by else "") + "."
        )

    # --- small things -------------------------------------------------------------------

    def _inline(self, formula: Formula) -> str:
        return f"${self.laws.shorten(mathematics(formula))}$".replace(
            r"\quad\text{for every } ", r"$ for every $"
        )

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


def _formulas(d: DerivationReport) -> Iterator[str]:
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


def _mentioned(texts: Sequence[str], constants: Sequence[Constant]) -> list[Constant]:
    """The constants that occur in ``texts``, and those that their definitions use, outer first."""

    def named(among: Sequence[str]) -> list[Constant]:
        names = [(c, re.compile(rf"(?<!\w){re.escape(c.name.text)}(?!\w)")) for c in constants]
        return [c for c, name in names if any(name.search(text) for text in among)]

    found: list[Constant] = []
    new = named(texts)
    while new:
        found += new
        new = [c for c in named([c.definition.text for c in new]) if c not in found]
    return found


def _used_by(constant: Constant, others: Sequence[Constant]) -> bool:
    return any(_mentioned([c.definition.text], [constant]) for c in others)


def _rows(
    before: str, sign: str, formula: str, room: float, end: str = "", indent: str = ""
) -> list[str]:
    """``before sign formula`` as rows of an align, the formula broken to ``room``."""
    first, *rest = lines(formula, room - 2)
    rows = [f"{before} & {indent}{sign} {first.latex}".lstrip()]
    rows += [f"& {indent}" + r"\quad" * line.indent + f" {{}}{line.latex}" for line in rest]
    rows[-1] += end
    return rows


def _align(rows: Sequence[str]) -> str:
    # No page begins or ends with a single row.
    last = len(rows) - 2
    ends = [r" \\*" if len(rows) < 5 or i in (0, last) else r" \\" for i in range(len(rows))]
    ends[-1] = ""
    body = "\n  ".join(row + end for row, end in zip(rows, ends, strict=True))
    return f"\\begin{{align*}}\n  {body}\n\\end{{align*}}"


def _series(items: Iterable[str]) -> Tex:
    """ "a", "a and b", "a, b and c"."""
    *most, last = [*items] or [""]
    return Tex(f"{', '.join(most)} and {last}" if most else last)


def _anchor(name: str) -> str:
    return anchor(name, set())


def _single(row: str) -> str:
    inside = row.removeprefix("&").strip()
    return f"\\[\n  {inside}\n\\]"
