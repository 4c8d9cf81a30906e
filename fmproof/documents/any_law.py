"""Random variables of which a document says no law: when is a row about them wrong?

They have any joint law in a random world. A document may mean a special one without a formula for
it: that they are independent, distributed alike, standard normal. So a row is wrong only where it
fails under any joint law and under these, too; a row that none of them mends follows from no words
of that kind. Independence of all is the strongest: it has every conditional independence in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from sympy import Basic, Expr

from fmproof.documents.candidates.forms import takes_a_value
from fmproof.documents.items import Item
from fmproof.documents.motion import starts_at
from fmproof.documents.reach import opens_case_behind_heading
from fmproof.documents.terms import heads_in, reached_from
from fmproof.lang.node import rebuilt
from fmproof.lang.nodes import Apply, CondExpect, Expect, Head, Law, Normal, Partial, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.joint_laws import JOINT, has_a_density
from fmproof.reading.notation.symbols import spelled

Redraw = Callable[[Apply], list[Expr]]
"""The draws that stand in for one draw from a joint law."""


def joint_laws_in(elab: Elaborator, terms: Sequence[Basic]) -> list[Head]:
    """The joint laws in ``terms`` of which the document says nothing."""
    found = (head for head in heads_in(terms) if elab.unknowns.get(head) == JOINT)
    return sorted(found, key=lambda head: head.name)


def special_readings(
    before: Expr, claim: Expr, joint: Sequence[Head]
) -> Iterator[tuple[Expr, Expr]]:
    """The row with special laws for the joint ones: independent, distributed alike, standard."""
    for draws in (_independent, _alike, _standard):
        laws = dict.fromkeys(joint, draws)
        yield _redrawn(before, laws, {}), _redrawn(claim, laws, {})


def drawn_apart(before: Expr, claim: Expr, joint: Sequence[Head]) -> tuple[Expr, Expr]:
    """The row with independent draws for those from ``joint``."""
    return next(special_readings(before, claim, joint))


def only_drawn(heads: Collection[Head], terms: Sequence[Basic]) -> bool:
    """Whether ``terms`` draw from laws, and have no value of their densities, so that another law
    can stand in for each."""

    def below(node: Basic) -> Iterator[Basic]:
        if isinstance(node, Expect | CondExpect):  # what is drawn are arguments of their own
            yield from (arg for arg in node.args if not (_is_of(arg, heads)))
        elif isinstance(node, Apply):
            yield from node.arguments
            if node.head.definition is not None:
                yield node.head.definition
        else:
            yield from node.args

    return not any(_is_of(node, heads) for node in reached_from(terms, below))


def _is_of(node: Basic, heads: Collection[Head]) -> bool:
    return isinstance(node, Apply) and node.head in heads


def held(
    elab: Elaborator, items: Sequence[Item], item: Item, terms: Sequence[Expr], joint: list[Head]
) -> str:
    """Why the laws of ``joint`` are not arbitrary in a row, or ""."""
    spellings = {var.name: spelling for spelling, var in elab.variables.items()}
    drawn = [var.name for var in used_draws(terms, joint)]
    used = {spellings.get(name, spellings.get(name.rstrip("'"), name)) for name in drawn}
    for name in sorted(used):
        letter, _, script = name.partition("_")
        if "dot" in letter or letter.endswith("'"):
            return f"{letter} may be a derivative"
        if has_a_density(elab, elab.variables.get(name)):
            return f"{name} may be drawn from a density that is written at its small letter"
        others = {other.partition("_")[0] for other in used if other != name}
        if letter in others and any(map(elab.is_time, script.split(","))):
            return f"{letter} may be tied to itself at other times"
    moving = [head for head in joint if any(v.sort is Sort.REAL for v in head.sub)]
    if moving and any(term.has(Partial) for term in terms):
        return "how the random variables move is not said"
    for other in items:
        left, right = other.left, other.right
        if other is item or left is None or right is None or takes_a_value(left, right):
            continue
        sides = (left,) if starts_at(elab, left, right) else (left, right)
        about = next((s for s in sides if _is_one(s, used)), None)
        later = other.index > item.index and item.source is other.source
        if about is not None and later and opens_case_behind_heading(items, other, used):
            continue  # "take X = x_t" is said of what follows
        if about is not None:
            return f"line {other.place} says something of {spelled(about)}"
    return ""


def _is_one(node: t.Node, used: set[str]) -> bool:
    return isinstance(node, t.Sym) and spelled(node) in used


def used_draws(terms: Iterable[Basic], joint: Sequence[Head]) -> set[Var]:
    """The variables drawn from ``joint`` that something depends on."""

    def below(node: Basic) -> Iterator[Basic]:
        if not isinstance(node, Apply):
            yield from node.args
        elif node.head not in joint:  # what a law draws is not used by that
            yield from node.arguments
            if node.head.definition is not None:
                yield node.head.definition

    nodes = list(reached_from(terms, below))
    draws = (node for node in nodes if isinstance(node, Apply) and node.head in joint)
    return {var for draw in draws for var in drawn_by(draw)} & {
        node for node in nodes if isinstance(node, Var)
    }


def _parts(draw: Apply) -> Iterator[tuple[Var, tuple[Expr, ...]]]:
    """The variables that a joint law draws, each with what stands below the law."""
    below = draw.arguments[: len(draw.head.sub)]
    for var in drawn_by(draw):
        yield var, below


def _independent(draw: Apply) -> list[Expr]:
    head = draw.head
    return [
        Law(f"{head.name}{i}'", var, sub=head.sub)(*below, var)
        for i, (var, below) in enumerate(_parts(draw), 1)
    ]


def _alike(draw: Apply) -> list[Expr]:
    head = draw.head
    first: dict[Sort, Law] = {}
    made: list[Expr] = []
    for i, (var, below) in enumerate(_parts(draw), 1):
        law = first.setdefault(var.sort, Law(f"{head.name}{i}'", var, sub=head.sub))
        made.append(law(*below, var))
    return made


def _standard(draw: Apply) -> list[Expr]:
    made = []
    for var, _ in _parts(draw):
        if var.sort is Sort.VEC:
            made.append(Normal(var))
        else:
            made += [one for one in _independent(draw) if drawn_by(one) == (var,)]
    return made


def _redrawn(node: Basic, laws: Mapping[Head, Redraw], done: dict[Basic, Basic]) -> Basic:
    """``node`` with other draws for those from the heads in ``laws``, in definitions, too."""
    if node in done or not node.args:
        return done.get(node, node)
    args: list[Basic] = []
    for arg in node.args:
        if isinstance(arg, Apply) and arg.head in laws:
            args += laws[arg.head](arg)
        else:
            args.append(_redrawn(arg, laws, done))
    if isinstance(node, Apply):
        head = node.head
        if head.definition is not None:
            head = head.redefined(_redrawn(head.definition, laws, done))
        args = [head, *args[1:]]
    made: Basic = rebuilt(node, *args)
    done[node] = made
    return made
