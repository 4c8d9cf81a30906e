"""What a model is at the minimum of its loss: v_θ(x) = E[x_1 − x_0 | x_t = x] defines no v_θ.

Such a row has θ on its left side alone, in a document that trains v_θ. Losses are of every θ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from fmproof.documents.items import Reading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.symbols import key_of, spelled


def trained_models(reading: Reading, evidence: Evidence) -> set[str]:
    """The keys of functions with parameters whose distance to something a row averages."""
    sides = (side for item in reading.items for side in (item.left, item.right))
    averages = (
        node for side in sides if side is not None for node in t.walk(side) if _averages(node)
    )
    return {
        key_of(call.head)
        for node in averages
        for norm in t.walk(node)
        if isinstance(norm, t.Norm) and isinstance(t.ungrouped(norm.body), t.Add)
        for call in _models(norm, evidence)
    }


def is_an_optimum(
    left: t.Node, right: t.Node, trained: Collection[str], evidence: Evidence
) -> bool:
    """Whether a row says what a trained model is without a parameter of it."""
    model = isinstance(left, t.Call) and key_of(left.head) in trained
    return model and any(_models(left, evidence)) and not _parameters(right, evidence)


def _averages(node: t.Node) -> bool:
    return isinstance(node, t.Expectation | t.Integral)


def _models(node: t.Node, evidence: Evidence) -> Iterator[t.Call]:
    for one in t.walk(node):
        if isinstance(one, t.Call) and _parameters(one, evidence):
            yield one


def _parameters(node: t.Node, evidence: Evidence) -> set[str]:
    letters = (one for one in t.walk(node) if isinstance(one, t.Sym))
    return {spelled(one) for one in letters} & set(evidence.parameters)
