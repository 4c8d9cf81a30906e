"""Rows behind "if x_0 and x_1 are independent, then": true of independent draws from a coupling.

The words hold for the display that they lead to, and for draws that they name: of a coupling of
which the document says nothing else, a row about these is proved with a law of each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr

from fmproof.documents import any_law
from fmproof.documents.context import Context
from fmproof.documents.items import Item
from fmproof.documents.prove import Proof
from fmproof.documents.terms import heads_in
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.words import denied, said_independent


def prove_if_independent(
    context: Context, item: Item, candidates: Sequence[Expr], claim: Expr
) -> Proof:
    """``candidate = claim`` for one of the candidates, with the draws that the words before the row
    call independent drawn so."""
    words, place = said_independent(item.source.text, item.piece.start)
    if not words or denied(words):
        return Proof(False)
    for before in candidates:
        terms = [before, claim]
        joint = any_law.joint_laws_in(context.elab, terms)
        laws = [head for head in heads_in(terms) if head.draws]
        used = any_law.used_draws(terms, laws)
        given = {v for head in joint for v in head.given if v.sort is not Sort.REAL}
        drawn = any_law.used_draws(terms, joint)
        named = all(_is_named(context.elab.spelling(var), words) for var in drawn)
        if len(drawn) < 2 or not named or given & used:
            continue
        proof = context.prover.prove(*any_law.drawn_apart(before, claim, joint))
        if proof.proved:
            context.said.in_cases.add(item.index)
            return replace(proof, rests_on=(item.source.place(place), *proof.rests_on))
    return Proof(False)


def _is_named(spelling: str, words: str) -> bool:
    """Whether LaTeX has a letter, with its script."""
    stem, _, script = spelling.partition("_")
    below = rf"\s*_\s*{re.escape(script)}(?!\w)" if script else r"(?!\w|\s*_)"
    plain = re.sub(r"[{}]", "", words)
    return re.search(rf"(?<![a-zA-Z]){re.escape(stem)}{below}", plain) is not None
