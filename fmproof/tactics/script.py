"""A derivation as data: hypotheses, parts, steps that claim their results.

It is read once, when it is made: what it holds afterwards are tuples, text proper and admitted
or well-sorted terms of exact types, so that nothing can answer differently when asked twice.

Nothing here proves anything. The checker (:mod:`fmproof.tactics.check`) computes what each
step's rule gives and compares it with the claim.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import InitVar, field
from typing import Any, Literal

from sympy import Basic, Expr

from fmproof.errors import InputError, SortError, nearest
from fmproof.lang.node import admit, as_term, is_declared, is_one_of
from fmproof.lang.nodes import Draw, Head, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import PROPOSITIONS, Almost, AtMost, Equals, ForAll, Prop
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.foreign import checked_record
from fmproof.lang.spelling.text import text
from fmproof.report.model import Location
from fmproof.tables import FixedMapping
from fmproof.tactics.citing import as_seen
from fmproof.tactics.given import (
    Claim,
    Statement,
    claim_of,
    list_of,
    measure_of,
    prose_of,
    references_of,
    require_label,
    require_mark,
    require_remark,
    require_title,
    rules_of,
    statement_of,
)
from fmproof.tactics.naming import check_names
from fmproof.tactics.records import filled_once
from fmproof.tactics.written import is_latex, read_script, require_latex

Relation = Literal["=", "≤", "≥"]
_RELATIONS: dict[str, Relation] = {"=": "=", "≤": "≤", "≥": "≥", "<=": "≤", ">=": "≥"}


class _Final:
    """A subclass, or a dictionary, could answer differently when asked twice."""

    __slots__ = ()

    def __init_subclass__(cls, **_: Any) -> None:
        if cls.__module__ != __name__:
            raise TypeError(f"{cls.__name__}: the parts of a derivation cannot be subclassed")


def _written_at() -> Location:
    """Where the dataclass instance under construction is written, for messages that point at it."""
    frame = sys._getframe(1)
    between = (filled_once.__code__.co_filename, checked_record.__code__.co_filename)
    generated = (__file__, "<string>", dataclasses.__file__, *between)
    while frame.f_back is not None and frame.f_code.co_filename in generated:
        frame = frame.f_back
    file = frame.f_code.co_filename  # a program may have compiled itself under any name
    return Location(file if file.isprintable() else ascii(file), frame.f_lineno)


def set_location(made: Step | Derivation, file: str, line: int) -> None:
    """Say where ``made`` is written, if it was made from data and not by the author's file.

    Raises:
        InputError: that is no place in a file.
    """
    if not (type(file) is str and file.isprintable() and type(line) is int):
        raise InputError(f"{file!r}, {line!r} is no place in a file")
    if not is_one_of(made, (Step, Derivation)):
        raise InputError(f"only steps and derivations are written somewhere, found {made!r}")
    object.__setattr__(made, "location", Location(file, line))


_recordings: list[list[Derivation]] = []


@contextmanager
def recording() -> Iterator[list[Derivation]]:
    """Every derivation that is made inside, in order: a file may make some that it then loses."""
    made: list[Derivation] = []
    _recordings.append(made)
    try:
        yield made
    finally:
        _recordings.remove(made)


@checked_record
@filled_once
class Hypothesis(_Final):
    """A named assumption.

    Attributes:
        name: e.g. "H1".
        prop: the proposition, e.g. ``ForAll(Integrable(...), theta)``; or LaTeX, which the
            derivation reads.
        meaning: in words, for the reader.
    """

    name: str
    prop: Statement
    meaning: str = ""

    def __post_init__(self) -> None:
        require_mark(self.name, "the name of a hypothesis")
        require_remark(self.meaning, f"the meaning of hypothesis {self.name}")
        if is_latex(self.prop):
            require_latex(self.prop, f"hypothesis {self.name}")
            return
        if not is_one_of(self.prop, PROPOSITIONS):
            raise SortError(
                f"hypothesis {self.name} must be a proposition such as Integrable(...) or "
                f"AtMost(a, b), found {self.prop!r}"
            )
        object.__setattr__(self, "prop", admit(self.prop))

    @property
    def equation(self) -> Equals | None:
        """The equation that it says holds, for every or almost every value; None if it is none."""
        core: Any = self.prop
        while isinstance(core, ForAll | Almost):
            core = core.body
        return core if isinstance(core, Equals) else None

    def _repr_latex_(self) -> str:
        from fmproof.tactics import shown

        return shown.hypothesis(self)


@checked_record
@filled_once
class Instance(_Final):
    """An earlier theorem at particular fields, densities, weights or parameters.

    Attributes:
        of: the name of a part or of a derivation in ``uses``.
        replace: symbol -> term over the symbol's own parameters, e.g. ``{v: u(t, x)}``.
        at: variable -> term.
    """

    of: str
    replace: Mapping[Head, Expr] = field(default_factory=dict)
    at: Mapping[Var, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_label(self.of, "the name of an earlier result")
        for name, kind in (("replace", Head), ("at", Var)):
            terms, given = {}, getattr(self, name)
            if not isinstance(given, Mapping):
                raise InputError(
                    f"Instance({self.of!r}, {name}=…): expected a dict, found {given!r}"
                )
            for key, value in dict(given).items():
                if not (is_declared(key) and isinstance(key, kind)):
                    raise InputError(
                        f"Instance({self.of!r}, {name}=…): expected a "
                        f"{'symbol' if kind is Head else 'variable'} to replace, found a "
                        f"{type(key).__name__}"
                    )
                terms[key] = admit(as_term(value))
            object.__setattr__(self, name, FixedMapping(terms.items()))


@checked_record
@filled_once
class Step(_Final):
    """One line of a chain: the term that the line before is claimed to equal, and why.

    Attributes:
        id: a label, unique in the derivation, e.g. "2.4a".
        claim: the whole new term, written out; or LaTeX, which the derivation reads.
        by: the rule, or several that act together, as a list or with commas; names or codes, as
            ``fmproof list --rules`` shows them.
        using: earlier results for "lemma" or "auto": names or :class:`Instance`.
        relation: "=", or "≤" / "≥" (also "<=" / ">=") from the line before to the claim.
        note: the reason, or a remark, for the reader: words, or a list of words and terms.
    """

    id: str
    claim: Claim
    by: str | Sequence[str] = ()
    using: str | Instance | Sequence[str | Instance] = ()
    relation: Relation = "="
    note: str | Sequence[str | Basic] = ""
    location: Location | None = field(init=False, default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "location", _written_at())
        require_mark(self.id, "the label of a step")
        object.__setattr__(self, "note", prose_of(self.note, f"step {self.id}: the note"))
        object.__setattr__(self, "claim", claim_of(self.claim, f"step {self.id}"))
        object.__setattr__(self, "by", rules_of(self.by, self.id))
        given: Any = (self.using,) if is_one_of(self.using, (str, Instance)) else self.using
        object.__setattr__(self, "using", references_of(given, f"step {self.id}: using="))
        relation: Any = self.relation
        if type(relation) is not str or relation not in _RELATIONS:
            raise InputError(f"step {self.id}: relation must be =, ≤ or ≥, found {relation!r}")
        object.__setattr__(self, "relation", _RELATIONS[self.relation])
        self._check_references()

    def _check_references(self) -> None:
        for reference in self.references:
            if not is_one_of(reference, (str, Instance)):
                raise InputError(
                    f"step {self.id}: using= takes names of earlier results or Instance(...), "
                    f"found {reference!r}"
                )
        if "lemma" in self.rules and not self.references:
            raise InputError(
                f"step {self.id}: the rule lemma needs to know which; name an earlier part or a "
                f"used derivation in using="
            )
        if self.references and not {"lemma", "auto"}.intersection(self.rules):
            raise InputError(f"step {self.id}: using= is for the rules lemma and auto")

    def _repr_latex_(self) -> str:
        from fmproof.tactics import shown

        return shown.step(self)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that ``by`` names."""
        return tuple(self.by)

    @property
    def references(self) -> tuple[str | Instance, ...]:
        """The earlier results that ``using`` names."""
        using: Any = self.using
        return using

    def proposition(self, before: Expr) -> Equals | AtMost:
        """What the step asserts after the line ``before``.

        Raises:
            SortError: the two lines are of different sorts.
        """
        try:
            if self.relation == "=":
                return Equals(before, self.claim)
            lower, upper = (before, self.claim) if self.relation == "≤" else (self.claim, before)
            return AtMost(lower, upper)
        except SortError as error:
            raise SortError(f"step {self.id}: {error}") from None


@checked_record
@filled_once
class Part(_Final):
    """A chain of steps, and the theorem that it establishes.

    Attributes:
        title: e.g. "Part 2: the cross term"; later steps may refer to the part by it.
        start: the term that the chain begins with, or LaTeX.
        statement: what the part is to prove, or LaTeX; by default start = (or ≤) the last claim.
        name: a shorter name for later reference.
        says: what the part shows and how, for the reader: words, or a list of words and terms.
        result: whether documents state it in the theorem, along with the derivation's statement.
        almost: draws, if the chain is to hold for almost every value of what they draw.
    """

    title: str
    start: Claim
    steps: Sequence[Step]
    statement: Statement = None
    name: str = ""
    says: str | Sequence[str | Basic] = ""
    result: bool = False
    almost: Sequence[Draw] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "says", prose_of(self.says, f"{self.title!r}: says"))
        object.__setattr__(self, "almost", measure_of(self.almost, f"{self.title!r}: almost"))
        start = claim_of(self.start, f"the start of {self.title!r}")
        object.__setattr__(self, "start", start)
        require_title(self.title, "the title of a part")
        require_remark(self.name, f"the name of {self.title!r}")
        if type(self.result) is not bool:
            raise InputError(f"{self.title!r}: result is True or False, found {self.result!r}")
        object.__setattr__(self, "statement", statement_of(self.statement, repr(self.title)))
        steps = list_of(self.steps, Step, f"the steps of {self.title!r}")
        object.__setattr__(self, "steps", steps)
        if not steps:
            raise InputError(f"part {self.title!r} has no steps")
        before = start
        for step in steps:
            if not is_latex(before) and not is_latex(step.claim):
                step.proposition(before)
            before = step.claim
        if {"≤", "≥"} <= {step.relation for step in self.steps}:
            raise InputError(f"part {self.title!r} has both ≤ and ≥, which shows nothing")

    def _repr_latex_(self) -> str:
        from fmproof.tactics import shown

        return shown.shown_chain(self)

    @property
    def proposition(self) -> Prop:
        """The stated or implied theorem."""
        if self.statement is not None:
            stated: Prop = self.statement
            return stated
        end, relations = self.steps[-1].claim, {step.relation for step in self.steps}
        if relations == {"="}:
            prop: Prop = Equals(self.start, end)
        else:
            prop = AtMost(end, self.start) if "≥" in relations else AtMost(self.start, end)
        return Almost(prop, *self.almost) if self.almost else prop


@checked_record
@filled_once
class Derivation(_Final):
    """A whole derivation.

    Attributes:
        name: short, as given to ``fmproof verify``.
        title: for headings.
        hypotheses: what is assumed; anything else that a step needs must follow from these.
        parts: the chains, in reading order. Or give ``start`` and ``steps`` for a single chain.
        source: where the derivation comes from.
        uses: derivations whose theorems steps refer to by name.
        variables: variables that stand for fixed but arbitrary values, other than parameters.
        statement: what the derivation proves; by default what its last part does.
        says: how the proof goes, for the reader: words, or a list of words and terms.
        meanings: symbol -> what it is, in words, e.g. ``{u_model: "the model"}``.
        symbols: what the letters of LaTeX in it stand for, beside the symbols that occur in it:
            variables, symbols, names, or terms that have them. What the derivations that it uses
            have comes last. It is forgotten when all is read.
    """

    name: str
    title: str = ""
    hypotheses: Sequence[Hypothesis] = ()
    parts: Sequence[Part] = ()
    source: str = ""
    uses: Sequence[Derivation] = ()
    variables: Sequence[Var] = ()
    statement: Statement = None
    start: Claim = None
    steps: Sequence[Step] = ()
    says: str | Sequence[str | Basic] = ""
    meanings: Mapping[Head, str] = field(default_factory=dict, compare=False, repr=False)
    symbols: InitVar[Any] = ()
    location: Location | None = field(init=False, default=None, compare=False, repr=False)

    def __post_init__(self, symbols: Any) -> None:
        object.__setattr__(self, "location", _written_at())
        require_title(self.name, "the name of a derivation")
        object.__setattr__(self, "says", prose_of(self.says, f"{self.name}: says"))
        given: Any = self.meanings
        if not isinstance(given, Mapping):
            raise InputError(f"{self.name}: meanings= takes {{symbol: words}}, found {given!r}")
        meanings = dict(given)
        for head, words in meanings.items():
            if not (is_declared(head) and isinstance(head, Head)):
                raise InputError(f"{self.name}: meanings= is for symbols, found {head!r}")
            require_remark(words, f"{self.name}: the meaning of {head!r}")
        object.__setattr__(self, "meanings", FixedMapping(meanings.items()))
        untitled = type(self.title) is str and not self.title
        require_title(self.name if untitled else self.title, f"{self.name}: the title")
        require_remark(self.source, f"{self.name}: the source")
        object.__setattr__(self, "statement", statement_of(self.statement, self.name))
        parts = list_of(self.parts, Part, f"{self.name}: parts")
        if self.start is not None or self.steps:
            if parts or self.start is None:
                raise InputError(f"{self.name}: give either parts, or start and steps")
            parts = (Part(self.title or self.name, self.start, self.steps),)
        if not parts:
            raise InputError(f"derivation {self.name!r} has no steps")
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "title", self.title or self.name)
        for name, kind in (("hypotheses", Hypothesis), ("uses", Derivation), ("variables", Var)):
            object.__setattr__(
                self, name, list_of(getattr(self, name), kind, f"{self.name}: {name}")
            )
        for name, value in read_script(self, symbols).items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "statement", statement_of(self.statement, self.name))
        self._check_labels()
        self._check_closed()
        self._check_names()
        self._check_order()
        self._remember()

    @property
    def proposition(self) -> Prop:
        """The stated or implied theorem."""
        stated: Prop | None = self.statement
        return stated if stated is not None else self.parts[-1].proposition

    def _repr_latex_(self) -> str:
        """How a notebook shows it: its hypotheses and statement, which nothing here has checked."""
        from fmproof.tactics import shown

        return shown.derivation(self)

    def _check_labels(self) -> None:
        for kind, labels in (
            ("step", [step.id for part in self.parts for step in part.steps]),
            ("hypothesis", [h.name for h in self.hypotheses]),
            ("result", [*(d.name for d in self.uses), *self._part_labels()]),
        ):
            seen: set[str] = set()
            for label in labels:
                if label in seen:
                    raise InputError(f"{self.name}: two {kind}s are labelled {label!r}")
                seen.add(label)
        self._check_cited()

    def _check_cited(self) -> None:
        """No two of what steps cite, or what they rest on, have labels that look alike."""
        seen: dict[str, tuple[str, str]] = {}
        for kind, labels in (
            ("a hypothesis", [h.name for h in self.hypotheses]),
            ("a derivation that it uses", [d.name for d in self.uses]),
            ("a part", self._part_labels()),
        ):
            for label in labels:
                other, there = seen.setdefault(as_seen(label), (kind, label))
                if (other, there) != (kind, label):
                    raise InputError(
                        f"{self.name}: {other}, {there!r}, and {kind}, {label!r}, are labelled "
                        "alike; rename one of them"
                    )

    def _part_labels(self) -> list[str]:
        return [label for part in self.parts for label in {part.title, part.name or part.title}]

    def _check_order(self) -> None:
        """Every result is proved before a step uses it, so nothing rests on itself."""
        known = {d.name for d in self.uses}
        known |= {h.name for h in self.hypotheses if h.equation is not None}
        for part in self.parts:
            for step in part.steps:
                for reference in step.references:
                    name = reference if isinstance(reference, str) else reference.of
                    if name not in known:
                        raise InputError(f"{self.name}, step {step.id}: {self._not(name, known)}")
            known |= {part.title, part.name or part.title}

    def _not(self, name: str, known: set[str]) -> str:
        """Why ``name`` is not among the results that are known."""
        if name in self._part_labels():
            return f"{name!r} is not proved before this step, so the step cannot use it"
        if name in {h.name for h in self.hypotheses}:
            return f"{name} is no equation: conditions follow from it, a step cannot cite it"
        there_is = nearest(name, known) if known else "there are none; is uses=[...] missing?"
        return f"no earlier part or used derivation is called {name!r}; {there_is}"

    def _check_closed(self) -> None:
        for h in self.hypotheses:
            self._require_closed(h.prop, f"hypothesis {h.name}")
        for part in self.parts:
            own = [var for item in part.almost for var in drawn_by(item)]
            self._require_closed(part.start, f"the start of {part.title!r}", own)
            for step in part.steps:
                self._require_closed(step.claim, f"step {step.id}", own)

    def _require_closed(self, node: Basic, where: str, own: Sequence[Var] = ()) -> None:
        allowed = {*self.variables, *own}
        stray = sorted(
            v.name for v in free_vars(node) if v.sort is not Sort.PARAM and v not in allowed
        )
        if any(v.name[0] in "#@" for v in free_vars(node)):
            raise InputError(f"{self.name}, {where}: a reserved variable, which nobody declares")
        if stray:
            raise InputError(
                f"{self.name}, {where}: the variable {stray[0]} is free in {text(node)}; bind it "
                f"by an integral, draw it in the law, or declare it with variables=[{stray[0]}]"
            )

    def _check_names(self) -> None:
        check_names(self.name, self._shown())

    def _shown(self) -> list[Basic]:
        """What a report on it shows."""
        claims = [t for part in self.parts for t in (part.start, *(s.claim for s in part.steps))]
        statements = [self.proposition, *(part.proposition for part in self.parts)]
        return [*claims, *(h.prop for h in self.hypotheses), *statements]

    def can_recall(self, used: Derivation) -> bool:
        """Whether the statement of a derivation that it uses reads the same in a report on it:
        no symbol there has the name of another one here."""
        try:
            check_names(self.name, [*self._shown(), used.proposition])
        except InputError:
            return False
        return True

    def _remember(self) -> None:
        for made in _recordings:
            made.append(self)
