"""Fields that are defined without their argument, b_t := v_t + ε ∇ log p_t, and taken at points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.symbols import key_of, spelled


def fields_by_name(chosen: Mapping[str, Sequence[Candidate]], evidence: Evidence) -> None:
    """b_t(x) for the b_t of such a definition, which says what b_t is at every x."""
    for known in chosen.values():
        if len(known) != 1 or not isinstance(known[0].left, t.Sym):
            continue
        one, left = known[0], known[0].left
        heads = {id(n.head) for n in t.walk(one.right) if isinstance(n, t.Call)}
        bare = [n for n in t.walk(one.right) if isinstance(n, t.Sym) and id(n) not in heads]
        points = [spelled(point) for name in bare for point in _points(evidence, name)]
        letters = [p for p in points if p not in evidence.random and "_" not in p] or points
        if letters and any(_calls(evidence, left)):
            point = evidence.spellings.get(Counter(letters).most_common(1)[0][0])
            one.left = t.Call(left.at, left, (point,)) if point is not None else left


def _calls(evidence: Evidence, name: t.Sym) -> Iterator[t.Call]:
    """Where a symbol is taken at one point, and with nothing else."""
    for call in evidence.called.get(key_of(name), ()):
        alone = len(call.args) == 1 and not (call.given or call.after)
        if alone and spelled(call.head) == spelled(name):
            yield call


def _points(evidence: Evidence, name: t.Sym) -> Iterator[t.Sym]:
    """The letters at which a symbol is taken."""
    for call in _calls(evidence, name):
        (point,) = call.args
        if isinstance(point, t.Sym):
            yield point
