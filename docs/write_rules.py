"""Writes docs/rules.md from the rule catalogue: ``python docs/write_rules.py``.

A test compares the page with what this gives, so edit the records, not the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fmproof.catalogue import Case, Condition, RuleRecord, catalogue
from fmproof.lang.spelling.text import text

PAGE = Path(__file__).with_name("rules.md")

INTRODUCTION = """\
# The rules

<!-- Written by docs/write_rules.py from the records in fmproof/catalogue. -->

A step is accepted when the kernel derives it by the rules that the step names in `by=`, and
when each condition of those rules follows from the declared hypotheses. This page lists them
all, with the side condition rules (C), whose names a report prints beside what they discharged.
`fmproof explain I4` or `fmproof explain fubini` shows one of them.

What stands before ⊢ in braces are hypotheses of the theorem that the rule gives. Integrals are
Lebesgue's and 0 where the integrand is not absolutely integrable; a/0 = 0; see
[trust.md](trust.md) for what that means.

Each condition has a counterexample that the tests run: a claim that is accepted once the
condition is given or, where the condition is decided by looking at the terms, has the shape of
the rule without it; the checker refuses it, and for the functions shown it is false.
"""


def page() -> str:
    """The whole of docs/rules.md."""
    return "\n".join([INTRODUCTION, *_index(), *_sections()])


def _index() -> Iterator[str]:
    yield "| code | name | what it does |"
    yield "|---|---|---|"
    for rule in catalogue():
        yield f"| [{rule.code}](#{rule.code.lower()}) | {rule.name} | {rule.title} |"
    yield ""


def _sections() -> Iterator[str]:
    family = ""
    for rule in catalogue():
        if rule.family != family:
            family = rule.family
            yield f"## {family}\n"
        yield from _rule(rule)


def _rule(rule: RuleRecord) -> Iterator[str]:
    yield f'<a id="{rule.code.lower()}"></a>\n'
    yield f"### {rule.code} {rule.name}: {rule.title[0].lower()}{rule.title[1:]}\n"
    yield f"```text\n{rule.statement_text}\n```\n"
    yield f"$$\n{rule.statement_latex}\n$$\n"
    yield f"{rule.explanation}\n"
    if rule.also:
        yield f"A report also calls it {', '.join(f'`{word}`' for word in rule.also)}.\n"
    if rule.unconditional:
        yield f"*No condition is needed:* {rule.unconditional}\n"
    for condition in rule.conditions:
        yield from _condition(condition)


def _condition(condition: Condition) -> Iterator[str]:
    case = condition.case()
    yield f"*Condition:* {condition.text}. *Without it:* {condition.why}\n"
    yield f"> {condition.counterexample}"
    yield ">"
    yield f"> {_claim(case)}\n"


def _claim(case: Case) -> str:
    """The claim that is refused, the functions that make it false, and what the sides are."""
    parts = [f"Refused: `{text(case.claim)}`"]
    functions = [f"`{text(head(*head.params))} = {value}`" for head, value in case.meaning.items()]
    values = [f"`{var.name} = {value}`" for var, value in case.at.items()]
    if functions or values:
        parts.append(f"with {', '.join((*functions, *values))}")
    if case.sides:
        left, right = (side if side == "diverges" else f"is `{side}`" for side in case.sides)
        parts.append(f"the left side {left}, the right side {right}")
    return "; ".join(parts) + "."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
