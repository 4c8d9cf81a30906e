"""One step: the line before, the claim, the named rules → a theorem, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, S

from fmproof.errors import RuleError, SortError
from fmproof.kernel.ring import linear_combination
from fmproof.kernel.theorem import Theorem
from fmproof.lang.scope import alpha_equal
from fmproof.lang.spelling.text import text
from fmproof.tactics.differences import narrow, subtract
from fmproof.tactics.inequalities import by_form, by_square
from fmproof.tactics.methods import METHODS, Common, Line, common_form
from fmproof.tactics.normal import forms
from fmproof.tactics.rewriting import attempt


class NotJustified(Exception):
    """A step that its rules do not give; carries what to show."""

    def __init__(
        self,
        summary: str,
        expected: Expr | None = None,
        found: Expr | None = None,
        difference: Expr | None = None,
        where: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(summary)
        self.summary = summary
        self.expected = expected
        self.found = found
        self.difference = difference
        self.where = where
        self.hint = hint


def justify(line: Line, by: Sequence[str], relation: str) -> Theorem:
    """The theorem ``before relation claim``; its hypotheses are the side conditions.

    Raises:
        NotJustified: the named rules do not give the claim.
    """
    if relation != "=":
        return _inequality(line, by, relation)
    if "nonnegative" in by:
        raise NotJustified(
            "the rule nonnegative shows ≤ or ≥, and the step claims =",
            hint='give the step relation="≤" or relation="≥"',
        )
    if "auto" in by:
        return _searched(line)
    try:
        common = common_form(line, by)
    except (RuleError, SortError) as error:
        raise NotJustified(str(error)) from None
    middle = common.agree or _by_combination(line, common, by)
    if middle is None:
        raise _explain(line, common, by)
    return common.joined(middle)


def _searched(line: Line) -> Theorem:
    """The first form in which the lines agree and whose conditions follow; else one that agrees."""
    agreed, last = None, None
    for common in forms(line):
        middle = common.agree or _by_combination(line, common, ("lemma",))
        if middle is None:
            last = common
            continue
        theorem = attempt(common.joined, middle)
        if theorem is None:
            last = common
            continue
        if line.follows(theorem, line):
            return theorem
        agreed = agreed or theorem
    if agreed is not None:
        return agreed
    if last is None:
        raise NotJustified("auto found no form of the two lines")
    raise _explain(line, last, ("auto",))


def _by_combination(line: Line, common: Common, by: Sequence[str]) -> Theorem | None:
    """The equation of the two forms as a multiple of a lemma: c = d gives a + c = a + d."""
    if "lemma" not in by:
        return None
    left, right = common.left.rhs, common.right.rhs
    for lemma in line.lemmas:
        for factor in (S.One, S.NegativeOne):
            theorem = attempt(linear_combination, lemma, factor, left, right)
            if theorem is not None:
                return theorem
    return None


def _inequality(line: Line, by: Sequence[str], relation: str) -> Theorem:
    lower, upper = (line.before, line.claim) if relation == "≤" else (line.claim, line.before)
    if tuple(by) not in (("nonnegative",), ("auto",)):
        raise NotJustified(
            f"a step with {relation} names the rule nonnegative, or auto; found {', '.join(by)}"
        )
    theorem = by_form(lower, upper)
    if theorem is None and "auto" in by:
        theorem = by_square(line, lower, upper)
    if theorem is None:
        raise NotJustified(
            f"it is not clear from its form that {text(lower)} ≤ {text(upper)}",
            difference=subtract(upper, lower),
            hint="the difference must be a sum of squares, densities, weights or their integrals",
        )
    return theorem


def _explain(line: Line, common: Common, by: Sequence[str]) -> NotJustified:
    """Expected, found, difference and place, for a claim that does not follow."""
    names = " and ".join(by)
    if "auto" in by:
        left_over = subtract(common.left.rhs, common.right.rhs)
        shown = "" if left_over is None else f"; left over: {text(left_over)}"
        return NotJustified(
            f"the two lines have different normal forms{shown}",
            expected=common.left.rhs,
            found=common.right.rhs,
            difference=left_over,
        )
    expected, found, where = narrow(common.left.rhs, common.right.rhs)
    difference = subtract(expected, found)
    several = len(by) > 1
    if not common.used and tuple(by) != ("ring",):
        verb = "do" if several else "does"
        summary = f"{names} {verb} not apply to the line before or to the claim, and they differ"
    elif alpha_equal(common.right.rhs, line.claim):
        summary = f"the claim is not what {names} {'give' if several else 'gives'}"
    else:
        summary = f"with {names} applied to both, the line before and the claim still differ"
    return NotJustified(
        summary,
        expected=common.left.rhs,
        found=common.right.rhs,
        difference=difference,
        where=where,
        hint=(_hint(line, by) or _lemma_hint(line, common, by)) if line.hints else None,
    )


def _lemma_hint(line: Line, common: Common, by: Sequence[str]) -> str | None:
    """What a lemma that does not occur would have rewritten."""
    if "lemma" not in by or "lemma" in common.used:
        return None
    sides = " and ".join(text(theorem.lhs) for theorem in line.lemmas)
    return f"the lemma rewrites {sides}, which does not occur"


def _hint(line: Line, by: Sequence[str]) -> str | None:
    """A rule that would justify the step, alone or together with those named."""
    others = [name for name in METHODS if name not in by and name not in _NOT_HINTED]
    for names in [(name,) for name in others] + [(*by, name) for name in others]:
        try:
            agrees = common_form(line, names).agree is not None
        except (RuleError, SortError):
            continue
        if agrees and len(names) == 1:
            return f"the rule {names[0]} gives it"
        if agrees:
            return f"{' and '.join(names)} together give it: by={names!r}"
    return None


_NOT_HINTED = ("lemma", "nonnegative", "auto", "constant")
