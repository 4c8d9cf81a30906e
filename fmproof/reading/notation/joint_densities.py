"""Joint densities p(x, z): what they say of p(x), and what p(x|z) and p(z) say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.errors import SortError
from fmproof.lang.nodes import Density, IntegralOver, Lebesgue, Var
from fmproof.lang.nodes.measure import parents_of
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import pairs
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def marginal_of_joint(elab: Elaborator, node: t.Call, main: Var) -> Expr | None:
    """p(x), over ``main``, where the document has p(x, z), and says no more of it: the integral
    over z."""
    if len(node.args) != 1 or node.given or node.after or elab.strict:
        return None
    if not isinstance(node.args[0], t.Sym):
        return None
    found = joint_with(elab, node, node.args[0])
    if found is None:
        return None
    joint, mine, others = found
    try:
        here, *beside = (elab.variable(letter) for letter in (mine, *others))
        term = elab.term(joint)
    except (NotYet, SortError):
        return None
    if main in beside or here.sort is not main.sort or any(v.sort is not Sort.VEC for v in beside):
        return None
    return IntegralOver(substitute(term, {here: main}), *map(Lebesgue, beside))


def marginal_of_coupling(elab: Elaborator, node: t.Call, main: Var) -> Expr | None:
    """p_0(x_0), over ``main``, where the document draws (x_0, x_1) from π(x_0, x_1) and says no
    more of p_0: by its subscript it is the law of x_0, which the coupling has."""
    letter = node.args[0] if len(node.args) == 1 and not (node.given or node.after) else None
    if elab.strict or not isinstance(letter, t.Sym) or len(letter.sub) != 1:
        return None
    below = [*node.head.labels, *map(spelled, node.head.sub)]
    if below != [spelled(letter.sub[0])]:
        return None
    for law in elab.laws.get(spelled(letter), ()):
        drawn = [v for v in law.head.drawn(law) if isinstance(v, Var)]
        here = elab.variables.get(spelled(letter))
        joint = isinstance(law.head, Density) and law.head.definition is None
        if joint and len(drawn) > 1 and here in drawn and here.sort is main.sort:
            others = [v for v in drawn if v is not here]
            if main in others or parents_of(law):
                return None
            return IntegralOver(substitute(law, {here: main}), *map(Lebesgue, others))
    return None


def joint_with(
    elab: Elaborator, node: t.Call, letter: t.Sym
) -> tuple[t.Call, t.Sym, tuple[t.Sym, ...]] | None:
    """p(x, y, z), its x, and y and z, for a letter x or X, where the document writes one such
    density of the letter of ``node``, and neither draws from it nor has its parts."""
    if key_of(node.head) in elab.evidence.sampled:
        return None
    found: dict[tuple[str, ...], tuple[t.Call, t.Sym, tuple[t.Sym, ...]]] = {}
    name = spelled(letter).lower()
    for call in elab.evidence.called.get(key_of(node.head), ()):
        letters = [a for a in call.args if isinstance(a, t.Sym)]
        if call.given or call.after or not 1 < len(letters) == len(call.args):
            continue
        if spelled(call.head) != spelled(node.head):
            continue
        mine = [one for one in letters if spelled(one).lower() == name]
        others = tuple(one for one in letters if spelled(one).lower() != name)
        if len(mine) == 1 and (len(others) > 1 or _parts_of(elab, call) is None):
            found.setdefault(tuple(map(spelled, others)), (call, mine[0], others))
    return next(iter(found.values())) if len(found) == 1 else None


def product_of_parts(elab: Elaborator, node: t.Call) -> Expr | None:
    """p(x|z) p(z) for p(x, z), where the document has both: densities of a letter are of one law,
    whatever parameters stand below it."""
    if len(node.args) != 2 or node.given or node.after or elab.strict:
        return None
    parts = _parts_of(elab, node)
    return None if parts is None else elab.term(parts[0]) * elab.term(parts[1])


def _parts_of(elab: Elaborator, joint: t.Call) -> tuple[t.Call, t.Call] | None:
    """p(x|z) and p(z), in a document that has both, of p(x, z)."""
    calls = elab.evidence.called.get(key_of(joint.head), ())
    alike = [one for one in calls if len(one.args) == 1 and not one.after]
    for x, z in (joint.args, joint.args[::-1]):
        kernel = next((one for one in alike if pairs.is_density_of(one, x, z)), None)
        prior = next((one for one in alike if pairs.is_density_of(one, z)), None)
        if kernel is not None and prior is not None:
            return kernel, prior
    return None
