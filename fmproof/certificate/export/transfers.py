"""Equal laws, without the arbitrary function that they are stated for.

A transfer rests on E[h(X)] = E[h(Y)] for an arbitrary h, which is no symbol of the theorem. Here
such a step is about the rule that made the laws equal, and its arguments, alone.
"""

from __future__ import annotations

from dataclasses import replace

from fmproof.certificate.certificate import Certificate, RuleApplication
from fmproof.certificate.export.instances import cone, pruned

_LAWS = ("reparametrise", "marginal_draw")


def without_arbitrary_functions(certificate: Certificate) -> Certificate:
    """The same theorem; each transfer names the rule that made its laws equal."""
    steps = list(certificate.steps)
    for number, step in enumerate(steps):
        if step.rule != "transfer" or len(step.arguments) != 3 or not step.premises:
            continue
        laws = [n for n in cone(steps, step.premises[0]) if steps[n].rule in _LAWS]
        if len(laws) == 1:
            steps[number] = _by_rule(step, steps[laws[0]])
    return pruned(certificate.derivation, steps)


def _by_rule(step: RuleApplication, law: RuleApplication) -> RuleApplication:
    """A transfer as one by a rule: what it is about, and what that rule is given beside a term."""
    rule = f"transfer by {law.rule}"
    return replace(step, rule=rule, arguments=(step.arguments[0], *law.arguments[1:]))
