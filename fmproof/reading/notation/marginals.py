"""Densities of which a document says no more: p_t(x), where it has p_t(x|z) and a law of z."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.errors import SortError
from fmproof.lang.nodes import (
    Apply,
    Density,
    Expect,
    IntegralOver,
    Lebesgue,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by, law_order, parents_of
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import pairs, randomness
from fmproof.reading.notation.lacking import (
    Circular,
    NotYet,
    symbol_in,
)
from fmproof.reading.notation.symbols import key_of, readable, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def marginal(
    elab: Elaborator,
    call: t.Call,
    sub: tuple[Var, ...],
    main: tuple[Var, ...],
    given: tuple[Var, ...],
) -> Expr | None:
    """p_t(x) where the document has p_t(x|z) and a law of z, and says no more.

    Raises:
        Circular: it is being found already; with q(x_0), q(x_t | x_0) and q(x_0 | x_t) in a
            document, the density that was asked for first is mixed of no other.
    """
    if given or len(main) != 1 or elab.strict:
        return None
    mixed = f"{readable(key_of(call.head))}({main[0].name})"
    if mixed in elab.mixing:
        raise Circular(mixed, call.at)
    elab.mixing.add(mixed)
    try:
        return _mixture(elab, call, sub, main)
    except Circular as circle:
        if circle.what != mixed:
            raise
        return None
    finally:
        elab.mixing.discard(mixed)


def _mixture(
    elab: Elaborator, call: t.Call, sub: tuple[Var, ...], main: tuple[Var, ...]
) -> Expr | None:
    """∫ p_t(x|z) q(z) dz, of what the document has."""
    key = key_of(call.head)
    for other in elab.evidence.called.get(key, ()):
        if len(other.given) != 1 or len(other.args) != 1 or len(other.head.sub) != len(sub):
            continue
        if not isinstance(other.given[0], t.Sym) or pairs.posterior_at_a_time(elab, other):
            continue
        if _is_slice(call.args[0]) or _is_slice(other.args[0]):
            continue  # p(x_{1:T} | x_0) is mixed to no p(x_{0:T})
        try:
            latent = elab.variable(other.given[0])
            prior = elab.prior(latent, other.given[0])
            if prior is None:
                prior = _prior_at_a_time(elab, other, latent)
            laws = (prior,) if prior is not None else _any_law(elab, latent, other.given[0])
            if laws is None or {*sub, *main} & {v for law in laws for v in drawn_by(law)}:
                continue  # x is drawn before z: p(x) is no mixture over that z
            if latent in (*sub, *main) or latent.sort not in (Sort.VEC, Sort.LATENT):
                continue
            conditional = elab.meaning(
                t.Call(other.at, other.head, (t.Sym(other.at, "x"),), other.given),
                (sub, (), main, (latent,)),
            )
        except Circular:
            raise
        except (NotYet, SortError):
            continue
        if conditional.head is None:
            continue
        kernel = conditional.head(*sub, *main, latent)
        if prior is None:
            return Expect(kernel, *laws)
        return IntegralOver(kernel * prior, Lebesgue(latent))
    return None


def _any_law(elab: Elaborator, latent: Var, symbol: t.Sym) -> tuple[Apply, ...] | None:
    """How a random variable is drawn of which the document has no law that is free of conditions:
    z from q(z|y) with what its y is drawn from, or from any law."""
    if elab.spelling(latent) not in elab.evidence.random:
        return None
    with suppress(NotYet, SortError):
        laws = law_order(randomness.laws_of(elab, [symbol], [spelled(symbol)], set()))
        drawn = {v for law in laws or () for v in drawn_by(law)}
        vectors = {v for law in laws or () for v in parents_of(law) if v.sort is not Sort.REAL}
        return tuple(laws) if laws and vectors <= drawn else None
    return None


def _is_slice(node: t.Node) -> bool:
    """x_{0:T}, which is several variables."""
    return isinstance(node, t.Sym) and len(node.sub) > 1


def _prior_at_a_time(elab: Elaborator, kernel: t.Call, latent: Var) -> Expr | None:
    """p_t(x) where p_t(y|x) is the kernel and p_t(x|y) the posterior."""
    turned = pairs.turned(elab, kernel)
    if turned is None or not pairs.posterior_at_a_time(elab, turned):
        return None
    if elab.prior(elab.variable(symbol_in(kernel.args[0])), symbol_in(kernel.args[0])) is not None:
        return None
    return elab.term(t.Call(kernel.at, kernel.head, (kernel.given[0],)))


def prior(elab: Elaborator, latent: Var, symbol: t.Sym) -> Apply | None:
    """A law of ``latent`` that depends on nothing."""
    for law in elab.laws.get(spelled(symbol), ()):
        alone = isinstance(law.head, Density) and law.head.drawn(law) == (latent,)
        if alone and not parents_of(law):
            return law
    name = spelled(symbol)
    for key, calls in elab.evidence.called.items():
        for call in calls if elab.is_density(key) else ():
            alone = not (call.given or call.after or call.head.sub)
            if alone and [spelled(a) for a in call.args] == [name]:
                meaning = elab.meaning(call, ((), (), (latent,), ()))
                if meaning.head is not None:
                    applied: Apply = meaning.head(latent)
                    return applied
    for one in elab.said_laws.get(name, ()):
        call = t.Call(one.at, one, (symbol,))
        if not one.sub:
            meaning = elab.meaning(call, ((), (), (latent,), ()))
            if meaning.head is not None:
                return meaning.head(latent)
    return None
