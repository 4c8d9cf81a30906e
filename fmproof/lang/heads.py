"""Heads: the symbols that are applied to arguments, with their definitions if they have one.

A definition is part of what a head *is*: two heads with the same name and different
definitions are different symbols, so no table of definitions can go out of step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Atom, Expr, Mul, Rational, Tuple

from fmproof.errors import SortError
from fmproof.lang.sorts import Sort, require_sort
from fmproof.lang.terms import (
    Apply,
    Sealed,
    Term,
    Var,
    as_term,
    require_name,
    reserved_var,
)

Declared = Var | tuple[Var, Any, Any]
"""A parameter, or for a real one also ``(t, low, high)``."""


class Head(Sealed, Atom):
    """A symbol with parameters, printed as name_sub^sup(main | given).

    It is called with its arguments in the order sub, sup, main, given.

    Attributes:
        name: as declared, e.g. "p_data".
        sub, sup, main, given: the parameters, as variables that fix sorts and names.
        result: the sort of an application.
        nonneg: whether every value is ≥ 0.
        definition: a term over the parameters that the symbol abbreviates, or None.
    """

    result = Sort.REAL
    nonneg = False
    name: str
    sub: tuple[Var, ...]
    sup: tuple[Var, ...]
    main: tuple[Var, ...]
    given: tuple[Var, ...]
    definition: Expr | None

    def __new__(
        cls,
        name: str,
        *main: Var,
        sub: Var | Sequence[Var] = (),
        sup: Var | Sequence[Var] = (),
        given: Var | Sequence[Var] = (),
        definition: Any = None,
        **more: Any,
    ) -> Head:
        require_name(name, f"a {cls.__name__.lower()}")
        obj = Atom.__new__(cls)
        put = object.__setattr__
        put(obj, "name", name)
        put(obj, "main", _variables(main, name))
        put(obj, "sub", _variables(sub, name))
        put(obj, "sup", _variables(sup, name))
        put(obj, "given", _variables(given, name))
        put(obj, "definition", None if definition is None else as_term(definition))
        for key, value in more.items():
            put(obj, key, value)
        if len(set(obj.params)) != len(obj.params):
            raise SortError(f"{name} is declared with the same parameter twice")
        if obj.definition is not None:
            obj._check_definition()
        put(obj, "_content", obj._make_content())
        return obj

    @property
    def params(self) -> tuple[Var, ...]:
        """All parameters, in calling order."""
        return self.sub + self.sup + self.main + self.given

    def __call__(self, *args: Any) -> Apply:
        return Apply(self, *args)

    def _repr_latex_(self) -> str:
        """How a notebook shows it: applied to its own parameters, and its definition."""
        from fmproof.lang.latex import latex

        stands_for = "" if self.definition is None else f" = {latex(self.definition)}"
        return rf"$\displaystyle {latex(self(*self.params))}{stands_for}$"

    def unfold(self, args: Sequence[Expr]) -> Expr:
        """The definition at ``args``."""
        from fmproof.lang.scope import substitute

        if self.definition is None:
            raise SortError(f"{self.name} has no definition to unfold")
        return substitute(self.definition, dict(zip(self.params, args, strict=True)))

    def redefined(self, definition: Expr) -> Head:
        """The same declaration with another definition."""
        return type(self)(
            self.name,
            *self.main,
            sub=self.sub,
            sup=self.sup,
            given=self.given,
            definition=definition,
        )

    def check_arguments(self, args: Sequence[Expr]) -> None:
        """Raise :class:`SortError` unless ``args`` fit the parameters."""
        if len(args) != len(self.params):
            wanted = ", ".join(v.name for v in self.params) or "none"
            raise SortError(
                f"{self.name} takes {len(self.params)} arguments ({wanted}), found {len(args)}"
            )
        for param, arg in zip(self.params, args, strict=True):
            require_sort(arg, param.sort, f"the argument {param.name} of {self.name}")

    def _check_definition(self) -> None:
        from fmproof.lang.scope import free_vars
        from fmproof.lang.text import text

        definition = self.definition
        require_sort(definition, self.result, f"the definition of {self.name}")
        stray = free_vars(definition) - set(self.params)
        if stray:
            names = ", ".join(sorted(text(v) for v in stray))
            raise SortError(
                f"the definition of {self.name} mentions {names}, which is not a parameter of it"
            )

    def _make_content(self) -> tuple[Any, ...]:
        """What makes two heads the same: everything but the names of the parameters."""
        from fmproof.lang.scope import canon, substitute

        shape = ";".join(
            ",".join(v.sort.value for v in group)
            for group in (self.sub, self.sup, self.main, self.given)
        )
        body = Tuple()
        if self.definition is not None:
            places = {v: reserved_var(f"@{i}", v.sort) for i, v in enumerate(self.params)}
            body = Tuple(canon(substitute(self.definition, places)))
        return (self.name, shape, body)

    def _hashable_content(self) -> tuple[Any, ...]:
        return self._content

    def __reduce__(self) -> Any:
        return (_rebuild, (type(self), self._state()))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def _state(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "main": self.main,
            "sub": self.sub,
            "sup": self.sup,
            "given": self.given,
            "definition": self.definition,
        }

    def _sympystr(self, printer: Any) -> str:
        return self.name

    _sympyrepr = _sympystr


def _rebuild(cls: type[Head], state: dict[str, Any]) -> Head:
    name, main = state.pop("name"), state.pop("main")
    return cls(name, *main, **state)


def _variables(given: Var | Sequence[Var], owner: str) -> tuple[Var, ...]:
    group = (given,) if isinstance(given, Var) else tuple(given)
    for item in group:
        if not isinstance(item, Var):
            raise SortError(
                f"the parameters of {owner} must be variables made by Real, Vec, Param or "
                f"Latent, found {item!r}"
            )
    return group


class Field(Head):
    """A vector field: ``u = Field("u", x, sub=t, given=z)`` is applied as ``u(t, x, z)``."""

    result = Sort.VEC


class Scalar(Head):
    """A real function, such as a loss: ``L = Scalar("L_FM", theta, definition=...)``.

    ``nonneg=True`` declares values ≥ 0 (a weight w(t)); with a definition this is not
    available, since it would have to be proved.
    """

    def __new__(cls, name: str, *main: Var, nonneg: bool = False, **more: Any) -> Scalar:
        if nonneg and more.get("definition") is not None:
            raise SortError(f"{name}: nonneg=True is for symbols without a definition")
        return Head.__new__(cls, name, *main, nonneg=nonneg, **more)

    def _make_content(self) -> tuple[Any, ...]:
        return (*super()._make_content(), str(self.nonneg))

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "nonneg": self.nonneg}


class Density(Head):
    """A probability density in its main parameters, given the others.

    ``p = Density("p", x, sub=t, given=z)`` is applied as ``p(t, x, z)`` and integrates to one
    over x for every t and z. A real parameter may carry an interval, ``(t, 0, 1)``.

    A definition must be visibly a probability density: an integral of a product of densities
    that together form a law (p_t(x) = ∫ p_t(x|z) p_data(z) dz), or the constant that makes an
    interval have mass one. Anything else is refused, because the kernel relies on it.

    Args:
        law: how it prints where a variable is drawn from it, as (text, LaTeX).
    """

    nonneg = True
    over: tuple[Any, ...]  #: Lebesgue measures of the main parameters
    law: tuple[str, str] | None

    def __new__(
        cls, name: str, *main: Declared, law: tuple[str, str] | None = None, **more: Any
    ) -> Density:
        from fmproof.lang.binders import lebesgue

        over = tuple(lebesgue(item) for item in main)
        if not over:
            raise SortError(
                f"the density {name} needs at least one variable that it is a density of"
            )
        variables = [item.var for item in over]
        return Head.__new__(cls, name, *variables, over=over, law=law, **more)

    def redefined(self, definition: Expr) -> Head:
        return Density(
            self.name,
            *(item.declared for item in self.over),
            sub=self.sub,
            sup=self.sup,
            given=self.given,
            definition=definition,
            law=self.law,
        )

    def drawn(self, application: Apply) -> tuple[Expr, ...]:
        """The arguments of ``application`` in the places of the main parameters."""
        start = len(self.sub) + len(self.sup)
        return application.arguments[start : start + len(self.main)]

    def measure(self, application: Apply) -> tuple[Any, ...]:
        """The Lebesgue measures of the variables that ``application`` draws."""
        return tuple(
            item.func(var, *item.args[1:])
            for item, var in zip(self.over, self.drawn(application), strict=True)
        )

    def _check_definition(self) -> None:
        super()._check_definition()
        check_density(self)

    def _make_content(self) -> tuple[Any, ...]:
        ranges = ";".join(f"{item.args[1:]}" for item in self.over)
        return (*super()._make_content(), ranges)

    def _state(self) -> dict[str, Any]:
        return {
            **super()._state(),
            "main": tuple(item.declared for item in self.over),
            "law": self.law,
        }


def uniform(t: Var, low: Any = 0, high: Any = 1, name: str = "p") -> Density:
    """The density of the uniform law on [low, high], with its value as definition."""
    a, b = Rational(low), Rational(high)
    if not a < b:
        raise SortError(f"a uniform law needs low < high, found low = {a}, high = {b}")
    return Density(
        name,
        (t, a, b),
        definition=1 / (b - a),
        law=(f"U[{a},{b}]", rf"\mathcal{{U}}[{a},{b}]"),
    )


def check_density(head: Density) -> None:
    """Raise :class:`SortError` unless the definition of ``head`` integrates to one by its form.

    Accepted: ∫…∫ Π densities, where the densities can be ordered so that each draws new
    variables given earlier ones, and together they draw exactly the main parameters and the
    integrated variables, over the same ranges; or the constant 1/(b − a) on [a, b].
    """
    from fmproof.lang.binders import IntegralOver

    body = head.definition
    if isinstance(body, Rational):
        (only,) = head.over if len(head.over) == 1 else (None,)
        if only is not None and only.bounded and body * (only.high - only.low) == 1:
            return
        raise SortError(f"the density {head.name} = {body} does not integrate to one")
    ranges = {item.var: item for item in head.over}
    while isinstance(body, IntegralOver):
        for item in body.measure:
            if item.var in ranges or item.var in head.params:
                raise SortError(f"the definition of the density {head.name} binds {item.var} twice")
            ranges[item.var] = item
        body = body.body
    order = law_order(Mul.make_args(body))
    if order is not None:
        drawn: dict[Any, Any] = {}
        for factor in order:
            for item in factor.head.measure(factor):
                drawn[item.var] = item
        if drawn == ranges:
            return
    from fmproof.lang.text import text

    raise SortError(
        f"the definition of the density {head.name} is not visibly a probability density: "
        f"expected an integral of a product of densities that draws each of "
        f"{', '.join(text(v) for v in ranges)} once, found {text(head.definition)}"
    )


def law_order(factors: Sequence[Term]) -> tuple[Apply, ...] | None:
    """``factors`` as a law: densities ordered so that each depends on earlier draws only.

    None when they are not all densities that draw distinct variables, or depend in a circle.
    """
    waiting: list[Apply] = []
    drawn_by: dict[Expr, Apply] = {}
    for factor in factors:
        if not (isinstance(factor, Apply) and isinstance(factor.head, Density)):
            return None
        for var in factor.head.drawn(factor):
            if not isinstance(var, Var) or var in drawn_by:
                return None
            drawn_by[var] = factor
        waiting.append(factor)
    order: list[Apply] = []
    while waiting:
        pending = {var for factor in waiting for var in factor.head.drawn(factor)}
        ready = [factor for factor in waiting if not pending & conditions(factor)]
        if not ready:
            return None
        order.extend(ready)
        waiting = [factor for factor in waiting if factor not in ready]
    return tuple(order)


def conditions(factor: Apply) -> set[Var]:
    """The variables that a density's draw depends on: those of its sub, sup and given places."""
    from fmproof.lang.scope import free_vars

    head = factor.head
    start = len(head.sub) + len(head.sup)
    stop = start + len(head.main)
    others = factor.arguments[:start] + factor.arguments[stop:]
    return {var for arg in others for var in free_vars(arg)}
