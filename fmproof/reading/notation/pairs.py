"""p(x|z) beside p(z|x): which of two densities is the kernel, and which the posterior."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.lacking import value_of
from fmproof.reading.notation.symbols import conventional, key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def is_density_of(call: t.Call, *letters: t.Node) -> bool:
    """Whether a density is p(x), or p(x|z)."""
    return [spelled(one) for one in (*call.args, *call.given)] == [*map(spelled, letters)]


def laws_said_of(elab: Elaborator, z: t.Node) -> set[str]:
    """The letters of what the document has as a law of z by itself."""
    written = {
        key
        for key, calls in elab.evidence.called.items()
        if elab.is_density(key) and any(is_density_of(call, z) and not call.given for call in calls)
    }
    return written | set(map(key_of, elab.said_laws.get(spelled(z), ())))


def turned(elab: Elaborator, call: t.Call) -> t.Call | None:
    """The density of the document with arguments and conditions of ``call`` exchanged."""
    args, given = [spelled(a) for a in call.args], [spelled(g) for g in call.given]
    for key, calls in elab.evidence.called.items():
        if elab.is_density(key):
            for other in calls:
                if [spelled(a) for a in other.args] == given and args == [
                    spelled(g) for g in other.given
                ]:
                    return other
    return None


def makes_the_marginal(elab: Elaborator, call: t.Call) -> bool:
    """Whether p(x|k) is what the document mixes p(x) of: p(x) = Σ_k p(k) p(x|k)."""
    for one in elab.candidates.get(key_of(call.head), ()):
        if isinstance(one.left, t.Call) and is_density_of(one.left, *call.args):
            totals = (n for n in t.walk(one.right) if isinstance(n, t.Series | t.Integral))
            inside = (n for total in totals for n in t.walk(total) if isinstance(n, t.Call))
            if any(spelled(n) == spelled(call) for n in inside):
                return True
    return False


def is_decoder(elab: Elaborator, call: t.Call) -> bool:
    """Whether p_θ(x|z) is what a model draws x from, of which the document has the marginal p_θ(x)
    and the prior p(z): whatever the law of the data is, p_θ(z|x) is the posterior."""
    if len(call.args) != 1 or len(call.given) != 1:
        return False
    calls = elab.evidence.called.get(key_of(call.head), ())
    alone = [one for one in calls if len(one.args) == 1 and not one.given]

    def has(letter: t.Node, model: bool) -> bool:
        return any(is_density_of(one, letter) and bool(one.head.sub) is model for one in alone)

    latent = value_of(call.given[0])
    model = any(elab.is_parameter(spelled(s)) for s in call.head.sub)
    return model and has(call.args[0], True) and has(latent, False) and not has(latent, True)


def is_encoder(elab: Elaborator, call: t.Call) -> bool:
    """Whether q_φ(z|x), beside p_θ(x|z) and p(z), is any density: it has parameters of its own, or
    the document has the posterior p_θ(z|x), too."""
    other, key = turned(elab, call), key_of(call.head)
    if other is None or key in {key_of(other.head), *laws_said_of(elab, call.args[0])}:
        return False
    kinds = ("always", "with_evidence")
    below = {s.name for s in call.head.sub if isinstance(s, t.Sym)} | {*call.head.labels}
    own = {name for name in below if any(conventional("parameters", name, k) for k in kinds)}
    theirs = {s.name for s in other.head.sub if isinstance(s, t.Sym)}
    posteriors = elab.evidence.called.get(key_of(other.head), ())
    return bool(own - theirs) or any(
        is_density_of(one, *call.args, *call.given) and bool(one.given) for one in posteriors
    )


def as_paired(elab: Elaborator, call: t.Call) -> t.Call | None:
    """The density of the document that ``call`` is at another letter, where that one has its pair:
    p_t(·|z) and p_t(x_t|z) are p_t(x|z) beside p_t(z|x)."""
    if len(call.args) != 1 or not call.given:
        return None
    mine = _without_time(call, call.args[0])
    given = [_without_time(call, value_of(g)) for g in call.given]
    for other in elab.evidence.called.get(key_of(call.head), ()):
        if len(other.args) != 1 or spelled(other.head) != spelled(call.head):
            continue
        if [_without_time(other, value_of(g)) for g in other.given] != given:
            continue
        same = isinstance(call.args[0], t.Dot) or _without_time(other, other.args[0]) == mine
        if same and isinstance(other.args[0], t.Sym) and turned(elab, other) is not None:
            return other
    return None


def _without_time(call: t.Call, letter: t.Node) -> str:
    """x for x_t, in a density p_t."""
    below = [*map(spelled, call.head.sub)]
    if isinstance(letter, t.Sym) and below and [*map(spelled, letter.sub)] == below:
        return spelled(replace(letter, sub=()))
    return spelled(letter)


def of_another_pair(elab: Elaborator, call: t.Call, defined: t.Call) -> bool:
    """Whether p_t(x|y), beside p_t(y|x), is another density than the p_t(x|z) with a definition.

    A label y has a joint law with x of its own, where z has none the other way round. And what
    p_{t|1}(x|x_1) is says nothing of p_{1|t}(x_1|x), which is spelled with the same subscripts.
    """
    if not (call.given and defined.given) or not elab.is_density(key_of(call.head)):
        return False
    letters = [spelled(value_of(g)) for g in call.given], [spelled(g) for g in defined.given]
    if letters[0] == [spelled(a) for a in defined.args] and letters[0] != letters[1]:
        return True
    if letters[0] == letters[1] or turned(elab, call) is None:
        return False
    return turned(elab, defined) is None


def posterior_at_a_time(elab: Elaborator, call: t.Call) -> bool:
    """Whether p_t(x|y) is p_t(y|x) p_t(x) over its integral, of a document that has all three.

    Where it has p_t(y), too, the letter at which it takes most of its functions has the prior.
    """
    other = turned(elab, call)
    if other is None or len(call.args) != 1 or spelled(other.head) != spelled(call.head):
        return False
    alone = {
        spelled(one.args[0])
        for one in elab.evidence.called.get(key_of(call.head), ())
        if len(one.args) == 1 and not one.given and spelled(one.head) == spelled(call.head)
    }
    mine, its = spelled(call.args[0]), spelled(other.args[0])
    if not call.head.sub or mine not in alone:
        return False
    below = [s for s in call.head.sub if not elab.is_parameter(spelled(s))]
    if not below and key_of(call.head) in laws_said_of(elab, other.args[0]):
        return False  # p(z) has no parameter, and is the prior of p_θ(x|z)
    point = elab.point_letter()
    return its not in alone or (point is not None and spelled(point) == mine)
