"""Averages under the marginal law: what Jensen's inequality needs of the joint one."""

from __future__ import annotations

from itertools import product

from sympy import Expr

from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.nodes import Apply, Field, IntegralOver, Lebesgue, Ratio, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Integrable
from fmproof.lang.scope import free_vars, substitute


def marginal_variants(goal: Integrable, form: Integrable) -> list[Integrable]:
    """``goal`` under the marginal law of each averaged field in it.

    In the joint form of E_{t,z,x}‖u_t(x)‖² the marginal p_t(x), which Jensen's inequality
    needs, is spelled out as p_t(x|z) p_data(z); this spells it back.
    """
    variants = []
    for field in sorted(fields_in(form.body), key=str):
        average = average_of(field)
        if average is None:
            continue
        marginal, _, _ = average
        if marginal in factors(form.body):
            variants.append(form)
            continue
        joint = marginal.head.unfold(marginal.arguments)
        if not isinstance(joint, IntegralOver):
            continue
        for renaming in _renamings(joint, form):
            wanted = factors(substitute(joint.body, renaming))
            parts = list(factors(form.body))
            if all(w in parts for w in wanted):
                for w in wanted:
                    parts.remove(w)
                gone = set(renaming.values())
                rest = mul(*parts)
                if not gone & free_vars(rest):
                    measure = [m for m in form.measure if not gone & set(drawn_by(m))]
                    variants.append(Integrable(mul(rest, marginal), *measure))
    return variants


def _renamings(joint: IntegralOver, form: Integrable) -> list[dict[Var, Var]]:
    """The ways to read the variables that ``joint`` integrates as variables of ``form``."""
    choices = [
        [other.var for other in form.measure if isinstance(other, Lebesgue)
         and other.range == item.range and other.var.sort is item.var.sort]
        for item in joint.measure
    ]  # fmt: skip
    names = [item.var for item in joint.measure]
    return [
        dict(zip(names, choice, strict=True))
        for choice in product(*choices)
        if len(set(choice)) == len(choice)
    ]


def fields_in(term: Expr) -> set[Apply]:
    """The applications of fields in a term."""
    found = {term} if isinstance(term, Apply) and isinstance(term.head, Field) else set()
    return found.union(*(fields_in(arg) for arg in term.args))


def average_of(field: Apply) -> tuple[Apply, IntegralOver, Expr] | None:
    """``(m, average, f)`` when the field is defined as the average ∫ f·(j/m) dz."""
    if field.head.definition is None:
        return None
    average = field.head.unfold(field.arguments)
    if not isinstance(average, IntegralOver):
        return None
    ratios = [f for f in factors(average.body) if isinstance(f, Ratio)]
    if len(ratios) == 1 and isinstance(ratios[0].args[1], Apply):
        values = mul(*(f for f in factors(average.body) if f is not ratios[0]))
        return ratios[0].args[1], average, values
    return None
