"""What a theorem assumes at every point, in its proof, too.

A step may ask for something almost everywhere that the theorem assumes everywhere. In Coq the
latter is easier to use: equal integrands need not be known to be measurable. So such a step is
proved from the stronger hypothesis; nothing of the theorem changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from fmproof.certificate.certificate import Certificate, RuleApplication
from fmproof.lang import nodes, props
from fmproof.lang.scope import canon


def assumed_everywhere(certificate: Certificate) -> Certificate:
    """The same theorem by steps that assume everywhere what the theorem assumes everywhere."""
    assumed = {canon(h) for h in _parts(certificate.theorem.hypotheses)}

    def stronger(hypothesis: Any) -> Any:
        told = _everywhere(hypothesis)
        return told if told is not None and canon(told) in assumed else hypothesis

    def changed(step: RuleApplication) -> RuleApplication:
        hypotheses = tuple(dict.fromkeys(map(stronger, step.hypotheses)))
        return replace(step, hypotheses=hypotheses)

    return replace(certificate, steps=tuple(map(changed, certificate.steps)))


def _parts(hypotheses: Iterable[Any]) -> Iterator[Any]:
    """Hypotheses "for every …", and what they say for each value."""
    for hypothesis in hypotheses:
        while isinstance(hypothesis, props.ForAll):
            yield hypothesis
            hypothesis = hypothesis.body


def _everywhere(prop: Any) -> Any:
    """What says everywhere what ``prop`` says almost everywhere; None for another proposition."""
    if not isinstance(prop, props.Almost):
        return None
    told: Any = prop.args[0]
    for item in reversed(prop.measure):
        if not isinstance(item, nodes.Lebesgue):
            return None
        told = props.ForAll(told, item.var)
    return told
