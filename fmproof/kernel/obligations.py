"""When a term denotes an honest finite number.

Terms have values by convention even where an integral diverges (it is then 0). A theorem about
such values would be hollow, so the checker asks for these propositions about every claim.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import Basic

from fmproof.lang.binders import ArgMin, Expect, Grad, IntegralOver
from fmproof.lang.props import Differentiable, ForAll, Integrable, Prop
from fmproof.lang.scope import free_vars
from fmproof.lang.terms import Apply, Named, Var


@lru_cache(maxsize=20_000)
def obligations(term: Basic) -> tuple[Prop, ...]:
    """What makes every outermost integral and gradient in ``term`` finite, each once.

    Names and defined symbols are looked through. An inner integral needs no obligation of
    its own: the outer one's is about all the variables (Tonelli), and on null sets it may fail.
    Under a gradient or argmin the integrals must be finite at every parameter.
    """
    if isinstance(term, Expect | IntegralOver):
        return (Integrable(term.body, *term.measure),)
    if isinstance(term, Grad):
        return (Differentiable(term.body, term.var), *_at_every(term.var, term.body))
    if isinstance(term, ArgMin):
        return _at_every(term.var, term.body)
    if isinstance(term, Named):
        return obligations(term.definition)
    found: dict[Prop, None] = {}
    if isinstance(term, Apply) and term.head.definition is not None:
        found.update(dict.fromkeys(obligations(term.head.unfold(term.arguments))))
    for arg in term.args:
        found.update(dict.fromkeys(obligations(arg)))
    return tuple(found)


def _at_every(var: Var, body: Basic) -> tuple[Prop, ...]:
    return tuple(ForAll(p, var) if var in free_vars(p) else p for p in obligations(body))
