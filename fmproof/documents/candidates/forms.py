"""What the two sides of a row must look like for it to define its left one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fmproof.documents.items import Item
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.symbols import conventional, head_of, key_of, spelled


def is_bayes(left: t.Node, right: t.Node) -> bool:
    """p(z|x, c) = p(x|z, c) p(z|c)/p(x|c): a claim."""
    if not (isinstance(left, t.Call) and len(left.given) > 1 and isinstance(right, t.Frac)):
        return False
    calls = [n for n in t.walk(right) if isinstance(n, t.Call)]
    return len(calls) > 2 and all(key_of(call.head) == key_of(left.head) for call in calls)


def is_slope(left: t.Node, evidence: Evidence) -> bool:
    """s'(t) = f(t) s(t), of an s that is a function: a differential equation."""
    if not (isinstance(left, t.Call) and left.head.primes and of_times(left)):
        return False
    return without_prime(left.head) in evidence.called


def without_prime(head: t.Sym) -> str:
    """The key of s, for s'; "" of a symbol without a prime."""
    return key_of(replace(head, primes=head.primes - 1)) if head.primes else ""


def is_of_coefficient(left: t.Node | None) -> bool:
    """Whether "σ_t² = …", "1/σ_t = …" or "1/σ_t² = …" says what a standard deviation is."""
    if isinstance(left, t.Frac) and isinstance(left.top, t.Num) and left.top.value == 1:
        return _is_coefficient(left.bottom) or _is_square_of_coefficient(left.bottom)
    return _is_square_of_coefficient(left)


def solved_for_root(left: t.Node, right: t.Node) -> tuple[t.Node, t.Node]:
    """What such a row defines, and by what."""
    if isinstance(left, t.Frac) and is_of_coefficient(left):
        right = t.Frac(right.at, left.top, right)
        left = left.bottom
    if isinstance(left, t.Pow) and is_of_coefficient(left):
        left, right = left.base, t.Function(right.at, "sqrt", (right,))
    return left, right


def _is_square_of_coefficient(left: t.Node | None) -> bool:
    """σ_t² or σ²(s, t)."""
    if not isinstance(left, t.Pow):
        return False
    two = isinstance(left.exponent, t.Num) and left.exponent.value == 2
    return two and _is_coefficient(left.base)


def _is_coefficient(node: t.Node) -> bool:
    """σ_t, or σ(s, t)."""
    if not isinstance(node, t.Sym | t.Call):
        return False
    below = bool(node.sub) if isinstance(node, t.Sym) else len(node.args) > 1 and of_times(node)
    return below and conventional("scalars", head_of(node).name)


def takes_a_value(left: t.Node, right: t.Node) -> bool:
    """X_0 = x_0 and X_t = x: a random variable, and the value that it takes."""
    if not (isinstance(left, t.Sym) and isinstance(right, t.Sym)):
        return False
    small = replace(left, name=left.name.lower())
    values = (spelled(small), spelled(replace(small, sub=())))
    return left.name != small.name and spelled(right) in values


def named_behind(left: t.Node, right: t.Node) -> bool:
    """E[…] = C names the average; E‖x‖² = d says what it is."""
    return (
        isinstance(right, t.Sym)
        and right.name not in ("d", "I", "bf:I")
        and isinstance(left, t.Expectation | t.Integral)
    )


def of_another_field(
    left: t.Node, known: Sequence[tuple[int, Candidate, Item]], evidence: Evidence
) -> bool:
    """L[b] where L[c] is known: a value of it."""
    if not isinstance(left, t.Call) or len(left.args) != 1:
        return False
    fields = [c.left for _, c, _ in known if isinstance(c.left, t.Call) and len(c.left.args) == 1]
    same = [f for f in fields if spelled(f.head) == spelled(left.head)]
    letters = [arg for call in (left, *same) for arg in call.args]
    return bool(same) and all(
        isinstance(arg, t.Sym) and key_of(arg) in evidence.called for arg in letters
    )


def of_times(node: t.Node) -> bool:
    """Whether a side is made of letters by arithmetic, with functions of times alone."""
    if isinstance(node, t.Call):
        return all(isinstance(a, t.Sym) and conventional("times", a.name) for a in node.args)
    kinds = (t.Sym, t.Num, t.Add, t.Mul, t.Bracketed, t.Frac, t.Pow, t.Function)
    return isinstance(node, kinds) and all(map(of_times, t.children(node)))


def a_name(left: t.Node) -> bool:
    """A loss, or a constant: they are defined where it suits, also after their first use."""
    if isinstance(left, t.Call):
        return conventional("losses", left.head.name)
    return isinstance(left, t.Sym) and left.name.split(":")[-1] in (
        "C",
        "K",
        "R",
        "B",
        "A",
        "c",
        "M",
    )


def is_zero(node: t.Node | None) -> bool:
    """Nobody introduces a function by saying that it is 0."""
    return isinstance(node, t.Num) and node.value == 0


def is_of_numbers(node: t.Node) -> bool:
    return all(isinstance(n, t.Num | t.Add) for n in t.walk(node))


def at_the_ends(left: t.Node, right: t.Node, evidence: Evidence) -> bool:
    """α_0 = β_1 = 0 for coefficients α_t, β_t, or α(0) = β(1) = 0: values, and names of nothing."""
    sides = [side for side in (left, right) if not isinstance(side, t.Num)]
    return all(_is_at_an_end(side, evidence) for side in sides)


def _is_at_an_end(side: t.Node, evidence: Evidence) -> bool:
    """Whether a side is a coefficient at a number, which stands elsewhere at any time."""
    if isinstance(side, t.Call):
        known = evidence.called.get(key_of(side.head), ())
        elsewhere = any(isinstance(a, t.Sym) for call in known for a in call.args)
        at_numbers = len(side.args) == 1 and isinstance(side.args[0], t.Num) and not side.given
        return at_numbers and elsewhere and conventional("scalars", side.head.name)
    return (
        isinstance(side, t.Sym)
        and bool(side.sub)
        and all(isinstance(s, t.Num) for s in side.sub)
        and conventional("scalars", side.name)
        and any(spelled(replace(side, sub=(time,))) in evidence.spellings for time in _TIMES)
    )


_TIMES = tuple(t.Sym(0, letter) for letter in "ts")


def definable(left: t.Node, evidence: Evidence, explicit: bool) -> bool:
    """A name, or a symbol applied to variables that differ.

    A number below a letter is a time, p_0(x), or part of a name, x̂_0(x): a row may define that.
    """
    if isinstance(left, t.Sym):
        loss = conventional("losses", left.name)  # L_{t-1}
        if any(isinstance(s, t.Add | t.Mul) for s in left.sub) and not loss:
            return False
        return spelled(left) not in evidence.drawn or bool(left.sub)
    if not isinstance(left, t.Call):
        return False
    named = explicit or any(accent != "dot" for accent in left.head.accents)
    between = bool(left.given) and any(isinstance(s, t.Sym) for s in left.head.sub)  # p_{0t}(x|y)
    name = named or between or _numbers_are_names(left.head, evidence)
    scripts = [s for s in left.head.sub if not (name and isinstance(s, t.Num))]
    places = [*scripts, *left.args, *left.given, *left.after]
    if not all(isinstance(p, t.Sym) for p in places):
        return False
    names = [spelled(p) for p in (*left.args, *left.given, *left.after)]
    return len(set(names)) == len(names)


def _numbers_are_names(head: t.Sym, evidence: Evidence) -> bool:
    """Whether m_0 and m_1 are functions of their own: no density, and no m_t is in the document."""
    calls = evidence.called.get(key_of(head), ())
    others = [s for call in calls for s in call.head.sub if spelled(s) in evidence.times]
    return not conventional("densities", head.name) and not others


def averages(node: t.Node) -> bool:
    """Whether the right side is what a loss is: an expectation or integral, and no other loss."""
    averages = False
    for inner in t.walk(node):
        if isinstance(inner, t.Call) and conventional("losses", inner.head.name):
            return False
        averages = averages or isinstance(inner, t.Expectation | t.Integral)
    return averages
