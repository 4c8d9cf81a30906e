"""What holds under a deterministic draw x := a."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fmproof.derived.restatements import reflexivity
from fmproof.derived.rule import derived
from fmproof.kernel.almost import everywhere
from fmproof.kernel.conditional import transfer
from fmproof.kernel.equality import symmetry, transitivity
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrals import drop_draw, substitute_draws
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import admit
from fmproof.lang.nodes import Draw, Expect, Let, Normal, Scalar, Vec
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Almost, Equals
from fmproof.lang.scope import free_vars, fresh


@derived("K8", "X = a almost surely under a point mass at a")
def draw_equation(measure: Sequence[Draw], place: int) -> Theorem:
    """⊢ x = a almost surely, under a law with the deterministic draw x := a.

    For every function h, E[h(x, …)] is E[h(a, …)]; and a = a.
    """
    there = 0 <= place < len(measure)
    item: Any = measure[place if there else 0]
    require(there and isinstance(item, Let), "draw", f"a deterministic draw at {place}", item)
    goal: Any = admit(Almost(Equals(item.var, item.value), *measure))
    names = [var for one in measure for var in drawn_by(one) if var in free_vars(goal.body)]
    head = Scalar("h''''''", *names)
    moved = transfer(goal, _substituted(Expect(head(*names), *measure)), head)
    (premise,) = moved.hypotheses
    same: Any = premise
    return discharge(moved, everywhere(reflexivity(same.body.lhs), same.measure))


def _substituted(term: Any) -> Theorem:
    """⊢ E over a law = E without its deterministic draws, beside a draw that nothing uses if they
    are all that there is."""
    if not all(isinstance(item, Let) for item in term.measure):
        return substitute_draws(term)
    taken = free_vars(term).union(*map(drawn_by, term.measure))
    with_noise = Expect(term.body, Normal(fresh(Vec("e"), taken)), *term.measure)
    return transitivity(symmetry(drop_draw(with_noise, 0)), substitute_draws(with_noise))
