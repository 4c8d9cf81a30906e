"""Where two terms differ, for the reader."""

from __future__ import annotations

from sympy import Expr, S

from fmproof.errors import SortError
from fmproof.kernel.ring import ring_normal
from fmproof.lang.arithmetic import Add, Mul, add, coefficient, summands
from fmproof.lang.node import bound_vars, sort_of
from fmproof.lang.nodes import Expect, IntegralOver
from fmproof.lang.scope import alpha_equal, canon
from fmproof.lang.spelling.text import text
from fmproof.tactics.rewriting import rewritable


def narrow(expected: Expr, found: Expr) -> tuple[Expr, Expr, str | None]:
    """The smallest pair of parts in which two terms differ, and the way there in words."""
    path: list[str] = []
    while True:
        pair = _one_level(expected, found)
        if pair is None:
            return expected, found, " → ".join(path) or None
        label, expected, found = pair
        if label:
            path.append(label)


def _one_level(a: Expr, b: Expr) -> tuple[str, Expr, Expr] | None:
    if isinstance(a, Add) or isinstance(b, Add):
        ours, theirs = list(summands(a)), list(summands(b))
        for term in list(ours):
            match = next((t for t in theirs if alpha_equal(term, t)), None)
            if match is not None:
                ours.remove(term)
                theirs.remove(match)
        if (len(ours), len(theirs)) != (len(summands(a)), len(summands(b))):
            return "", add(*ours), add(*theirs)
        return None
    if isinstance(a, IntegralOver | Expect) and isinstance(b, IntegralOver | Expect):
        if type(a) is type(b) and a.measure == b.measure:
            return f"under {_binder(a)}", a.body, b.body
        return None
    (c, x), (d, y) = coefficient(a), coefficient(b)
    if c == d != 1:
        return "", x, y
    if type(a) is not type(b) or len(a.args) != len(b.args) or bound_vars(a) != bound_vars(b):
        return None
    different = [i for i in range(len(a.args)) if not alpha_equal(a.args[i], b.args[i])]
    if len(different) == 1 and different[0] in rewritable(a) and not a.is_Pow:
        (place,) = different
        if isinstance(a, Mul) and not isinstance(a.args[place], IntegralOver | Expect):
            return None
        return f"in {text(a)}", a.args[place], b.args[place]
    return None


def _binder(node: IntegralOver | Expect) -> str:
    shown = text(node.func(S.One, *node.measure))
    return shown.removesuffix("[1]") if isinstance(node, Expect) else shown.replace(" 1 ", " … ")


def subtract(a: Expr, b: Expr) -> Expr | None:
    """a − b with summands that differ in bound names cancelled; None for different sorts."""
    total: dict[Expr, Expr] = {}
    shown: dict[Expr, Expr] = {}
    try:
        sort_of(add(a, -b))
        for sign, side in ((1, a), (-1, b)):
            for summand in summands(ring_normal(side)):
                c, rest = coefficient(summand)
                key = canon(rest)
                shown.setdefault(key, rest)
                total[key] = total.get(key, S.Zero) + sign * c
    except SortError:
        return None
    return add(*(c * shown[key] for key, c in total.items()))
