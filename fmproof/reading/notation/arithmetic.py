"""Numbers, sums, products, powers and quotients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Rational, S

from fmproof.lang.arithmetic import coefficient, plus_of, power_of, times_of
from fmproof.lang.arithmetic import factors as factors_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    Density,
    Exp,
    Expect,
    Inner,
    IntegralOver,
    Log,
    Named,
    Ratio,
    Sqrt,
    Var,
    norm2,
)
from fmproof.lang.nodes.ratio import divide
from fmproof.lang.numbers import fraction as fraction_of
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import calculus, determinants, jacobians, matrices
from fmproof.reading.notation.lacking import (
    NotYet,
)
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def number(elab: Elaborator, node: t.Num) -> Expr:
    return Rational(node.value.numerator, node.value.denominator)


def group(elab: Elaborator, node: t.Bracketed) -> Expr:
    return elab.term(node.body)


def read_sum(elab: Elaborator, node: t.Add) -> Expr:
    terms = [elab.term(part) * sign for sign, part in node.parts]
    made = plus_of(*terms)
    averages = {node for term in terms for node in term.atoms(IntegralOver, Expect)}
    elab.vanished += sorted((one for one in averages if not made.has(one)), key=str)
    return made


def braced(elab: Elaborator, node: t.Braced) -> Expr:
    body = elab.term(node.body)
    if isinstance(node.name, t.Sym) and not free_vars(body):
        name = spelled(node.name)
        if name in elab.constants:
            return elab.constants[name]
        made = Named(elab.constant_name(node.name), body)
        elab.constants[name] = made
        elab.note(name, "a name for a term", "an underbrace defines it", node.at)
        return made
    return body


def power(elab: Elaborator, node: t.Pow) -> Expr:
    exponent = node.exponent
    value = exponent.value if isinstance(exponent, t.Num) else None
    if (
        isinstance(exponent, t.Add)
        and len(exponent.parts) == 1
        and isinstance(exponent.parts[0][1], t.Num)
    ):
        value = exponent.parts[0][0] * exponent.parts[0][1].value
    if isinstance(node.base, t.Abs | t.Norm) and calculus.euclidean(node.base):
        inner = elab.term(node.base.body)
        if value is None or value.denominator != 1 or value <= 0:
            return elab.unknown(node, Sort.REAL)
        if value % 2:
            return power_of(calculus.absolute(elab, node.base), Rational(int(value)))
        square = norm2(inner) if sort_of(inner) is Sort.VEC else inner**2
        return square if value == 2 else square ** int(value / 2)
    if is_e(elab, node.base):
        inner = elab.term(exponent)
        if sort_of(inner) is not Sort.REAL:
            raise NotYet("an exponential of a vector", node.at)
        return Exp(inner)
    base = elab.term(node.base)
    if value is not None and value.denominator == 2 and sort_of(base) is Sort.REAL:
        if is_number(base) and fraction_of(base) < 0:
            raise NotYet("a root of a negative number", node.at, "notation")
        root = power_of(Sqrt(base), Rational(abs(value.numerator)))
        return root if value > 0 else divided(elab, S.One, root, node.at)
    if value is None or value.denominator != 1:
        return _real_power(elab, base, exponent) or elab.unknown(node, Sort.REAL)
    if sort_of(base) is Sort.VEC:
        if value != 2:
            raise NotYet("a power of a vector", node.at)
        return norm2(base)
    if value > 0:
        return power_of(base, Rational(int(value)))
    if value == 0:
        return S.One
    return divided(elab, S.One, power_of(base, Rational(int(-value))), node.at)


def _real_power(elab: Elaborator, base: Expr, exponent: t.Node) -> Expr | None:
    """a^b is exp(b log a); b is no integer, so a > 0, as everywhere below a logarithm."""
    letters = [n for n in t.walk(exponent) if isinstance(n, t.Sym)]
    if any(elab.is_index(spelled(letter)) for letter in letters):
        return None
    power = elab.term(exponent)
    if not sort_of(base) is sort_of(power) is Sort.REAL:
        return None
    return Exp(times_of(power, Log(base)))


def is_e(elab: Elaborator, node: t.Node) -> bool:
    """Whether a base is Euler's number."""
    if not isinstance(node, t.Sym) or node.name not in ("e", "rm:e") or node.sub:
        return False
    name = spelled(node)
    return name not in elab.evidence.drawn and name not in elab.evidence.integrated


def norm(elab: Elaborator, node: t.Norm) -> Expr:
    return calculus.absolute(elab, node)


def absolute(elab: Elaborator, node: t.Abs) -> Expr:
    volume = determinants.absolute(elab, node)
    if volume is not None:
        return volume
    return calculus.absolute(elab, node)


def read_pair(elab: Elaborator, node: t.Pair) -> Expr:
    return Inner(elab.term(node.left), elab.term(node.right))


def transposed(elab: Elaborator, node: t.Transposed) -> Expr:
    raise NotYet("a transposed vector with nothing to multiply", node.at)


def read_fraction(elab: Elaborator, node: t.Frac) -> Expr:
    return divided(elab, elab.term(node.top), elab.term(node.bottom), node.at)


def divided(elab: Elaborator, top: Expr, bottom: Expr, at: int) -> Expr:
    if sort_of(bottom) is not Sort.REAL:
        raise NotYet("a division by a vector", at)
    if isinstance(bottom, Rational):
        if bottom == 0:
            raise NotYet("a division by 0", at, "notation")
        return divide(top, bottom)
    number, rest = coefficient(bottom)
    below = factors_of(rest)
    if number != 1 or len(below) > 1:  # a/(2bc) is (a/2/b)/c: a ratio cancels by one factor
        made = divide(top, number)
        for factor in below:
            made = divided(elab, made, factor, at)
        return made
    if sort_of(top) is Sort.VEC:
        return read_product(elab, [Ratio(S.One, bottom), top], at)
    if isinstance(top, IntegralOver) and not bound_by(top) & free_vars(bottom):
        return _into(top, Ratio(S.One, bottom))
    return Ratio(top, bottom)


def product(elab: Elaborator, node: t.Mul) -> Expr:
    """Factors from left to right; two vectors multiply by a dot or a transposition."""
    for read in (matrices.product, jacobians.product):
        image = read(elab, node)
        if image is not None:
            return image
    done: list[Expr] = []
    vector: Expr | None = None
    dotted = False
    for i, factor in enumerate(node.factors):
        op = node.ops[i - 1] if i else ""
        transposed = isinstance(factor, t.Transposed)
        term = elab.term(factor.body if isinstance(factor, t.Transposed) else factor)
        sort = sort_of(term)
        if op == "∘":
            raise NotYet("a composition", factor.at)
        if op == "∗" and any(_is_function(elab, node.factors[j]) for j in (i - 1, i)):
            raise NotYet("a convolution", factor.at)
        if op == "/":
            if vector is not None:
                vector = divided(elab, vector, term, factor.at)
            else:
                whole = read_product(elab, done, node.at)
                done = [divided(elab, whole, term, factor.at)]
            continue
        if sort is Sort.VEC:
            if vector is None:
                vector, dotted = term, transposed
            elif op == "·" or dotted:
                if transposed:
                    raise NotYet("a product of three vectors", factor.at)
                done.append(Inner(vector, term))
                vector, dotted = None, False
            else:
                raise NotYet("two vectors side by side", factor.at, "notation")
        else:
            if transposed:
                raise NotYet("a transposed number, or a power T", factor.at, "notation")
            if op == "·" and vector is not None and not dotted and i > 0:
                done.append(term)
                continue
            done.append(term)
    if vector is not None:
        done.append(vector)
    if any(sort_of(term) in (Sort.GRADIENT, Sort.SET) for term in done):
        whole = times_of(*done)
        sort_of(whole)
        return whole
    return read_product(elab, done, node.at)


def _is_function(elab: Elaborator, node: t.Node) -> bool:
    """Whether a letter that stands without arguments has some elsewhere, or is a Gaussian."""
    if isinstance(node, t.Normal):
        return node.point is None
    return isinstance(node, t.Sym) and bool(elab.evidence.called.get(key_of(node)))


def read_product(elab: Elaborator, factors: list[Expr], at: int) -> Expr:
    """A product. 1/p(x) goes under an integral that it does not depend on: one reading."""
    integrals = [f for f in factors if isinstance(f, IntegralOver) and sort_of(f) is Sort.VEC]
    if len(integrals) == 1:
        (integral,) = integrals
        ratios = [
            f
            for f in factors
            if isinstance(f, Ratio) and f.args[0] is S.One and not free_vars(f) & bound_by(integral)
        ]
        if len(ratios) == 1:
            rest = [f for f in factors if f is not integral and f is not ratios[0]]
            return times_of(*rest, _into(integral, ratios[0]))
    whole = times_of(*factors)
    sort_of(whole)
    return whole


def bound_by(integral: IntegralOver) -> set[Var]:
    return {item.var for item in integral.measure}


def _into(integral: IntegralOver, ratio: Ratio) -> Expr:
    """(1/p)·∫ f q dz as ∫ f (q/p) dz: densities of what is integrated go into the numerator."""
    parts = factors_of(integral.body)
    densities = [
        f
        for f in parts
        if isinstance(f, Apply)
        and isinstance(f.head, Density)
        and free_vars(f) & bound_by(integral)
    ]
    rest = [f for f in parts if f not in densities]
    top = times_of(ratio.args[0], *densities)
    return IntegralOver(times_of(*rest, Ratio(top, ratio.args[1])), *integral.measure)
