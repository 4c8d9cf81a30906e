"""The same integral under another law: the search for what Tonelli's theorem needs. Untrusted."""

from __future__ import annotations

from itertools import permutations, product

from sympy import Basic, Expr

from fmproof.errors import SortError
from fmproof.kernel.integrability import finite_measure, joint_form, tonelli
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.node import remembered
from fmproof.lang.nodes import Apply, Density, Lebesgue, Var
from fmproof.lang.nodes.measure import (
    against_lebesgue,
    drawn_by,
    law_order,
    parents_of,
    without_lets,
)
from fmproof.lang.props import Almost, Integrable, Prop
from fmproof.lang.scope import canon, free_vars, substitute


def same_law(goal: Integrable, premise: Integrable) -> Theorem | None:
    """The rule ``tonelli`` with the order of the variables that makes it fit, if there is one; what
    is finite by itself needs no premise."""
    form = joint_form(goal)
    if form is None:
        return finite_measure(goal)
    order = same_integral(form, joint_form(premise))
    return None if order is None else tonelli(goal, premise, order)


def same_integral(first: Integrable | None, second: Integrable | None) -> tuple[int, ...] | None:
    """How the variables of the first joint form become those of the second; None if they cannot.

    ``order[i]`` is the place in the first of the variable at place i in the second.
    """
    if first is None or second is None:
        return () if first is second else None
    if len(first.measure) != len(second.measure) or _heads(first) != _heads(second):
        return None
    target = canon(second)
    groups: dict[object, list[int]] = {}
    for place, item in enumerate(first.measure):
        of_law = not isinstance(item, Lebesgue)
        groups.setdefault("laws" if of_law else (item.var.sort, item.range), []).append(place)
    for choice in product(*(permutations(group) for group in groups.values())):
        order = tuple(place for group in choice for place in group)
        try:
            same = canon(Integrable(first.body, *(first.measure[i] for i in order))) == target
        except SortError:  # a law before what it depends on
            continue
        if same:
            return order
    return None


@remembered
def _heads(node: Basic) -> frozenset[Basic]:
    """The symbols applied in a term or proposition: the same whatever variables are called."""
    own = frozenset((node.head,)) if isinstance(node, Apply) else frozenset()
    return own.union(*(_heads(arg) for arg in node.args))


def needed_items(goal: Almost | Integrable) -> tuple[int, ...]:
    """The items of the measure that the proposition, or a later needed item, depends on."""
    wanted = set(free_vars(goal.body))
    needed: list[int] = []
    for place in reversed(range(len(goal.measure))):
        item = goal.measure[place]
        if wanted & set(drawn_by(item)):
            needed.append(place)
            if not isinstance(item, Lebesgue):
                wanted |= parents_of(item)
    return tuple(sorted(needed))


def as_expectation(prop: Prop) -> Prop:
    """∫ Π densities · f < ∞ as E[f] < ∞ without unused draws, where the densities make a law.

    For display.
    """
    if not isinstance(prop, Integrable):
        return prop
    prop = _plainly_named(prop)
    body, measures = against_lebesgue(*without_lets(prop.body, prop.measure))
    parts = factors(body)
    densities = [f for f in parts if isinstance(f, Apply) and isinstance(f.head, Density)]
    laws = [m for m in measures if not isinstance(m, Lebesgue)]
    law = law_order([*laws, *densities])
    wanted = {v for m in measures for v in drawn_by(m)}
    if law is None or {v for d in law for v in drawn_by(d)} != wanted:
        return prop
    expectation = Integrable(mul(*(f for f in parts if f not in densities)), *law)
    used = [law[place] for place in needed_items(expectation)]
    return Integrable(expectation.body, *used) if used else expectation


def _plainly_named(prop: Integrable) -> Integrable:
    """With z for a drawn z' where nothing else is called z."""
    drawn = [v for item in prop.measure for v in drawn_by(item)]
    taken = {*drawn, *free_vars(prop)}
    renaming: dict[Var, Expr] = {}
    for var in drawn:
        plain = Var(var.name.rstrip("'") or var.name, var.sort)
        if plain.name not in {v.name for v in taken}:
            renaming[var] = plain
            taken.add(plain)
    if not renaming:
        return prop
    measure = (substitute(item, renaming) for item in prop.measure)
    return Integrable(substitute(prop.body, renaming), *measure)
