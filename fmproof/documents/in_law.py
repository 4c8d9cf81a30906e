"""Rows that hold in law: noises that become one, a closed form that follows from its steps.

``a ε₁ + b ε₂ = √(a² + b²) ε̄`` says that both sides have one law, where ε̄ is new. Independent
Gaussian noises add up to Gaussian noise, so what is left to show is that the means are equal, and
the sums of the variances. Likewise x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε follows from its step by
induction: with x_{t-1} by the same formula, the step has the mean and the variance of x_t.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import Expr

from fmproof.documents.context import Context, report
from fmproof.documents.items import Item
from fmproof.documents.model import RowReport
from fmproof.documents.prove import Proof
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.symbols import SAYS, key_of_head
from fmproof.documents.ties.world import TIED_COEFFICIENTS
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Gaussian, Head, Sqrt, Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.chains import is_at_a_time, is_shifted
from fmproof.reading.notation.definitions import Candidate
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.hidden_noise import is_standard, linear_in
from fmproof.reading.notation.other_times import at_times
from fmproof.reading.notation.symbols import key_of, spelled

_NOISES = ("epsilon", "varepsilon")
"""Letters of standard Gaussian noise where a document does not say so."""
_MERGED = "in law: the means are equal, and the variances of the independent noises add up"
_BY_STEPS = "in law, by induction: its step has this mean and this variance"


@dataclass(frozen=True)
class _Law:
    """A Gaussian law N(mean, variance · I)."""

    mean: Expr
    variance: Expr


def merged(context: Context, item: Item, before: Expr, claim: Expr) -> RowReport | None:
    """The verdict on a row with one new noise on its right for several on its left; None for
    another row, or where nothing is decided."""
    if sort_of(before) is not Sort.VEC or sort_of(claim) is not Sort.VEC:
        return None
    mine, theirs = (_noises(context, side) for side in (before, claim))
    gone, new = [v for v in mine if v not in theirs], [v for v in theirs if v not in mine]
    if len(new) != 1 or len(gone) < 2:
        return None
    one, other = _split(before, gone), _split(claim, new)
    if one is None or other is None:
        return None
    pairs = [(one.mean, other.mean), (one.variance, other.variance)]
    found = _decided(context, item, pairs, _MERGED)
    if found is None and not any(context.numbers.of(*p).status == "refuted" for p in pairs):
        return report(item, "agrees", f"not proved; {_MERGED}", _shown(pairs))
    return found


def closed_form(context: Context, item: Item, closed: Candidate) -> RowReport | None:
    """The verdict on x_t = a x_0 + s ε, or q(x_t|x_0) = N(a x_0, s² I), beside its steps."""
    step = closed.steps or _step_of_density(context, closed)
    if step is None:
        return None
    try:
        found = _laws_of_steps(context, closed, step)
    except (NotYet, SortError, FmproofError):
        return None
    if found is None:
        return None
    by_step, said, its_own = found
    pairs = [(by_step.mean, said.mean), (by_step.variance, said.variance)]
    loose = {h for pair in pairs for h in heads_in(pair) if h.definition is None}
    if loose - _products(context, loose) - its_own:
        return _decided(context, item, pairs, _BY_STEPS, may_be_wrong=False)
    return _decided(context, item, pairs, _BY_STEPS)


def _laws_of_steps(
    context: Context, closed: Candidate, step: Candidate
) -> tuple[_Law, _Law, set[Head]] | None:
    """The law of x_t by a step from x_{t-1} as the closed form says it, and as it says of x_t;
    and the coefficients of the step: of others the closed form may say what they are."""
    here, before = _path(closed), _earlier(step)
    if here is None or before is None or spelled(here) != spelled(_path(step) or before):
        return None
    back = at_times(closed.right, {spelled(here.sub[0]): before.sub[0]})
    with context.elab.unrolling(spelled(here.sub[0])):
        now, then, move = (_law(context, node) for node in (closed.right, back, step.right))
    if now is None or then is None or move is None:
        return None
    split = linear_in(move.mean, context.elab.variable(before))
    if split is None or context.elab.variable(before) in free_vars(move.variance):
        return None
    rest, factor = split
    mean = add(rest, mul(factor, then.mean))
    by_step = _Law(mean, add(mul(factor, factor, then.variance), move.variance))
    return by_step, now, heads_in([move.mean, move.variance])


def _step_of_density(context: Context, closed: Candidate) -> Candidate | None:
    """q(x_t|x_{t-1}) = N(…) beside q(x_t|x_0) = N(…)."""
    left = closed.left
    if not (isinstance(left, t.Call) and len(left.args) == len(left.given) == 1):
        return None
    if is_shifted(left.given[0]):
        return None  # a step itself
    known = context.elab.candidates.get(key_of(left.head), ())
    for one in known:
        other = one.left
        if not isinstance(other, t.Call) or not isinstance(one.right, t.Normal):
            continue
        alike = [*map(spelled, other.args)] == [*map(spelled, left.args)]
        if alike and len(other.given) == 1 and is_shifted(other.given[0]):
            return one
    return None


def _path(candidate: Candidate) -> t.Sym | None:
    """x_t of x_t = …, of q(x_t|x_0) = …."""
    left = candidate.left
    if isinstance(left, t.Call):
        left = left.args[0] if len(left.args) == 1 else left
    return left if is_at_a_time(left) else None


def _earlier(step: Candidate) -> t.Sym | None:
    """x_{t-1} of a step."""
    here = _path(step)
    places = step.left.given if isinstance(step.left, t.Call) else tuple(t.walk(step.right))
    same = {
        spelled(n): n
        for n in places
        if isinstance(n, t.Sym) and len(n.sub) == 1 and here is not None
        if spelled(replace(n, sub=here.sub)) == spelled(here)
    }
    return next(iter(same.values())) if len(same) == 1 else None


def _law(context: Context, node: t.Node) -> _Law | None:
    """The law that a path by its noise has, or a Gaussian density."""
    term = context.elab.term(node)
    if isinstance(getattr(term, "head", None), Gaussian):
        return _Law(*term.arguments[1:])
    noises = _noises(context, term)
    return _split(term, noises) if noises else None


def _split(value: Expr, noises: list[Var]) -> _Law | None:
    """The law of m + Σ sᵢ εᵢ, of independent standard noises."""
    variances: list[Expr] = []
    for noise in noises:
        split = linear_in(value, noise)
        if split is None:
            return None
        value, scale = split
        variances.append(mul(*_squared(scale)))
    if any(set(noises) & free_vars(term) for term in (value, *variances)):
        return None
    return _Law(value, add(*variances))


def _squared(scale: Expr) -> Iterator[Expr]:
    """The factors of a square; v of (√v)², where v is a variance and so not negative."""
    yield from scale.args if isinstance(scale, Sqrt) else (scale, scale)


def _noises(context: Context, term: Expr) -> list[Var]:
    """The standard Gaussian noises in a term."""
    standard = set(_NOISES) | _standard_letters(context)
    found = []
    for var in sorted(free_vars(term), key=lambda v: v.name):
        symbol = context.elab.evidence.spellings.get(context.elab.spelling(var))
        if var.sort is not Sort.VEC or symbol is None:
            continue
        if symbol.name.split(":")[-1] in standard:
            found.append(var)
    return found


def _standard_letters(context: Context) -> set[str]:
    """The letters of what the document draws from N(0, I), ε_t; then ε̄ is such noise, too."""
    symbols = context.elab.evidence.spellings
    return {
        symbols[name].name.split(":")[-1]
        for name in context.elab.laws
        if name in symbols and is_standard(context.elab, symbols[name])
    }


# --- verdicts ----------------------------------------------------------------------------


Pairs = list[tuple[Expr, Expr]]
"""What has to be equal: means, and variances."""


def _shown(pairs: Pairs) -> str:
    means, variances = (tuple(map(text, pair)) for pair in pairs)
    one, other = (f"N({m}, ({v})·I)" for m, v in zip(means, variances, strict=True))
    return f"{one} = {other}"


def _decided(
    context: Context, item: Item, pairs: Pairs, words: str, may_be_wrong: bool = True
) -> RowReport | None:
    shown = _shown(pairs)
    wrong = _wrong(context, item, pairs) if may_be_wrong else None
    if wrong is not None:
        return replace(report(item, "refuted", wrong, shown), numeric=None)
    context.prover.begin()
    proofs = [context.prover.prove(*pair) for pair in pairs]
    for proof in proofs:
        context.keep(item, proof)
    if all(proof.proved for proof in proofs):
        return replace(report(item, "proved", words, shown), by=_by(proofs), needs=_needs(proofs))
    return None


def _wrong(context: Context, item: Item, pairs: Pairs) -> str | None:
    """What the numbers refute, in worlds that the document leaves possible: one coefficient, of
    which nothing but its range is known, and the product of such up to the time before."""
    for name, (mine, theirs) in zip(("means", "variances"), pairs, strict=True):
        if context.numbers.of(mine, theirs).status != "refuted":
            continue
        if about_one_coefficient(context, item, mine, theirs):
            return f"as laws the sides differ: their {name} are not equal"
    return None


def about_one_coefficient(context: Context, item: Item, mine: Expr, theirs: Expr) -> bool:
    """Whether all that is free in two terms is one coefficient, of which nothing but its range is
    known, and the product of such up to the time before: then nothing ties them to each other."""
    held = context.ties.on([mine, theirs], item).why
    loose = {h for h in heads_in([mine, theirs]) if h.definition is None}
    free = {v for side in (mine, theirs) for v in free_vars(side) if v.sort is Sort.REAL}
    times = {v for v in free if context.elab.is_time(context.elab.spelling(v))}
    products = _products(context, loose)
    plain = not held or held == TIED_COEFFICIENTS or held.startswith(SAYS)
    once = all(len(_taken_at(head, (mine, theirs))) == 1 for head in products)
    names = [key_of_head(context.elab, h).split("|") for h in loose - products]
    names += [context.elab.spelling(v).split("_") for v in free - times]
    return plain and once and len({letter for letter, *_ in names}) <= 1  # β_1 and β_2


def _taken_at(head: Head, terms: tuple[Expr, Expr]) -> set[tuple[Expr, ...]]:
    """The times at which a running product stands; at two, they are tied to each other."""
    return {call.arguments for term in terms for call in term.atoms(Apply) if call.head is head}


def _products(context: Context, heads: set[Head]) -> set[Head]:
    """The running products among symbols: what they are a step before is any number."""
    return {
        head
        for head in heads
        if any(
            isinstance(c.right, t.Series)
            for c in context.elab.candidates.get(key_of_head(context.elab, head), ())
        )
    }


def _by(proofs: list[Proof]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for proof in proofs for word in proof.by))


def _needs(proofs: list[Proof]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(need for proof in proofs for need in proof.needs))
