"""Heads: the symbols that are applied to arguments, with their definitions if they have one.

A definition is part of what a head *is*: two heads with the same name and different
definitions are different symbols, so no table of definitions can go out of step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Atom, Expr, Tuple

from fmproof.errors import InputError, SortError, nearest
from fmproof.lang.fixed import kept
from fmproof.lang.names import require_name, require_name_of_number
from fmproof.lang.node import (
    Sealed,
    admit,
    as_term,
    declare,
    no_places,
    not_clear,
    nothing,
    require_sort,
    shown,
)
from fmproof.lang.nodes.application import Apply
from fmproof.lang.nodes.measure import Declared, Lebesgue, lebesgue
from fmproof.lang.nodes.mixture import require_density
from fmproof.lang.nodes.variable import Var, reserved_var
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.props import Positive
from fmproof.lang.scope import canon, free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.foreign import Unapplied

Group = Var | Sequence[Var]
"""A parameter, or several."""


class Head(Sealed, Unapplied, Atom):
    """A symbol with parameters, printed as name_sub^sup(main | given).

    It is called with its arguments in the order sub, sup, main, given. Make one with
    :class:`Field`, :class:`Scalar`, :class:`Density` or :class:`Law`.

    Attributes:
        name: as declared, e.g. "p_data".
        sub, sup, main, given: the parameters, as variables that fix sorts and names.
        result: the sort of an application.
        over: of a law, the Lebesgue measures of its main parameters.
        nonneg: whether every value is ≥ 0.
        draws: whether variables can be drawn from it.
        is_density: whether it is a density: its applications are terms, too.
        definition: a term over the parameters that the symbol abbreviates, or None.
    """

    __slots__ = ("_content", "_definition", "_given", "_main", "_name", "_over", "_sub", "_sup")

    result: Sort | None = Sort.REAL
    nonneg = False
    draws = False
    is_density = False
    name: str = kept("_name")
    sub: tuple[Var, ...] = kept("_sub")
    sup: tuple[Var, ...] = kept("_sup")
    main: tuple[Var, ...] = kept("_main")
    given: tuple[Var, ...] = kept("_given")
    over: tuple[Lebesgue, ...] = kept("_over")
    definition: Expr | None = kept("_definition")

    def __new__(
        cls,
        name: str,
        *main: Declared,
        sub: Group = (),
        sup: Group = (),
        given: Group = (),
        definition: Any = None,
        **own: Any,
    ) -> Any:
        kind = cls.__name__
        if cls not in (Field, Scalar, Law, Density, Gaussian):
            raise SortError("a symbol is made by Field, Scalar, Law or Density")
        for word in own:
            known = ("sub", "sup", "given", "definition", *cls._own)
            if word not in known:
                raise InputError(f"{kind}({name!r}, …) takes no {word}=; {nearest(word, known)}")
        require_name(name, f"a {kind.lower()}")
        over = tuple(admit(lebesgue(item)) for item in main) if cls.draws else ()
        head = Sealed.__new__(cls)
        put = object.__setattr__
        put(head, "_name", name)
        put(head, "_main", tuple(item.var for item in over) or _variables(main, name))
        put(head, "_over", over)
        for place, group in (("_sub", sub), ("_sup", sup), ("_given", given)):
            put(head, place, _variables(group, name))
        put(head, "_definition", None if definition is None else admit(as_term(definition)))
        head._check(**own)
        put(head, "_content", head._make_content())
        return head

    _own: tuple[str, ...] = ()  #: further keywords

    def _check(self) -> None:
        """Raise :class:`SortError` unless the declaration makes sense."""
        if not self.params:
            require_name_of_number(self.name, "what has no argument")
        if len(set(self.params)) != len(self.params):
            raise SortError(f"{self.name} is declared with the same parameter twice")
        if self.definition is not None:
            self._check_definition()

    @property
    def params(self) -> tuple[Var, ...]:
        """All parameters, in calling order."""
        return self.sub + self.sup + self.main + self.given

    def obliges(self, args: Sequence[Expr]) -> tuple[Any, ...]:
        """What makes the value at ``args`` no mere convention."""
        return ()

    def __call__(self, *args: Any) -> Apply:
        return Apply(self, *args)

    def _repr_latex_(self) -> str:
        """How a notebook shows it: applied to its own parameters, and its definition."""
        from fmproof.lang.spelling.latex import latex

        stands_for = "" if self.definition is None else f" = {latex(self.definition)}"
        return rf"$\displaystyle {latex(self(*self.params))}{stands_for}$"

    def unfold(self, args: Sequence[Expr]) -> Expr:
        """The definition at ``args``."""
        if self.definition is None:
            raise SortError(f"{self.name} has no definition to unfold")
        return substitute(self.definition, dict(zip(self.params, args, strict=True)))

    def redefined(self, definition: Expr) -> Any:
        """The same declaration with another definition."""
        return _from_state(type(self), {**self._state(), "definition": definition})

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
        definition = self.definition
        if self.result is None:
            raise SortError(f"the law {self.name} has no definition; write Density for one with")
        require_sort(definition, self.result, f"the definition of {self.name}")
        stray = free_vars(definition) - set(self.params)
        if stray:
            names = ", ".join(sorted(map(shown, stray)))
            raise SortError(
                f"the definition of {self.name} mentions {names}, which is not a parameter of it"
            )

    def _make_content(self) -> tuple[Any, ...]:
        """What makes two heads the same: everything but the names of the parameters."""
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
        return (_from_state, (type(self), self._state()))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def _state(self) -> dict[str, Any]:
        names = ("name", "main", "sub", "sup", "given", "definition")
        return {name: getattr(self, name) for name in names}

    def _sympystr(self, printer: Any) -> str:
        return self.name

    _sympyrepr = _sympystr


def _from_state(kind: type[Head], state: Mapping[str, Any]) -> Any:
    more = {key: value for key, value in state.items() if key not in ("name", "main")}
    return kind(state["name"], *state["main"], **more)


def _variables(given: Any, owner: str) -> tuple[Var, ...]:
    group: Sequence[Any] = given if isinstance(given, tuple | list) else (given,)
    for item in group:
        if type(item) is not Var:
            raise SortError(
                f"the parameters of {owner} must be variables made by Real, Vec, Param or "
                f"Latent, found {item!r}"
            )
    return tuple(group)


class Field(Head):
    """A vector field: ``u = Field("u", x, sub=t, given=z)`` is applied as ``u(t, x, z)``."""

    __slots__ = ()

    result = Sort.VEC


class Scalar(Head):
    """A real function, such as a loss: ``L = Scalar("L_FM", theta, definition=...)``.

    ``nonneg=True`` declares values ≥ 0 (a weight w(t)); with a definition this is not
    available, since it would have to be proved.
    """

    __slots__ = ("_nonneg",)

    nonneg = kept("_nonneg")

    _own = ("nonneg",)

    def _check(self, nonneg: bool = False) -> None:
        if type(nonneg) is not bool:
            raise SortError(f"{self.name}: nonneg must be True or False, found {nonneg!r}")
        if nonneg and self.definition is not None:
            raise SortError(f"{self.name}: nonneg=True is for symbols without a definition")
        object.__setattr__(self, "_nonneg", nonneg)
        super()._check()

    def _make_content(self) -> tuple[Any, ...]:
        return (*super()._make_content(), str(self.nonneg))

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "nonneg": self.nonneg}


class Law(Head):
    """A probability law of its main parameters, given the others, with or without a density.

    ``q = Law("q", x0, x1)`` is applied as ``q(x0, x1)``, in the law of an expectation alone: it
    is no term. A real parameter may carry an interval, ``(t, 0, 1)``, which holds its values.
    """

    __slots__ = ()

    result: Sort | None = None
    draws = True

    @property
    def is_uniform(self) -> bool:
        """Whether it is the constant on an interval by definition."""
        return is_number(self.definition)

    def _check(self) -> None:
        kind = type(self).__name__.lower()
        if not self.over:
            raise SortError(f"the {kind} {self.name} needs at least one variable that it draws")
        super()._check()

    def drawn(self, application: Apply) -> tuple[Expr, ...]:
        """The arguments of ``application`` in the places of the main parameters."""
        start = 1 + len(self._sub) + len(self._sup)
        return application.args[start : start + len(self._main)]

    def ranges(self, application: Apply) -> tuple[Lebesgue, ...]:
        """The Lebesgue measures of the variables that ``application`` draws."""
        drawn = self.drawn(application)
        return tuple(Lebesgue(v, *o.range) for o, v in zip(self.over, drawn, strict=True))

    def _make_content(self) -> tuple[Any, ...]:
        ranges = ";".join(str([fraction(end) for end in item.range]) for item in self.over)
        return (*super()._make_content(), ranges)

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "main": tuple(item.declared for item in self.over)}


class Density(Law):
    """A probability density in its main parameters, given the others.

    ``p = Density("p", x, sub=t, given=z)`` is applied as ``p(t, x, z)`` and integrates to one
    over x for every t and z. A real parameter may carry an interval, ``(t, 0, 1)``.

    A definition must be visibly a probability density: an integral or expectation of a product of
    densities that together form a law (p_t(x) = ∫ p_t(x|z) p_data(z) dz), or the constant that
    makes an interval have mass one. Anything else is refused, because the kernel relies on it.
    """

    __slots__ = ()

    result = Sort.REAL
    nonneg = True
    is_density = True

    def _check_definition(self) -> None:
        super()._check_definition()
        require_density(self)


class Gaussian(Density):
    """The density of N(m, v I), as ``Normal(x, m, v)``; there is one symbol.

    v is the variance. For v ≤ 0 it is that of N(m, I), by convention, so that it is a density for
    all m and v; the rules about it ask for v > 0.
    """

    __slots__ = ()

    def _check(self) -> None:
        shape = (self.name, self.sub, self.sup, self.definition, tuple(v.sort for v in self.params))
        if shape != ("N", (), (), None, (Sort.VEC, Sort.VEC, Sort.REAL)) or len(self.given) != 2:
            raise SortError("there is one Gaussian density; it is applied by Normal(x, m, v)")
        super()._check()

    def _make_content(self) -> tuple[Any, ...]:
        return ("Gaussian", *super()._make_content())

    def obliges(self, args: Sequence[Expr]) -> tuple[Any, ...]:
        return (Positive(args[2]),)


gaussian: Gaussian = Gaussian(
    "N", Var("x", Sort.VEC), given=(Var("m", Sort.VEC), Var("v", Sort.REAL))
)


def Normal(x: Any, m: Any = 0, v: Any = 1) -> Apply:
    """N(x; m, v I), the Gaussian density with mean m and variance v in each coordinate."""
    return Apply(gaussian, x, m, v)


def uniform(t: Var, low: Any = 0, high: Any = 1, name: str = "p") -> Density:
    """The density of the uniform law on [low, high], with its value as definition.

    Raises:
        SortError: the ends are not rational numbers with low < high.
    """
    a, b = as_term(low), as_term(high)
    if not (is_number(a) and is_number(b) and fraction(a) < fraction(b)):
        raise SortError(f"a uniform law needs rational ends low < high, found {a} and {b}")
    return Density(name, (t, a, b), definition=1 / (fraction(b) - fraction(a)))


def _rebuilt(node: Head) -> Head:
    """The same symbol, made and checked again, with an admitted definition."""
    try:
        state = node._state()
    except AttributeError:
        raise SortError("not a symbol: it was not made by Field, Scalar, Law or Density") from None
    if node.definition is not None:
        state["definition"] = admit(node.definition)
    made: Head = _from_state(type(node), state)
    return made


declare(
    Field,
    Scalar,
    Law,
    Density,
    Gaussian,
    sort=lambda node: None,
    bound=nothing,
    places=no_places,
    obliges=nothing,
    nonnegative=not_clear,
    rebuild=_rebuilt,
)
