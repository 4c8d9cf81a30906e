"""Proofs of steps that the exporter has none for, left to Coq.

The exporter refuses what it finds no proof for before Coq is asked. Here such a step is a lemma all
the same: Coq is asked for it from its hypotheses, by the lemma of its rule, or by arithmetic. So
Coq is a witness of its own.
"""

from __future__ import annotations

from fmproof.certificate.export.proof import CoqProof, CoqScope
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.certificate.library import RULES


class Attempted(CoqProof):
    """A proof whose steps without translation are Coq's to prove."""

    def script(self, number: int, scope: CoqScope) -> str:
        try:
            return super().script(number, scope)
        except NotExported:
            return f"ltac:({self._asked(number)})"

    def _asked(self, number: int) -> str:
        step = self.steps[number]
        lemmas = [f"s{premise}" for premise in step.premises]
        if step.rule in RULES:
            lemmas.append(RULES[step.rule])
        by = [f"timeout 5 (simple eapply {lemma}; eassumption)" for lemma in lemmas]
        ways = " | ".join(f"solve [{way}]" for way in ("assumption", *by, "ring", "lra"))
        return f"intros; first [{ways}]"
