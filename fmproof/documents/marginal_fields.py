"""Fields that words alone call marginal: u_t(X_t) beside u_t(X_t | Z) is E[u_t(X_t | Z) | X_t]."""

from __future__ import annotations

from collections.abc import Iterator

from fmproof.documents.items import Reading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.symbols import key_of, spelled
from fmproof.reading.notation.words import called_marginal


def marginal_fields(reading: Reading, evidence: Evidence) -> Iterator[Candidate]:
    """u_t(X_t) = E[u_t(X_t | Z) | X_t] for each field that is called marginal, where X_t and Z
    are random."""
    for call in _called_marginal(reading):
        head = call.head
        if evidence.is_density(key_of(head)):
            continue
        known = [
            c for c in evidence.called.get(key_of(head), ()) if spelled(c.head) == spelled(head)
        ]
        given = {spelled(c.given[0]): c for c in known if len(c.given) == len(c.args) == 1}
        if len(given) != 1:
            continue
        ((latent, conditional),) = given.items()
        path = conditional.args[0]
        if isinstance(path, t.Sym) and {latent, spelled(path)} <= set(evidence.random):
            mean = t.Expectation(call.at, (), conditional, (path,))
            yield Candidate(t.Call(call.at, head, (path,)), mean, -1, "", True)


def _called_marginal(reading: Reading) -> Iterator[t.Call]:
    """The functions of one argument beside which a line of words has "marginal"."""
    if len({id(item.source) for item in reading.items}) != 1:
        return  # places in other texts do not compare
    nodes = [*reading.loose, *(item.right for item in reading.items if item.inline)]
    for source, piece, _, _ in reading.pieces:
        if piece.kind != "inline" or not called_marginal(source.text, piece.start, piece.stop):
            continue
        for node in nodes:
            plain = isinstance(node, t.Call) and len(node.args) == 1 and not node.given
            if isinstance(node, t.Call) and plain and piece.start <= node.at < piece.stop:
                yield node
