"""Syntax trees to terms of the language, by what a document's symbols stand for.

A symbol gets its meaning when it is first needed, its definition with it: heads carry their
definitions, so what a later row defines is known to an earlier one. What the language has no
term for is an *unknown* of the right sort that depends on everything that is free in it: what is
proved of an unknown holds of the thing itself, and what numbers say of it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, S

from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import coefficient, plus_of, power_of, times_of
from fmproof.lang.arithmetic import factors as factors_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    ArgMin,
    Density,
    Exp,
    Field,
    Grad,
    Head,
    Inner,
    IntegralOver,
    Lebesgue,
    Named,
    Ratio,
    Scalar,
    Sqrt,
    Var,
    dim,
    norm2,
    pi,
    uniform,
)
from fmproof.lang.nodes.measure import conditions, law_order
from fmproof.lang.nodes.ratio import divide
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import calculus, randomness
from fmproof.reading.notation.evidence import Evidence, Reading
from fmproof.reading.notation.names import Names
from fmproof.reading.notation.randomness import drawn_symbols, has_dot
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled


class NotYet(Exception):
    """What the language has no term for, or the notation no meaning: the row stays open."""

    def __init__(self, reason: str, at: int, kind: str = "language") -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.kind = kind


@dataclass
class Candidate:
    """A row that defines a symbol: its left side and its right side."""

    left: t.Node
    right: t.Node
    at: int
    place: str
    explicit: bool
    state: str = "waiting"  # waiting, working, used, refused
    why: str = ""


Key = tuple[str, int, bool, int, int]
"""A head: key, number of subscripts, whether a superscript, of arguments, of given ones."""


@dataclass
class Meaning:
    """A head or name of the document: a symbol of the language, or an abbreviation."""

    head: Head | None = None
    params: tuple[Var, ...] = ()
    body: Expr | None = None  # of an abbreviation, over params
    order: tuple[int, ...] = ()


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
    table: dict[str, Reading] = field(default_factory=dict)
    unknowns: dict[Head, str] = field(default_factory=dict)
    guesses: set[str] = field(default_factory=set)
    meanings: dict[Key, Meaning] = field(default_factory=dict)
    constants: dict[str, Named] = field(default_factory=dict)
    variables: dict[str, Var] = field(default_factory=dict)
    laws: dict[str, list[Apply]] = field(default_factory=dict)
    bound: list[str] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    opaque: dict[str, Head] = field(default_factory=dict)
    said_laws: dict[str, list[t.Sym]] = field(default_factory=dict)
    expand: bool = True  #: paths are written out, rather than drawn
    paths: dict[str, Expr | None] = field(default_factory=dict)

    # --- the table ---

    def note(
        self, symbol: str, reading: str, why: str, at: int = -1, guessed: bool = False
    ) -> None:
        shown = symbol if "(" in symbol else readable(symbol)
        if shown not in self.table:
            place = self.place(at) if at >= 0 else ""
            self.table[shown] = Reading(shown, reading, why, place, guessed)
        if guessed:
            self.guesses.add(shown)

    def constant_name(self, symbol: t.Sym) -> str:
        return self.names.of(
            key_of(symbol), "constant" + spelled(symbol), "".join(map(spelled, symbol.sub))
        )

    # --- variables ---

    def is_parameter(self, name: str) -> bool:
        corrected = self.corrections.get(name)
        if corrected is not None:
            return corrected in ("parameter", "weights")
        return name in self.evidence.parameters

    def is_time(self, name: str) -> bool:
        corrected = self.corrections.get(name)
        if corrected is not None:
            return corrected in ("time", "real", "scalar")
        return name in self.evidence.times

    def sort_of_variable(self, symbol: t.Sym) -> tuple[Sort, str, int, bool]:
        """(sort, why, where, guessed)."""
        name, _key = spelled(symbol), key_of(symbol)
        said = self.corrections.get(name)
        if said in ("parameter", "weights"):
            return Sort.PARAM, "the author says so", -1, False
        if said in ("time", "real", "scalar"):
            return Sort.REAL, "the author says so", -1, False
        if said in ("vector", "data", "noise", "point"):
            return Sort.VEC, "the author says so", -1, False
        if name in self.evidence.parameters:
            why, at = self.evidence.parameters[name]
            return Sort.PARAM, why, at, False
        if name in self.evidence.times:
            why, at = self.evidence.times[name]
            return Sort.REAL, why, at, why == "by convention"
        found = self.evidence.sorts.of(symbol)
        if found is not None and found.kind == "vec" and not found.guessed:
            return Sort.VEC, found.why, found.at, False
        if name in self.evidence.drawn or name in self.evidence.integrated:
            at = self.evidence.drawn.get(name, self.evidence.integrated.get(name, -1))
            if conventional("times", symbol.name):
                return Sort.REAL, "a time by its letter", at, True
            if found is not None and found.kind == "real" and not found.guessed:
                return Sort.REAL, found.why, found.at, False
            return Sort.VEC, "it is drawn or integrated over", at, True
        if found is not None:
            kind = Sort.VEC if found.kind == "vec" else Sort.REAL
            return kind, found.why, found.at, found.guessed
        raise NotYet(
            f"what {readable(spelled(symbol))} stands for is not said", symbol.at, "notation"
        )

    def variable(self, symbol: t.Sym) -> Var:
        name = spelled(symbol)
        known = self.variables.get(name)
        if known is not None:
            if self.table.get(readable(name), Reading("", "", "")).guessed:
                self.guesses.add(readable(name))
            return known
        sort, why, at, guessed = self.sort_of_variable(symbol)
        if guessed and self.strict:
            raise NotYet(f"{readable(name)} is not declared (--strict)", symbol.at, "notation")
        sub = "".join(map(spelled, symbol.sub))
        var = Var(self.names.of(key_of(symbol), "variable " + name, sub), sort)
        self.variables[name] = var
        words = {
            Sort.PARAM: "parameters of a model",
            Sort.REAL: "a real number",
            Sort.VEC: "a vector",
        }
        self.note(name, words[sort], why, at, guessed)
        return var

    # --- heads ---

    def is_density(self, key: str) -> bool:
        said = self.corrections.get(key)
        if said is not None:
            return said in ("density", "law")
        return self.evidence.is_density(key)

    def meaning(self, call: t.Call, args: Sequence[Sequence[Expr]]) -> Meaning:
        """What the head of ``call`` is; ``args`` in the places sub, sup, main, given."""
        sub, sup, main, given = args
        key = key_of(call.head)
        density = self.is_density(key)
        letters = ""
        if density and not any(sort_of(a) is Sort.REAL for a in sub):
            letters = ",".join(_letters(main)) + "|" + ",".join(_letters(given))
        sorts = ";".join(",".join(sort_of(a).name for a in group) for group in args)
        found: Key = (key + "@" + letters + sorts, len(sub), bool(sup), len(main), len(given))
        known = self.meanings.get(found)
        if known is not None:
            return known
        made = self._make(found, call, args, density, letters)
        self.meanings[found] = made
        return made

    def forget(self, key: str) -> None:
        """A symbol gets its meaning anew: the document says more of it."""
        self.meanings = {k: m for k, m in self.meanings.items() if k[0].split("@")[0] != key}
        for name, laws in self.laws.items():
            self.laws[name] = [
                law for law in laws if law.head.name != self.names.given.get((key, "head"))
            ]

    def _make(
        self, found: Key, call: t.Call, args: Sequence[Sequence[Expr]], density: bool, letters: str
    ) -> Meaning:
        key = key_of(call.head)
        params: list[list[Var]] = []
        used: set[Var] = set()
        for group in args:
            places = []
            for arg in group:
                var = arg if isinstance(arg, Var) else None
                if var is None or var in used:
                    sort = sort_of(arg)
                    names = (f"{letter}{i}" for i in range(1, 99) for letter in _SPARE[sort])
                    var = next(v for v in (Var(n, sort) for n in names) if v not in used)
                used.add(var)
                places.append(var)
            params.append(places)
        sub, sup, main, given = map(tuple, params)
        everything = (*sub, *sup, *main, *given)
        shown = self._shape(call)
        candidate = self._candidate(call, letters)
        definition: Expr | None = None
        if candidate is not None:
            definition = self._definition(candidate, call, everything, args)
        if definition is None and density:
            definition = self._marginal(call, sub, main, given)
        if density:
            name = self.names.of(
                key + ("@" + letters if letters.strip("|") and self._several(key, letters) else ""),
                "head",
            )
            return self._density(name, call, sub, sup, main, given, definition, candidate)
        sort = sort_of(definition) if definition is not None else self._result(call)
        stray = free_vars(definition) - set(everything) if definition is not None else set()
        if definition is not None and (stray or sort not in (Sort.REAL, Sort.VEC)):
            return Meaning(None, everything, definition)
        name = self.names.of(key, "head")
        kind = Field if sort is Sort.VEC else Scalar
        if sup and not all(v.sort is Sort.PARAM for v in sup):
            raise NotYet(f"the superscript of {readable(key)}", call.at, "notation")
        head = kind(name, *main, sub=sub, sup=sup, given=given, definition=definition)
        what = "a vector field" if kind is Field else "a real function"
        if any(v.sort is Sort.PARAM for v in everything) and definition is None:
            what = "the model" if kind is Field else what
        if candidate is not None and definition is not None:
            self.note(shown, f"{what}, defined", "its definition", candidate.at)
        else:
            self.note(shown, what, "how it is used", call.at)
        return Meaning(head, everything)

    def _several(self, key: str, letters: str) -> bool:
        """Whether the document has densities of one letter with different arguments."""
        seen = {k[0] for k in self.meanings if k[0].startswith(key + "@")}
        return bool(seen) and "|" in letters

    def _shape(self, call: t.Call) -> str:
        key = key_of(call.head)
        sub = ",".join(readable(spelled(s)) for s in call.head.sub)
        main = ",".join(readable(spelled(a)) if isinstance(a, t.Sym) else "·" for a in call.args)
        given = ",".join(readable(spelled(a)) if isinstance(a, t.Sym) else "·" for a in call.given)
        sup = f"^{readable(spelled(call.head.sup))}" if call.head.sup is not None else ""
        inside = main + (f"|{given}" if given else "")
        return (
            f"{readable(key)}"
            + (f"_{sub}" if sub else "")
            + sup
            + (f"({inside})" if inside else "")
        )

    def _result(self, call: t.Call) -> Sort:
        """Whether an undefined function has vectors or reals for values."""
        key = key_of(call.head)
        said = self.corrections.get(key)
        if said in ("model", "target", "vector", "field", "velocity", "score"):
            return Sort.VEC
        if said in ("scalar", "real", "weight", "loss"):
            return Sort.REAL
        if conventional("losses", call.head.name):
            return Sort.REAL
        found = self.evidence.sorts.of(call.head)
        if found is not None and not found.guessed:
            return Sort.VEC if found.kind == "vec" else Sort.REAL
        if conventional("fields", call.head.name) and (call.args or call.given):
            self.guesses.add(readable(key))
            return Sort.VEC
        if found is not None:
            self.guesses.add(readable(key))
            return Sort.VEC if found.kind == "vec" else Sort.REAL
        return Sort.REAL

    def _density(
        self,
        name: str,
        call: t.Call,
        sub: tuple[Var, ...],
        sup: tuple[Var, ...],
        main: tuple[Var, ...],
        given: tuple[Var, ...],
        definition: Expr | None,
        candidate: Candidate | None,
    ) -> Meaning:
        shown = self._shape(call)
        over = tuple((v, 0, 1) if v.sort is Sort.REAL else v for v in main)
        everything = (*sub, *sup, *main, *given)
        if definition is not None:
            try:
                head = Density(name, *over, sub=sub, sup=sup, given=given, definition=definition)
            except SortError:
                if candidate is None:
                    definition = None
                else:  # not visibly a density, such as one with a formula: what it is stays open
                    candidate.state, candidate.why = "refused", "not visibly a density"
                    return Meaning(None, everything, definition)
        if definition is None:
            if main and all(v.sort is Sort.REAL for v in main) and not given and not sub:
                head = uniform(main[0])
                self.note(
                    shown,
                    "the density of a time, uniform on [0, 1]",
                    "by convention",
                    call.at,
                    True,
                )
                return Meaning(head, everything)
            head = Density(name, *over, sub=sub, sup=sup, given=given)
            if (
                self._turned(call)
                and len(main) == 1
                and isinstance(call.args[0], t.Sym)
                and (self.prior(main[0], call.args[0]) is not None)
            ):
                self.unknowns[head] = "a posterior that is not the joint over the marginal"
        why, at = self.evidence.densities.get(
            key_of(call.head), ("a density by its letter", call.at)
        )
        what = "a probability density" + (
            ", given " + ", ".join(v.name for v in given) if given else ""
        )
        if definition is not None and candidate is not None:
            self.note(shown, what + ", defined", "its definition", candidate.at)
        elif definition is not None:
            self.note(
                shown,
                f"the marginal of {readable(key_of(call.head))}(·|·)",
                "a marginal by convention",
                at,
                True,
            )
        else:
            self.note(shown, what, why, at)
        return Meaning(head, everything)

    def _turned(self, call: t.Call) -> bool:
        """Whether the document has this density with arguments and conditions exchanged."""
        args, given = [spelled(a) for a in call.args], [spelled(g) for g in call.given]
        return bool(given) and any(
            [spelled(a) for a in other.args] == given and [spelled(g) for g in other.given] == args
            for calls in self.evidence.called.values()
            for other in calls
            if self.is_density(key_of(other.head))
        )

    # --- definitions ---

    def _candidate(self, call: t.Call | t.Sym, letters: str = "") -> Candidate | None:
        head = call.head if isinstance(call, t.Call) else call
        if isinstance(call, t.Sym):
            if not self.by_spelling:
                for options in self.candidates.values():
                    for one in options:
                        if isinstance(one.left, t.Sym):
                            self.by_spelling.setdefault(spelled(one.left), []).append(one)
            named = self.by_spelling.get(spelled(call), ())
            return next((c for c in named if c.state not in ("refused", "working")), None)
        for candidate in self.candidates.get(key_of(head), ()):
            left = candidate.left
            if candidate.state in ("refused", "working"):
                continue
            if not isinstance(left, t.Call):
                continue
            same = (len(left.args), len(left.given), len(left.after), len(left.head.sub)) == (
                len(call.args),
                len(call.given),
                len(call.after),
                len(call.head.sub),
            )
            if (
                same
                and letters
                and "".join(map(spelled, left.args)) != "".join(map(spelled, call.args))
            ):
                same = all(isinstance(a, t.Sym) for a in left.args) and any(
                    isinstance(s, t.Sym) and self.is_time(spelled(s)) for s in left.head.sub
                )
            if same:
                return candidate
        return None

    def _definition(
        self,
        candidate: Candidate,
        call: t.Call,
        params: tuple[Var, ...],
        args: Sequence[Sequence[Expr]],
    ) -> Expr | None:
        """The defining term over ``params``, or None where the row defines nothing."""
        candidate.state = "working"
        guesses = set(self.guesses)
        saved, self.bound = self.bound, []
        try:
            left = candidate.left
            assert isinstance(left, t.Call)
            own = [self.variable(_symbol(a)) for a in _places(left)]
            term = self.term(candidate.right)
        except (NotYet, SortError, FmproofError) as error:
            candidate.state, candidate.why = "refused", str(error)
            self.guesses = guesses
            return None
        finally:
            self.bound = saved
        if len(set(own)) != len(own):
            candidate.state, candidate.why = "refused", "an argument stands twice on its left"
            return None
        theta = {v for v in free_vars(term) if v.sort is Sort.PARAM}
        stray = free_vars(term) - set(own) - theta
        names = {v: spelling for spelling, v in self.variables.items()}
        if any(
            names.get(v, v.name) in self.evidence.drawn
            or names.get(v, v.name) in self.evidence.integrated
            for v in stray
        ):  # what is left is fixed throughout, and the symbol abbreviates its definition
            candidate.state = "refused"
            candidate.why = f"{', '.join(sorted(v.name for v in stray))} is free in its definition"
            return None
        candidate.state = "used"
        renaming = {a: b for a, b in zip(own, params, strict=True) if a is not b}
        return substitute(term, renaming) if renaming else term

    def _marginal(
        self, call: t.Call, sub: tuple[Var, ...], main: tuple[Var, ...], given: tuple[Var, ...]
    ) -> Expr | None:
        """p_t(x) where the document has p_t(x|z) and a law of z, and says no more."""
        if given or len(main) != 1 or self.strict:
            return None
        key = key_of(call.head)
        for other in self.evidence.called.get(key, ()):
            if len(other.given) != 1 or len(other.args) != 1 or len(other.head.sub) != len(sub):
                continue
            if not isinstance(other.given[0], t.Sym):
                continue
            try:
                latent = self.variable(other.given[0])
                prior = self.prior(latent, other.given[0])
                if prior is None or latent in (*sub, *main) or latent.sort is not Sort.VEC:
                    continue
                conditional = self.meaning(
                    t.Call(other.at, other.head, (t.Sym(other.at, "x"),), other.given),
                    (sub, (), main, (latent,)),
                )
            except (NotYet, SortError):
                continue
            if conditional.head is None:
                continue
            joint = conditional.head(*sub, *main, latent) * prior
            return IntegralOver(joint, Lebesgue(latent))
        return None

    def prior(self, latent: Var, symbol: t.Sym) -> Apply | None:
        """A law of ``latent`` that depends on nothing."""
        for law in self.laws.get(spelled(symbol), ()):
            if not conditions(law):
                return law
        name = spelled(symbol)
        for key in self.evidence.densities:
            for call in self.evidence.called.get(key, ()):
                if (
                    not call.given
                    and not call.head.sub
                    and [spelled(a) for a in call.args] == [name]
                ):
                    meaning = self.meaning(call, ((), (), (latent,), ()))
                    if meaning.head is not None:
                        applied: Apply = meaning.head(latent)
                        return applied
        for one in self.said_laws.get(name, ()):
            call = t.Call(one.at, one, (symbol,))
            if not one.sub:
                meaning = self.meaning(call, ((), (), (latent,), ()))
                if meaning.head is not None:
                    return meaning.head(latent)
        return None

    # --- terms ---

    def term(self, node: t.Node) -> Expr:
        """The term that ``node`` writes.

        Raises:
            NotYet: there is none, or the notation is not known.
            SortError: its parts do not fit.
        """
        make = getattr(self, "_" + type(node).__name__.lower(), None)
        if make is None:
            raise NotYet(f"{_words(node)} is not in the language yet", node.at)
        made: Expr = make(node)
        return made

    def _num(self, node: t.Num) -> Expr:
        return Rational(node.value.numerator, node.value.denominator)

    def _group(self, node: t.Group) -> Expr:
        return self.term(node.body)

    def _add(self, node: t.Add) -> Expr:
        terms = [self.term(part) * sign for sign, part in node.parts]
        return plus_of(*terms)

    def _braced(self, node: t.Braced) -> Expr:
        body = self.term(node.body)
        if isinstance(node.name, t.Sym) and not free_vars(body):
            name = spelled(node.name)
            if name in self.constants:
                return self.constants[name]
            made = Named(self.constant_name(node.name), body)
            self.constants[name] = made
            self.note(name, "a name for a term", "an underbrace defines it", node.at)
            return made
        return body

    def _pow(self, node: t.Pow) -> Expr:
        exponent = node.exponent
        value = exponent.value if isinstance(exponent, t.Num) else None
        if (
            isinstance(exponent, t.Add)
            and len(exponent.parts) == 1
            and isinstance(exponent.parts[0][1], t.Num)
        ):
            value = exponent.parts[0][0] * exponent.parts[0][1].value
        if isinstance(node.base, t.Norm | t.Abs):
            inner = self.term(node.base.body)
            if value is None or value.denominator != 1 or value <= 0:
                return self.unknown(node, Sort.REAL)
            if value % 2:
                return power_of(calculus.absolute(self, node.base), Rational(int(value)))
            square = norm2(inner) if sort_of(inner) is Sort.VEC else inner**2
            return square if value == 2 else square ** int(value / 2)
        if self._is_e(node.base):
            inner = self.term(exponent)
            if sort_of(inner) is not Sort.REAL:
                raise NotYet("an exponential of a vector", node.at)
            return Exp(inner)
        base = self.term(node.base)
        if value is not None and value.denominator == 2 and sort_of(base) is Sort.REAL:
            root = power_of(Sqrt(base), Rational(abs(value.numerator)))
            return root if value > 0 else self._divided(S.One, root, node.at)
        if value is None or value.denominator != 1:
            return self.unknown(node, Sort.REAL)
        if sort_of(base) is Sort.VEC:
            if value != 2:
                raise NotYet("a power of a vector", node.at)
            return norm2(base)
        if value > 0:
            return power_of(base, Rational(int(value)))
        if value == 0:
            return S.One
        return self._divided(S.One, power_of(base, Rational(int(-value))), node.at)

    def _is_e(self, node: t.Node) -> bool:
        """Whether a base is Euler's number."""
        if not isinstance(node, t.Sym) or node.name not in ("e", "rm:e") or node.sub:
            return False
        name = spelled(node)
        return name not in self.evidence.drawn and name not in self.evidence.integrated

    def _norm(self, node: t.Norm) -> Expr:
        return calculus.absolute(self, node)

    def _abs(self, node: t.Abs) -> Expr:
        return calculus.absolute(self, node)

    def _pair(self, node: t.Pair) -> Expr:
        return Inner(self.term(node.left), self.term(node.right))

    def _transposed(self, node: t.Transposed) -> Expr:
        raise NotYet("a transposed vector with nothing to multiply", node.at)

    def _frac(self, node: t.Frac) -> Expr:
        return self._divided(self.term(node.top), self.term(node.bottom), node.at)

    def _divided(self, top: Expr, bottom: Expr, at: int) -> Expr:
        if sort_of(bottom) is not Sort.REAL:
            raise NotYet("a division by a vector", at)
        if isinstance(bottom, Rational):
            if bottom == 0:
                raise NotYet("a division by 0", at, "notation")
            return divide(top, bottom)
        number, rest = coefficient(bottom)
        below = factors_of(rest)
        if number != 1 or len(below) > 1:  # a/(2bc) is (a/2/b)/c: a ratio cancels by one factor
            made = divide(top, number)
            for factor in below:
                made = self._divided(made, factor, at)
            return made
        if sort_of(top) is Sort.VEC:
            return self._times([Ratio(S.One, bottom), top], at)
        if isinstance(top, IntegralOver) and not _bound(top) & free_vars(bottom):
            return _into(top, Ratio(S.One, bottom))
        return Ratio(top, bottom)

    def _mul(self, node: t.Mul) -> Expr:
        """Factors from left to right; two vectors multiply by a dot or a transposition."""
        done: list[Expr] = []
        vector: Expr | None = None
        dotted = False
        for i, factor in enumerate(node.factors):
            op = node.ops[i - 1] if i else ""
            transposed = isinstance(factor, t.Transposed)
            term = self.term(factor.body if isinstance(factor, t.Transposed) else factor)
            sort = sort_of(term)
            if op == "∘":
                raise NotYet("a composition", factor.at)
            if op == "/":
                if vector is not None:
                    vector = self._divided(vector, term, factor.at)
                else:
                    whole = self._times(done, node.at)
                    done = [self._divided(whole, term, factor.at)]
                continue
            if sort is Sort.VEC:
                if vector is None:
                    vector, dotted = term, transposed
                elif op == "·" or dotted:
                    if transposed:
                        raise NotYet("a product of three vectors", factor.at)
                    done.append(Inner(vector, term))
                    vector, dotted = None, False
                else:
                    raise NotYet("two vectors side by side", factor.at, "notation")
            else:
                if op == "·" and vector is not None and not dotted and i > 0:
                    done.append(term)
                    continue
                done.append(term)
        if vector is not None:
            done.append(vector)
        if any(sort_of(term) in (Sort.GRADIENT, Sort.SET) for term in done):
            whole = times_of(*done)
            sort_of(whole)
            return whole
        return self._times(done, node.at)

    def _times(self, factors: list[Expr], at: int) -> Expr:
        """A product. 1/p(x) goes under an integral that it does not depend on: one reading."""
        integrals = [f for f in factors if isinstance(f, IntegralOver) and sort_of(f) is Sort.VEC]
        if len(integrals) == 1:
            (integral,) = integrals
            ratios = [
                f
                for f in factors
                if isinstance(f, Ratio)
                and f.args[0] is S.One
                and not free_vars(f) & _bound(integral)
            ]
            if len(ratios) == 1:
                rest = [f for f in factors if f is not integral and f is not ratios[0]]
                return times_of(*rest, _into(integral, ratios[0]))
        whole = times_of(*factors)
        sort_of(whole)
        return whole

    # --- symbols ---

    def _sym(self, node: t.Sym) -> Expr:
        name, key = spelled(node), key_of(node)
        if name in self.bound or self.is_parameter(name):
            return self.variable(node)
        if name in self.constants:
            return self.constants[name]
        if self.is_time(name):
            return self.variable(node)
        candidate = self._candidate(node)
        if candidate is None and has_dot(node) and name not in self.evidence.drawn:
            with self.expanding():
                slope = calculus.dotted(self, node)
            if slope is not None:
                return slope
        if candidate is not None and not self.expand and self.path(node) is not None:
            return self.variable(node)
        if candidate is not None:
            term = self._constant(node, candidate)
            if term is not None:
                return term
        if name in self.evidence.drawn or name in self.evidence.integrated:
            return self.variable(node)
        calls = [
            c
            for c in self.evidence.called.get(key, ())
            if len(c.head.sub) == len(node.sub) and (c.head.sup is None) == (node.sup is None)
        ]
        if (
            calls
            and all(isinstance(a, t.Sym) for a in _places(calls[0]))
            and not name[-1].isdigit()
        ):
            first = calls[0]
            return self.term(t.Call(node.at, node, first.args, first.given, first.after))
        times = [s for s in node.sub if self.of_times(s)]
        if node.sub and len(times) == len(node.sub):
            sort = self._sort_or_none(node)
            weights = any(isinstance(s, t.Sym) and self.is_parameter(spelled(s)) for s in times)
            if sort is Sort.VEC and not weights:
                return self.variable(node)
            return self._applied(t.Call(node.at, node, ()))
        constant = self._number_by_name(node)
        if constant is not None:
            return constant
        if self._looks_constant(node):
            raise Undefined(name, node)
        return self.variable(node)

    def _number_by_name(self, node: t.Sym) -> Expr | None:
        """d, the dimension, and π."""
        if spelled(node) != node.name or self.corrections.get(node.name) is not None:
            return None
        found = self.evidence.sorts.of(node)
        if found is not None and found.kind == "vec":
            return None
        if node.name == "d":
            self.note("d", "the dimension", "by convention", node.at, True)
            return dim
        return pi if node.name == "pi" else None

    # --- what randomness and calculus ask ---

    def path(self, symbol: t.Sym) -> Expr | None:
        """The value of a symbol that random ones define, x_t = (1 − t) x_0 + t x_1."""
        name = spelled(symbol)
        if name in self.paths:
            return self.paths[name]
        if self.is_parameter(name) or self.is_time(name):
            return None
        candidate = self._candidate(symbol)
        if candidate is None or any(
            isinstance(n, t.Expectation | t.Derivative | t.Integral) or n is symbol
            for n in t.walk(candidate.right)
        ):
            return None
        inside = [n for n in t.walk(candidate.right) if isinstance(n, t.Sym)]
        self.paths[name] = None  # it is not defined by itself
        random = [n for n in inside if randomness.is_random(self, n)]
        del self.paths[name]
        if not random:
            return None
        self.paths[name] = None  # it is not defined by itself
        try:
            with self.expanding():
                value = self._constant(symbol, candidate)
        except (NotYet, SortError, FmproofError):
            value = None
        if value is not None and (isinstance(value, Named) or sort_of(value) is not Sort.VEC):
            value = None
        self.paths[name] = value
        return value

    def spelling(self, var: Var) -> str:
        """How the document writes a variable."""
        return next((s for s, v in self.variables.items() if v is var), var.name)

    def known(self, symbol: t.Sym) -> bool:
        """Whether the document writes a symbol anywhere."""
        return key_of(symbol) in self.evidence.symbols

    def time_letter(self) -> str:
        """The one letter of the document that is a time; "" where there are several."""
        letters = [name for name in self.evidence.times if name.isalpha()]
        if "t" in letters:
            return "t"
        return letters[0] if len(letters) == 1 else ""

    def with_arguments(self, node: t.Sym) -> t.Node:
        """p_t as p_t(x), where the document writes it so elsewhere."""
        name = spelled(node)
        if name in self.bound or self.is_parameter(name) or self.is_time(name):
            return node
        if self._candidate(node) is not None or name[-1:].isdigit():
            return node
        if name in self.evidence.drawn or name in self.evidence.integrated:
            return node
        for call in self.evidence.called.get(key_of(node), ()):
            alike = len(call.head.sub) == len(node.sub)
            alike = alike and (call.head.sup is None) == (node.sup is None)
            if alike and all(isinstance(a, t.Sym) for a in _places(call)):
                return t.Call(node.at, node, call.args, call.given, call.after)
        return node

    def of_times(self, script: t.Node) -> bool:
        """Whether a subscript is made of times and parameters: t, t-1, θ."""
        symbols = [n for n in t.walk(script) if isinstance(n, t.Sym)]
        return bool(symbols) and all(
            self.is_time(spelled(s)) or self.is_parameter(spelled(s)) for s in symbols
        )

    def _looks_constant(self, node: t.Sym) -> bool:
        """C, K, C_1, const: a number that some row introduces."""
        letter = node.name.split(":")[-1]
        if letter in ("const", "constant", "Const", "konst"):
            return True
        return letter in ("C", "K", "R", "B", "A", "c", "M") and (
            spelled(node) not in self.evidence.vectors
            and not node.accents
            and all(isinstance(s, t.Num) for s in node.sub)
            and node.sup is None
        )

    def _sort_or_none(self, node: t.Sym) -> Sort | None:
        try:
            return self.sort_of_variable(node)[0]
        except NotYet:
            return None

    def _constant(self, node: t.Sym, candidate: Candidate) -> Expr | None:
        """A name with a definition: a constant, or an abbreviation with variables in it."""
        name = spelled(node)
        if candidate.state == "refused":
            return None
        candidate.state = "working"
        saved, self.bound = self.bound, []
        try:
            body = self.term(candidate.right)
        except RecursionError:
            candidate.state, candidate.why = "refused", "it is defined by itself"
            return None
        except Undefined:
            candidate.state = "waiting"
            raise
        except (NotYet, SortError, FmproofError) as error:
            candidate.state, candidate.why = "refused", str(error)
            return None
        finally:
            self.bound = saved
        candidate.state = "used"
        if sort_of(body) not in (Sort.REAL, Sort.VEC):
            candidate.state = "refused"
            return None
        if free_vars(body) - {v for v in free_vars(body) if v.sort is Sort.PARAM}:
            candidate.state = "waiting"
            return body  # an abbreviation is written out
        made = Named(self.constant_name(node), body)
        self.constants[name] = made
        self.note(name, "a name for a term", "its definition", candidate.at)
        return made

    def define_constant(
        self, name: str, node: t.Sym, body: Expr, why: str, guessed: bool = False
    ) -> Named:
        """A constant that a row introduces by using it."""
        made = Named(self.constant_name(node), body)
        self.constants[name] = made
        self.note(name, "a constant", why, node.at, guessed)
        return made

    def _call(self, node: t.Call) -> Expr:
        head = node.head
        name, key = spelled(head), key_of(head)
        plain = len(node.args) == 1 and not node.given and not node.after
        if plain and isinstance(node.args[0], t.Dot):
            raise NotYet(f"{readable(key)}(·) as a function", node.at)
        if has_dot(head) and key not in self.candidates and not node.given and not node.after:
            with self.expanding():
                slope = calculus.dotted(self, head, node.args)
            if slope is not None:
                return slope
        if plain and not self._function_like(node):
            return self._mul(t.Mul(node.at, (head, t.Group(node.at, node.args[0])), ("",)))
        del name
        return self._applied(node)

    def _function_like(self, node: t.Call) -> bool:
        """Whether ``a(b)`` applies a to b, rather than multiplying."""
        head, key = node.head, key_of(node.head)
        if key in self.evidence.densities or self.is_density(key):
            return True
        name = spelled(head)
        if name in self.evidence.drawn or name in self.evidence.integrated or self.is_time(name):
            return False
        if key in self.candidates and any(isinstance(c.left, t.Call) for c in self.candidates[key]):
            return True
        if conventional("losses", head.name):
            return True
        arg = node.args[0]
        if isinstance(arg, (t.Add, t.Num)):
            others = [
                c
                for c in self.evidence.called.get(key, ())
                if isinstance(c.args[0] if c.args else None, t.Sym)
            ]
            return bool(others)
        return True

    def _applied(self, node: t.Call) -> Expr:
        head = node.head
        params = list(head.sub)
        sub, label = [], ""
        for script in params:
            if isinstance(script, t.Num) or (
                isinstance(script, t.Sym) and not self._scopes(script)
            ):
                label += "".join(letter for letter in spelled(script) if letter.isalnum())
            else:
                sub.append(script)
        if label:
            head = t.Sym(
                head.at,
                head.name,
                tuple(sub),
                (*head.labels, label),
                head.sup,
                head.accents,
                head.primes,
            )
            node = t.Call(node.at, head, node.args, node.given, node.after, node.square)
        sup: list[t.Node] = []
        power: t.Node | None = None
        if head.sup is not None:
            if isinstance(head.sup, t.Sym) and self.is_parameter(spelled(head.sup)):
                sup = [head.sup]
            elif isinstance(head.sup, t.Sym):
                head = t.Sym(
                    head.at,
                    head.name,
                    head.sub,
                    (*head.labels, spelled(head.sup)),
                    None,
                    head.accents,
                    head.primes,
                )
                node = t.Call(node.at, head, node.args, node.given, node.after, node.square)
            else:
                power = head.sup
        if power is not None:
            raise NotYet(f"the superscript of {readable(key_of(head))}", node.at)
        head = self._unlabelled(node)
        node = t.Call(node.at, head, node.args, node.given, node.after, node.square)
        groups = [
            [self.term(a) for a in sub],
            [self.term(a) for a in sup],
            [self.term(a) for a in (*node.args, *node.after)],
            [self.term(_value(a)) for a in node.given],
        ]
        for group in groups:
            for arg in group:
                if sort_of(arg) not in (Sort.REAL, Sort.VEC, Sort.PARAM, Sort.LATENT):
                    raise NotYet("a function of a function", node.at)
        posterior = self._posterior(node, groups)
        if posterior is not None:
            return posterior
        meaning = self.meaning(node, groups)
        everything = [a for group in groups for a in group]
        if meaning.head is None:
            if meaning.body is None:
                raise NotYet(f"{readable(key_of(head))} has no meaning yet", node.at, "notation")
            return substitute(meaning.body, dict(zip(meaning.params, everything, strict=True)))
        return meaning.head(*everything)

    def _scopes(self, script: t.Sym) -> bool:
        """Whether a letter in a subscript is a variable or a parameter."""
        name = spelled(script)
        return (
            name in self.bound
            or self.is_time(name)
            or self.is_parameter(name)
            or name in self.evidence.drawn
            or name in self.evidence.integrated
            or conventional("scalars", script.name)
        )

    def _unlabelled(self, node: t.Call) -> t.Sym:
        """The one symbol with a word on it that is meant where the word is left out."""
        head, key = node.head, key_of(node.head)
        if head.labels or self.is_density(key):
            return head
        shape = (
            len(node.args) + len(node.after),
            len(node.given),
            len(head.sub),
            head.sup is not None,
        )

        def shaped(name: str) -> bool:
            return any(
                (len(c.args) + len(c.after), len(c.given), len(c.head.sub), c.head.sup is not None)
                == shape
                for c in self.evidence.called.get(name, ())
            )

        if key in self.candidates:
            return head
        labelled = [k for k in self.evidence.called if k.startswith(key + "|") and shaped(k)]
        if len(labelled) != 1 or head.sup is not None:
            return head
        labels = tuple(labelled[0].split("|")[1:])
        full = t.Sym(head.at, head.name, head.sub, labels, head.sup, head.accents, head.primes)
        self.note(
            key,
            f"short for {readable(labelled[0])}",
            "the only symbol that it can abbreviate",
            node.at,
            True,
        )
        return full

    def _posterior(self, node: t.Call, groups: Sequence[Sequence[Expr]]) -> Expr | None:
        """p(z|x) where the document has p(x|z) and a law of z: the joint over the marginal."""
        _sub, sup, main, given = groups
        if sup or len(main) != 1 or len(given) != 1 or not self.is_density(key_of(node.head)):
            return None
        if not (isinstance(main[0], Var) and isinstance(given[0], Var)):
            return None
        found = self._reversed(node, main[0], given[0])
        if found is None:
            return None
        joint, marginal = found
        return Ratio(joint, marginal)

    def _reversed(self, node: t.Call, main: Var, given: Var) -> tuple[Expr, Expr] | None:
        z, x = node.args[0], _value(node.given[0])
        if not (isinstance(z, t.Sym) and isinstance(x, t.Sym)):
            return None
        if self._candidate(node, "posterior") is not None:
            return None  # the document says what it is
        for key in self.evidence.densities:
            for call in self.evidence.called.get(key, ()):
                same = [spelled(a) for a in call.args] == [spelled(x)] and [
                    spelled(g) for g in call.given
                ] == [spelled(z)]
                if not same:
                    continue
                prior = self.prior(main, z)
                if prior is None:
                    return None
                kernel = self.term(t.Call(node.at, call.head, (x,), (z,)))
                own = t.Call(node.at, call.head, (x,))
                marginal = self.term(own)
                self.note(
                    spelled(node.head) + "(z|x)",
                    "a posterior: joint density over marginal",
                    "by convention",
                    node.at,
                )
                return kernel * prior, marginal
        return None

    # --- binders ---

    @contextmanager
    def binding(self, names: Sequence[str]) -> Iterator[None]:
        self.bound.extend(names)
        try:
            yield
        finally:
            if names:
                del self.bound[-len(names) :]

    def _integral(self, node: t.Integral) -> Expr:
        if not node.over:
            raise NotYet("an integral over a measure", node.at)
        symbols = [_symbol(one.var) for one in node.over]
        measures = []
        for one, symbol in zip(node.over, symbols, strict=True):
            var = self.variable(symbol)
            measures.append(self._range(var, one))
        with self.binding([spelled(s) for s in symbols]):
            body = self.term(node.body)
        if sort_of(body) not in (Sort.REAL, Sort.VEC):
            raise NotYet("an integral of what is no number and no vector", node.at)
        for measure in measures:
            body = IntegralOver(body, measure)
        return body

    def _range(self, var: Var, one: t.Over) -> Lebesgue:
        if var.sort is Sort.PARAM:
            raise NotYet("an integral over parameters", one.at)
        if one.low is None and one.high is None:
            if var.sort is Sort.REAL:
                return Lebesgue(var, 0, 1)
            return Lebesgue(var)
        low, high = (_number(bound) for bound in (one.low, one.high))
        if low is None or high is None:
            if isinstance(one.low, t.Other | t.Sym) and one.high is None and var.sort is Sort.VEC:
                return Lebesgue(var)  # over R^d
            raise NotYet("an integral with these limits", one.at)
        if var.sort is not Sort.REAL:
            raise NotYet("limits for a vector", one.at)
        if not low < high:
            raise NotYet("an integral with these limits", one.at)
        return Lebesgue(var, _rational(low), _rational(high))

    def _expectation(self, node: t.Expectation) -> Expr:
        if node.given:
            return randomness.conditional(self, node)
        average = self._posterior_average(node)
        if average is not None:
            return average
        return randomness.expectation(self, node)

    def _posterior_average(self, node: t.Expectation) -> Expr | None:
        """E over z ~ p(z|x): the integral against joint over marginal."""
        if len(node.draws) != 1:
            return None
        (draw,) = node.draws
        law = draw.law if draw.law is not None else draw.drawn[0]
        if not (isinstance(law, t.Call) and law.given and len(draw.drawn) == 1):
            return None
        symbol = draw.drawn[0] if draw.law is not None else law.args[0]
        if not isinstance(symbol, t.Sym):
            return None
        with self.binding([spelled(symbol)]):
            density = self.term(t.Call(draw.at, law.head, (symbol,), law.given))
            if not isinstance(density, Ratio):
                return None
            body = self.term(node.body)
        return IntegralOver(body * density, Lebesgue(self.variable(symbol)))

    def law(self, node: t.Expectation) -> list[Apply]:
        """The draws of an expectation, each with its density, in an order that fits."""
        symbols = drawn_symbols(node)
        names = [spelled(s) for s in symbols]
        found: list[Apply] = []
        bare: list[t.Sym] = []
        for draw in node.draws:
            if draw.law is None and len(draw.drawn) == 1 and isinstance(draw.drawn[0], t.Sym):
                bare.append(draw.drawn[0])
            else:
                with self.binding(names):
                    found.append(self._drawn(draw))
        for symbol in bare:
            with self.binding(names):
                found.append(self.remembered(symbol, names))
        order = law_order(found)
        if order is None:
            raise NotYet(
                "the draws of this expectation depend on each other in a circle", node.at, "law"
            )
        for one in order:
            for var in one.head.drawn(one):
                spelling = next((s for s, v in self.variables.items() if v is var), None)
                if spelling is not None and one not in self.laws.setdefault(spelling, []):
                    self.laws[spelling].insert(0, one)
                elif spelling is not None:
                    self.laws[spelling].remove(one)
                    self.laws[spelling].insert(0, one)
        return list(order)

    def _drawn(self, draw: t.Draw) -> Apply:
        law, drawn = draw.law, draw.drawn
        if law is None and len(drawn) == 1 and isinstance(drawn[0], t.Call):
            term = self.term(drawn[0])
            return self._as_draw(term, draw.at)
        if law is None:
            raise NotYet("what is drawn here", draw.at, "law")
        variables = [self.variable(_symbol(one)) for one in drawn]
        head = law.head if isinstance(law, t.Call) else law
        if isinstance(head, t.Sym) and conventional("uniform", head.name, "names"):
            if len(variables) != 1 or variables[0].sort is not Sort.REAL:
                raise NotYet("a uniform law of this", draw.at, "law")
            ends = (
                [_number(a) for a in law.args]
                if isinstance(law, t.Call)
                else [Fraction(0), Fraction(1)]
            )
            if len(ends) != 2 or None in ends:
                if len(ends) == 2 and isinstance(law, t.Call):
                    return self._time_law(variables[0], law, draw.at)
                raise NotYet("a uniform law with these ends", draw.at, "law")
            low, high = ends
            if not (low is not None and high is not None and low < high):
                raise NotYet("a uniform law with these ends", draw.at, "law")
            self.note(
                spelled(_symbol(drawn[0])) + " ",
                f"uniform on [{low}, {high}]",
                "its law is written",
                draw.at,
            )
            return uniform(
                variables[0],
                Rational(low.numerator, low.denominator),
                Rational(high.numerator, high.denominator),
            )(variables[0])
        if isinstance(law, t.Normal):
            (var,) = variables if len(variables) == 1 else (None,)
            if var is None or var.sort is not Sort.VEC:
                raise NotYet("a Gaussian law of this", draw.at, "law")
            try:
                return calculus.normal(self, law, var)
            except calculus.Beyond:
                raise NotYet("a Gaussian law with this covariance", draw.at, "law") from None
        if not isinstance(head, t.Sym):
            raise NotYet("a law of this kind", draw.at, "law")
        given: tuple[t.Node, ...] = ()
        if isinstance(law, t.Call):
            given = law.given
            dotted = all(isinstance(a, t.Dot) for a in law.args)
            if not dotted and [spelled(a) for a in law.args] != [spelled(a) for a in drawn]:
                raise NotYet("a density of another variable than the one drawn", draw.at, "law")
        term = self.term(t.Call(draw.at, head, tuple(drawn), given))
        return self._as_draw(term, draw.at)

    def _time_law(self, var: Var, law: t.Call, at: int) -> Apply:
        """t uniform on [0, T] with T a letter: some law on the unit interval, after scaling."""
        key = "time " + spelled(law)
        head = self.opaque.setdefault(key, Density(self.names.of("ptime", "head"), (var, 0, 1)))
        self.unknowns[head] = "the uniform law on an interval with a letter"
        made: Apply = head(var)
        return made

    def _as_draw(self, term: Expr, at: int) -> Apply:
        if not (isinstance(term, Apply) and isinstance(term.head, Density)):
            raise NotYet("a draw from what is not known to be a density", at, "law")
        if not all(isinstance(v, Var) for v in term.head.drawn(term)):
            raise NotYet("a draw of what is no variable", at, "law")
        return term

    def remembered(self, symbol: t.Sym, names: Sequence[str]) -> Apply:
        """The law of a bare variable: the last one whose conditions are drawn here, too."""
        name = spelled(symbol)
        var = self.variable(symbol)
        around = {self.variables[n] for n in (*names, *self.bound) if n in self.variables}
        fitting = [law for law in self.laws.get(name, ()) if conditions(law) <= around]
        if fitting:
            return max(fitting, key=lambda law: len(conditions(law)))
        conditional = self._conditional_law(symbol, var, around)
        if conditional is not None:
            return conditional
        prior = self.prior(var, symbol) if var.sort is not Sort.REAL else None
        if prior is not None:
            return prior
        if var.sort is Sort.REAL and self.is_time(name):
            if self.strict:
                raise NotYet(
                    f"the law of {readable(name)} is not said (--strict)", symbol.at, "law"
                )
            self.note(name + " ", "uniform on [0, 1]", "by convention", symbol.at, True)
            return uniform(var)(var)
        raise NotYet(f"no law of {readable(name)} is known", symbol.at, "law")

    def _conditional_law(self, symbol: t.Sym, var: Var, around: set[Var]) -> Apply | None:
        """p_t(x|z) for a bare x beside t and z, where the document has it."""
        name = spelled(symbol)
        for key in self.evidence.densities:
            for call in sorted(self.evidence.called.get(key, ()), key=lambda c: -len(c.given)):
                if [spelled(a) for a in call.args] != [name]:
                    continue
                places = [*call.head.sub, *call.given]
                if not all(
                    isinstance(p, t.Sym) and self.variables.get(spelled(p)) in around
                    for p in places
                ):
                    continue
                try:
                    return self._as_draw(self.term(call), symbol.at)
                except (NotYet, SortError):
                    continue
        return None

    # --- derivatives and the rest ---

    def _derivative(self, node: t.Derivative) -> Expr:
        if (
            node.kind == "grad"
            and isinstance(node.var, t.Sym)
            and self.is_parameter(spelled(node.var))
        ):
            param = self.variable(node.var)
            body = self.term(node.body)
            return Grad(body, param)
        try:
            with self.expanding():
                return calculus.derivative(self, node)
        except calculus.Beyond:
            pass
        sort = {"grad": Sort.VEC, "div": Sort.REAL, "laplace": Sort.REAL}.get(node.kind)
        return self.unknown(node, sort)

    @contextmanager
    def expanding(self) -> Iterator[None]:
        """Paths are written out inside: what they are made of moves with the time."""
        saved, self.expand = self.expand, True
        try:
            yield
        finally:
            self.expand = saved

    def _function(self, node: t.Function) -> Expr:
        try:
            return calculus.function(self, node)
        except calculus.Beyond:
            pass
        if node.name in _UNKNOWN:
            return self.unknown(node, Sort.REAL)
        raise NotYet(f"{node.name} is not in the language yet", node.at)

    def _normal(self, node: t.Normal) -> Expr:
        try:
            return calculus.normal(self, node)
        except calculus.Beyond:
            return self.unknown(node, Sort.REAL)

    def _extremum(self, node: t.Extremum) -> Expr:
        if (
            node.kind == "argmin"
            and isinstance(node.var, t.Sym)
            and self.is_parameter(spelled(node.var))
        ):
            return ArgMin(self.term(node.body), self.variable(node.var))
        raise NotYet(f"{node.kind} is not in the language yet", node.at)

    def unknown(self, node: t.Node, sort: Sort | None) -> Expr:
        """A function of everything free in ``node``, where the language has no term for it."""
        free = self._free(node)
        if sort is None:
            raise NotYet(f"{_words(node)} is not in the language yet", node.at)
        variables = [self.variable(symbol) for symbol in free]
        if not variables and any(isinstance(n, t.Sym) for n in t.walk(node)):
            raise NotYet(f"what {_words(node)} depends on is not clear", node.at)
        names = {spelled(symbol): f"#{i}" for i, symbol in enumerate(free)}
        key = _abstract(node, names)
        shape = ",".join(v.sort.name for v in variables)
        head = self.opaque.get(key + shape)
        if head is None:
            kind = Field if sort is Sort.VEC else Scalar
            name = self.names.of(f"h{len(self.opaque) + 1}", "unknown")
            head = kind(name, *variables)
            self.opaque[key + shape] = head
            self.unknowns[head] = _words(node)
        made: Expr = head(*variables)
        return made

    def _free(self, node: t.Node) -> list[t.Sym]:
        """The variables and parameters that are free in ``node``, in a fixed order."""
        found: dict[str, t.Sym] = {}
        opened: set[str] = set()

        def visit(one: t.Node, bound: frozenset[str]) -> None:
            if isinstance(one, t.Integral):
                bound = bound | {spelled(o.var) for o in one.over}
                visit(one.body, bound)
                return
            if isinstance(one, t.Expectation):
                bound = bound | {spelled(s) for s in drawn_symbols(one)}
                if one.given:
                    for given in one.given:
                        visit(_value(given), bound)
                    for symbol in _scripts(one.body):
                        if self.is_time(spelled(symbol)) or self.is_parameter(spelled(symbol)):
                            visit(symbol, bound)
                    return
                visit(one.body, bound)
                return
            if isinstance(one, t.Series):
                raise NotYet("a finite sum is not in the language yet", one.at)
            if isinstance(one, t.Dots | t.Other):
                raise NotYet(f"{_words(one)} is not in the language yet", one.at)
            if isinstance(one, t.Sym):
                name = spelled(one)
                for script in (*one.sub, *((one.sup,) if one.sup is not None else ())):
                    if isinstance(script, t.Sym) and self._scopes(script):
                        visit(script, bound)
                if name in bound:
                    return
                known = (
                    name in self.bound
                    or self.is_parameter(name)
                    or self.is_time(name)
                    or name in self.evidence.drawn
                    or name in self.evidence.integrated
                )
                calls = self.evidence.called.get(key_of(one), [])
                hidden = next((c for c in calls if _of_variables(c)), None)
                numbered = all(isinstance(s, t.Num) for s in one.sub)
                if known or numbered or hidden is None:
                    found.setdefault(name, one)
                elif key_of(one) not in opened:
                    opened.add(key_of(one))
                    for arg in (*hidden.args, *hidden.given, *hidden.after):
                        visit(arg, bound)
                return
            if isinstance(one, t.Call):
                for script in (
                    *one.head.sub,
                    *((one.head.sup,) if one.head.sup is not None else ()),
                ):
                    if isinstance(script, t.Sym) and self._scopes(script):
                        visit(script, bound)
                for arg in (*one.args, *one.given, *one.after):
                    visit(arg, bound)
                return
            for child in t.children(one):
                visit(child, bound)

        visit(node, frozenset())
        return list(found.values())


class Undefined(NotYet):
    """A constant that nothing has defined so far; the row that uses it may be what does."""

    def __init__(self, name: str, node: t.Sym) -> None:
        super().__init__(f"{readable(name)} is not defined", node.at, "constant")
        self.name = name
        self.node = node


_UNKNOWN = frozenset(("sin", "cos", "tan", "tanh", "cosh", "sinh", "tr", "KL", "min", "max"))
"""Functions that are read, and of which the language knows nothing."""

_SPARE = {
    Sort.REAL: "rs",
    Sort.VEC: "xy",
    Sort.PARAM: ("theta",),
    Sort.LATENT: "c",
    Sort.GRADIENT: "g",
    Sort.SET: "s",
}


def _letters(args: Sequence[Expr]) -> list[str]:
    return [a.name if isinstance(a, Var) else "·" for a in args]


def _places(call: t.Call) -> list[t.Node]:
    """The arguments of a left side, in the order of a head's parameters."""
    sup = [call.head.sup] if isinstance(call.head.sup, t.Sym) else []
    return [*call.head.sub, *sup, *call.args, *call.after, *call.given]


def _of_variables(call: t.Call) -> bool:
    """Whether a call has plain letters for arguments, and so is one."""
    return all(isinstance(a, t.Sym) for a in (*call.args, *call.given, *call.after))


def _symbol(node: t.Node) -> t.Sym:
    if isinstance(node, t.Sym):
        return node
    raise NotYet("expected a variable", node.at, "notation")


def _value(node: t.Node) -> t.Node:
    """``X_t = x`` behind a bar stands for its value."""
    return node.right if isinstance(node, t.Equation) else node


def _scripts(node: t.Node) -> list[t.Sym]:
    return [n for n in t.walk(node) if isinstance(n, t.Sym)]


def _bound(integral: IntegralOver) -> set[Var]:
    return {item.var for item in integral.measure}


def _into(integral: IntegralOver, ratio: Ratio) -> Expr:
    """(1/p)·∫ f q dz as ∫ f (q/p) dz: densities of what is integrated go into the numerator."""
    parts = factors_of(integral.body)
    densities = [
        f
        for f in parts
        if isinstance(f, Apply) and isinstance(f.head, Density) and free_vars(f) & _bound(integral)
    ]
    rest = [f for f in parts if f not in densities]
    top = times_of(ratio.args[0], *densities)
    return IntegralOver(times_of(*rest, Ratio(top, ratio.args[1])), *integral.measure)


def _number(node: t.Node | None) -> Fraction | None:
    if isinstance(node, t.Num):
        return node.value
    if isinstance(node, t.Frac) and isinstance(node.top, t.Num) and isinstance(node.bottom, t.Num):
        return node.top.value / node.bottom.value if node.bottom.value else None
    return None


def _rational(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)


def _is_constant(node: t.Node) -> bool:
    return all(
        not isinstance(n, t.Sym) or n.name in ("I", "bf:I", "Id", "rm:Id", "bf:0", "I_d", "rm:I")
        for n in t.walk(node)
    )


def _abstract(node: t.Node, names: dict[str, str]) -> str:
    """``node`` as a string in which its free variables have numbers."""
    if isinstance(node, t.Sym) and spelled(node) in names:
        return names[spelled(node)]
    if isinstance(node, t.Sym):
        parts = [key_of(node), *(_abstract(s, names) for s in node.sub)]
        if node.sup is not None:
            parts.append("^" + _abstract(node.sup, names))
        return "{" + " ".join(parts) + "}"
    parts = [type(node).__name__]
    for name in ("name", "kind", "what", "index", "ops", "value"):
        value = getattr(node, name, None)
        if isinstance(value, str | tuple | Fraction) and not (
            isinstance(value, tuple) and value and isinstance(value[0], t.Node)
        ):
            parts.append(str(value))
    if isinstance(node, t.Add):
        parts += [("+" if sign > 0 else "-") + _abstract(part, names) for sign, part in node.parts]
    elif isinstance(node, t.Group):
        return _abstract(node.body, names)
    else:
        parts += [_abstract(child, names) for child in t.children(node)]
    return "[" + " ".join(parts) + "]"


def _words(node: t.Node) -> str:
    if isinstance(node, t.Derivative):
        return {
            "grad": "∇ of a function of points",
            "div": "a divergence",
            "partial": "a partial derivative",
            "total": "a derivative",
            "laplace": "a Laplacian",
            "hessian": "a Hessian",
        }[node.kind]
    if isinstance(node, t.Function):
        return f"{node.name}(…)"
    if isinstance(node, t.Expectation) and node.given:
        return "a conditional expectation"
    if isinstance(node, t.Normal):
        return "a Gaussian density"
    if isinstance(node, t.Series):
        return "a finite sum"
    if isinstance(node, t.Norm):
        return "a norm that is not squared"
    if isinstance(node, t.Abs):
        return "an absolute value"
    if isinstance(node, t.Pow):
        return "a power that is no integer"
    if isinstance(node, t.Other):
        return f"a {node.what}" if node.what != "list" else "a list"
    return {"Dots": "an ellipsis", "Dot": "a dot for an argument", "Extremum": "an extremum"}.get(
        type(node).__name__, type(node).__name__.lower()
    )
