"""How theorems are made: by a registered rule, from arguments that passed the gate."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec

from sympy import Basic, Expr

from fmproof.errors import RuleError, SortError
from fmproof.kernel.theorem import Sequent, Theorem, Trace, claim
from fmproof.lang import nodes, props
from fmproof.lang.fixed import fixed
from fmproof.lang.node import admit, intact, is_declared, is_one_of, sort_of
from fmproof.lang.nodes.measure import require_measure
from fmproof.lang.scope import canon

if globals().get("_closed"):  # loaded again, it would be open
    raise ImportError("the kernel is closed: this module is loaded once")
claim()
P = ParamSpec("P")
Taken = Callable[[Any, str], Any]
"""An argument as it is given, and whose it is, to what the rule is given; or RuleError."""


# --- what a rule is given -----------------------------------------------------------------


def _term(value: Any, role: str) -> Expr:
    if type(value) is int:
        raise RuleError(f"{role} must be a term, found an int; write Rational({value})")
    term: Expr = admit(value)
    sort_of(term)
    return term


def _theorem(value: Any, role: str) -> Theorem:
    if type(value) is not Theorem or not hasattr(value, "_trace"):
        raise RuleError(f"{role} must be a Theorem, found a {type(value).__name__}")
    return value


def _node(kinds: tuple[type, ...], words: str) -> Taken:
    """A term or proposition of one of these types, exactly."""

    def taken(value: Any, role: str) -> Any:
        node = admit(value) if is_one_of(value, kinds) else value
        if not is_one_of(node, kinds):
            raise RuleError("%s must be %s, found %s", role, words, node)
        return node

    return taken


def _equation(value: Any, role: str) -> Theorem:
    if type(_theorem(value, role).conclusion) is not props.Equals:
        raise RuleError("%s must be an equation, found %s", role, value.conclusion)
    return value


def _number(value: Any, role: str) -> int:
    if type(value) is not int:
        raise RuleError(f"{role} must be a whole number, found a {type(value).__name__}")
    return value


def _head(value: Any, role: str) -> Any:
    if not is_declared(value) or not hasattr(value, "check_arguments"):
        raise RuleError(f"{role} must be a symbol, found a {type(value).__name__}")
    return admit(value)


def _draws(value: Any, role: str) -> tuple[Any, ...]:
    items: tuple[Any, ...] = _each(_draw)(value, role)
    require_measure(items, role)
    return items


def _each(take: Taken) -> Taken:
    return lambda value, role: tuple(take(item, role) for item in tuple(value))


def _pairs(take: Taken, give: Taken) -> Taken:
    """A mapping (or the pairs of one), read once."""

    def taken(value: Any, role: str) -> Any:
        items = tuple(value.items()) if hasattr(value, "items") else tuple(value)
        pairs = tuple((take(k, role), give(v, role)) for k, v in items)
        if len({k for k, _ in pairs}) != len(pairs):
            raise RuleError(f"{role} names something twice")
        return dict(pairs)

    return taken


Equation = Theorem
"""A theorem whose conclusion is an equation; :func:`rule` checks it."""
Integrated = nodes.IntegralOver | nodes.Expect
"""An integral or expectation."""

_variable = _node((nodes.Var,), "a variable")
_draw = _node((nodes.Apply, nodes.Lebesgue, nodes.Let), "a draw or Lebesgue measure")

_TAKEN: dict[str, Taken] = {
    "Expr": _term,
    "Derivative": _node((nodes.Grad, nodes.Partial, nodes.Div), "a derivative"),
    "Integrated": _node((nodes.IntegralOver, nodes.Expect), "an integral or expectation"),
    "IntegralOver": _node((nodes.IntegralOver,), "an integral"),
    "Expect": _node((nodes.Expect,), "an expectation"),
    "CondExpect": _node((nodes.CondExpect,), "a conditional expectation"),
    "Prop": _node(props.PROPOSITIONS, "a proposition"),
    "Integrable": _node((props.Integrable,), "an integrability condition"),
    "Differentiable": _node((props.Differentiable,), "a differentiability"),
    "Dominated": _node((props.Dominated,), "a domination"),
    "Positive": _node((props.Positive,), "0 < a"),
    "VanishesWith": _node((props.VanishesWith,), "b = 0 ⇒ a = 0"),
    "Theorem": _theorem,
    "Equation": _equation,
    "Var": _variable,
    "int": _number,
    "Head": _head,
    "Sequence[Draw]": _draws,
    "Sequence[Expr]": _each(_term),
    "Sequence[int]": _each(_number),
    "tuple[Var, ...]": _each(_variable),
    "Mapping[int, Equation]": _pairs(_number, _equation),
    "Mapping[Var, Expr]": _pairs(_variable, _term),
}
"""How an argument of each kind is taken: checked to be exactly that, read once, admitted."""


@fixed
class Rule:
    """A kernel rule.

    Attributes:
        name: of the function.
        code: of its record in the catalogue, e.g. "I4".
        reference: where a proof is to be read.
        statement: its docstring's first sentence.
        apply: the rule itself.
    """

    name: str
    code: str
    reference: str
    statement: str
    apply: Callable[..., Theorem]


_RULES: dict[str, Rule] = {}
_closed: list[bool] = []


def rules() -> Mapping[str, Rule]:
    """Every rule by its name."""
    return dict(_RULES)


def close_rules() -> None:
    """The rules are complete; called once, by :mod:`fmproof.kernel`."""
    _closed.append(True)


def rule(code: str, reference: str) -> Callable[[Callable[P, Sequent]], Callable[P, Theorem]]:
    """Make a function that infers a :class:`Sequent` a rule: the one place where theorems are made.

    Its arguments are taken as their annotations say, through the gate. Only while
    :mod:`fmproof.kernel` is imported: afterwards the rules are what they are.
    """
    if _closed:
        raise TypeError("the kernel is closed: a rule is a function in fmproof/kernel")

    def register(infers: Callable[P, Sequent]) -> Callable[P, Theorem]:
        signature = inspect.signature(infers)
        name = infers.__name__
        kinds = tuple(
            (f"{name}: {arg}", _TAKEN[p.annotation]) for arg, p in signature.parameters.items()
        )

        @wraps(infers)
        def apply(*args: P.args, **kwargs: P.kwargs) -> Theorem:
            if kwargs or len(args) != len(kinds):
                args = tuple(signature.bind(*args, **kwargs).arguments.values())  # type: ignore[assignment]
            try:
                taken = tuple(
                    take(value, role) for value, (role, take) in zip(args, kinds, strict=True)
                )
                intact()  # no program runs from here on
                sequent = infers(*taken)  # type: ignore[call-arg]
                kept = [tuple(a.items()) if type(a) is dict else a for a in taken]
                return _made(sequent, Trace(name, tuple(kept)))
            except RecursionError:
                raise RuleError(f"{name}: a term is nested too deeply") from None
            except (RuleError, SortError):
                raise
            except Exception as error:  # it does not apply, in a way that it did not foresee
                raise RuleError(f"{name} does not apply to what it was given: {error!r}") from error

        statement = " ".join((inspect.getdoc(infers) or "").split("\n\n")[0].split())
        _RULES[name] = Rule(name, code, reference, statement.split(". ")[0].rstrip("."), apply)
        return apply

    return register


def _made(sequent: Sequent, trace: Trace) -> Theorem:
    assumed: dict[props.Prop, props.Prop] = {}
    for prop in sequent.hypotheses:
        assumed.setdefault(canon(prop), admit(prop))
    theorem = object.__new__(Theorem)
    object.__setattr__(theorem, "_hypotheses", MappingProxyType(assumed))
    object.__setattr__(theorem, "_conclusion", admit(sequent.conclusion))
    object.__setattr__(theorem, "_trace", trace)
    return theorem


def require(fits: bool, rule: str, wanted: str, found: Basic) -> None:
    """Raise :class:`RuleError` unless ``fits``."""
    if not fits:
        raise RuleError("%s: expected %s, found %s", rule, wanted, found)
