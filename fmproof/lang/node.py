"""What a node is: sealed, declared in one place, and admitted to the kernel through one gate.

A term is a SymPy expression that a program can build in any way it likes. What the kernel works
with has passed :func:`admit`: every node of it is exactly of a declared type, was rebuilt by that
type's constructor, which checks its sorts, and is in canonical form. Nothing is remembered under
a key that a caller's ``==`` can answer for: what is known of a node is known of that object.

A node declares what the trusted base must know of it (:func:`declare`). There are no defaults,
and an operation that meets a type without a declaration raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from functools import wraps
from typing import Any, Protocol, TypeVar

from sympy import Basic, Expr, S
from sympy.core.parameters import global_parameters

from fmproof.errors import InputError, SortError, spell_terms_by
from fmproof.lang.fixed import fixed, kept
from fmproof.lang.sorts import ADDITIVE, Sort
from fmproof.lang.spelling.foreign import NotANumber, checked_call, foreign
from fmproof.tables import FixedMapping

if globals().get("_closed"):  # loaded again, it would be open, and know no types
    raise ImportError("the language is closed: this module is loaded once")

T = TypeVar("T")
B = TypeVar("B", bound=Basic)
_put_assumptions, _put_mhash, _put_args = (
    getattr(Basic, slot).__set__ for slot in ("_assumptions", "_mhash", "_args")
)


def shown(node: Any) -> str:
    """A node as text, for messages. The spelling knows the nodes, so it is asked for late."""
    from fmproof.lang.spelling.text import text

    return text(node) if is_declared(node) else f"a {type(node).__name__}"


spell_terms_by(shown)


class Sealed:
    """Base of every node: what a node means is fixed by this package, once and for all.

    SymPy sets what it keeps of a node when it makes one, and when it caches.
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not cls.__module__.startswith("fmproof.lang."):
            raise TypeError(f"{cls.__name__}: the nodes of fmproof's language cannot be subclassed")
        super().__init_subclass__(**kwargs)
        if "__new__" in vars(cls):
            cls.__new__ = staticmethod(checked_call(cls.__new__))  # type: ignore[method-assign]

    def __new__(cls: type[T], *args: Any) -> T:
        """What SymPy's ``Basic`` makes of these arguments; no ``__setattr__`` is asked."""
        node = object.__new__(cls)
        _put_assumptions(node, cls.default_assumptions)  # type: ignore[attr-defined]
        _put_mhash(node, None)
        _put_args(node, args)
        return node

    args: Any = kept("_args")

    def __setattr__(self, attribute: str, value: object) -> None:
        of_sympy = attribute in ("_mhash", "_assumptions", "_args")
        if not of_sympy or (attribute == "_args" and hasattr(self, "_args")):
            raise AttributeError(f"a {type(self).__name__} is immutable: cannot set {attribute}")
        object.__setattr__(self, attribute, value)

    def __setstate__(self, state: object) -> None:
        raise AttributeError(f"a {type(self).__name__} is immutable")

    def __delattr__(self, attribute: str) -> None:
        raise AttributeError(f"a {type(self).__name__} is immutable: cannot delete {attribute}")


# --- declarations -------------------------------------------------------------------------


class Lift(Enum):
    """Where an equation a = b must hold for b to replace a in a place of a node."""

    HERE = "at the same values"
    ALMOST = "for almost every value of what the node binds"
    EVERY = "for every value of what the node binds"


class Inside(Protocol):
    """What a node is asked to oblige for its parts by; see kernel/obligations.py."""

    @property
    def weight(self) -> Any:
        """What multiplies the part."""

    def __call__(self, part: Any, factor: Any = S.One) -> Iterator[Any]:
        """What ``part`` obliges, where ``factor`` multiplies it."""

    def under(self, binder: Any) -> Iterator[Any]:
        """What the body of ``binder`` obliges, for fixed values of what it binds."""

    def function(self, binder: Any) -> Iterator[Any]:
        """What the body of ``binder`` obliges as a function: whatever multiplies it outside."""

    def draw(self, binder: Any, place: int) -> Iterator[Any]:
        """What the arguments of one draw of ``binder`` oblige, for fixed values of those before."""

    def definition(self, binder: Any, place: int) -> Iterator[Any]:
        """What the definition of a density that draws obliges, for fixed values of its draws."""

    def is_almost_everywhere(self, density: Any) -> bool:
        """Whether a density is taken at different variables that densities draw over its range,
        given others, so that what is true of almost every value is true here."""

    def unweighted(self) -> Any:
        """The same place without the factors outside."""

    def weighted(self, body: Any) -> Any:
        """``body`` times the factors outside that vary."""


Obligations = Callable[[Any, Inside], Iterable[Any]]
"""The propositions that make a node's value an honest finite one."""


@fixed
class Declaration:
    """What the trusted base must know of a type of node.

    Attributes:
        sort: the sort of a node, checked on the way; None for what is no term.
        bound: the variables that a node binds in all its arguments, in order.
        places: argument number -> where an equation must hold to be used there. A place that
            is missing (a law, a name) is not rewritten.
        obliges: what makes a node's value an honest finite one.
        nonnegative: whether the form of a node shows that it is ≥ 0; False means "not clear".
        rebuild: a node of this type from the node and its admitted arguments.
    """

    sort: Callable[[Any], Sort | None]
    bound: Callable[[Any], tuple[Any, ...]]
    places: Callable[[Any], Mapping[int, Lift]]
    obliges: Obligations
    nonnegative: Callable[[Any], bool]
    rebuild: Callable[..., Basic]


_DECLARED: dict[int, tuple[type, Declaration]] = {}  # by identity: a metaclass can answer ==
_closed: list[bool] = []


def declare(*types: type, **declared: Any) -> None:
    """Declare what the trusted base must know of ``types``; all of :class:`Declaration`.

    Only while :mod:`fmproof.lang` is imported: afterwards the language is what it is.
    """
    if _closed:
        raise TypeError("the language is closed: a node is declared in fmproof/lang/nodes")
    for kind in types:
        _DECLARED[id(kind)] = (kind, Declaration(**declared))


def close_language() -> None:
    """The language is complete; called once, by :mod:`fmproof.lang`."""
    _closed.append(True)


def declared_types() -> tuple[type, ...]:
    """Every type of node, for tests that cross them with operations."""
    return tuple(kind for kind, _ in _DECLARED.values())


def is_one_of(value: Any, kinds: Iterable[type]) -> bool:
    """Whether the type of ``value`` is one of ``kinds``, exactly; no ``==`` is asked."""
    own = type(value)
    for kind in kinds:  # noqa: SIM110 — it is asked so often that a generator would show
        if own is kind:
            return True
    return False


def is_declared(node: Any) -> bool:
    """Whether the type of ``node``, exactly, is one of the language's."""
    return id(type(node)) in _DECLARED


def declaration(node: Any) -> Declaration:
    """What the type of ``node``, exactly, declares.

    Raises:
        SortError: it is no type of node: a look-alike, a subclass, a foreign expression.
    """
    found = _DECLARED.get(id(type(node)))
    if found is None:
        raise SortError(f"not a term: {foreign(node)}")
    return found[1]


def bound_vars(node: Any) -> tuple[Any, ...]:
    """The variables that ``node`` itself binds, in order; they scope over all its arguments."""
    return declaration(node).bound(node)


def is_nonnegative(term: Any) -> bool:
    """Whether the form of a real term shows that it is ≥ 0; False means "not clear"."""
    return declaration(term).nonnegative(term)


def sort_of(term: Any) -> Sort:
    """The sort of a term, checking every sum and product on the way.

    Zero counts as a real here and is accepted wherever a vector or a gradient is expected
    (see :func:`require_sort`).

    Raises:
        SortError: naming the part that is ill sorted.
    """
    known = _sorts.get(id(term))
    if known is not None and known[0] is term:
        return known[1]
    sort = declaration(term).sort(term)
    if sort is not None and id(term) in _admitted and _admitted[id(term)][1] is term:
        _sorts[id(term)] = (term, sort)
    if sort is None:
        hint = f"; apply it to its arguments: {term}(…)" if callable(term) else ""
        raise SortError(f"expected a term, found {shown(term)} ({type(term).__name__}){hint}")
    return sort


def require_sort(term: Any, sort: Sort, role: str) -> None:
    """Raise :class:`SortError` unless ``term`` has ``sort`` (zero has every additive sort)."""
    found = sort_of(term)
    if found is not sort and not (term is S.Zero and sort in ADDITIVE):
        raise SortError(f"{role} must be a {sort.value}, found the {found.value} {shown(term)}")


def as_term(value: Any) -> Any:
    """``value`` as a well-sorted term; Python integers and fractions become rationals.

    Raises:
        SortError: it is none.
    """
    if not isinstance(value, Basic) or value.is_Number:  # a term is not, and there are many
        from fmproof.lang.numbers import NUMBERS, fraction, number

        if is_one_of(value, (int, Fraction, *NUMBERS)):
            return number(fraction(value) if is_one_of(value, NUMBERS) else value)
    if not isinstance(value, Basic):
        raise SortError(f"expected a term, found {foreign(value)}")
    sort_of(value)
    return value


# --- the gate -----------------------------------------------------------------------------

SHARED: Mapping[str, Any] = FixedMapping(
    {name: getattr(S, name) for name in ("Zero", "One", "NegativeOne", "Half")}.items()
)
"""The numbers that SymPy has once, by their names in ``S``; this package shares them with it."""
_ZERO, _ONE, _MINUS, _HALF = SHARED.values()
_OF_ZERO, _OF_ONE, _OF_MINUS, _OF_HALF = map(type, SHARED.values())


def intact() -> None:
    """Raise :class:`SortError` if a program has changed what is shared with SymPy."""
    if not (global_parameters.evaluate and global_parameters.distribute):
        raise SortError(
            "SymPy's evaluation is switched off (global_parameters), so terms have no canonical "
            "form; switch it on again"
        )
    same = S.Zero is _ZERO and S.One is _ONE and S.NegativeOne is _MINUS and S.Half is _HALF
    kinds = type(_ZERO) is _OF_ZERO and type(_ONE) is _OF_ONE
    if not (same and kinds and type(_MINUS) is _OF_MINUS and type(_HALF) is _OF_HALF):
        raise SortError("a number of SymPy's (S.Zero, S.One, …) was changed, so no term is safe")


_memories: list[dict[Any, Any]] = []


def memory() -> dict[Any, Any]:
    """What is known of objects by their ids; it keeps the objects, so that the ids stay theirs."""
    _memories.append({})
    return _memories[-1]


_admitted: dict[int, tuple[Basic, Basic]] = memory()  # id -> (the object; the canonical one)
_same_parts: dict[tuple[int, ...], tuple[Any, Basic]] = memory()  # ids -> (the parts, one node)
_made: dict[tuple[int, ...], tuple[Any, Basic]] = memory()  # ids -> (node and arguments, result)
_sorts: dict[int, tuple[Basic, Sort]] = memory()
_LIMIT = 400_000  # objects remembered; forgetting them costs time and nothing else


def admit(node: B) -> B:
    """``node`` rebuilt: exact types all the way down, sorts checked, in canonical form.

    Raises:
        SortError: some part of it is no node, or is ill sorted.
    """
    known = _admitted.get(id(node))
    if known is not None and known[0] is node:
        return known[1]
    if len(_admitted) > _LIMIT:
        _forget()
    return _admit(node)


def _admit(node: Any) -> Any:
    known = _admitted.get(id(node))
    if known is not None and known[0] is node:
        return known[1]
    declaration(node)
    made = from_admitted(node, [_admit(arg) for arg in node.args])
    _admitted[id(node)] = (node, made)
    return made


def from_admitted(node: Any, args: list[Basic]) -> Any:
    """A node from admitted arguments; one that was forged has not what its type needs.

    A type makes the same of the same arguments, so it is asked once. What is in a key was admitted
    and stays, so its id is that of nothing else; other arguments are admitted first.
    """
    key = (id(type(node)), *map(id, args)) if args else (id(node),)
    known = _made.get(key)
    if known is None:
        intact()
        args = list(map(admit, args))
        key = (id(type(node)), *map(id, args)) if args else (id(node),)
        try:
            made = _settled(declaration(node).rebuild(node, *args))
        except (TypeError, ValueError, AttributeError, IndexError, InputError) as e:
            raise SortError(f"not a {type(node).__name__} that the language made: {e}") from None
        known = _made[key] = ((node, args), made)
    return known[1]


def _settled(node: Basic) -> Basic:
    """What a constructor made of admitted parts, and its own parts, as admitted nodes."""
    known = _admitted.get(id(node))
    if known is not None and known[0] is node:
        return known[1]
    parts = [_settled(arg) for arg in node.args]
    one = node
    if parts:
        key = (id(type(node)), *map(id, parts))
        one = _same_parts.setdefault(key, ((type(node), parts), node))[1]
    _admitted[id(node)] = (node, one)
    _admitted[id(one)] = (one, one)
    return one


def _forget() -> None:
    for memory in _memories:
        memory.clear()


def remembered(function: Callable[[Any], T]) -> Callable[[Any], T]:
    """``function`` of an admitted node, worked out once for each; others are admitted first."""
    found: dict[int, tuple[Any, T]] = memory()

    @wraps(function)
    def of(node: Any) -> T:
        known = found.get(id(node))
        if known is None or known[0] is not node:  # what is remembered was admitted
            node = admit(node)
            known = found.get(id(node))
            if known is None or known[0] is not node:
                intact()
                known = found[id(node)] = (node, function(node))
        return known[1]

    return of


def rebuilt(node: B, *args: Any) -> Any:
    """``node`` with other arguments, admitted."""
    return from_admitted(node, list(map(admit, args)))


class Term(Sealed, NotANumber, Expr):
    """Base of fmproof's terms: arithmetic checks sorts at once, and ``/`` never cancels."""

    __slots__ = ()
    is_commutative = True
    is_number = False  # else SymPy evaluates closed terms, such as 1/2 as a Ratio, as complex
    _op_priority = 11.0  # so that SymPy's sums and products hand over to us

    def __add__(self, other: Any) -> Expr:
        return _arithmetic().plus_of(self, other)

    def __radd__(self, other: Any) -> Expr:
        return _arithmetic().plus_of(other, self)

    def __sub__(self, other: Any) -> Expr:
        return _arithmetic().plus_of(self, _arithmetic().times_of(-1, other))

    def __rsub__(self, other: Any) -> Expr:
        return _arithmetic().plus_of(other, _arithmetic().times_of(-1, self))

    def __mul__(self, other: Any) -> Expr:
        return _arithmetic().times_of(self, other)

    def __rmul__(self, other: Any) -> Expr:
        return _arithmetic().times_of(other, self)

    def __neg__(self) -> Expr:
        return _arithmetic().times_of(-1, self)

    def __truediv__(self, other: Any) -> Expr:
        return _quotient(self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return _quotient(other, self)

    def __pow__(self, exponent: Any) -> Expr:
        return _arithmetic().power_of(self, exponent)

    def __abs__(self) -> Expr:
        from fmproof.lang.nodes.function import Abs

        made: Expr = Abs(self)
        return made

    def __matmul__(self, other: Any) -> Expr:
        return _inner(self, other)

    def __rmatmul__(self, other: Any) -> Expr:
        return _inner(other, self)

    @property
    def free_symbols(self) -> set[Expr]:
        from fmproof.lang.scope import free_vars

        return set(free_vars(self))

    def _eval_subs(self, old: Any, new: Any) -> Basic:
        return self._xreplace({old: new})[0]

    def _xreplace(self, rule: Any) -> tuple[Basic, bool]:
        """SymPy's ``subs`` and ``xreplace``: free variables only, captured by nothing."""
        from fmproof.lang.scope import substitute

        replaced = substitute(self, {as_term(old): as_term(new) for old, new in rule.items()})
        return replaced, replaced is not self

    def _sympystr(self, printer: Any) -> str:
        return shown(self)

    _sympyrepr = _sympystr

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        return prettyForm(shown(self))

    def _latex(self, printer: Any, exp: Any = None) -> str:
        from fmproof.lang.spelling.latex import latex

        return latex(self) if exp is None else rf"\left({latex(self)}\right)^{{{exp}}}"


# What the operators make are terms themselves, so their modules are asked for late.


def _arithmetic() -> Any:
    from fmproof.lang import arithmetic

    return arithmetic


def _quotient(numerator: Any, denominator: Any) -> Expr:
    from fmproof.lang.nodes.ratio import divide

    return divide(as_term(numerator), as_term(denominator))


def _inner(a: Any, b: Any) -> Expr:
    from fmproof.lang.nodes.inner import Inner

    return Inner(a, b)


def same_kind(node: Any, *args: Any) -> Basic:
    """The usual ``rebuild``: the type's own constructor."""
    made: Basic = type(node)(*args)
    return made


def nothing(*_: Any) -> tuple[Any, ...]:
    """The declaration "none": binds nothing, obliges nothing."""
    return ()


def no_places(_: Any) -> Mapping[int, Lift]:
    """The declaration "not rewritten inside"."""
    return {}


def not_clear(_: Any) -> bool:
    """The declaration "no sign is known"."""
    return False
