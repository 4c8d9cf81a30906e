"""E[f(X, Y) | X = x] where Y is Gaussian, and X is Gaussian given Y: by completing the square.

The joint density N(x; a y + b, v)·N(y; m, w) is N(x; a m + b, s)·N(y; m(x), v w/s): the marginal of
X, and the law of Y given X = x. Against any function of X, an average given X is one under that
law, of which the moments are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sympy import Basic, Expr

from fmproof.documents import quotients
from fmproof.documents.almost_surely import pulled_out
from fmproof.documents.standard_noise import is_gaussian_draw
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.node import rebuilt, sort_of
from fmproof.lang.nodes import Apply, CondExpect, Expect, Inner, Integral, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.methods import Line, common_form
from fmproof.tactics.script import Part, Step

_APART = ("square", "linearity")
_VALUES = ("linearity", "moments")


def mean_parts(before: Expr, claim: Expr) -> Iterator[tuple[list[Part], tuple[Expr, ...]]]:
    """Parts that show ``before = claim``, both averages against a function of x of what is said of
    averages given x, if Gaussian means are all that is in the way; and terms that are finite."""
    if not (isinstance(before, Expect) and isinstance(claim, Expect)):
        return
    if before.measure != claim.measure or len(before.measure) != 2 or claim.has(CondExpect):
        return
    prior, kernel = before.measure
    if not (is_gaussian_draw(prior) and is_gaussian_draw(kernel)):
        return
    (x,), (y,) = drawn_by(kernel), drawn_by(prior)
    joint = mul(kernel, prior)
    product = _form(joint, ("gaussian-product",))
    if product in (None, joint) or y not in free_vars(kernel) or y in free_vars(claim.body):
        return
    opened = _unfolded(before.body)
    body = pulled_out(opened)
    if body.has(CondExpect):
        return
    law = _Law(x, y, (prior, kernel), joint, *_apart(product, y))
    yield from law.parts(before, opened, body, claim)


class _Law:
    """The joint law of x and y, in both orders."""

    def __init__(
        self,
        x: Var,
        y: Var,
        draws: Sequence[Any],
        joint: Expr,
        marginal: Any,
        posterior: Any,
    ) -> None:
        self.x, self.y = x, y
        self.draws, self.joint = draws, joint
        self.marginal, self.posterior = marginal, posterior

    def parts(
        self, before: Expect, opened: Expr, body: Expr, claim: Expect
    ) -> Iterator[tuple[list[Part], tuple[Expr, ...]]]:
        """What the average is, the other side with x drawn first, and the row."""
        inside = self._inside(body)
        if inside is None:
            return
        averaged, value, put_in = inside
        spread = _form(Expect(body, self.posterior), _APART)
        if spread is None:
            return
        moments = Part("moments", averaged, [Step("v", value, by=_VALUES)], name="moments")
        there = self._redrawn(body, "1")
        other = Part("other side", claim, self._redrawn(claim.body, "4"), name="other")
        first = [Step("0.1", Expect(opened, *self.draws), by="definition")]
        steps = [
            *(first if opened != before.body else []),
            Step("0.2", Expect(body, *self.draws), by="pull-out"),
            *there,
        ]
        steps += [
            Step("2.1", Expect(Expect(body, self.posterior), self.marginal), by="tower"),
            Step("2.2", Expect(put_in(averaged), self.marginal), by=_APART),
            Step("2.3", Expect(put_in(value), self.marginal), by="lemma", using="moments"),
        ]
        left, right = Expect(put_in(value), self.marginal), Expect(claim.body, self.marginal)
        behind = Expect(claim.body, self.marginal, self.posterior)
        last = [Step("3.8", behind, by="drop"), Step("3.9", claim, by="lemma", using="other")]
        for middle in _middle(left, right):
            row = Part("row", before, [*steps, *middle, *last])
            yield [moments, other, row], (Expect(spread, self.marginal),)

    def _inside(self, body: Expr) -> tuple[Expr, Expr, Callable[[Expr], Expr]] | None:
        """The average of what depends on y, its value, and how it stands in the average over x."""
        known = [f for f in factors(body) if self.y not in free_vars(f)]
        rest = [f for f in factors(body) if self.y in free_vars(f)]
        if len(rest) != 1:
            return None
        (one,) = rest
        tests = (
            [a for a in one.args if self.y not in free_vars(a)] if isinstance(one, Inner) else []
        )
        averaged = Expect(one, self.posterior)
        if tests:
            (other,) = (a for a in one.args if self.y in free_vars(a))
            averaged = Expect(other, self.posterior)

        def stands(term: Expr) -> Expr:
            return mul(*known, Inner(tests[0], term) if tests else term)

        value = _value(averaged)
        return None if value is None else (averaged, value, stands)

    def _redrawn(self, body: Expr, number: str) -> list[Step]:
        """Steps from an average over y and x to one over x and y."""
        turned = mul(body, self.marginal, self.posterior)
        return [
            Step(f"{number}.1", Integral(mul(body, self.joint), self.x, self.y), by="expectation"),
            Step(f"{number}.2", Integral(turned, self.x, self.y), by="gaussian-product"),
            Step(f"{number}.3", Integral(turned, self.y, self.x), by="fubini"),
            Step(f"{number}.4", Expect(body, self.marginal, self.posterior), by="expectation"),
        ]


def _middle(left: Expr, right: Expr) -> Iterator[list[Step]]:
    """Steps between two averages of functions of x."""
    if left == right:
        yield []
        return
    found = quotients.steps(left, right, ("square", "linearity"))
    if found:
        yield [Step(f"3.{i}", step.claim, by=step.by) for i, step in enumerate(found, 1)]
    yield [Step("3.1", right, by="auto")]


def _unfolded(term: Any) -> Any:
    """``term`` with what is behind symbols that are defined by averages given something."""
    if isinstance(term, CondExpect):
        return term
    if isinstance(term, Apply):
        definition = term.head.definition
        behind = definition is not None and definition.has(CondExpect)
        return _unfolded(term.head.unfold(term.arguments)) if behind else term
    args = [_unfolded(arg) if isinstance(arg, Basic) else arg for arg in term.args]
    return term if tuple(args) == tuple(term.args) else rebuilt(term, *args)


def _apart(product: Any, y: Var) -> tuple[Any, Any]:
    """The marginal of x, and the law of y given x."""
    one, other = factors(product)
    return (other, one) if drawn_by(one) == (y,) else (one, other)


def _value(average: Expr) -> Expr | None:
    value = _form(average, _VALUES)
    none = value is None or value.has(Expect) or sort_of(value) not in (Sort.REAL, Sort.VEC)
    return None if none else value


def _form(term: Expr, names: Sequence[str]) -> Expr | None:
    try:
        form: Expr = common_form(Line(term, term), names).left.rhs
    except (FmproofError, RecursionError, TypeError):
        return None
    return form
