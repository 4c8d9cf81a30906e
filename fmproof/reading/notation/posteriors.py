"""Posteriors: p(z|x) where a document has p(x|z), the joint density over the marginal.

Densities of one letter are of one joint law. Where a document has p(x|z) and p(z|x), and the law
of one of them by itself, the other way round is the posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.lang.nodes import IntegralOver, Lebesgue, Ratio, Var
from fmproof.lang.scope import free_vars
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import definitions, pairs
from fmproof.reading.notation.joint_densities import joint_with
from fmproof.reading.notation.lacking import value_of
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def posterior_of(elab: Elaborator, node: t.Call, groups: Sequence[Sequence[Expr]]) -> Expr | None:
    """p(z|x) where the document has p(x|z) and a law of z: the joint over the marginal."""
    _sub, sup, main, given = groups
    if sup or len(main) != 1 or len(given) != 1 or not elab.is_density(key_of(node.head)):
        return None
    if not (isinstance(main[0], Var) and isinstance(given[0], Var)):
        return None
    found = turned_round(elab, node, main[0], given[0]) or _of_joint(elab, node)
    if found is None:
        return None
    joint, marginal = found
    return Ratio(joint, marginal)


def _of_joint(elab: Elaborator, node: t.Call) -> tuple[Expr, Expr] | None:
    """p(x, z) and p(x), of p(z|x)."""
    z, x = node.args[0], value_of(node.given[0])
    if len(node.given) != 1 or not (isinstance(z, t.Sym) and isinstance(x, t.Sym)):
        return None
    found = joint_with(elab, node, x)
    if found is None or [*map(spelled, found[2])] != [spelled(z)]:
        return None
    if definitions.candidate_of(elab, node, "posterior") is not None:
        return None
    if pairs.turned(elab, node) is not None or _makes_the_joint(elab, node):
        return None
    name = f"{spelled(node.head)}(z|x)"
    elab.note(name, "joint density over marginal", "the document has the joint one", node.at)
    return elab.term(found[0]), elab.term(t.Call(node.at, node.head, (x,)))


def _makes_the_joint(elab: Elaborator, node: t.Call) -> bool:
    """Whether p(x, z) is defined by p(z|x): p(x, z) = p(z|x) p(x)."""
    places = {*map(spelled, node.args), *map(spelled, node.given)}
    for one in elab.candidates.get(key_of(node.head), ()):
        left = one.left
        if not isinstance(left, t.Call) or left.given or {*map(spelled, left.args)} != places:
            continue
        inside = (n for n in t.walk(one.right) if isinstance(n, t.Call))
        if any(spelled(n) == spelled(node) for n in inside):
            return True
    return False


def given_a_path(
    elab: Elaborator, law: t.Node, letters: Sequence[t.Node]
) -> tuple[t.Node, ...] | None:
    """What is given where a law of ``letters`` is that given a path which is made of them: x_t of
    q(x_0|x_t) or of x_0|x_t, and x_t = x of p_{0|t}(x_0|x).

    So it is where the document does not say what q(x_0|x_t) is: what is averaged over it is a
    conditional expectation.
    """
    given = _behind_the_bar(elab, law)
    observed = [one.left if isinstance(one, t.Observation) else one for one in given]
    paths = [one for one in observed if isinstance(one, t.Sym) and _made_of(elab, one)]
    if len(paths) != 1 or not letters:
        return None
    fixed = (one for one in observed if one not in paths)
    if not all(isinstance(one, t.Sym) and elab.is_time(spelled(one)) for one in fixed):
        return None
    made_of = _made_of(elab, paths[0])
    if not all(isinstance(one, t.Sym) and spelled(one) in made_of for one in letters):
        return None
    return given


def _behind_the_bar(elab: Elaborator, law: t.Node) -> tuple[t.Node, ...]:
    """What a law without a definition is given; x_t = x of p_{0|t}(x_0|x) with a path x_t."""
    if isinstance(law, t.Other):
        return law.parts if law.what == "conditional law" else ()
    if not isinstance(law, t.Call) or not elab.is_density(key_of(law.head)):
        return ()
    if definitions.candidate_of(elab, law, "posterior") is not None:
        return ()
    times = law.head.sub[law.head.given :] if law.head.given else ()
    if len(times) != 1 or len(law.given) != 1 or not isinstance(law.given[0], t.Sym):
        return law.given
    if _made_of(elab, law.given[0]):
        return law.given
    moment = [*map(spelled, times)]
    there = (s for s in elab.evidence.spellings.values() if [*map(spelled, s.sub)] == moment)
    paths = [one for one in there if not one.accents and _made_of(elab, one)]
    return (t.Observation(law.at, paths[0], law.given[0]),) if len(paths) == 1 else law.given


def _made_of(elab: Elaborator, symbol: t.Sym) -> set[str]:
    """The spellings of what a path is made of, drawn from its kernel or not; none of no path."""
    turned = elab.turned.get(spelled(symbol))
    if turned is not None:
        return {*turned.others}
    value = elab.path(symbol)
    return set() if value is None else {elab.spelling(var) for var in free_vars(value)}


def step_of_chain(elab: Elaborator, node: t.Call) -> t.Call | None:
    """q(x_t | x_{t-1}) for q(x_t | x_{t-1}, x_0), in a document about a Markov chain."""
    if not elab.markov or len(node.given) < 2 or len(node.args) != 1:
        return None
    here, before = node.args[0], node.given[0]
    steps = all(isinstance(one, t.Sym) and len(one.sub) == 1 for one in (here, before))
    if not steps or not elab.is_density(key_of(node.head)):
        return None
    assert isinstance(here, t.Sym)
    assert isinstance(before, t.Sym)
    follows = spelled(before.sub[0]) == f"+{spelled(here.sub[0])}-1"
    return t.Call(node.at, node.head, node.args, (before,)) if follows else None


def posterior_given_more(elab: Elaborator, node: t.Call) -> Expr | None:
    """p(z|x, c) = p(x|z, c) p(z|c)/p(x|c) where the document has all three, by Bayes' rule."""
    if len(node.args) != 1 or len(node.given) < 2 or not elab.is_density(key_of(node.head)):
        return None
    z, (x, *more) = node.args[0], node.given
    others = tuple(more)
    written = {
        (tuple(map(spelled, call.args)), tuple(map(spelled, call.given)))
        for call in elab.evidence.called.get(key_of(node.head), ())
        if spelled(call.head) == spelled(node.head)
    }

    def has(one: t.Node, given: tuple[t.Node, ...]) -> bool:
        return ((spelled(one),), tuple(map(spelled, given))) in written

    kernels = [given for given in ((z, *others), (z,)) if has(x, given)]
    if not kernels or not has(z, others) or not has(x, others):
        return None
    if kernels[0] == (z,) and not elab.markov:
        return None
    turned_before = (spelled(x), spelled(z)) in elab.posteriors  # then this is the kernel
    if turned_before or definitions.candidate_of(elab, node, "posterior") is not None:
        return None
    elab.posteriors.add((spelled(z), spelled(x)))
    kernel, prior, marginal = (
        elab.term(t.Call(node.at, node.head, (one,), given))
        for one, given in ((x, kernels[0]), (z, others), (x, others))
    )
    elab.note(
        f"{spelled(node.head)}(z|x,c)", "a posterior, by Bayes' rule", "by convention", node.at
    )
    return Ratio(kernel * prior, marginal)


def turned_round(elab: Elaborator, node: t.Call, main: Var, given: Var) -> tuple[Expr, Expr] | None:
    """The joint density and the marginal of ``given``, where ``node`` is a posterior."""
    z, x = node.args[0], value_of(node.given[0])
    if not (isinstance(z, t.Sym) and isinstance(x, t.Sym)):
        return None
    if definitions.candidate_of(elab, node, "posterior") is not None:
        return None  # the document says what it is
    other = pairs.turned(elab, node)
    if other is None:
        return None
    if (spelled(x), spelled(z)) in elab.posteriors:
        return None  # the other way round is one: this is the kernel
    if key_of(node.head) not in {key_of(other.head), *pairs.laws_said_of(elab, z)}:
        return None  # q(z|x) beside p(x|z) and p(z): any density
    if pairs.is_decoder(elab, node) or pairs.makes_the_marginal(elab, node):
        return None
    kernel_of = t.Call(node.at, other.head, (x,), (z,))
    prior = elab.prior(main, z)
    if prior is None:
        if elab.prior(given, x) is not None or not pairs.posterior_at_a_time(elab, node):
            return None
        elab.posteriors.add((spelled(z), spelled(x)))
        prior = elab.term(t.Call(node.at, node.head, (z,)))
        kernel = elab.term(kernel_of)
        marginal: Expr = IntegralOver(kernel * prior, Lebesgue(main))
    else:
        elab.posteriors.add((spelled(z), spelled(x)))
        kernel = elab.term(kernel_of)
        alone = t.Call(node.at, other.head, (x,))
        if len(other.head.sub) < 2 or _is_written(elab, alone):
            marginal = elab.term(alone)
        else:  # beside p_{0t}(x|z), what is written p_t(x) is the marginal, and p_{0t}(x) is not
            marginal = IntegralOver(kernel * prior, Lebesgue(main))
    elab.note(
        spelled(node.head) + "(z|x)",
        "a posterior: joint density over marginal",
        "by convention",
        node.at,
    )
    return kernel * prior, marginal


def _is_written(elab: Elaborator, call: t.Call) -> bool:
    """Whether the document has a density of one variable by this name."""
    return any(
        not one.given and len(one.args) == 1 and spelled(one.head) == spelled(call.head)
        for one in elab.evidence.called.get(key_of(call.head), ())
    )
