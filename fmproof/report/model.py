"""What a check found, as data.

Every renderer (text, JSON, JUnit, GitHub, LaTeX, HTML) is a pure function of a
:class:`Report`. Terms arrive here already printed, so nothing in this package imports
SymPy and a report can be kept, sent and rendered anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Status = Literal["proved", "failed"]
NumericStatus = Literal["agrees", "refuted", "inconclusive"]


class Formula:
    """A term or proposition, printed twice.

    Args:
        text: one line of Unicode.
        latex: LaTeX for math mode, without delimiters.

    Each is a string or what makes it, which is called when somebody asks: of most formulas a
    terminal shows nothing, and of none the LaTeX.
    """

    __slots__ = ("_latex", "_text")

    _text: str | Callable[[], str]
    _latex: str | Callable[[], str]

    def __init__(self, text: str | Callable[[], str], latex: str | Callable[[], str]) -> None:
        object.__setattr__(self, "_text", text)
        object.__setattr__(self, "_latex", latex)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Formula is immutable: cannot set {name}")

    @property
    def text(self) -> str:
        return self._spelled("_text")

    @property
    def latex(self) -> str:
        return self._spelled("_latex")

    def _spelled(self, way: str) -> str:
        found = getattr(self, way)
        if not isinstance(found, str):
            found = found()
            object.__setattr__(self, way, found)
        return str(found)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Formula):
            return NotImplemented
        return (self.text, self.latex) == (other.text, other.latex)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Formula({self.text!r}, {self.latex!r})"

    def __reduce__(self) -> tuple[type[Formula], tuple[str, str]]:
        """It is kept, sent and copied as printed."""
        return Formula, (self.text, self.latex)


Prose = tuple[str | Formula, ...]
"""Words with formulas among them; a renderer sets each in its own way."""


@dataclass(frozen=True)
class SideCondition:
    """A side condition of a step and what it was derived from."""

    formula: Formula
    discharged_by: str | None  #: e.g. "Cauchy–Schwarz, H1, H2"; None when it could not be derived


@dataclass(frozen=True)
class Failure:
    """Why a step was not accepted."""

    summary: str  #: one sentence: what was expected and what was found
    expected: Formula | None = None  #: what the rule gives
    found: Formula | None = None  #: what the step claims
    difference: Formula | None = None  #: expected − found, where they differ
    where: str | None = None  #: the place in the term, e.g. "under E_{t,x}"
    hint: str | None = None  #: what would mend it
    lacks: bool = False  #: the step is proved but for hypotheses that are not declared


@dataclass(frozen=True)
class Numeric:
    """The second witness: both sides of the step on random problems."""

    status: NumericStatus
    problems: int  #: how many problems were evaluated
    worst: float | None  #: largest |lhs − rhs| over its error bound; ≤ 1 agrees
    counterexample: str | None = None  #: a problem as TOML, when refuted
    reproduce: str | None = None  #: the command line that evaluates it again
    message: str = ""  #: why inconclusive; of what agrees, what the problems have in common


@dataclass(frozen=True)
class CoqVerdict:
    """The third witness: what Coq says of the proof, where it was asked."""

    status: Literal["accepted", "refused", "unchecked"]
    steps: int  #: of the certificate
    lines: int = 0  #: of the proof in Coq
    seconds: float = 0.0  #: that Coq took
    axioms: tuple[str, ...] = ()  #: of classical reasoning, which the theorem rests on
    assumed: tuple[str, ...] = ()  #: what else it rests on, that the library assumes
    message: str = ""  #: why it is not accepted


@dataclass(frozen=True)
class Location:
    """Where something is written in a Python file."""

    file: str  #: as it was given to fmproof, or as Python found it
    line: int  #: from 1


@dataclass(frozen=True)
class StepReport:
    id: str  #: label as printed, e.g. "2.4a"
    part: str  #: title of the part it stands in
    rule: str  #: what the step names, e.g. "linearity" or "expectation, density"
    relation: Literal["=", "≤", "≥"]
    claim: Formula
    status: Status
    conditions: tuple[SideCondition, ...] = ()
    failure: Failure | None = None
    note: Prose = ()  #: the author's reason or remark
    numeric: Numeric | None = None
    using: tuple[Prose, ...] = ()  #: the earlier results that it uses, in words
    location: Location | None = None

    @property
    def verdict(self) -> str:
        """Of a failed step, which of three it is, in words; "" where that is not known."""
        if self.failure is None:
            return ""
        numbers = "" if self.numeric is None else self.numeric.status
        if numbers == "refuted":
            return "wrong: the numbers refute it"
        if self.failure.lacks:
            return "proved, but for a hypothesis that is not declared"
        return "not proved, though the numbers agree" if numbers == "agrees" else ""


@dataclass(frozen=True)
class PartReport:
    title: str
    start: Formula  #: the term that the part's chain begins with
    statement: Formula  #: what the part establishes
    status: Status
    steps: tuple[StepReport, ...]
    says: Prose = ()  #: what it shows, in the author's words
    result: bool = False  #: whether the theorem states it along with the derivation's statement
    free: tuple[Formula, ...] = ()  #: the parameters for every value of which the statement holds
    almost: Formula | None = None  #: the law, for almost every value of which its lines hold
    name: str = ""  #: how later steps refer to it, where not by its title


@dataclass(frozen=True)
class HypothesisReport:
    name: str  #: "H1"; for an undeclared one "assumed"
    formula: Formula
    declared: bool  #: False: a side condition that could not be derived
    used_by: tuple[str, ...]  #: ids of the steps that need it
    meaning: str = ""  #: the author's words


@dataclass(frozen=True)
class Missing:
    """What would have to be declared for steps that fail on a side condition."""

    formula: Formula
    needed_by: tuple[str, ...]  #: ids of steps
    code: str | None  #: the line to add to the hypotheses, in Python


@dataclass(frozen=True)
class ShownConstant:
    name: Formula
    definition: Formula


@dataclass(frozen=True)
class Symbol:
    """A symbol or some variables of one sort, in the order in which a reader needs them."""

    name: Formula  #: e.g. p_t(x|z), or "x, z"
    meaning: str  #: what it is taken to be, e.g. "probability density in x"
    definition: Formula | None = None
    words: str = ""  #: what the author calls it, e.g. "the density of the data"

    @property
    def described(self) -> str:
        """The author's words, and what is assumed whatever they say; no word twice."""
        assumed = (
            _ONE.get(self.meaning, self.meaning) if "," not in self.name.text else self.meaning
        )
        if not self.words:
            return assumed
        assumed, bracket, constant = assumed.partition(" (the constant ")
        value = bracket + constant
        said = set(self.words.split())
        # Which variables a density is in, or a law draws, its name says.
        unsaid = re.sub(r" (in|of) [^\W\d_]\w*(, [^\W\d_]\w*)*(?= on |$)", "", assumed)
        new = set(unsaid.split()) - said
        if not new:
            return f"{self.words}{value}"
        range_ = re.search(r" on \[.*\]$", assumed)
        if range_ and range_[0] in self.words:
            assumed = assumed[: range_.start()]
        alone = assumed.endswith("s") or assumed.split()[0] in ("a", "an", "any", "the")
        return f"{self.words}, {assumed if alone else f'a {assumed}'}{value}"


_ONE = {"real numbers": "real number"}


@dataclass(frozen=True)
class Used:
    """An earlier theorem that a derivation rests on."""

    name: str  #: as steps refer to it, e.g. "fm-cfm"
    title: str
    statement: Formula | None  #: None if a symbol of it has the name of another one here


@dataclass(frozen=True)
class DerivationReport:
    name: str
    title: str
    source: str
    status: Status
    statement: Formula
    hypotheses: tuple[HypothesisReport, ...]
    constants: tuple[ShownConstant, ...]
    parts: tuple[PartReport, ...]
    message: str  #: why the derivation as a whole failed, beyond its steps; "" otherwise
    seconds: float
    symbols: tuple[Symbol, ...] = ()
    location: Location | None = None
    says: Prose = ()  #: how the proof goes, in the author's words
    uses: tuple[Used, ...] = ()
    free: tuple[Formula, ...] = ()  #: the parameters for every value of which the statement holds
    missing: tuple[Missing, ...] = ()
    coq: CoqVerdict | None = None  #: None where Coq was not asked

    @property
    def steps(self) -> tuple[StepReport, ...]:
        """All steps, in reading order."""
        return tuple(step for part in self.parts for step in part.steps)


@dataclass(frozen=True)
class RuleCondition:
    """A condition of a rule, with what goes wrong without it."""

    text: str
    why: str
    counterexample: str


@dataclass(frozen=True)
class RuleEntry:
    """A rule as the catalogue describes it."""

    code: str  #: e.g. "I4"
    name: str  #: what a step writes
    family: str
    title: str
    statement: Formula
    explanation: str
    conditions: tuple[RuleCondition, ...]
    unconditional: str  #: why there is no condition; "" when there are some


@dataclass(frozen=True)
class Report:
    version: str  #: of fmproof
    derivations: tuple[DerivationReport, ...]
    seconds: float

    @property
    def status(self) -> Status:
        """Proved when every derivation is; an empty report proves nothing."""
        proved = bool(self.derivations) and all(d.status == "proved" for d in self.derivations)
        return "proved" if proved else "failed"

    def __bool__(self) -> bool:
        """Whether everything is proved, so that ``assert check([derivation])`` says it."""
        return self.status == "proved"

    _renderers: ClassVar[dict[str, Callable[[Report], str]]] = {}

    @classmethod
    def shown_by(cls, **renderers: Callable[[Report], str]) -> None:
        """Tell all reports, once, how to show themselves: as text, html and markdown.

        Raises:
            TypeError: they know it already; a program may not show its own verdict.
        """
        if cls._renderers:
            raise TypeError("reports know how to show themselves: a report shows what was found")
        cls._renderers.update(renderers)

    def __str__(self) -> str:
        return self._renderers["text"](self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How IPython shows it in a terminal."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """How a notebook shows it: MathML, which needs nothing loaded."""
        return self._renderers["html"](self)

    def _repr_markdown_(self) -> str:
        """How a notebook shows it where there is no HTML."""
        return self._renderers["markdown"](self)
