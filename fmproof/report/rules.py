"""The catalogue of rules as a document shows it."""

from __future__ import annotations

from collections.abc import Collection

from fmproof.report.model import Formula, RuleCondition, RuleEntry


def entries(names: Collection[str] | None = None) -> tuple[RuleEntry, ...]:
    """The rules of these names, in the catalogue's order; by default all."""
    from fmproof.catalogue import catalogue

    return tuple(
        RuleEntry(
            code=rule.code,
            name=rule.name,
            family=rule.family,
            title=rule.title,
            statement=Formula(rule.statement_text, rule.statement_latex),
            explanation=rule.explanation,
            conditions=tuple(
                RuleCondition(c.text, c.why, c.counterexample) for c in rule.conditions
            ),
            unconditional=rule.unconditional,
        )
        for rule in catalogue()
        if names is None or rule.name in names
    )
