"""Ways from one line to another that ``auto`` does not take: several steps, worked out here.

Nothing of it is trusted: what comes out is a derivation, which the checker checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import thread_time
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents import (
    exponentials,
    gaussian_logs,
    gaussian_squares,
    mixture_slopes,
    noise_moments,
    parallel,
    quotients,
    radicals,
    roots,
    standard_noise,
)
from fmproof.documents.left_over import normal_difference
from fmproof.documents.patience import lasting
from fmproof.documents.projections import parts_for
from fmproof.documents.terms import free_of_parameters, heads_in, kinds_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors, plus_of, summands
from fmproof.lang.nodes import (
    Apply,
    ArgMin,
    CondExpect,
    Density,
    Div,
    Exp,
    Expect,
    Gaussian,
    Grad,
    Inner,
    IntegralOver,
    Lebesgue,
    Let,
    Log,
    Partial,
    Ratio,
    Sqrt,
)
from fmproof.lang.props import Differentiable, ForAll, Prop
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.differences import subtract
from fmproof.tactics.methods import Line, agree, common_form
from fmproof.tactics.normal import forms
from fmproof.tactics.script import Part, Step

_SECONDS_FOR_FORMS = 1.0
"""For a form of two lines in which they differ by what is free of the parameters."""
_SMOOTH = frozenset((Grad, Partial, Div, Log, Exp, Sqrt))
_SLOPES = frozenset((Grad, Partial, Div))
_AVERAGED = frozenset((Expect, IntegralOver))
_PLAIN: tuple[tuple[str, ...], ...] = (
    ("definition", "density", "square", "cancel"),
    ("marginalisation", "expectation", "density", "linearity", "fubini", "cancel"),
)
_CALCULUS: tuple[tuple[str, ...], ...] = (
    ("derivative", "cancel"),
    ("definition", "log", "exp", "derivative", "square", "cancel"),
    ("definition", "gaussian", "log", "exp", "root", "derivative", "square", "cancel"),
    ("definition", "exchange", "derivative", "cancel"),
    ("expectation", "derivative", "cancel"),
    ("definition", "derivative", "exchange", "log", "square", "linearity", "cancel"),
    ("definition", "expectation", "exchange", "log", "derivative", "linearity", "fubini", "cancel"),
)
"""What is tried where derivatives or functions are in the row."""
_PULLED = ("definition", "derivative", "square", "linearity", "pull-out")
"""Conditional expectations are replaced by what they average."""
_APART = ("linearity",)
_BY_NAME = ("square", "linearity")
"""Averages of sums taken apart, with what is in them by its name: a score stays one."""
_BY_NAME_ALONE = (*_BY_NAME, "drop")
"""And without draws that are in nothing."""
_CROSSED = ("lemma", "definition", "square", "linearity", "marginalisation")
_PUT_IN = ("substitution", "reorder", "derivative", "square", "linearity", "cancel")
"""Then paths are written out."""


@dataclass(frozen=True)
class Way:
    """A chain of steps that may be a proof.

    Attributes:
        parts: the last one shows the row.
        by: how it is named.
        more: natural hypotheses that it takes.
        context: terms about which there should be natural hypotheses as well.
        plainly: whether terms are > 0 that are so by the two lines, and none by what stands between
            them: √a·√b there does not say that a is.
    """

    parts: tuple[Part, ...]
    by: tuple[str, ...]
    more: tuple[Prop, ...] = ()
    context: tuple[Expr, ...] = ()
    plainly: bool = False


def ways(before: Expr, claim: Expr) -> Iterator[Way]:
    """The ways that fit what is in the two lines, the cheap ones first."""
    kinds = kinds_in([before, claim])
    noise = Gaussian in kinds and Expect in kinds
    named = [*_PLAIN]
    if kinds & _SMOOTH:
        named += [way for way in _CALCULUS if "gaussian" not in way or Gaussian in kinds]
    if not kinds & _SLOPES:
        named = [way for way in named if "derivative" not in way or "exp" in way]
    if not kinds & _AVERAGED:
        named.remove(_PLAIN[1])
    yield from quick_ways(before, claim)
    logs = gaussian_logs.steps(before, claim) if noise and Log in kinds else None
    if logs is not None:
        yield Way((Part("row", before, logs),), ("gaussian", "moments"))
    by_means = kinds >= {Expect, CondExpect, IntegralOver}
    sloped = mixture_slopes.steps(before, claim) if Grad in kinds or by_means else None
    if sloped is not None:
        yield Way((Part("row", before, sloped),), ("exchange", "derivative"))
    for by in named:
        yield Way((Part("row", before, [Step("1", claim, by=by)]),), by)
    for by in _second_moments([before, claim], kinds):
        yield Way((Part("row", before, [Step("1", claim, by=by)]),), by)
    part_by_part = parallel.steps(before, claim) if Ratio in kinds else None
    if part_by_part is not None:
        yield Way((Part("row", before, part_by_part),), ("cancel", "ring"))
    if kinds >= {Exp, Log}:
        yield from _by_logarithms(before, claim)
    yield from _by_difference(before, claim)
    if noise:
        for parts in noise_moments.parts_with_moments(
            before, claim, normal_difference(before, claim)
        ):
            yield Way(parts, ("auto", "moments"))
    if kinds & {CondExpect, Let}:
        yield from _by_averages(before, claim)
    if noise:
        yield from _by_moments_of_noise(before, claim)
    yield from _by_projection(before, claim)
    for words in _forms(before, claim, kinds):
        steps = quotients.steps(before, claim, words)
        if steps is not None:
            yield Way((Part("row", before, steps),), ("cancel", "ring"))
    apart = roots.steps(before, claim) if Sqrt in kinds else None
    if apart is not None:
        yield Way((Part("row", before, apart),), ("root", "cancel", "ring"), plainly=True)
    rooted = radicals.steps(before, claim) if kinds & {Ratio, Sqrt} else None
    if rooted is not None:
        yield Way((Part("row", before, rooted[0]),), ("root", "cancel"), tuple(rooted[1]))


def quick_ways(before: Expr, claim: Expr) -> Iterator[Way]:
    """Those that write nothing out: they are found at once, or not."""
    kinds = kinds_in([before, claim])
    if kinds_in([before, claim, *_opened(before), *_opened(claim)]) & _AVERAGED:
        yield _by_name(before, claim)
    if kinds >= {Gaussian, Expect}:
        yield from _by_name_with_moments(before, claim)


def _by_logarithms(before: Expr, claim: Expr) -> Iterator[Way]:
    """With 1/v for e^{−log v} on both sides."""
    there, back = map(exponentials.out_of_logarithms, (before, claim))
    if there is None and back is None:
        return
    first = [] if there is None else [Step("1", there[0], by="log"), Step("2", there[1], by="auto")]
    left, right = (end[1] if end else line for end, line in ((there, before), (back, claim)))
    middle = quotients.steps(left, right) or [Step("3", right, by="auto")]
    last = [] if back is None else [Step("5", back[0], by="auto"), Step("6", claim, by="log")]
    named = [replace(step, id=f"4.{step.id}") for step in middle]
    yield Way((Part("row", before, [*first, *named, *last]),), ("log", "exp"))


def _by_name(before: Expr, claim: Expr) -> Way:
    """With losses written out alone."""
    lines = [*_opened(before), *reversed([*_opened(claim)]), claim]
    by = ["definition"] * len(_opened(before)) + [_BY_NAME] + ["definition"] * len(_opened(claim))
    steps = [
        Step(f"{i}", line, by=words)
        for i, (line, words) in enumerate(zip(lines, by, strict=True), 1)
    ]
    return Way((Part("row", before, steps),), _BY_NAME)


def _by_name_with_moments(before: Expr, claim: Expr) -> Iterator[Way]:
    """With averages of noise put in where sums are taken apart and nothing is written out."""
    try:
        common = common_form(Line(before, claim), _BY_NAME_ALONE)
    except (FmproofError, RecursionError, TypeError):
        return
    left_over = subtract(common.left.rhs, common.right.rhs)
    for parts in noise_moments.parts_with_moments(before, claim, left_over, _BY_NAME_ALONE):
        yield Way(parts, (*_BY_NAME_ALONE, "moments"))


def _opened(term: Expr) -> tuple[Expr, ...]:
    """A loss as the average that defines it; nothing of what is none."""
    if not (isinstance(term, Apply) and term.head.definition is not None):
        return ()
    body = term.head.unfold(term.arguments)
    return (body,) if kinds_in([body]) & _AVERAGED else ()


def _second_moments(terms: Sequence[Expr], kinds: set[type]) -> Iterator[tuple[str, ...]]:
    """Averages of two products with noise are put in: E[⟨a, n⟩⟨b, n⟩], E[nᵀ J n]."""
    averages = [mean for term in terms for mean in term.atoms(Expect)]
    inside = [factors(part) for mean in averages for part in summands(mean.body)]
    if any(sum(isinstance(f, Inner) for f in parts) > 1 for parts in inside):
        yield ("linearity", "moments")
    if kinds >= {Expect, Grad, Div}:
        yield ("definition", "square", "linearity", "trace")


def noise_ways(before: Expr, claim: Expr) -> Iterator[Way]:
    """Ways through lines in which standard noise is drawn: they are found at once, or not."""
    if kinds_in([before, claim]) >= {Gaussian, Expect}:
        for parts in gaussian_squares.square_parts(before, claim):
            yield Way(parts, ("moments", "field"))
        yield from _by_noise(before, claim)


def bounding_ways(before: Expr, claim: Expr, relation: str) -> Iterator[Way]:
    """Ways to an inequality: averages of sums are taken apart, so that a square can be left out;
    beside an average over a time, the other side is averaged over it as well."""
    rises: dict[str, Any] = {"by": "auto", "relation": relation}
    for one, other in ((before, claim), (claim, before)):
        averaged = _over_the_same_time(one, other)
        if averaged is not None:
            kept: dict[str, Any] = {"by": "auto"}
            first, second = (rises, kept) if one == before else (kept, rises)
            steps = [Step("1", averaged, **first), Step("2", claim, **second)]
            yield Way((Part("row", before, steps),), ("auto",))
    try:
        left = common_form(Line(before, claim), _APART).left.rhs
    except (FmproofError, RecursionError, TypeError):
        return
    if left != before:
        steps = [Step("1", left, by=_APART), Step("2", claim, **rises)]
        yield Way((Part("row", before, steps),), ("linearity", "auto"))


def _over_the_same_time(average: Expr, other: Expr) -> Expr | None:
    """``other`` as its average over the interval that ``average`` is an integral over."""
    if not (isinstance(average, IntegralOver) and len(average.measure) == 1):
        return None
    (item,) = average.measure
    unit = isinstance(item, Lebesgue) and item.bounded and item.high - item.low == 1
    if not unit or isinstance(other, IntegralOver) or item.var in free_vars(other):
        return None
    return IntegralOver(other, item)


def constant_difference(before: Expr, claim: Expr) -> Expr | None:
    """What is left of ``before − claim`` in the first form in which no parameter is in it."""
    line = Line(before, claim, deadline=thread_time() + lasting(_SECONDS_FOR_FORMS))
    try:
        for common in forms(line):
            left_over = subtract(common.left.rhs, common.right.rhs)
            if left_over is not None and free_of_parameters(left_over):
                return left_over
    except (FmproofError, RecursionError, AttributeError, TypeError):
        return None
    return None


def _by_difference(before: Expr, claim: Expr) -> Iterator[Way]:
    """Gradients or minimisers of two terms that differ by what is free of the parameter."""
    nodes = list(dict.fromkeys([*_gradients(before), *_gradients(claim)]))
    if len(nodes) != 2 or nodes[0].func is not nodes[1].func or nodes[0].var is not nodes[1].var:
        return
    one, other = nodes
    left_over = normal_difference(one.body, other.body)
    if left_over is None or one.var in free_vars(left_over):
        return
    shifted = plus_of(other.body, left_over)
    rule = "derivative" if isinstance(one, Grad) else "minimisers"
    smooth = ForAll(Differentiable(other.body, one.var), one.var)
    place = () if isinstance(one, ArgMin) else (one.at,)
    both = [Step("2", one.func(shifted, one.var, *place), by="lemma", using="value")]
    if left_over is not S.Zero:
        both.append(Step("3", other, by=rule))
    parts = [
        Part("value", one.body, [Step("1", shifted, by="auto")]),
        Part("both", one, both),
    ]
    if (before, claim) != (one, other):
        parts.append(Part("row", before, [Step("4", claim, by="lemma", using="both")]))
    yield Way(tuple(parts), ("auto", rule), (smooth,), (one.body, shifted))


def _by_projection(before: Expr, claim: Expr) -> Iterator[Way]:
    """With the averages of products with posterior means shown first; of gradients, the values."""
    crosses = tuple(parts_for(before, claim))
    if not crosses:
        return
    names = tuple(part.name for part in crosses)
    if not kinds_in([before, claim]) & {Grad, ArgMin}:
        for by in (_CROSSED, (*_CROSSED, "reorder", "drop", "tower"), "auto"):
            row = Part("row", before, [Step("1", claim, by=by, using=names)])
            yield Way((*crosses, row), ("auto",))
        return
    if not (isinstance(before, Grad) and isinstance(claim, Grad) and before.var is claim.var):
        return
    left_over = normal_difference(before.body, claim.body)
    if left_over is None:
        return
    free = plus_of(*(part for part in summands(left_over) if before.var not in free_vars(part)))
    shifted = plus_of(claim.body, free)
    smooth = ForAll(Differentiable(claim.body, before.var), before.var)
    value = Part("value", before.body, [Step("1", shifted, by=_CROSSED, using=names)])
    slope = Grad(shifted, before.var, before.at)
    steps = [Step("2", slope, by="lemma", using="value"), Step("3", claim, by="derivative")]
    parts = (*crosses, value, Part("row", before, steps))
    yield Way(parts, ("auto", "derivative"), (smooth,), (before.body, shifted))


def _by_averages(before: Expr, claim: Expr) -> Iterator[Way]:
    """Conditional expectations pulled out, then paths put in."""
    try:
        common = common_form(Line(before, claim), _PULLED)
        left, right = common.left.rhs, common.right.rhs
        there = common_form(Line(left, right), ("substitution",))
    except (FmproofError, RecursionError, TypeError):
        return
    context = (there.left.rhs, there.right.rhs)
    for middle in _put_in(left, right):
        steps = [Step("1", left, by=_PULLED), *middle, Step("3", claim, by=_PULLED)]
        yield Way((Part("row", before, steps),), ("pull-out", "substitution"), (), context)


def _by_noise(before: Expr, claim: Expr) -> Iterator[Way]:
    """Both lines with standard noise drawn."""
    try:
        for steps in standard_noise.ways_by_noise(before, claim):
            lines = [step.claim for step in steps]
            yield Way((Part("row", before, steps),), ("reparametrisation",), (), tuple(lines))
    except (FmproofError, RecursionError, TypeError):
        return


def _by_moments_of_noise(before: Expr, claim: Expr) -> Iterator[Way]:
    """The first line with standard noise drawn, and its moments put in: E‖∇ log N(x; m, s²)‖²."""
    try:
        line, there = standard_noise.with_noise(before)
    except (FmproofError, RecursionError, TypeError):
        return
    if not there:
        return
    for *parts, row in noise_moments.parts_with_moments(
        line, claim, normal_difference(line, claim)
    ):
        whole = replace(row, start=before, steps=[*there, *row.steps])
        lines = tuple(step.claim for step in there)
        yield Way((*parts, whole), ("reparametrisation", "moments"), (), lines)


def _put_in(left: Expr, right: Expr) -> Iterator[list[Step]]:
    """Steps from one line of averages to another, with paths put in."""
    if subtract(left, right) == S.Zero:
        yield [Step("2", right, by="ring")]
        return
    if agree(left, right, _PUT_IN):
        yield [Step("2", right, by=_PUT_IN)]
    found = quotients.steps(left, right, _PUT_IN) or []
    if found:
        yield [replace(step, id=f"2.{step.id}") for step in found]


def _forms(before: Expr, claim: Expr, kinds: set[type]) -> list[tuple[str, ...]]:
    """How lines with quotients are brought to sums of monomials; none where nothing divides."""
    forms: list[tuple[str, ...]] = []
    if _divides([before, claim]):
        forms.append(quotients.FORM)
    if Sqrt in kinds:
        forms.append(("root", *quotients.FORM))
    if kinds & _SMOOTH:
        forms.append(("log", "derivative", *quotients.FORM))
    if kinds & _SMOOTH and Gaussian in kinds:
        forms.append(("gaussian", "log", "exp", "root", "derivative", *quotients.FORM))
    return forms


def _divides(terms: Sequence[Basic]) -> bool:
    """Whether ``terms``, or definitions behind them that are no averages, divide by a number.

    Densities that are divided by are the affair of ``auto``.
    """
    definitions = [h.definition for h in heads_in(terms) if h.definition is not None]
    plain = [d for d in definitions if not d.has(IntegralOver)]
    return any(
        not any(isinstance(a.head, Density) for a in ratio.args[1].atoms(Apply))
        for term in (*terms, *plain)
        for ratio in term.atoms(Ratio)
    )


def _gradients(term: Basic) -> list[Any]:
    if isinstance(term, Grad | ArgMin) and term.var.sort is Sort.PARAM:
        return [term]
    return [found for arg in term.args for found in _gradients(arg)]
