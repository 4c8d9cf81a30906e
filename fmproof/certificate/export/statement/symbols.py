"""The Coq names of what a theorem is about, and what else its statement needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sympy import Basic

from fmproof.certificate.export.statement.draws import CHANCE, is_chance, stand_ins
from fmproof.certificate.export.statement.slopes import (
    MEASURED,
    SLOPES,
    Slope,
    _integrated_slopes,
    gaussian_score,
    moving_place,
    slope_key,
)
from fmproof.certificate.export.statement.sorts import (
    CoqScope,
    NotExported,
    type_of,
)
from fmproof.lang import nodes, props
from fmproof.lang.nodes.heads import Head
from fmproof.lang.nodes.variable import Var
from fmproof.lang.sorts import Sort

_WORDS = """as at by cofix else end exists exists2 fix for forall fun if IF in let match mod of Prop
return Set SProp then Type using where with d k l R Theta S fst snd pair ip ratio vadd
vscal vzero vec Rn proved segment line product Int VInt Expect VExpect Integrable
VIntegrable Meas VMeas MeasP ae Density Omega Latent condexp slope Differentiable
VDifferentiable JointlyDifferentiable Derivable VDerivable derivative divergence
ln exp sqrt Rabs PI INR gaussian
Dominated DominatedInNumber VDominated lebesgue l_lebesgue box
grad argmin norm space nat vector_measure True on2 on3 on4 on5 eq_refl
statement theorem assumed h accepted Goal Derivation Certificate FMProof
""".split()

_NAME = re.compile(r"[^\W\d][\w']*")

_OURS = re.compile(
    r"pt\w*|[Hs]\d+|fact_\d+|derivative_\d+|\w+_(measurable|density|nonneg|(grad|slope)_\d+)"
)
"""Names that the generated proof uses."""


_DERIVED = (*SLOPES, props.Differentiable)

_SMOOTH = (nodes.Grad, props.Differentiable, props.Dominated)


class CoqSymbols:
    """The Coq names of symbols and of named terms, in the order in which they can be declared."""

    def __init__(self, nodes_: Iterable[Basic]) -> None:
        self.heads: dict[Head, str] = {}
        self.named: dict[Basic, str] = {}
        self.declared: list[Basic] = []
        self.taken = set(_WORDS)
        self.uses_parameters = False
        self.own_parameters = False  #: in a proof of what is not about parameters, they are numbers
        self.smooth = False  #: something is differentiated in parameters, so they are vectors
        self._owners: dict[Head, Head | str] = {}
        self.spaces: set[str] = set()  #: those of latent points
        self.conditional = False  #: there are conditional expectations
        self.derived: dict[Head, set[int]] = {}  #: places in which a symbol is differentiated
        self.slopes: dict[
            Basic, Slope
        ] = {}  #: other derivatives that are integrated, by their keys
        self.lebesgue = False  #: the measure of R^d has to be Lebesgue's
        self.uses_derivatives = False
        self.integrates = False  #: something is integrated, so derivatives must be measurable
        self._seen: set[Basic] = set()
        for node in nodes_:
            self._learn(node)

    def _learn(self, node: Basic) -> None:
        """Every symbol and every name in ``node``, those in definitions first."""
        if node in self._seen:
            return
        self._seen.add(node)
        self.uses_parameters |= isinstance(node, Var) and node.sort is Sort.PARAM
        self.conditional |= isinstance(node, nodes.CondExpect)
        if isinstance(node, MEASURED):
            self.integrates = True
            heads = (getattr(item, "head", None) for item in node.measure)
            self.lebesgue |= any(isinstance(head, nodes.Gaussian) for head in heads)
        self.uses_derivatives |= isinstance(node, _DERIVED)
        if isinstance(node, nodes.Partial | nodes.Grad):
            place = moving_place(node)
            if place is not None:
                self.derived.setdefault(node.body.head, set()).add(place)
        self.smooth |= isinstance(node, _SMOOTH) and node.args[1].sort is Sort.PARAM
        if isinstance(node, Var) and is_chance(node):
            raise NotExported(f"{node.name} is what a point of Omega is called here: rename it")
        if isinstance(node, nodes.Gaussian):  # which the library defines
            self.heads[node] = "gaussian"
            return
        if isinstance(node, Head) and node.draws and not node.is_density:
            for head in stand_ins(node):
                self._belongs(head, "draws" if head == CHANCE else node)
                self._name_head(head)
            return
        if isinstance(node, Head):
            self._belongs(node, node)
            self._name_head(node)
        for arg in node.args:
            self._learn(arg)
        if isinstance(node, nodes.Named) and node not in self.named:
            self.named[node] = self._unique(node.name)
            self.declared.append(node)

    def learn_slopes(self, statement: Iterable[Basic]) -> None:
        """The derivatives that move with what is integrated."""
        for node in statement:
            for slope, over in _integrated_slopes(node):
                self.lebesgue |= isinstance(slope, nodes.Div) and slope.at in over
                self._learn_slope(slope)

    def _learn_slope(self, slope: Any) -> None:
        if slope.var.sort is Sort.PARAM:  # domination says of these that they are measurable
            return
        if gaussian_score(slope) is not None:  # which is proved
            return
        place = None if isinstance(slope, nodes.Div) else moving_place(slope)
        if place is not None:
            self.derived.setdefault(slope.body.head, set()).add(place)
            return
        key, moved = slope_key(slope)
        self.slopes.setdefault(key, Slope(f"derivative_{len(self.slopes) + 1}", moved))

    @property
    def free_heads(self) -> list[tuple[Head, str]]:
        """The symbols that the theorem is for every one of, with their names."""
        return [
            (head, name)
            for head, name in self.heads.items()
            if head.definition is None and not isinstance(head, nodes.Gaussian)
        ]

    def _name_head(self, node: Head) -> None:
        """A symbol, after those in its definition."""
        if node in self.heads:
            return
        self.spaces.update(type_of(v) for v in node.params if v.sort is Sort.LATENT)
        if node.definition is not None:
            self._learn(node.definition)
        groups = "_".join(v.name for v in (*node.sub, *node.sup))
        given = "_".join(("given", *(v.name for v in node.given))) if node.given else ""
        self.heads[node] = self._unique("_".join(filter(None, (node.name, groups, given))))
        self.declared.append(node)

    def _belongs(self, head: Head, owner: Head | str) -> None:
        """Refuse two symbols that Coq would have one name for."""
        if self._owners.setdefault(head, owner) != owner:
            raise NotExported(f"two laws or symbols would both be called {head.name}")

    def _unique(self, name: str) -> str:
        base = re.sub(r"\W", "_", name)
        if _OURS.fullmatch(base):
            base = f"_{base}"
        found, n = base, 1
        while found in self.taken:
            n += 1
            found = f"{base}_{n}"
        self.taken.add(found)
        return found

    def local(self, var: Var, scope: CoqScope) -> str:
        """A bound variable's name: that of no symbol and of nothing else in scope."""
        base = re.sub(r"[^\w']", "_", var.name)
        used = {n for v, text in scope.items() if v is not var for n in _NAME.findall(text)}
        if _OURS.fullmatch(base):
            base = f"_{base}"
        while base in used or base in self.taken:
            base += "_"
        return base


def derivative_name(symbols: CoqSymbols, head: Head, place: int) -> str:
    """What the derivative of a symbol in one of its places is called."""
    kind = "grad" if head.params[place].sort is Sort.VEC else "slope"
    return f"{symbols.heads[head]}_{kind}_{place}"
