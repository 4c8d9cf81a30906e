"""Counterexamples to the conditions of the rules about conditional expectations."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.catalogue.cases.symbols import f, g, p, s, t, time, unit_t, x, z
from fmproof.catalogue.record import Case
from fmproof.derived.restatements import reflexivity
from fmproof.kernel import conditional
from fmproof.kernel.equality import unfold
from fmproof.kernel.integrals import drop_draw, substitute_draws
from fmproof.lang.nodes import (
    CondExpect,
    Density,
    Expect,
    Let,
    Normal,
    Ratio,
    Real,
    Scalar,
    Var,
    uniform,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Almost, Equals, Integrable

_first = uniform(s)
_both = _first(s), time(t)
_k = Scalar("k", s)
_two = Scalar("f", s, t)
_test = Scalar("h", s)
_pair = Scalar("h", s, t)
_r = Real("r")


def _mean(body: Expr, *law: Any) -> Any:
    """E[body | s], by default for independent s, t~U[0, 1]."""
    return CondExpect(body, s, *(law or _both))


_SIGN = "s + (1 if t < 1 / 2 else -1)"
"""Its mean over t is s."""


# --- pulling out --------------------------------------------------------------------------


def averaged_not_integrable() -> Case:
    left = Expect(_k(s) * _two(s, t), *_both)
    return Case(
        Equals(left, Expect(_k(s) * _mean(_two(s, t)), *_both)),
        {_k: "s", _two: "1 / s"},
        sides=("1", "diverges"),
        given=(Integrable(_k(s) * _two(s, t), *_both),),
        missing=(Integrable(_two(s, t), *_both),),
        kernel=lambda: conditional.pull_out(_k(s), _two(s, t), (s,), _both, 0),
    )


def product_not_integrable() -> Case:
    left = Expect(_k(s) * _two(s, t), *_both)
    return Case(
        Equals(left, Expect(_k(s) * _mean(_two(s, t)), *_both)),
        {_k: "1 / s", _two: _SIGN},
        sides=("diverges", "1"),
        given=(Integrable(_two(s, t), *_both),),
        missing=(Integrable(_k(s) * _two(s, t), *_both),),
        kernel=lambda: conditional.pull_out(_k(s), _two(s, t), (s,), _both, 0),
    )


def factor_not_a_function_of_the_given() -> Case:
    law = (time(t), Let(s, 0))
    left = Expect(f(t) * g(t), *law)
    return Case(
        Equals(left, Expect(f(t) * _mean(g(t), *law), *law)),
        {f: "t", g: "t"},
        sides=("1 / 3", "1 / 4"),
        given=(Integrable(g(t), *law), Integrable(f(t) * g(t), *law)),
        kernel=lambda: conditional.pull_out(f(t), g(t), (s,), law, 0),
    )


# --- contraction --------------------------------------------------------------------------


def average_of_not_integrable() -> Case:
    premise = Integrable(_k(s) * f(t), *_both)
    goal = Integrable(_k(s) * _mean(f(t)), *_both)
    return Case(
        goal,
        {_k: "1 / s", f: "t"},
        missing=(premise,),
        kernel=lambda: conditional.contraction(_k(s), f(t), (s,), _both, 0),
    )


def weight_not_a_function_of_the_given() -> Case:
    premise = Integrable(f(t) * g(t), *_both)
    return Case(
        Integrable(f(t) * _mean(g(t)), *_both),
        {f: "1 / t", g: "t"},
        given=(premise,),
        kernel=lambda: conditional.contraction(f(t), g(t), (s,), _both, 0),
    )


# --- taking out, linearity ----------------------------------------------------------------


def taken_out_of_not_integrable() -> Case:
    body = _k(s) * _two(s, t)
    return Case(
        Almost(Equals(_mean(body), _k(s) * _mean(_two(s, t))), *_both),
        {_k: "s", _two: "1 / s"},
        given=(Integrable(body, *_both),),
        missing=(Integrable(_two(s, t), *_both),),
        kernel=lambda: conditional.take_out(_k(s), _two(s, t), (s,), _both),
    )


def product_given_not_integrable() -> Case:
    body = _k(s) * _two(s, t)
    return Case(
        Almost(Equals(_mean(body), _k(s) * _mean(_two(s, t))), *_both),
        {_k: "1 / s", _two: _SIGN},
        given=(Integrable(_two(s, t), *_both),),
        missing=(Integrable(body, *_both),),
        kernel=lambda: conditional.take_out(_k(s), _two(s, t), (s,), _both),
    )


def taken_out_though_hidden() -> Case:
    body = f(t) * g(t)
    return Case(
        Almost(Equals(_mean(body), f(t) * _mean(g(t))), *_both),
        {f: "t", g: "t"},
        given=(Integrable(g(t), *_both), Integrable(body, *_both)),
        kernel=lambda: conditional.take_out(f(t), g(t), (s,), _both),
    )


def summand_given_not_integrable() -> Case:
    first, second = _two(s, t), _k(s)
    return Case(
        Almost(Equals(_mean(first + second), _mean(first) + _mean(second)), *_both),
        {_two: "1 / s", _k: "1 - 1 / s"},
        missing=(Integrable(first, *_both), Integrable(second, *_both)),
        kernel=lambda: conditional.conditional_linearity(_mean(first + second)),
    )


# --- Bayes --------------------------------------------------------------------------------


def posterior_mean_not_integrable() -> Case:
    law = Density("p", unit_t, given=s)
    marginal = Density("p", unit_t, definition=Expect(law(t, s), _first(s)))
    mean = CondExpect(f(t), t, _first(s), law(t, s))
    return Case(
        Almost(
            Equals(mean, Expect(f(t) * Ratio(law(t, s), marginal(t)), _first(s))),
            _first(s),
            law(t, s),
        ),
        {law: "1", f: "1 / t"},
        missing=(Integrable(f(t), _first(s), law(t, s)),),
        kernel=lambda: conditional.bayes(mean, unfold(marginal(_last(mean)))),
    )


def _last(mean: Any) -> Var:
    """The variable that is drawn last, by the name that it has inside."""
    (var,) = drawn_by(mean.measure[-1])
    return var


def divided_by_another_density() -> Case:
    prior, law = Normal(z), Normal(x, z)
    value = Scalar("f", z)(z)
    mean = CondExpect(value, x, prior, law)
    return Case(
        Almost(Equals(mean, Expect(value * Ratio(law, p(x)), prior)), prior, law),
        {value.head: "z", p: "exp(-x**2 / 2) / sqrt(2 * pi)"},
        given=(Integrable(value, prior, law),),
        kernel=lambda: conditional.bayes(mean, reflexivity(p(_last(mean)))),
    )


# --- equal laws ---------------------------------------------------------------------------


def not_integrable_at_the_other() -> Case:
    law = (time(t), Let(s, t))
    equal = substitute_draws(Expect(_test(s), *law))
    goal = Integrable(_k(s), *law)
    return Case(
        goal,
        {_k: "1 / s"},
        missing=(Integrable(_k(t), time(t)),),
        kernel=lambda: conditional.transfer(goal, equal, _test),
    )


def about_more_than_the_law() -> Case:
    equal = drop_draw(Expect(_test(t), *_both), 0)
    goal = Integrable(_k(s), *_both)
    return Case(
        goal,
        {_k: "1 / s"},
        given=(Integrable(_k(_r), time(t)),),
        at={_r: 0.5},
        kernel=lambda: conditional.transfer(goal, equal, _test),
    )
