"""Rows that say something rather than claim it: what a symbol is, how a law is chosen."""

from __future__ import annotations

from fmproof.documents.cases import agrees_beside, known_coefficients
from fmproof.documents.coefficients import determined, is_of_coefficients
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.domains import picks_a_part
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.conventions import conventions
from fmproof.documents.ties.sides import is_bare_symbol
from fmproof.documents.ties.symbols import key_of_head, moved_by_any
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Div,
    Expect,
    Head,
    IntegralOver,
    Lebesgue,
    Partial,
    Scalar,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import key_of

TIES = "what its coefficients are tied by"


def speaks_of_coefficients(row: ComparedRow) -> bool:
    """Whether it may follow from what is said of the coefficients in it, of which it says
    something, too: m² + σ² = 1, where m and σ² are given before."""
    plain = row.relation == "=" and not row.unknown
    return plain and is_of_coefficients(row.before, row.claim)


def normalises(row: ComparedRow) -> bool:
    """α_t² + σ_t² = 1 or Σ_k w_k = 1, of coefficients of which nothing was said before: that
    is what they are, as nothing else could show it."""
    context, item = row.context, row.item
    number, total = isinstance(item.right, t.Num), is_bare_symbol(item.left)
    if not (number and row.relation == "=") or total or item.row.left is None:
        return False
    if item.denied or item.restricted or item.picked:
        return False
    index_laws = set(context.elab.index_laws.values())
    heads = heads_in([row.before]) - index_laws
    if not heads or not all(_undefined_number(h) for h in heads):
        return False
    if row.unknown or any(v.sort is Sort.VEC for v in free_vars(row.before)):
        return False
    known = [f for f in context.facts.known if f.assumed]
    if any(heads_in([f.before, f.claim]) & heads for f in known):
        return False
    if heads_in([row.before]) & index_laws:
        return True
    tied = conventions(row.before, row.claim)
    return any(context.numbers.of(one, other).status == "agrees" for _, one, other in tied)


def states_a_moment(row: ComparedRow) -> bool:
    """E[ξ] = 0 or E[ξ ξᵀ] = I, of a law of which nothing was said before: so it is chosen."""
    heads = heads_in([row.before])
    laws = heads & {law.head for law in row.context.elab.joint}
    if not isinstance(row.before, Expect) or not laws or heads != laws:
        return False
    plain = row.relation == "=" and row.item.row.left is not None and not row.item.denied
    if not plain or heads_in([row.claim]) or row.claim.has(Expect):
        return False
    return not row.context.facts.moments([row.before])


def determines_one(row: ComparedRow) -> bool:
    """Whether an equation of coefficients says what one of them is, as nothing did before."""
    context, item = row.context, row.item
    refuted = row.evidence is not None and row.evidence.status == "refuted"
    narrowed = item.denied or item.restricted or item.picked
    if row.relation != "=" or not refuted or narrowed:
        return False
    if picks_a_part(context.reading.items, item):
        return False
    if row.unknown or not is_of_coefficients(row.before, row.claim):
        return False
    known = known_coefficients(context, item)
    if item.inline:  # "for the schedule σ(t)² = …" behind "with σ(t) = t": another case
        words = {other.place for other in context.reading.items if other.inline}
        known = {head: said for head, said in known.items() if said.place not in words}
    found = next(iter(determined(row.before, row.claim, item.place, known)), None)
    if found is not None and isinstance(found.head, Var):
        # "with a² + s² = 1" says what plain letters are tied by; a display claims it
        said = item.inline and not item.assumed and item.row.left is not None
        said = said and not is_bare_symbol(row.left)
        context.determined += [(item, found)] if said else []
        return said
    itself = getattr(row.before, "head", None)
    bare = found is not None and is_bare_symbol(row.left) and not says_how_it_grows(row)
    if bare and (found.head is not itself or isinstance(item.right, t.Num)):  # type: ignore[union-attr]
        return False  # ȧ_t = c b_t says nothing of b_t; h(s) = 0 may be meant at one s
    if found is not None:
        context.determined.append((item, found))
        context.said.tells[item.index] = key_of_head(context.elab, found.head)
    return found is not None


def says_how_it_grows(row: ComparedRow) -> bool:
    """s'(t) = f(t) s(t): how a coefficient grows, by itself."""
    if not (isinstance(row.before, Partial) and isinstance(row.before.body, Apply)):
        return False
    return row.before.body.head in heads_in([row.claim])


def learn_value(row: ComparedRow) -> None:
    """Of a chain c² = … about a coefficient: what c is by its last row, too."""
    context, first = row.context, row.context.chain.lines[0]
    told = {said.head for _, said in context.determined}
    if row.relation != "=" or not (first.stands and told & heads_in([first.term])):
        return
    if first.term == row.before or not is_of_coefficients(first.term, row.claim):
        return
    found = determined(first.term, row.claim, row.item.place, {})
    context.determined += [(row.item, said) for said in found if said.head in told]


def says_what_a_symbol_is(row: ComparedRow) -> bool:
    """Whether the row says what a symbol is of which nothing else is said, or what agrees."""
    if row.beside is None or row.relation != "=" or row.unknown:
        return False
    item = row.item
    if item.left is None or item.assumed or item.denied or item.restricted:
        return False
    head = item.left.head if isinstance(item.left, t.Call) else item.left
    if not isinstance(head, t.Sym):
        return False
    evidence, subject = row.context.elab.evidence, key_of(head)
    if picks_a_part(row.context.reading.items, item):
        return False  # under a condition beside it
    drawn = subject in map(key_of, evidence.random_symbols.values())
    densities = [h for h in heads_in([row.claim]) if isinstance(h, Density)]
    if drawn or subject in (key_of_head(row.context.elab, h) for h in densities):
        return False  # a point that is drawn, or a part of one law beside others
    return all(agrees_beside(row.context, row.item, pair) for pair in row.beside)


def names_a_posterior(row: ComparedRow) -> bool:
    """E[f(Z) | X = x] = ∫ f(z) p(z|x) dz, of a p(z|x) of which nothing was said before: that is
    what it is, the density of Z given X = x."""
    mean, integral = row.before, row.claim
    if not (isinstance(mean, CondExpect) and isinstance(integral, IntegralOver)):
        return False
    if row.relation != "=" or len(mean.given) != 1 or len(integral.measure) != 1:
        return False
    (item,), (given,) = integral.measure, mean.given
    parts = factors(integral.body)
    places = [i for i, part in enumerate(parts) if isinstance(getattr(part, "head", None), Density)]
    if len(places) != 1 or type(item) is not Lebesgue or item.bounded:
        return False
    density, rest = parts[places[0]], mul(*without(parts, places[0]))
    own = drawn_by(density) == (item.var,) and given.at in density.arguments
    before = [pair for i, pair in row.context.said.read.items() if i != row.item.index]
    told = any(density.head in heads_in(pair) for pair in before)
    if density.head.definition is not None or told or not own:
        return False
    drawn = {v for law in mean.measure for v in drawn_by(law)} - {given.var}
    same = [v for v in drawn if v.sort is item.var.sort]
    return any(substitute(mean.body, {v: item.var}) == rest for v in same)


def is_continuity(row: ComparedRow) -> bool:
    """∂p/∂t = −div(p u) for a u that is given: nothing could prove it."""
    return moved_by_any([row.before, row.claim]) is not None


def is_evolution(row: ComparedRow) -> bool:
    """The first ∂p/∂t = … div(…) of a density p that is given: a Fokker–Planck equation.

    Later ones claim to follow from it.
    """
    slope = row.before
    if not (row.item.row.left is not None and isinstance(slope, Partial)):
        return False
    density = slope.body.head if isinstance(slope.body, Apply) else None
    if not isinstance(density, Density) or density.definition is not None:
        return False
    moved = [f for f in row.context.facts.known if f.before.has(Partial)]
    known = any(density in heads_in([f.before]) for f in moved)
    return not known and row.claim.has(Div) and density in heads_in([row.claim])


def _undefined_number(head: Head) -> bool:
    """A coefficient, of times and indices alone, that nothing defines."""
    plain = all(v.sort in (Sort.REAL, Sort.LATENT) for v in head.params)
    return isinstance(head, Scalar) and plain and head.definition is None
