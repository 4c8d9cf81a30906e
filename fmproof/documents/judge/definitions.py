"""Rows that define: what they say, and what is out of scope in it."""

from __future__ import annotations

from sympy import Expr

from fmproof.documents import in_law
from fmproof.documents.candidates.forms import is_of_coefficient
from fmproof.documents.cases import from_there_on
from fmproof.documents.chain import RowChain
from fmproof.documents.constants import hidden_parameter
from fmproof.documents.context import Context, is_a_vector, report
from fmproof.documents.items import Item
from fmproof.documents.judge.chains import break_chain, start_chain
from fmproof.documents.model import RowReport, Verdict
from fmproof.documents.scope import end_of, strays
from fmproof.errors import FmproofError, SortError
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import with_words
from fmproof.reading.notation.elaborate import Candidate, NotYet
from fmproof.reading.notation.evidence import letters_in
from fmproof.reading.notation.joint_laws import readable_name
from fmproof.reading.notation.symbols import key_of, spelled


def special_case(context: Context, item: Item) -> Candidate | None:
    """``k(x|y) = N(x; y, σ² I)`` for a density that was used before: a case, from here on."""
    left, right = item.left, item.right
    if not (isinstance(left, t.Call) and isinstance(right, t.Normal) and right.point):
        return None
    key = key_of(left.head)
    places = [*left.head.sub, *left.args, *left.given, *left.after]
    if not context.elab.is_density(key) or not all(isinstance(p, t.Sym) for p in places):
        return None
    return Candidate(left, right, item.row.at, item.place, True)


def begin_case(context: Context, item: Item, candidate: Candidate) -> None:
    """From here on, that is what the density is."""
    left = candidate.left
    assert isinstance(left, t.Call)
    head = left.head
    keys = {key_of(head), key_of(with_words(context.elab, head))}  # q_φ, and q with a φ on it
    general = _general(context, candidate)
    context.elab.candidates.setdefault(key_of(head), []).insert(0, candidate)
    context.elab.numbered.clear()
    marks = len(head.sub) - len(with_words(context.elab, head).sub)
    places = (len(left.args) + len(left.after), len(left.given))
    before = dict(context.elab.meanings)
    for key in sorted(keys):
        context.elab.forget(key, (len(head.sub) - marks, *places))
    for known in before.keys() - context.elab.meanings.keys():
        if (old := before[known].head) is not None:
            context.said.specialised.setdefault(old, item)
    item.candidate = candidate
    try:
        special = context.elab.term(candidate.left)
    except (NotYet, SortError, FmproofError):
        break_chain(context, item, "what it is from here on is not understood")
        return
    start_chain(context, item, special)
    if general is not None:
        context.special += from_there_on(general, special, item.place)


def _general(context: Context, candidate: Candidate) -> Expr | None:
    """What a density was so far: what is defined by it is defined by that."""
    try:
        return context.elab.term(candidate.left)
    except (NotYet, SortError, FmproofError):
        return None


def judge_definition(context: Context, item: Item) -> RowReport:
    candidate = item.candidate
    assert candidate is not None
    message = ""
    try:
        solved = is_of_coefficient(item.left)
        left = context.elab.term(item.left if solved and item.left else candidate.left)
        start_chain(context, item, left)
        if candidate.state == "refused":
            message = candidate.why
        elif not item.inline:
            _own_line(context, item.right if solved else candidate.right)
    except (NotYet, SortError, FmproofError) as error:
        message = str(error)
        if not item.inline:
            context.chain = RowChain([], item.left, message)
    if candidate.state == "refused" and candidate.why.endswith("is free in its definition"):
        missing = _scope_of_definition(context, item)
        if missing:
            return report(item, "scope", missing)
    swapped = swapped_argument(context, candidate)
    if swapped:
        return report(item, "scope", swapped)
    by_steps = in_law.closed_form(context, item, candidate)
    if by_steps is not None:
        return by_steps
    hidden = hidden_parameter(context, candidate.left)
    if hidden:
        return report(item, "refuted", hidden)
    hypothesis = any(isinstance(n, t.Derivative) for n in t.walk(candidate.left))
    verdict: Verdict = "hypothesis" if hypothesis else "definition"
    return report(item, verdict, f"not in the language yet: {message}" if message else "")


def _own_line(context: Context, right: t.Node | None) -> None:
    """The definition itself stands as the second line of its chain."""
    if right is None:
        return
    try:
        context.chain.add(context.elab.term(right), True, right)
    except (NotYet, SortError, FmproofError):
        return


def _scope_of_definition(context: Context, item: Item) -> str:
    """A loss or constant whose definition has a variable that nothing draws."""
    candidate = item.candidate
    assert candidate is not None
    if not isinstance(candidate.right, t.Expectation):
        return ""
    try:
        left = context.elab.term(candidate.left)
        right = context.elab.term(candidate.right)
    except (NotYet, SortError, FmproofError):
        return ""
    return strays(context, left, right, end_of(item), defined=True)


def swapped_argument(context: Context, candidate: Candidate) -> str:
    """A density that leaves out its own argument and has another variable instead."""
    left = candidate.left
    if not (isinstance(left, t.Call) and context.elab.is_density(key_of(left.head))):
        return ""
    free = _free_in(context, candidate.right)
    places = {spelled(p) for p in (*left.args, *left.given, *left.after)}
    known = context.elab.evidence.spellings
    vectors = {n for n in (free | places) & set(known) if is_a_vector(context, known[n])}
    given = {spelled(place) for call in context.elab.evidence.calls for place in call.given}
    strange = sorted(
        n for n in (free - places) & vectors if n in given or context.elab.is_place(known[n])
    )
    unused = sorted((places - free) & vectors)
    if len(strange) != 1 or not unused or _abbreviates(context, unused, strange[0]):
        return ""
    one, other = readable_name(strange[0]), readable_name(unused[0])
    return f"{one} is free here, and {other} is not used"


def _free_in(context: Context, node: t.Node) -> set[str]:
    """The spellings of the variables that are free in a right side; none if it is not read."""
    if isinstance(node, t.Normal):
        return {spelled(letter) for letter in letters_in(node)}
    try:
        term = context.elab.term(node)
    except (NotYet, SortError, FmproofError):
        return set()
    return {context.elab.spelling(v) for v in free_vars(term) if v.sort is Sort.VEC}


def _abbreviates(context: Context, names: list[str], other: str) -> bool:
    """Whether one of ``names`` stands for something with ``other`` in it: z = (x_0, x_1)."""
    return any(
        spelled(item.left) in names
        and any(isinstance(n, t.Sym) and spelled(n) == other for n in t.walk(item.right))
        for item in context.reading.items
        if isinstance(item.left, t.Sym) and item.right is not None
    )
