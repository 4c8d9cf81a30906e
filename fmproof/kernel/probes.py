"""The trace of a Jacobian by a random probe."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.errors import RuleError
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import mul
from fmproof.lang.node import bound_vars, shown
from fmproof.lang.nodes import Div, Expect, Grad, Inner, Var
from fmproof.lang.props import Differentiable, Equals, ForAll
from fmproof.lang.scope import free_vars, fresh
from fmproof.lang.sorts import Sort


@rule("D9", "Hutchinson, Communications in Statistics 18 (1989), equation 2.3")
def trace_by_probe(term: Expr) -> Sequent:
    """{E[⟨a, e⟩ ⟨b, e⟩] = ⟨a, b⟩ for all a and b, f differentiable at c} ⊢ E[⟨e, ∇_z ⟨e, f⟩⟩] =
    div_z f at c, for f and c free of what is drawn. Nothing has to be integrable: by the first
    condition the square of each coordinate of e is, and what is averaged is made of these.
    """
    node: Any = term
    require(type(term) is Expect and type(node.body) is Inner, "trace", "E[⟨e, ∇ ⟨e, f⟩⟩]", term)
    e, field, slope = _probe(node)
    drawn = set(bound_vars(node))
    if (free_vars(field) - {slope.var} | free_vars(slope.at)) & drawn:
        raise RuleError(f"trace: {shown(field)} depends on what is drawn in {shown(term)}")
    a = fresh(Var("a", Sort.VEC), free_vars(term) | drawn)
    b = fresh(Var("b", Sort.VEC), free_vars(term) | drawn | {a})
    moment = Expect(mul(Inner(a, e), Inner(b, e)), *node.measure)
    identity = ForAll(ForAll(Equals(moment, Inner(a, b)), b), a)
    smooth = Differentiable(field, slope.var, slope.at)
    return infer(Equals(term, Div(field, slope.var, slope.at)), identity, smooth)


def _probe(node: Any) -> tuple[Var, Expr, Any]:
    """(e, f, ∇_z ⟨e, f⟩) of E[⟨e, ∇_z ⟨e, f⟩⟩], for an e that is drawn."""
    for e, slope in (node.body.args, node.body.args[::-1]):
        if e in bound_vars(node) and type(slope) is Grad and type(slope.body) is Inner:
            for one, field in (slope.body.args, slope.body.args[::-1]):
                if one is e and slope.var not in (e, one) and slope.var.sort is Sort.VEC:
                    return e, field, slope
    raise RuleError(f"trace: expected ⟨e, ∇ ⟨e, f⟩⟩ for a drawn e, found {shown(node.body)}")
