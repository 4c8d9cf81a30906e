"""Syntax trees to terms of the language, by what a document's symbols stand for.

A symbol gets its meaning when it is first needed, its definition with it: heads carry their
definitions, so what a later row defines is known to an earlier one. What the language has no
term for is an *unknown* of the right sort that depends on everything that is free in it: what is
proved of an unknown holds of the thing itself, and what numbers say of it says nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr

from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Expect,
    Head,
    Named,
    Scalar,
    Var,
)
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import (
    applications,
    arithmetic,
    binders,
    calculus,
    definitions,
    heads,
    hidden_noise,
    laws,
    linear_maps,
    marginals,
    matrices,
    paths,
    sums,
    unknowns,
    variables,
)
from fmproof.reading.notation.definitions import Candidate, Key, Meaning
from fmproof.reading.notation.evidence import Evidence, NotationEntry
from fmproof.reading.notation.lacking import NotYet, Undefined, words_for
from fmproof.reading.notation.names import Names
from fmproof.reading.notation.symbols import key_of, readable, spelled

__all__ = ["Candidate", "Elaborator", "NotYet", "Undefined"]


@dataclass
class Elaborator:
    """The notation of one document, growing as its rows are read.

    Attributes:
        strict: nothing that is only a convention is accepted.
        expand: whether x_t = (1 − t) x_0 + t x_1 is written out, or a variable.
        guesses: what the last term rests on that the document does not say.
        unknowns: names of unknowns that stand for what the language lacks, with what they are.
    """

    evidence: Evidence
    place: Any
    strict: bool = False
    corrections: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    by_spelling: dict[str, list[Candidate]] = field(default_factory=dict)
    table: dict[str, NotationEntry] = field(default_factory=dict)
    unknowns: dict[Head, str] = field(default_factory=dict)
    determinants: dict[Head, Head] = field(default_factory=dict)  #: log |det D f|, with the f
    guesses: set[str] = field(default_factory=set)
    meanings: dict[Key, Meaning] = field(default_factory=dict)
    constants: dict[str, Named] = field(default_factory=dict)
    variables: dict[str, Var] = field(default_factory=dict)
    laws: dict[str, list[Apply]] = field(default_factory=dict)
    bound: list[str] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    opaque: dict[str, Head] = field(default_factory=dict)
    fields: dict[str, t.Sym] = field(default_factory=dict)  #: without arguments, with their point
    numbered: dict[str, list[Candidate]] = field(default_factory=dict)
    joint: list[Apply] = field(default_factory=list)  #: of what has no law, behind what has one
    listed: list[frozenset[str]] = field(default_factory=list)  #: x, y of "x, y ~ p"
    coupled: set[str] = field(default_factory=set)  #: what a coupling drew, which is no noise
    joint_laws_made: int = 0  #: how often a law that is said later took a part of it
    moving_laws: set[Head] = field(default_factory=set)  #: those of them that hold at a time
    index_laws: dict[str, Head] = field(default_factory=dict)  #: of the indices of finite sums
    said_laws: dict[str, list[t.Sym]] = field(default_factory=dict)
    vanished: list[Expr] = field(default_factory=list)  #: integrals that cancelled in a row
    drawn_alone: dict[str, t.Sym] = field(default_factory=dict)  #: x of "x ~ p", by the law
    posteriors: set[tuple[str, str]] = field(default_factory=set)  #: (z, x) where p(z|x) is one
    mixing: set[str] = field(default_factory=set)  #: the densities whose mixtures are being found
    unrolled: str = ""  #: the time up to which products are taken one factor apart
    markov: bool = False  #: whether the document speaks of a Markov chain
    expand: bool = True  #: paths are written out, rather than drawn
    courses: set[str] = field(default_factory=set)  #: paths that follow dz_t/dt = v(z_t, t)
    on_course: set[str] = field(default_factory=set)  #: drawn paths that follow one from here on
    points: set[str] = field(default_factory=set)  #: paths that are letters outside averages
    averaging: int = 0  #: the averages that a term is under
    evolving: set[str] = field(default_factory=set)  #: densities that a divergence moves
    held: set[str] = field(default_factory=set)  #: x of a chain L(x) = …, which no E_ε draws
    off_paths: bool = False  #: points that are left out are letters, and no places on paths
    density_of: dict[str, t.Sym] = field(default_factory=dict)  #: p_t, said to be that of x_t
    made: set[str] = field(default_factory=set)  #: densities of paths that formulas make, by words
    by_letter: set[str] = field(default_factory=set)  #: those of which p_t(x) alone says it
    beside_paths: set[str] = field(default_factory=set)  #: … and those that it may be so for
    turned: dict[str, hidden_noise.Noised] = field(default_factory=dict)  #: paths that are drawn
    paths: dict[str, Expr | None] = field(default_factory=dict)
    drawn_meanings: dict[Key, Meaning] = field(default_factory=dict)  #: where paths are drawn
    turned_meanings: defaultdict[bool, dict[Key, Meaning]] = field(
        default_factory=lambda: defaultdict(dict)
    )  #: … from N(m, s² I), by whether roots are kept
    roots_kept: bool = False

    def note(
        self, symbol: str, reading: str, why: str, at: int = -1, guessed: bool = False
    ) -> None:
        shown = symbol if "(" in symbol else readable(symbol)
        if shown not in self.table:
            place = self.place(at) if at >= 0 else ""
            self.table[shown] = NotationEntry(shown, reading, why, place, guessed)
        if guessed:
            self.guesses.add(shown)

    def constant_name(self, symbol: t.Sym) -> str:
        return self.names.of(
            key_of(symbol), "constant" + spelled(symbol), "".join(map(spelled, symbol.sub))
        )

    def is_parameter(self, name: str) -> bool:
        """Whether a spelling is a parameter of a model."""
        return variables.is_parameter(self, name)

    def is_time(self, name: str) -> bool:
        """Whether a spelling is a time."""
        return variables.is_time(self, name)

    def is_no_number(self, name: str) -> bool:
        """Whether a spelling is a time, and the author does not call it a mere number."""
        return self.is_time(name) and self.corrections.get(name, "time") == "time"

    def is_index(self, name: str) -> bool:
        """Whether a spelling is the index of a finite sum, and nothing else."""
        seen = self.evidence
        other = name in seen.drawn or name in seen.integrated or name in seen.parameters
        return name in seen.indices and not other and not self.is_time(name)

    def sort_of_variable(self, symbol: t.Sym) -> tuple[Sort, str, int, bool]:
        """(sort, why, where, guessed)."""
        return variables.sort_of_variable(self, symbol)

    def variable(self, symbol: t.Sym) -> Var:
        """The variable that a letter is."""
        return variables.variable(self, symbol)

    def is_density(self, key: str) -> bool:
        said = self.corrections.get(key)
        if said is not None:
            return said in ("density", "law")
        return self.evidence.is_density(key)

    def meaning(self, call: t.Call, args: Sequence[Sequence[Expr]]) -> Meaning:
        """What the head of ``call`` is; ``args`` in the places sub, sup, main, given."""
        return heads.meaning(self, call, args)

    def forget(self, key: str, shape: tuple[int, int, int] | None = None) -> None:
        """A symbol gets its meaning anew: the document says more of it.

        Args:
            shape: how many subscripts, arguments and conditions; None for any. p_t(z|x) says
                nothing of p(x), but of the p_t(z) that is defined by it.
        """
        mine = {k: m for k, m in self.meanings.items() if k[0].split("@")[0] == key}
        gone = {k for k in mine if shape is None or (k[1], k[3], k[4]) == shape}
        heads: set[Head] = set()
        while True:
            heads = {m.head for k, m in mine.items() if k in gone and m.head is not None}
            terms = {k: m.body if m.head is None else m.head.definition for k, m in mine.items()}
            more = {
                k
                for k, term in terms.items()
                if term is not None and heads & {a.head for a in term.atoms(Apply)}
            }
            if more <= gone:
                break
            gone |= more
        self.meanings = {k: m for k, m in self.meanings.items() if k not in gone}
        known = self.names.given.get((key, "head"), "") if shape is None else ""
        names = {known, *(head.name for head in heads)}
        for known_laws in self.laws.values():
            known_laws[:] = [one for one in known_laws if one.head.name not in names]
        self.names.retire(key, None if shape is None else names)

    def prior(self, latent: Var, symbol: t.Sym) -> Apply | None:
        """A law of ``latent`` that depends on nothing."""
        return marginals.prior(self, latent, symbol)

    def term(self, node: t.Node) -> Expr:
        """The term that ``node`` writes.

        Raises:
            NotYet: there is none, or the notation is not known.
            SortError: its parts do not fit.
        """
        make = _MAKERS.get(type(node))
        if make is None:
            raise NotYet(f"{words_for(node)} is not in the language yet", node.at)
        return make(self, node)

    def side(self, node: t.Node) -> Expr:
        """The term of a side of a row; of a matrix M the number aᵀM b, for any a and b."""
        return matrices.side(self, node)

    def path(self, symbol: t.Sym) -> Expr | None:
        """The value of a symbol that random ones define, x_t = (1 − t) x_0 + t x_1."""
        return paths.path(self, symbol)

    def path_of_formula(self, formula: t.Node) -> t.Sym | None:
        """A name for y + n behind a bar, E[y | y + n = x]; None where nothing in it is random."""
        return paths.path_of_formula(self, formula)

    def writes_out(self, path: t.Sym) -> bool:
        """Whether the value of a path is put in: one like Δ = x_1 − x_0, at which no function is
        taken and nothing is conditioned on it, is an abbreviation."""
        return self.expand or not (
            spelled(path) in self.evidence.conditioned or self._is_argument(spelled(path))
        )

    def _is_argument(self, name: str) -> bool:
        return any(
            spelled(part) == name
            for call in self.evidence.calls
            for place in (*call.args, *call.given, *call.after)
            for part in t.walk(place)
        )

    def spelling(self, var: Var) -> str:
        """How the document writes a variable."""
        return next((s for s, v in self.variables.items() if v is var), var.name)

    def circular(self, name: str) -> Head:
        """sin or cos: a function that numbers know by its name, and proofs by its rules."""
        if name not in self.opaque:
            angle = Var(self.names.of("angle", "angle"), Sort.REAL)
            head = Scalar(self.names.of(name, "function " + name), angle)
            self.opaque[name] = head
            if head.name != name:  # another symbol of the document has it
                self.unknowns[head] = f"{name}(…)"
        return self.opaque[name]

    def known(self, symbol: t.Sym) -> bool:
        """Whether the document writes a symbol anywhere."""
        return key_of(symbol) in self.evidence.symbols

    def time_letter(self) -> str:
        """The one letter of the document that is a time; "" where there are several."""
        letters = [name for name in self.evidence.times if name.isalpha()]
        if "t" in letters:
            return "t"
        return letters[0] if len(letters) == 1 else ""

    def is_place(self, symbol: t.Sym) -> bool:
        """Whether functions of the document are taken at a symbol, or it is drawn."""
        name = spelled(symbol)
        seen = self.evidence
        if name in seen.drawn or name in seen.integrated or name in seen.random:
            return True
        return any(spelled(arg) == name for call in seen.calls for arg in call.args)

    def point_letter(self) -> t.Sym | None:
        """The letter at which the document takes most of its functions."""
        counts: Counter[str] = Counter()
        letters: dict[str, t.Sym] = {}
        for arg in (arg for call in self.evidence.calls for arg in call.args):
            if not isinstance(arg, t.Sym) or arg.sub or spelled(arg) in self.evidence.random:
                continue
            found = self.evidence.sorts.of(arg)
            if found is not None and found.kind == "vec":
                counts[spelled(arg)] += 1
                letters[spelled(arg)] = arg
        return letters[counts.most_common(1)[0][0]] if counts else None

    def with_arguments(self, node: t.Sym) -> t.Node:
        """p_t as p_t(x), where the document writes it so elsewhere."""
        return applications.with_arguments(self, node)

    def scopes(self, script: t.Sym) -> bool:
        """Whether a letter in a subscript is a variable or a parameter."""
        return applications.scopes(self, script)

    def of_times(self, script: t.Node) -> bool:
        """Whether a subscript is made of times and parameters: t, t-1, θ."""
        symbols = [n for n in t.walk(script) if isinstance(n, t.Sym)]
        return bool(symbols) and all(
            self.is_time(spelled(s)) or self.is_parameter(spelled(s)) for s in symbols
        )

    def define_constant(
        self, name: str, node: t.Sym, body: Expr, why: str, guessed: bool = False
    ) -> Named:
        """A constant that a row introduces by using it."""
        return definitions.define_constant(self, name, node, body, why, guessed)

    @contextmanager
    def binding(self, names: Sequence[str]) -> Iterator[None]:
        self.bound.extend(names)
        try:
            yield
        finally:
            if names:
                del self.bound[-len(names) :]

    def law(self, node: t.Expectation) -> list[Apply]:
        """The draws of an expectation, each with its density, in an order that fits."""
        return laws.law(self, node)

    def remembered(self, symbol: t.Sym, names: Sequence[str]) -> Apply:
        """The law of a bare variable: the last one whose conditions are drawn here, too."""
        return laws.law_of_variable(self, symbol, names)

    @contextmanager
    def unrolling(self, time: str) -> Iterator[None]:
        """Products up to a time, ᾱ_t, are α_t ᾱ_{t-1} inside, whatever else the document has."""
        saved, self.unrolled = self.unrolled, time
        try:
            yield
        finally:
            self.unrolled = saved

    @contextmanager
    def expanding(self) -> Iterator[None]:
        """Paths are written out inside: what they are made of moves with the time."""
        saved, self.expand = self.expand, True
        try:
            yield
        finally:
            self.expand = saved

    @contextmanager
    def drawing_paths(self) -> Iterator[None]:
        """Paths are drawn inside, in the losses and constants that are defined by averages, too."""
        self.expand = False
        try:
            with self._drawing(self.drawn_meanings):
                yield
        finally:
            self.expand = True

    @contextmanager
    def drawing_noised(self, roots: bool = False) -> Iterator[None]:
        """Paths m + s n with Gaussian noise are drawn from N(m, s² I) inside, with ``roots`` for
        s = √a from N(m, √a √a I): what 1/√a is beside it cancels there, and not beside a.

        Raises:
            NotYet: there are none.
        """
        self.roots_kept = roots
        try:
            with hidden_noise.noise_turned(self), self._drawing(self.turned_meanings[roots]):
                yield
        finally:
            self.roots_kept = False

    @contextmanager
    def _drawing(self, kept: dict[Key, Meaning]) -> Iterator[None]:
        """Averages have a meaning of their own inside, which ``kept`` has; a definition that does
        not fit there is refused there only."""
        meanings, constants = self.meanings, self.constants
        candidates = [one for options in self.candidates.values() for one in options]
        states = [(one.state, one.why) for one in candidates]
        self.constants = {}
        self.meanings = {**_without_averages(meanings), **kept}
        try:
            yield
        finally:
            kept |= {k: m for k, m in self.meanings.items() if k in meanings}
            new = {k: m for k, m in self.meanings.items() if k not in meanings}
            self.meanings = {**meanings, **_without_averages(new)}
            self.constants = constants
            for one, (state, why) in zip(candidates, states, strict=True):
                if one.state == "refused":
                    one.state, one.why = state, why

    def unknown(self, node: t.Node, sort: Sort | None) -> Expr:
        """A function of everything free in ``node``, where the language has no term for it."""
        return unknowns.unknown(self, node, sort)


def _without_averages(meanings: dict[Key, Meaning]) -> dict[Key, Meaning]:
    """Those in whose definitions, to the end, there is no average over what is drawn."""

    def averages(term: Any) -> bool:
        if isinstance(term, Expect | CondExpect):
            return True
        if isinstance(term, Named):
            return averages(term.definition)
        if isinstance(term, Apply) and term.head.definition is not None:
            return averages(term.head.definition) or any(map(averages, term.arguments))
        return any(map(averages, term.args))

    def kept(meaning: Meaning) -> bool:
        body = meaning.body if meaning.head is None else meaning.head.definition
        return body is None or not averages(body)

    return {key: meaning for key, meaning in meanings.items() if kept(meaning)}


_MAKERS: dict[type[t.Node], Callable[[Elaborator, Any], Expr]] = {
    t.Num: arithmetic.number,
    t.Bracketed: arithmetic.group,
    t.Add: arithmetic.read_sum,
    t.Mul: arithmetic.product,
    t.Pow: arithmetic.power,
    t.Frac: arithmetic.read_fraction,
    t.Norm: arithmetic.norm,
    t.Abs: arithmetic.absolute,
    t.At: calculus.at_a_place,
    t.Pair: arithmetic.read_pair,
    t.Transposed: arithmetic.transposed,
    t.Braced: arithmetic.braced,
    t.Sym: applications.symbol,
    t.Call: applications.call,
    t.Integral: binders.integral,
    t.Expectation: binders.expectation,
    t.Derivative: binders.derivative,
    t.Function: binders.function,
    t.Normal: binders.normal,
    t.Extremum: binders.extremum,
    t.Series: sums.finite_sum,
    t.BilinearForm: linear_maps.form_term,
    t.MatrixTrace: linear_maps.trace_term,
}
