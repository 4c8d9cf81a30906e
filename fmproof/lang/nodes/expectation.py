"""Expectations under a law given as a list of draws."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.lang.node import Lift, Term, declare, is_nonnegative, same_kind, sort_of
from fmproof.lang.nodes.integral import obliges_over_measure, require_integrand
from fmproof.lang.nodes.measure import (
    Draw,
    OverMeasure,
    measure_bound,
    require_draw,
    require_measure,
)


class Expect(OverMeasure, Term):
    """The expectation of ``body``: ``Expect(f, p(t), p_data(z), p_t(t, x, z))``.

    The draws are densities and laws applied to the variables that they draw, and deterministic
    ones ``Let(x, …)``; a later one may depend on an earlier one. It denotes the integral under
    the joint law; that of 0 is 0.
    """

    __slots__ = ()

    def __new__(cls, body: Any, *draws: Draw) -> Expr:
        term = require_integrand(body, "take the expectation of")
        for draw in draws:
            require_draw(draw, "the law of an expectation")
        require_measure(draws, "the law of an expectation")
        return S.Zero if term is S.Zero else Term.__new__(cls, term, *draws)


declare(
    Expect,
    sort=lambda node: sort_of(node.body),
    bound=measure_bound,
    places=lambda node: {0: Lift.ALMOST},
    obliges=obliges_over_measure,
    nonnegative=lambda node: is_nonnegative(node.body),
    rebuild=same_kind,
)
