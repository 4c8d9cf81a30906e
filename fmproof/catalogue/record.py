"""What a rule says about itself: the records behind ``fmproof explain`` and docs/rules.md.

A record proves nothing. It states a kernel rule for people, and for each condition of the rule
it can build a counterexample: a claim that would pass if the condition were not asked, with
functions that make the claim false.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fmproof.catalogue import statements

if TYPE_CHECKING:
    from sympy import Expr

    from fmproof.kernel.theorem import Theorem
    from fmproof.lang.nodes import Head, Var
    from fmproof.lang.props import Prop

FAMILIES = {
    "E": "Equality",
    "A": "Algebra",
    "I": "Integrals and expectations",
    "D": "Derivatives",
    "K": "Conditional expectation",
    "N": "Gaussians",
    "F": "Functions",
    "G": "Minimisers",
    "O": "Order",
    "C": "Side conditions",
    "T": "Tactics",
}
"""The first letter of a code -> what its rules are about, in reading order."""


@dataclass(frozen=True)
class Condition:
    """One thing that a rule asks for.

    Attributes:
        text: the condition, as a sentence part: "each summand is integrable".
        why: what goes wrong without it.
        counterexample: the same in the instance that :meth:`case` builds, with both values.
        builder: where that instance is built, as "module:function" under ``rules.cases``.
    """

    text: str
    why: str
    counterexample: str
    builder: str

    def case(self) -> Case:
        """The counterexample itself (imports SymPy)."""
        module, function = self.builder.split(":")
        build: Callable[[], Case] = getattr(
            import_module(f"fmproof.catalogue.cases.{module}"), function
        )
        return build()


@dataclass(frozen=True)
class RuleRecord:
    """The record of one rule.

    Attributes:
        code: a family letter and a number, e.g. "I4".
        name: what a step writes in ``by``, or the word that the report prints beside a
            condition it discharged.
        title: for headings.
        also: other words by which a step or a report means it.
        stated: what it states, where no function under this code does (see ``statements``).
        statement_latex: the same for math mode.
        explanation: why it holds, with the theorem's usual name and where to read about it.
        conditions: what it asks for.
        unconditional: why it asks for nothing, when ``conditions`` is empty.
    """

    code: str
    name: str
    title: str
    statement_latex: str
    explanation: str
    conditions: tuple[Condition, ...] = ()
    unconditional: str = ""
    stated: str = ""
    also: tuple[str, ...] = ()

    @property
    def kernel(self) -> tuple[str, ...]:
        """The kernel functions behind it, as "module:function" under ``fmproof.kernel``."""
        return self._functions("kernel")

    @property
    def derived(self) -> tuple[str, ...]:
        """Those that follow from others of the kernel, the same under ``fmproof.derived``."""
        return self._functions("derived")

    def _functions(self, package: str) -> tuple[str, ...]:
        own = statements.stated().get(self.code, ())
        return tuple(rule.key for rule in own if rule.package == package)

    @property
    def statement_text(self) -> str:
        """The rule in Unicode, a line for each function; hypotheses in braces before ⊢."""
        own = [rule.statement for rule in statements.stated().get(self.code, ())]
        return "\n".join([self.stated] if self.stated else own)

    @property
    def references(self) -> tuple[str, ...]:
        """Where proofs are to be read."""
        rules = statements.stated().get(self.code, ())
        return tuple(dict.fromkeys(rule.reference for rule in rules))

    @property
    def family(self) -> str:
        """What the rules of this letter are about."""
        return FAMILIES[self.code[0]]


@dataclass(frozen=True)
class Case:
    """A claim that a rule would give if one of its conditions were not asked, and it is false.

    Attributes:
        claim: an equation or inequality, or the side condition that a condition rule concludes.
        meaning: symbol -> its value as a Python expression in the names of its parameters; the
            functions of :mod:`math` may be used, a vector of R² is a pair.
        sides: both sides of the claim under ``meaning``, as Python expressions, or "diverges";
            empty for a side condition, which is false outright.
        by: the rules that the step names; empty for a side condition.
        given: hypotheses, true under ``meaning``, without which the claim would be meaningless.
        missing: the condition itself, false under ``meaning``: with it as a further hypothesis
            the claim is accepted. Empty when the condition is decided by looking at the terms.
        at: values of the free variables.
        right_at: values for the right side where they differ from ``at``.
        dim: the dimension d.
        lemma: for the rules about earlier results: a theorem's conclusion, ...
        replace: ... and what stands for its symbols in the claim.
        kernel: for a claim that no step or search is asked for: the kernel's rule, applied. What it
            makes is the claim, and assumes what is ``missing`` and given, nothing else; or it
            raises RuleError, when the condition is decided by looking at the terms.
    """

    claim: Prop
    meaning: Mapping[Head, str]
    sides: tuple[str, str] | tuple[()] = ()
    by: tuple[str, ...] = ()
    given: tuple[Prop, ...] = ()
    missing: tuple[Prop, ...] = ()
    at: Mapping[Var, float] = field(default_factory=dict)
    right_at: Mapping[Var, float] = field(default_factory=dict)
    dim: int = 1
    lemma: Prop | None = None
    replace: Mapping[Head, Expr] = field(default_factory=dict)
    kernel: Callable[[], Theorem] | None = None

    def function(self, head: Head) -> Callable[..., Any]:
        """The value of a symbol as a Python function of its parameters."""
        import math

        parameters = ", ".join(var.name for var in head.params)
        value: Callable[..., Any] = eval(
            f"lambda {parameters}: {self.meaning[head]}", vars(math).copy()
        )
        return value
