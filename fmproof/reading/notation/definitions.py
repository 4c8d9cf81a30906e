"""What defines what: the rows of a document that say what its symbols are, and its constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sympy import Expr, Pow

from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import factors, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    Density,
    Expect,
    Head,
    IntegralOver,
    Lebesgue,
    Named,
    Ratio,
    Var,
)
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import pairs
from fmproof.reading.notation.lacking import (
    NotYet,
    Undefined,
    symbol_in,
)
from fmproof.reading.notation.symbols import conventional, key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


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
    late: bool = False  #: whether rows before it use the symbol, and "where" stands before it
    steps: Candidate | None = None  #: of a path in closed form, what x_t is by x_{t-1}


Key = tuple[str, int, bool, int, int]
"""A head: key, number of subscripts, whether a superscript, of arguments, of given ones."""


POINT = "◦u"
"""The spelling of the point of a density that is defined without one, q = N(m, v I)."""

KEPT_CLOSED = "an integral in a coefficient of a density, which is any function here"
"""Why what a document says of a coefficient is not put in."""


@dataclass
class Meaning:
    """A head or name of the document: a symbol of the language, or an abbreviation."""

    head: Head | None = None
    params: tuple[Var, ...] = ()
    body: Expr | None = None  # of an abbreviation, over params
    order: tuple[int, ...] = ()


def candidate_of(elab: Elaborator, call: t.Call | t.Sym, letters: str = "") -> Candidate | None:
    head = call.head if isinstance(call, t.Call) else call
    if isinstance(call, t.Sym):
        if not elab.by_spelling:
            for options in elab.candidates.values():
                for one in options:
                    if isinstance(one.left, t.Sym):
                        elab.by_spelling.setdefault(spelled(one.left), []).append(one)
        named = elab.by_spelling.get(spelled(call), ())
        return next((c for c in named if c.state not in ("refused", "working")), None)
    key = key_of(head)
    found: list[Candidate] = [*elab.candidates.get(key, ()), *_numbered(elab, key)]
    for candidate in found:
        left = candidate.left
        if candidate.state in ("refused", "working"):
            continue
        if not isinstance(left, t.Call) or pairs.of_another_pair(elab, call, left):
            continue
        same = (len(left.args), len(left.given), len(left.after), len(left.head.sub)) == (
            len(call.args),
            len(call.given),
            len(call.after),
            len(call.head.sub),
        ) and (left.head.sup is None) == (call.head.sup is None)
        same = same and _same_numbers(left.head, call.head)
        if same and key in elab.evidence.mixed:
            same = [spelled(g) for g in left.given] == [spelled(g) for g in call.given]
        if (
            same
            and letters
            and "".join(map(spelled, left.args)) != "".join(map(spelled, call.args))
        ):
            same = all(isinstance(a, t.Sym) for a in left.args) and any(
                isinstance(s, t.Sym) and elab.is_time(spelled(s)) for s in left.head.sub
            )
            same = same or (spelled(left.args[0]) == POINT and _at_one_letter(elab, call))
        if same and not any(map(_of_another_step, left.given, call.given)):
            return candidate
    return None


def _of_another_step(defined: t.Node, written: t.Node) -> bool:
    """q(x_t|x_0) is not the step q(x_t|x_{t-1}) of a chain."""
    if not (isinstance(defined, t.Sym) and isinstance(written, t.Sym)):
        return False
    steps = [any(isinstance(s, t.Add) for s in one.sub) for one in (defined, written)]
    return key_of(defined) == key_of(written) and steps == [True, False]


def _at_one_letter(elab: Elaborator, call: t.Call) -> bool:
    """Whether a density is taken at one letter in the whole document, so that it is one density."""
    calls = elab.evidence.called.get(key_of(call.head), ())
    alone = {tuple(map(spelled, one.args)) for one in calls if not one.given}
    return len(alone) == 1 and not any(one.given for one in calls)


def _same_numbers(one: t.Sym, other: t.Sym) -> bool:
    """m_0 is not m_1; what is defined at a number is defined there alone."""
    pairs = zip(one.sub, other.sub, strict=True) if len(one.sub) == len(other.sub) else ()
    return all(spelled(a) == spelled(b) for a, b in pairs if isinstance(a, t.Num))


def _numbered(elab: Elaborator, key: str) -> list[Candidate]:
    """The definitions of x̂_0(x), ψ_x(x) and the like: the script is a word on the letter."""
    if not elab.numbered:
        elab.numbered[""] = []
        for options in list(elab.candidates.values()):
            for one in options:
                head = one.left.head if isinstance(one.left, t.Call) else None
                named = None if head is None else with_words(elab, head)
                if named is None or named == head or not isinstance(one.left, t.Call):
                    continue
                left = replace(one.left, head=named)
                elab.numbered.setdefault(key_of(named), []).append(replace(one, left=left))
    return elab.numbered.get(key, [])


def label_above(elab: Elaborator, head: t.Sym) -> str:
    """The superscript of a function that is a word on it: of η^z, and not of u^θ; or ""."""
    above = head.sup
    word = isinstance(above, t.Sym) and not elab.is_parameter(spelled(above))
    return spelled(above) if above is not None and word else ""


def with_words(elab: Elaborator, head: t.Sym) -> t.Sym:
    """A function with the words on it as labels: p_X is p with an X on it, η^z is η with a z."""
    marks = [s for s in head.sub if is_mark(elab, s)]
    label = "".join(letter for s in marks for letter in spelled(s) if letter.isalnum())
    above = label_above(elab, head)
    rest = tuple(s for s in head.sub if s not in marks)
    labels = (*head.labels, *filter(None, (label, above)))
    return replace(head, sub=rest, labels=labels, sup=None if above else head.sup)


def is_mark(elab: Elaborator, script: t.Node) -> bool:
    """Whether a subscript is a word on a letter: a number, or a letter that is no variable."""
    if isinstance(script, t.Sym):
        return not script.sub and spelled(script) not in elab.bound and not elab.scopes(script)
    return isinstance(script, t.Num)


def _as_integral(term: Expr) -> Expr:
    """E_{q(z)}[u p / p_t] as ∫ u p q / p_t dz: quotients of densities stand under integrals."""
    if not (isinstance(term, Expect) and any(_divides(f) for f in factors(term.body))):
        return term
    (*before, last) = term.measure
    if before or not isinstance(last, Apply) or not isinstance(last.head, Density):
        return term
    return IntegralOver(times_of(last, term.body), *(Lebesgue(v) for v in last.head.drawn(last)))


def _divides(factor: Expr) -> bool:
    return isinstance(factor, Ratio) or (isinstance(factor, Pow) and factor.exp == -1)


def _is_name(left: t.Node) -> bool:
    """A loss, which has no argument that is not written."""
    return isinstance(left, t.Call) and conventional("losses", left.head.name)


def definition_of(
    elab: Elaborator,
    candidate: Candidate,
    call: t.Call,
    params: tuple[Var, ...],
    args: Sequence[Sequence[Expr]],
) -> Expr | None:
    """The defining term over ``params``, or None where the row defines nothing."""
    candidate.state = "working"
    guesses = set(elab.guesses)
    saved, elab.bound = elab.bound, []
    try:
        left = candidate.left
        assert isinstance(left, t.Call)
        elab.bound = [
            spelled(a) for a in places(left)
        ]  # x_t is the argument, no path, in f(x_t) := …
        own = [elab.variable(symbol_in(a)) for a in places(left)]
        term = elab.term(candidate.right)
    except (NotYet, SortError, FmproofError) as error:
        candidate.state, candidate.why = "refused", str(error)
        elab.guesses = guesses
        return None
    finally:
        elab.bound = saved
    if _kept_closed(elab, candidate):
        candidate.state = "refused"
        candidate.why = KEPT_CLOSED
        return None
    if len(set(own)) != len(own):
        candidate.state, candidate.why = "refused", "an argument stands twice on its left"
        return None
    theta = {v for v in free_vars(term) if v.sort is Sort.PARAM}
    stray = free_vars(term) - set(own) - theta
    names = {v: spelling for spelling, v in elab.variables.items()}
    averaged = any(isinstance(n, t.Integral | t.Expectation) for n in t.walk(candidate.right))
    loose = [v for v in stray if v.sort is Sort.VEC or isinstance(candidate.right, t.Expectation)]
    if (averaged or _is_name(candidate.left)) and any(
        _bound_elsewhere(elab, v, names.get(v, v.name), candidate)
        for v in (loose if averaged and not _is_name(candidate.left) else stray)
    ):  # else what is left is an argument that is not written, and taken from around
        candidate.state = "refused"
        candidate.why = f"{', '.join(sorted(v.name for v in stray))} is free in its definition"
        return None
    candidate.state = "used"
    term = _as_integral(term)
    renaming = {a: b for a, b in zip(own, params, strict=True) if a is not b}
    return substitute(term, renaming) if renaming else term


def _kept_closed(elab: Elaborator, candidate: Candidate) -> bool:
    """Whether a definition is that of ᾱ(t) = exp(−∫₀ᵗ β), and ᾱ stands in a Gaussian density.

    A density has no integrals in its coefficients, since one that diverges is no number.
    """
    if not any(isinstance(node, t.Integral) for node in t.walk(candidate.right)):
        return False
    left = candidate.left.head if isinstance(candidate.left, t.Call) else candidate.left
    if not isinstance(left, t.Sym):
        return False
    key = key_of(left)
    normals = (
        node
        for options in elab.candidates.values()
        for one in options
        for node in t.walk(one.right)
        if isinstance(node, t.Normal)
    )
    heads = (n for node in normals for n in t.walk(node) if isinstance(n, t.Sym | t.Call))
    return any(key_of(n.head if isinstance(n, t.Call) else n) == key for n in heads)


def _bound_elsewhere(elab: Elaborator, var: Var, name: str, candidate: Candidate) -> bool:
    """Whether the document draws or integrates a variable that is free in a definition.

    A number that it draws only behind the definition is fixed there, as a noise level is. The cells
    of a notebook are texts of their own, of which the places do not compare.
    """
    seen = (elab.evidence.drawn, elab.evidence.integrated)
    bound = [found[name] for found in seen if name in found]
    later = var.sort is Sort.REAL and ":" not in candidate.place
    return bool(bound) and not (later and min(bound) > candidate.at)


def constant(elab: Elaborator, node: t.Sym, candidate: Candidate) -> Expr | None:
    """A name with a definition: a constant, or an abbreviation with variables in it."""
    name = spelled(node)
    if candidate.state == "refused":
        return None
    candidate.state = "working"
    saved, elab.bound = elab.bound, []
    try:
        body = elab.term(candidate.right)
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
        elab.bound = saved
    candidate.state = "used"
    if sort_of(body) not in (Sort.REAL, Sort.VEC):
        candidate.state = "refused"
        return None
    if free_vars(body) - {v for v in free_vars(body) if v.sort is Sort.PARAM}:
        candidate.state = "waiting"
        return body  # an abbreviation is written out
    made = Named(elab.constant_name(node), body)
    elab.constants[name] = made
    elab.note(name, "a name for a term", "its definition", candidate.at)
    return made


def define_constant(
    elab: Elaborator, name: str, node: t.Sym, body: Expr, why: str, guessed: bool = False
) -> Named:
    """A constant that a row introduces by using it."""
    made = Named(elab.constant_name(node), body)
    elab.constants[name] = made
    elab.note(name, "a constant", why, node.at, guessed)
    return made


def places(call: t.Call) -> list[t.Node]:
    """The arguments of a left side, in the order of a head's parameters."""
    sup = [call.head.sup] if isinstance(call.head.sup, t.Sym) else []
    return [*call.head.sub, *sup, *call.args, *call.after, *call.given]
