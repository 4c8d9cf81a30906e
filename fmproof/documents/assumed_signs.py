"""Hypotheses that say what sign a term has, and what they say at the values of one row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import S

from fmproof.lang.arithmetic import factors
from fmproof.lang.nodes import Density
from fmproof.lang.props import Almost, AtMost, ForAll, Positive, Prop, VanishesWith
from fmproof.lang.scope import canon, free_vars
from fmproof.tactics.differences import subtract


def said_of(prop: Prop) -> Prop:
    """What is said below an "almost every" of variables that are not in it."""
    inside = prop.args[0] if isinstance(prop, Almost) else prop
    return inside if free_vars(inside) <= free_vars(prop) else prop


def nonzero_by(prop: Prop) -> Iterator[Prop]:
    """s ≠ 0, of "s > 0", or of "s_t > 0 for every t"."""
    while isinstance(prop, ForAll):
        prop = prop.body
    if isinstance(prop, Positive):
        yield VanishesWith(S.One, prop.args[0])


def is_positive(prop: Prop) -> bool:
    """Whether a hypothesis says that a term is > 0 or ≥ 0, for all values or for some."""
    while isinstance(prop, ForAll | Almost):
        prop = prop.args[0]
    return isinstance(prop, Positive | AtMost)


def canonical_sign(prop: Prop) -> Any:
    """A proposition, or what is positive by it with its products multiplied out."""
    if isinstance(prop, Positive):
        return subtract(prop.args[0], S.Zero) or canon(prop)
    return canon(prop)


def is_sign(prop: Prop) -> bool:
    """Whether a hypothesis says where a row is meant, by the sign of a term there.

    Densities are > 0 wherever they stand.
    """
    if not isinstance(prop, Positive | AtMost | VanishesWith):
        return False
    heads = [getattr(factor, "head", None) for factor in factors(prop.args[-1])]
    return not all(isinstance(head, Density) for head in heads)
