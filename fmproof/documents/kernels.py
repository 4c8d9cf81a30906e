"""Transition laws of lines: "X_t | X_0 = x_0 ~ N(m, s² I)" is a p_t(x|x_0) of the document.

The letter of the density is in no such line. It is the one of which the document writes a density
of X_t, or of a point at the time of X_t, given x_0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.symbols import key_of, spelled


def kernels_of(
    kernels: Sequence[tuple[t.Sym, t.Sym, t.Node]], evidence: Evidence
) -> Iterator[Candidate]:
    """The densities that such lines define, where one letter alone can be meant."""
    for drawn, given, law in kernels:
        calls = [
            call
            for key, some in evidence.called.items()
            if evidence.is_density(key)
            for call in some
            if _is_of(call, drawn, given)
        ]
        if len({spelled(call.head) for call in calls}) != 1 or not isinstance(law, t.Normal):
            continue
        (one, *_) = calls
        yield Candidate(one, replace(law, point=one.args[0]), law.at, "a line", True)


def _is_of(call: t.Call, drawn: t.Sym, given: t.Sym) -> bool:
    """Whether a density is p_t(x|x_0) or q(x_t|x_0), of X_t given x_0."""
    if len(call.args) != 1 or len(call.given) != 1 or call.after or not drawn.sub:
        return False
    place = call.args[0]
    if not isinstance(place, t.Sym) or spelled(call.given[0]) != spelled(given):
        return False
    times = [*map(spelled, drawn.sub)]
    letter = key_of(place).lower() == key_of(drawn).lower()
    return letter and times in ([*map(spelled, call.head.sub)], [*map(spelled, place.sub)])
