"""Whether numbers that differ make a row wrong: whether the world follows the document."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, S

from fmproof.documents import any_law
from fmproof.documents.candidates.forms import of_times
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.context import is_a_vector
from fmproof.documents.domains import picks_a_part
from fmproof.documents.examples import remember
from fmproof.documents.following import with_equations
from fmproof.documents.redefined import begin
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.conventions import conventions
from fmproof.documents.ties.instances import told_everywhere, with_instances
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import (
    CondExpect,
    Constant,
    Expect,
    Head,
    Let,
    Scalar,
    Var,
    dim,
)
from fmproof.lang.props import Equals, Prop
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate, NotYet
from fmproof.reading.notation.joint_laws import JOINT
from fmproof.reading.notation.symbols import head_of, key_of, spelled
from fmproof.tactics.matching import said_of_each

ANOTHER_VALUE = "gives a coefficient in it another value"


def fails_in_plane(row: ComparedRow) -> bool:
    """Whether numbers that agree on a line differ in two dimensions."""
    if row.evidence is None or row.evidence.status != "agrees" or not _in_space(row):
        return False
    sides = (row.before, row.claim, row.relation)
    found = row.context.numbers.of(*sides, in_plane=True)
    row.on_a_line = found.status == "inconclusive"
    if found.status != "refuted":
        return False
    row.evidence, row.in_plane = found, True
    if row.context.one_dimensional:
        row.tied = "it may be meant in one dimension"
    return is_fair(row)


def _in_space(row: ComparedRow) -> bool:
    """Whether a vector, or the dimension, is in the row."""
    inside = {n for side in (row.before, row.claim) for n in side.atoms(Var, Constant)}
    return any(n == dim or (isinstance(n, Var) and n.sort is Sort.VEC) for n in inside)


def is_fair(row: ComparedRow) -> bool:
    """Whether a world in which the sides differ follows what the document says."""
    otherwise = row.said_otherwise and _refuted_with_equations(row)
    otherwise = otherwise or bool(row.opened and _fails_without_definitions(row))
    if row.tied and not otherwise:
        return False
    qualified = row.item.qualified
    if qualified:
        row.tied, row.laws_are_special = f"words beside it qualify it: {qualified}", True
        return False
    if picks_a_part(row.context.reading.items, row.item):
        row.tied = "it holds under the condition beside it"
        return False
    if _averages_what_is_random(row) and (has_a_stray_point(row) or _has_a_fixed_noise(row)):
        row.tied = "a point in it may be random, although nothing says how it is drawn"
        return False
    other_case = _holds_in_another_case(row)
    if other_case:
        row.tied = f"line {other_case} {ANOTHER_VALUE}"
        return False
    numbers = row.context.numbers
    sides = (row.before, row.claim)
    everywhere = set[Head]().union(*(told_everywhere(prop, sides) for prop in row.assumed))
    if row.assumed and not everywhere:
        evidence = numbers.of(*sides, row.relation, row.assumed, in_plane=row.in_plane)
        wrong = evidence.status == "refuted" or _refuted_with_equations(row)
        if not wrong and not _refuted_as_tied(row):
            row.tied = f"the document says as well that {text(row.assumed[0])}"
            return False
    special = {*row.instances, *everywhere}
    if special and not _fails_for(row, special):
        shown = ", ".join(sorted(map(text, special)))
        row.tied, row.laws_are_special = f"words or equations say that {shown} is special", True
        return False
    tied = () if row.assumed else conventions(row.before, row.claim)
    for words, before, claim in tied:
        found = numbers.of(before, claim, row.relation, in_plane=row.in_plane)
        if found.status == "agrees":
            row.tied = f"it holds if {words}"
            return False
    joint = any_law.joint_laws_in(row.context.elab, [row.before, row.claim])
    laws = list(dict.fromkeys([*joint, *row.special]))
    for before, claim in any_law.special_readings(row.before, row.claim, laws):
        found = numbers.of(before, claim, row.relation, in_plane=row.in_plane)
        if found.status != "refuted":
            row.tied = (
                f"it depends on {JOINT}" if joint else "it may hold by what words say of laws"
            )
            # Then a summand of it may vanish, whatever is proved of a row with another sign.
            row.laws_are_special = bool(row.special or row.context.ties.moments)
            return False
    for other in row.others:
        if not other.averaged:
            continue
        if numbers.of(other.before, other.claim, row.relation).status != "refuted":
            row.tied = "it may hold almost surely"
            return False
    return True


def _holds_in_another_case(row: ComparedRow) -> str:
    """The place of a line of words that says something else of a coefficient that is defined, "or,
    for the second schedule, a_t = t²", where the row does not fail with that; "" if there is none.
    Which one the row is about, words say."""
    context, item = row.context, row.item
    nodes = [n for side in (row.left, item.right) if side is not None for n in t.walk(side)]
    keys = {key_of(node) for node in nodes if isinstance(node, t.Sym)}
    for other in context.reading.items:
        left, right = other.left, other.right
        if not (other.inline and isinstance(left, t.Sym | t.Call)) or right is None:
            continue
        if isinstance(left, t.Sym) and is_a_vector(context, left):
            continue  # it says what a point is, and no coefficient
        key = key_of(head_of(left))
        known = [c.right for c in context.elab.candidates.get(key, ()) if c.state != "refused"]
        if key not in keys or other.row.relation not in ("=", ":=") or not known:
            continue
        if any(spelled(one) == spelled(right) for one in known) or not of_times(right):
            continue
        if other is item or context.said.near(other, item):
            case = Candidate(left, right, other.row.at, other.place, True)
            if _agrees_where(row, case):
                return other.place
    return ""


def _agrees_where(row: ComparedRow, case: Candidate) -> bool:
    """Whether numbers do not refute a row where a symbol is something else."""
    elab, left, right = row.context.elab, row.left, row.item.right
    back = remember(elab)
    try:
        begin(elab, case)
        if left is None or right is None:
            return False
        sides = elab.side(left), elab.side(right)
        return row.context.numbers.of(*sides, row.relation).status != "refuted"
    except (NotYet, FmproofError, SortError):
        return False
    finally:
        back()


def has_a_stray_point(row: ComparedRow) -> bool:
    """Whether a point is free on one side alone: what it is has to be put in."""
    one, other = (
        {v for v in free_vars(side) if v.sort is Sort.VEC} for side in (row.before, row.claim)
    )
    return row.relation == "=" and one != other


def _averages_what_is_random(row: ComparedRow) -> bool:
    """Whether an average in the row does not say what is drawn."""
    sides = (row.item.left or row.context.chain.left, row.item.right)
    nodes = (node for side in sides if side is not None for node in t.walk(side))
    return any(isinstance(node, t.Expectation) and not node.draws for node in nodes)


def _has_a_fixed_noise(row: ComparedRow) -> bool:
    """Whether a path that is drawn is made of something that is not: ε of α x + σ ε."""
    sides = (row.before, row.claim)
    averages = {n for side in sides for n in side.atoms(Expect, CondExpect)}
    return any(
        v.sort is Sort.VEC and v not in bound_vars(average)
        for average in averages
        for item in average.measure
        if isinstance(item, Let)
        for v in free_vars(item.value)
    )


def _refuted_with_equations(row: ComparedRow) -> bool:
    """Whether the row fails with what is assumed put in."""
    side = row.item.left or row.item.right
    if side is not None and any(
        isinstance(n, t.Derivative) and n.kind in ("total", "partial") for n in t.walk(side)
    ):
        return False  # of how a point moves two equations may be of two points
    letters = _letters_elsewhere(row)
    fails = _fails_with(row, row.assumed)
    if fails or not letters:
        return fails
    numbers: dict[Var, Expr] = {v: Scalar(f"{v.name}'")() for v in letters}
    chosen = (numbers, dict.fromkeys(letters, S.Zero), dict.fromkeys(letters, S.One))
    return all(_fails_with(row, [substitute(p, put) for p in row.assumed]) for put in chosen)


def _letters_elsewhere(row: ComparedRow) -> set[Var]:
    """The numbers s of σ(t) = 1 − (1 − s) t that a row is without: it may take any value there, and
    words may say that it is 0 or 1."""
    inside = free_vars(row.before) | free_vars(row.claim)
    assumed = {v for prop in row.assumed for v in free_vars(prop) if v.sort is Sort.REAL}
    return assumed - inside


def _fails_with(row: ComparedRow, assumed: Sequence[Prop]) -> bool:
    """Whether the row fails with some equations put in."""
    sides, rest = with_equations((row.before, row.claim), assumed)
    if sides == (row.before, row.claim):
        return False
    numbers = row.context.numbers
    for prop in rest:
        _, said = said_of_each(prop)
        if isinstance(said, Equals) and numbers.of(*said.args).status == "refuted":
            return False  # equations of several cases
    found = numbers.of(*sides, row.relation, rest, in_plane=row.in_plane)
    return found.status == "refuted" or (bool(rest) and _fails_as_tied(row, sides, rest))


def _fails_without_definitions(row: ComparedRow) -> bool:
    """Whether the row fails as well for any symbols in place of those of which only another section
    says what they are."""
    sides = row.before, row.claim
    for head in row.opened:
        try:
            any_head = head.redefined(None)(*head.params)
            before, claim = (replace_head(side, head, head.params, any_head) for side in sides)
        except (FmproofError, SortError, TypeError):
            return False
        sides = before, claim
    other = ComparedRow(row.context, row.item, *sides, row.relation)
    refuted = other.evidence is not None and other.evidence.status == "refuted"
    return refuted and not other.opened and is_fair(other)


def _fails_for(row: ComparedRow, heads: set[Head]) -> bool:
    """Whether the row fails for one example of symbols, of which all that is assumed holds."""
    order, rest = sorted(heads, key=lambda head: head.name), []
    numbers = row.context.numbers
    for prop in row.assumed:
        _, equation = said_of_each(prop)
        if not heads & heads_in([equation]):
            rest.append(prop)
            continue
        put = with_instances(equation.args, order) if isinstance(equation, Equals) else None
        if put is None or numbers.of(*put).status != "agrees":
            return False
    sides = with_instances((row.before, row.claim), order)
    if sides is None:
        return False
    found = numbers.of(*sides, row.relation, rest, in_plane=row.in_plane)
    return found.status == "refuted"


def _refuted_as_tied(row: ComparedRow) -> bool:
    """Whether the row fails with two coefficients tied so that what is assumed holds."""
    return _fails_as_tied(row, (row.before, row.claim), row.assumed)


def _fails_as_tied(row: ComparedRow, compared: tuple[Expr, Expr], assumed: Sequence[Prop]) -> bool:
    numbers, sides = row.context.numbers, []
    for prop in assumed:
        _, equation = said_of_each(prop)
        if not isinstance(equation, Equals):
            return False
        sides += list(equation.args)
    for _, before, claim, *said in conventions(*compared, *sides):
        pairs = list(zip(said[::2], said[1::2], strict=True))
        if any(numbers.of(*pair).status != "agrees" for pair in pairs):
            continue
        found = numbers.of(before, claim, row.relation, in_plane=row.in_plane)
        if found.status == "refuted":
            return True
    return False
