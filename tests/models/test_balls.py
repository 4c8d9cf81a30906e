"""Formulas in balls: their constants have the precision of the call."""

from __future__ import annotations

import pytest

pytest.importorskip("flint")

import sympy
from flint import arb, ctx

from fmproof.models.balls import in_balls
from fmproof.models.paths import time_symbol


def test_what_does_not_depend_on_t_has_the_precision_of_the_call() -> None:
    t = time_symbol()
    expr = (sympy.tanh(sympy.Integer(83)) - sympy.tanh(t)) * sympy.pi + sympy.E
    formula = in_balls(expr)
    for bits in (53, 300, 53):
        with ctx.workprec(bits):
            value = formula(arb(83) / 2)
            assert value.rel_accuracy_bits() > bits - 12
            assert not (value - arb(str(expr.subs(t, "83/2").evalf(40)))).abs_lower() > 1e-15


def test_a_constant_is_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    t = time_symbol()
    calls: list[str] = []
    from fmproof.models import balls

    call = balls._call

    def counted(value: object, name: str) -> object:
        calls.append(name)
        return call(value, name)

    monkeypatch.setattr(balls, "_call", counted)
    formula = in_balls(sympy.sin(sympy.Integer(3)) * sympy.cos(t))
    for k in range(5):
        formula(arb(k))
    assert calls.count("sin") == 1
    assert calls.count("cos") == 5
