"""Theorems, and what a rule infers before it is one.

A theorem is ``hypotheses ⊢ conclusion``: in every interpretation of the fields, densities and
functions, and for all values of the free variables, the conclusion holds when the hypotheses
do. An interpretation gives each sort a nonempty standard Borel space (with a σ-finite measure that
is not zero, if it is integrated over); vectors are those of some R^d, parameters those of some R^k.
It gives each symbol without a definition a function that is measurable in all its arguments
jointly, and each law a kernel. What is said of almost every value is said of a measurable set.

Only the rules of this package make a theorem, and it cannot be changed, subclassed, pickled
or read back from anywhere, so holding one is having checked it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from fmproof.lang.fixed import fixed, kept
from fmproof.lang.node import shown
from fmproof.lang.props import Prop

if globals().get("_claims"):
    raise ImportError("the kernel is closed: this module is loaded once")
_claims: list[bool] = []


def claim() -> None:
    """Called by the one module that makes theorems; a second copy of it, which would be open, is
    refused."""
    if _claims:
        raise ImportError("the kernel is closed: its rules are loaded once")
    _claims.append(True)


class Theorem:
    """``hypotheses ⊢ conclusion``. Made by the rules of :mod:`fmproof.kernel` and nothing else."""

    __slots__ = ("_conclusion", "_hypotheses", "_trace")
    _hypotheses: Mapping[Prop, Prop]
    conclusion: Prop = kept("_conclusion")
    trace: Trace = kept("_trace")  #: the rule that made it, with its arguments

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
    def lhs(self) -> Any:
        """The left side of an equation (or of ≤)."""
        return self.conclusion.lhs

    @property
    def rhs(self) -> Any:
        """The right side of an equation (or of ≤)."""
        return self.conclusion.rhs

    def __repr__(self) -> str:
        assumed = ", ".join(map(shown, self.hypotheses))
        return f"{assumed} ⊢ {shown(self.conclusion)}" if assumed else f"⊢ {shown(self.conclusion)}"

    def _repr_latex_(self) -> str:
        from fmproof.lang.spelling.latex import latex

        assumed = r",\; ".join(map(latex, self.hypotheses))
        return rf"$\displaystyle {assumed} \;\vdash\; {latex(self.conclusion)}$"


@fixed
class Trace:
    """One application of a rule: what it takes to make the theorem again.

    Attributes:
        rule: the name of the kernel function.
        arguments: in the order of its parameters, as the rule took them; mappings are tuples
            of pairs.
    """

    rule: str
    arguments: tuple[Any, ...]


@fixed
class Sequent:
    """What a rule infers, before it is a theorem."""

    conclusion: Prop
    hypotheses: tuple[Prop, ...]


def infer(conclusion: Prop, *conditions: Prop, after: Iterable[Theorem] = ()) -> Sequent:
    """``conclusion`` under ``conditions`` and all that the theorems ``after`` assume."""
    return Sequent(conclusion, (*(h for th in after for h in th.hypotheses), *conditions))
