"""The nodes that bind variables: integrals, expectations, gradients, minimisers.

Meaning. An integral is Lebesgue's; where its integrand is not absolutely integrable it is 0 by
convention, so that every term denotes a value and no rule can be led astray by an undefined
one. Whether a term is an honest finite integral is a proposition (``Integrable``), which the
checker asks for separately.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sympy import Basic, Expr, Mul, Rational, S, preorder_traversal

from fmproof.errors import SortError
from fmproof.lang.heads import Declared, Density, conditions
from fmproof.lang.sorts import Sort, require_sort, sort_of
from fmproof.lang.terms import Apply, Sealed, Term, Var, as_term

if TYPE_CHECKING:
    from collections.abc import Sequence


class Lebesgue(Sealed, Basic):
    """Lebesgue measure in one variable, on [low, high] for a real one, else on its whole space.

    For a latent variable it stands for that space's reference measure (σ-finite).
    """

    def __new__(cls, var: Var, low: Any = S.NegativeInfinity, high: Any = S.Infinity) -> Lebesgue:
        if not isinstance(var, Var):
            raise SortError(f"expected a variable to integrate over, found {var!r}")
        if var.sort is Sort.PARAM:
            raise SortError(f"cannot integrate over the parameter {var.name}")
        a, b = S(low), S(high)
        whole = a is S.NegativeInfinity and b is S.Infinity
        if not whole:
            if var.sort is not Sort.REAL:
                raise SortError(
                    f"only a real variable has an interval, {var.name} is a {var.sort.value}"
                )
            if not (isinstance(a, Rational) and isinstance(b, Rational) and a < b):
                raise SortError(
                    f"expected rational limits low < high for {var.name}, found {a} and {b}"
                )
        return Basic.__new__(cls, var, a, b)

    @property
    def var(self) -> Var:
        return self.args[0]

    @property
    def low(self) -> Expr:
        return self.args[1]

    @property
    def high(self) -> Expr:
        return self.args[2]

    @property
    def bounded(self) -> bool:
        return self.low is not S.NegativeInfinity

    @property
    def declared(self) -> Declared:
        return (self.var, self.low, self.high) if self.bounded else self.var


def lebesgue(item: Declared | Lebesgue) -> Lebesgue:
    """``x`` or ``(t, low, high)`` as a measure."""
    if isinstance(item, Lebesgue):
        return item
    if isinstance(item, tuple) and len(item) == 3:
        return Lebesgue(*item)
    if isinstance(item, Var):
        return Lebesgue(item)
    raise SortError(f"expected a variable or (t, low, high), found {item!r}")


Draw = Apply | Lebesgue
"""One item of a measure: a density applied to the variables it draws, or Lebesgue measure."""


def drawn_by(item: Draw) -> tuple[Var, ...]:
    """The variables that one item of a measure binds."""
    if isinstance(item, Lebesgue):
        return (item.var,)
    return item.head.drawn(item)


def bound_vars(node: Basic) -> tuple[Var, ...]:
    """The variables that ``node`` itself binds, in order; they scope over all its arguments."""
    if isinstance(node, OverMeasure):
        return tuple(var for item in node.measure for var in drawn_by(item))
    if isinstance(node, OverVar):
        return (node.var,)
    return ()


class Binder:
    """Mixin of the nodes that bind: SymPy's own methods see the scope of bound variables.

    ``subs`` and ``xreplace`` leave bound variables alone and rename them where they would
    capture; ``has_free``, ``as_dummy`` and ``dummy_eq`` treat them up to renaming.
    """

    has: Any

    @property
    def bound_symbols(self) -> list[Var]:
        return list(bound_vars(self))

    def as_dummy(self) -> Basic:
        from fmproof.lang.scope import canon

        return canon(self)

    @property
    def canonical_variables(self) -> dict[Var, Var]:
        inside = preorder_traversal(self.as_dummy())
        return {v: v for v in inside if isinstance(v, Var) and v.name.startswith("#")}

    def _eval_subs(self, old: Any, new: Any) -> Basic | None:
        rule, apart = self._scoped({old: new})
        if not rule:
            return self
        return None if apart is self else apart._subs(old, new)

    def _xreplace(self, rule: Any) -> tuple[Basic, bool]:
        if self in rule or not isinstance(rule, Mapping):
            return Basic._xreplace(self, rule)
        rule, apart = self._scoped(rule)
        return Basic._xreplace(apart, rule)

    def _scoped(self, rule: Mapping[Any, Any]) -> tuple[dict[Any, Any], Any]:
        """The replacements that concern this node, and a variant that captures none of them."""
        from fmproof.lang.scope import free_vars, rename_bound

        bound = bound_vars(self)
        mine = {
            old: new
            for old, new in rule.items()
            if self.has(old) and not free_vars(old).intersection(bound)
        }
        incoming = frozenset().union(*(free_vars(new) for new in mine.values()))
        clash = [v for v in bound if v in incoming]
        return mine, rename_bound(self, clash, incoming) if clash else self


class OverMeasure(Binder):
    """Mixin of the nodes that bind the variables of a measure: args = (body, *measure)."""

    args: tuple[Any, ...]

    @property
    def body(self) -> Expr:
        return self.args[0]

    @property
    def measure(self) -> tuple[Draw, ...]:
        return tuple(self.args[1:])


class OverVar(Binder):
    """Mixin of the nodes that bind one variable: args = (body, var)."""

    args: tuple[Any, ...]

    @property
    def body(self) -> Expr:
        return self.args[0]

    @property
    def var(self) -> Var:
        return self.args[1]


def check_measure(items: Sequence[Any], owner: str) -> None:
    """Raise :class:`SortError` unless ``items`` is a measure: draws that follow each other.

    Each item binds new variables, and may depend on variables that are bound before it or
    outside, never on one that is bound after it.
    """
    if not items:
        raise SortError(f"{owner} needs at least one variable")
    seen: set[Var] = set()
    for item in items:
        if not isinstance(item, Lebesgue):
            _check_draw(item, owner)
        for var in drawn_by(item):
            if not isinstance(var, Var):
                raise SortError(f"{owner} must draw variables, found {var} in {item}")
            if var in seen:
                raise SortError(f"{owner} draws {var} twice")
            seen.add(var)
    later = set(seen)
    for item in items:
        needs = conditions(item) if isinstance(item, Apply) else set()
        missing = sorted(v.name for v in needs & later)
        if missing:
            raise SortError(
                f"{owner}: {item} depends on {', '.join(missing)}, which is not drawn before it; "
                f"put the draw of {missing[0]} first"
            )
        later -= set(drawn_by(item))


def _check_draw(item: Any, owner: str) -> None:
    if not (isinstance(item, Apply) and isinstance(item.head, Density)):
        shown = item if isinstance(item, Basic) else repr(item)
        raise SortError(
            f"{owner} expects densities applied to the variables they draw, such as p(t, x, z), "
            f"found {shown}"
        )


def against_lebesgue(body: Expr, measure: Sequence[Draw]) -> tuple[Expr, tuple[Lebesgue, ...]]:
    """The same integral with every density as a factor: (body · Π densities, Lebesgue measures)."""
    densities = [item for item in measure if not isinstance(item, Lebesgue)]
    items: list[Lebesgue] = []
    for item in measure:
        items.extend((item,) if isinstance(item, Lebesgue) else item.head.measure(item))
    return Mul(*densities, body), tuple(items)


class IntegralOver(OverMeasure, Term):
    """The integral of ``body`` over one or several variables jointly; that of 0 is 0."""

    def __new__(cls, body: Any, *measure: Lebesgue) -> Expr:
        term = as_term(body)
        if sort_of(term) not in (Sort.REAL, Sort.VEC):
            raise SortError(f"cannot integrate the {sort_of(term).value} {term}")
        check_measure(measure, "an integral")
        for item in measure:
            if not isinstance(item, Lebesgue):
                raise SortError(
                    f"an integral runs over variables, found the density {item}; use Expect"
                )
        return S.Zero if term is S.Zero else Expr.__new__(cls, term, *measure)

    @property
    def sort(self) -> Sort:
        return sort_of(self.body)


def Integral(body: Any, *variables: Declared) -> Expr:
    """``Integral(f, z, x, (t, 0, 1))`` is ∫₀¹∫∫ f dz dx dt: the first variable is innermost."""
    term = as_term(body)
    if not variables:
        raise SortError("an integral needs at least one variable")
    for item in variables:
        term = IntegralOver(term, lebesgue(item))
    return term


class Expect(OverMeasure, Term):
    """The expectation of ``body``: ``Expect(f, p(t), p_data(z), p_t(t, x, z))``.

    The draws are densities applied to the variables that they draw; a later one may depend on
    an earlier one. It denotes the integral under the joint law; that of 0 is 0.
    """

    def __new__(cls, body: Any, *draws: Apply) -> Expr:
        term = as_term(body)
        if sort_of(term) not in (Sort.REAL, Sort.VEC):
            raise SortError(f"cannot take the expectation of the {sort_of(term).value} {term}")
        check_measure(draws, "the law of an expectation")
        for draw in draws:
            _check_draw(draw, "the law of an expectation")
        return S.Zero if term is S.Zero else Expr.__new__(cls, term, *draws)

    @property
    def sort(self) -> Sort:
        return sort_of(self.body)


class Grad(OverVar, Term):
    """The gradient of ``body`` in a parameter, as a function of it."""

    sort = Sort.GRADIENT

    def __new__(cls, body: Any, var: Var) -> Grad:
        term = as_term(body)
        require_sort(term, Sort.REAL, "the body of a gradient")
        require_param(var, "a gradient")
        return Expr.__new__(cls, term, var)


class ArgMin(OverVar, Term):
    """The set of parameters at which ``body`` is least (empty where none is)."""

    sort = Sort.SET

    def __new__(cls, body: Any, var: Var) -> ArgMin:
        term = as_term(body)
        require_sort(term, Sort.REAL, "the body of argmin")
        require_param(var, "argmin")
        return Expr.__new__(cls, term, var)


def require_param(var: Any, owner: str) -> None:
    """Raise :class:`SortError` unless ``var`` is a parameter."""
    if not (isinstance(var, Var) and var.sort is Sort.PARAM):
        raise SortError(f"{owner} is taken in a parameter made by Param, found {var!r}")
