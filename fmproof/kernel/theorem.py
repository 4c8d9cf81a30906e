"""Theorems, and the four rules that treat hypotheses.

A theorem is ``hypotheses ⊢ conclusion``: in every interpretation of the fields, densities and
functions, and for all values of the free variables, the conclusion holds when the hypotheses
do. Only functions of this package make one, and a theorem cannot be changed, subclassed,
pickled or read back from anywhere, so holding one is having checked it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from fmproof.errors import RuleError
from fmproof.lang.props import Equals, Prop
from fmproof.lang.scope import alpha_equal, canon
from fmproof.lang.text import text


class Theorem:
    """``hypotheses ⊢ conclusion``. Made by the rules of :mod:`fmproof.kernel` and nothing else."""

    __slots__ = ("_conclusion", "_hypotheses")
    _hypotheses: Mapping[Prop, Prop]
    _conclusion: Prop

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("a Theorem is made by the rules of fmproof.kernel, never directly")

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        raise TypeError("Theorem cannot be subclassed")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Theorem cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Theorem cannot be changed")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a Theorem cannot be stored: check the derivation again instead")

    def __copy__(self) -> Theorem:
        return self

    def __deepcopy__(self, memo: Any) -> Theorem:
        return self

    @property
    def hypotheses(self) -> tuple[Prop, ...]:
        """What is assumed, each once up to renaming of bound variables."""
        return tuple(self._hypotheses.values())

    @property
    def conclusion(self) -> Prop:
        return self._conclusion

    @property
    def lhs(self) -> Any:
        """The left side of an equation (or of ≤)."""
        return self._conclusion.lhs

    @property
    def rhs(self) -> Any:
        """The right side of an equation (or of ≤)."""
        return self._conclusion.rhs

    def __repr__(self) -> str:
        assumed = ", ".join(text(h) for h in self.hypotheses)
        return f"{assumed} ⊢ {text(self.conclusion)}" if assumed else f"⊢ {text(self.conclusion)}"

    def _repr_latex_(self) -> str:
        from fmproof.lang.latex import latex

        assumed = r",\; ".join(latex(h) for h in self.hypotheses)
        return rf"$\displaystyle {assumed} \;\vdash\; {latex(self.conclusion)}$"


def _theorem(conclusion: Prop, *hypotheses: Prop, after: tuple[Theorem, ...] = ()) -> Theorem:
    """The one place where theorems are made; private to this package.

    Args:
        hypotheses: what the conclusion needs beyond what ``after`` needs.
        after: theorems whose hypotheses are inherited.
    """
    assumed: dict[Prop, Prop] = {}
    for theorem in after:
        assumed.update(theorem._hypotheses)
    for prop in hypotheses:
        assumed.setdefault(canon(prop), prop)
    made = object.__new__(Theorem)
    object.__setattr__(made, "_hypotheses", MappingProxyType(assumed))
    object.__setattr__(made, "_conclusion", conclusion)
    return made


def require_theorem(value: Any, rule: str) -> Theorem:
    """``value`` if it is a theorem; a look-alike is refused."""
    if type(value) is not Theorem:
        raise RuleError(f"{rule}: expected a Theorem, found {type(value).__name__}")
    return value


def require_equation(value: Any, rule: str) -> Equals:
    """The conclusion of a theorem that must be an equation."""
    conclusion = require_theorem(value, rule).conclusion
    if not isinstance(conclusion, Equals):
        raise RuleError(f"{rule}: expected an equation, found {text(conclusion)}")
    return conclusion


def assume(prop: Prop) -> Theorem:
    """P ⊢ P."""
    if not isinstance(prop, Prop):
        raise RuleError(f"assume: expected a proposition, found {prop!r}")
    return _theorem(prop, prop)


def discharge(theorem: Theorem, condition: Theorem) -> Theorem:
    """From A, P ⊢ Q and B ⊢ P: A, B ⊢ Q. Does nothing if P is not among the hypotheses."""
    require_theorem(theorem, "discharge")
    require_theorem(condition, "discharge")
    key = canon(condition.conclusion)
    if key not in theorem._hypotheses:
        return theorem
    remaining = [prop for k, prop in theorem._hypotheses.items() if k != key]
    return _theorem(theorem.conclusion, *remaining, after=(condition,))


def weaken(theorem: Theorem, prop: Prop) -> Theorem:
    """From A ⊢ Q: A, P ⊢ Q."""
    return _theorem(theorem.conclusion, prop, after=(require_theorem(theorem, "weaken"),))


def restate(theorem: Theorem, prop: Prop) -> Theorem:
    """The same theorem with its conclusion under other bound names."""
    require_theorem(theorem, "restate")
    if not (isinstance(prop, Prop) and alpha_equal(theorem.conclusion, prop)):
        raise RuleError(f"restate: {text(prop)} is not {text(theorem.conclusion)}")
    return _theorem(prop, after=(theorem,))
