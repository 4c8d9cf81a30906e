"""Sets of minimisers in a parameter."""

from __future__ import annotations

from typing import Any

from fmproof.lang.node import Lift, Term, as_term, declare, not_clear, require_sort, same_kind
from fmproof.lang.nodes.derivative import finite_at_every
from fmproof.lang.nodes.variable import Var
from fmproof.lang.props import OverVar, require_param
from fmproof.lang.sorts import Sort


class ArgMin(OverVar, Term):
    """The set of parameters at which ``body`` is least (empty where none is)."""

    __slots__ = ()

    def __new__(cls, body: Any, var: Var) -> ArgMin:
        term = as_term(body)
        require_sort(term, Sort.REAL, "the body of argmin")
        require_param(var, "argmin")
        return Term.__new__(cls, term, var)


declare(
    ArgMin,
    sort=lambda node: Sort.SET,
    bound=lambda node: (node.var,),
    places=lambda node: {0: Lift.EVERY},
    obliges=finite_at_every,
    nonnegative=not_clear,
    rebuild=same_kind,
)
