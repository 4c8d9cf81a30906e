"""Variables and the nodes that bind nothing: inner products, ratios, names, applications.

Sums, products and rational multiples are SymPy's own. Everything here is a SymPy ``Expr``,
so terms print, pickle, hash and substitute like any other SymPy expression.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from sympy import Add, AtomicExpr, Basic, Expr, Integer, Mul, Rational, S, sympify

from fmproof.errors import SortError
from fmproof.lang.sorts import Sort, require_sort, sort_of

if TYPE_CHECKING:
    from fmproof.lang.heads import Head


def as_term(value: Any) -> Expr:
    """``value`` as a term: terms pass, Python integers and fractions become rationals."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, bool | float | str):
        raise SortError(
            f"expected a term, found {value!r} ({type(value).__name__})"
            + ("; write Rational(1, 2) instead of 0.5" if isinstance(value, float) else "")
        )
    try:
        term = sympify(value, strict=True)
    except (TypeError, ValueError):
        term = None
    if not isinstance(term, Expr):
        hint = f"; apply it to its arguments: {value!r}(…)" if callable(value) else ""
        raise SortError(f"expected a term, found {value!r} ({type(value).__name__}){hint}")
    return term


class Sealed:
    """Base of every node: what a node means is fixed by this package, once and for all.

    A subclass from outside could answer ``==`` as it likes, and the kernel would believe it.
    Private attributes stay open, since SymPy sets some when it caches.
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not cls.__module__.startswith("fmproof.lang."):
            raise TypeError(f"{cls.__name__}: the nodes of fmproof's language cannot be subclassed")
        super().__init_subclass__(**kwargs)

    def __setattr__(self, attribute: str, value: object) -> None:
        if not attribute.startswith("_"):
            raise AttributeError(f"a {type(self).__name__} is immutable: cannot set {attribute}")
        object.__setattr__(self, attribute, value)


def require_name(name: Any, role: str) -> str:
    """``name`` if it is text proper: a look-alike could answer ``==`` as it likes."""
    if type(name) is not str or not name:
        raise SortError(f"the name of {role} must be text such as 'x', found {name!r}")
    return name


class Term(Sealed, Expr):
    """Base of fmproof's nodes: arithmetic checks sorts at once, and ``/`` never cancels."""

    is_commutative = True
    is_number = False  # else SymPy evaluates closed terms, such as 1/2 as a Ratio, as complex
    _op_priority = 11.0  # so that SymPy's sums and products hand over to us

    def __add__(self, other: Any) -> Expr:
        return _checked(Add(self, as_term(other)))

    def __radd__(self, other: Any) -> Expr:
        return _checked(Add(as_term(other), self))

    def __sub__(self, other: Any) -> Expr:
        return _checked(Add(self, Mul(S.NegativeOne, as_term(other))))

    def __rsub__(self, other: Any) -> Expr:
        return _checked(Add(as_term(other), Mul(S.NegativeOne, self)))

    def __mul__(self, other: Any) -> Expr:
        return _checked(Mul(self, as_term(other)))

    def __rmul__(self, other: Any) -> Expr:
        return _checked(Mul(as_term(other), self))

    def __neg__(self) -> Expr:
        return Mul(S.NegativeOne, self)

    def __truediv__(self, other: Any) -> Expr:
        return divide(self, as_term(other))

    def __rtruediv__(self, other: Any) -> Expr:
        return divide(as_term(other), self)

    def __pow__(self, exponent: Any) -> Expr:
        return _checked(Expr.__pow__(self, exponent))

    def __matmul__(self, other: Any) -> Expr:
        return Inner(self, as_term(other))

    def __rmatmul__(self, other: Any) -> Expr:
        return Inner(as_term(other), self)

    @property
    def free_symbols(self) -> set[Expr]:
        from fmproof.lang.scope import free_vars

        return set(free_vars(self))

    def _sympystr(self, printer: Any) -> str:
        from fmproof.lang.text import text

        return text(self)

    _sympyrepr = _sympystr

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        return prettyForm(self._sympystr(printer))

    def _latex(self, printer: Any, exp: Any = None) -> str:
        from fmproof.lang.latex import latex

        return latex(self) if exp is None else rf"\left({latex(self)}\right)^{{{exp}}}"


def _checked(term: Expr) -> Expr:
    sort_of(term)
    return term


# SymPy writes (a·b)/(a·b) as a·b·a⁻¹·b⁻¹ and cancels; this is where it can be stopped.
Basic._constructor_postprocessor_mapping[Term] = {"Pow": [_checked]}


def divide(numerator: Expr, denominator: Expr) -> Expr:
    """``numerator / denominator``: a rational multiple, or a :class:`Ratio`."""
    if isinstance(denominator, Rational):
        if denominator == 0:
            raise SortError("division by the number 0")
        return Mul(Rational(1) / denominator, numerator)
    return Ratio(numerator, denominator)


class Var(Term, AtomicExpr):
    """A variable: a name and a sort.

    Make them with :func:`Real`, :func:`Vec`, :func:`Param`, :func:`Latent`. The name may be a
    Greek letter's name ("theta") and may end in digits ("x0"), which print as θ and x₀.
    """

    name: str
    sort: Sort

    def __new__(cls, name: str, sort: Sort) -> Var:
        if not _NAME.fullmatch(require_name(name, "a variable")):
            raise SortError(
                f"not a variable name: {name!r}; expected a letter, then letters or digits"
            )
        return _make_var(name, sort)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_make_var, (self.name, self.sort))

    def _hashable_content(self) -> tuple[str, str]:
        return (self.name, self.sort.value)

    # There is one object for each name and sort, so identity is equality.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


_NAME = re.compile(r"[^\W\d_][^\W_]*(_[^\W_]+)?'*")


@cache
def _make_var(name: str, sort: Sort) -> Var:
    obj = AtomicExpr.__new__(Var)
    object.__setattr__(obj, "name", name)
    object.__setattr__(obj, "sort", sort)
    return obj


def reserved_var(name: str, sort: Sort) -> Var:
    """A variable whose name starts with # or @, which no declared variable can have."""
    if name[0] not in "#@":
        raise SortError(f"not a reserved name: {name!r}")
    return _make_var(name, sort)


def _declare(names: str, sort: Sort) -> Any:
    variables = tuple(Var(part, sort) for part in names.replace(",", " ").split())
    if not variables:
        raise SortError("expected at least one variable name")
    return variables[0] if len(variables) == 1 else variables


def Real(names: str) -> Any:
    """Real variables: ``t = Real("t")``, ``s, t = Real("s t")``."""
    return _declare(names, Sort.REAL)


def Vec(names: str) -> Any:
    """Vector variables in R^d: ``x, z = Vec("x z")``."""
    return _declare(names, Sort.VEC)


def Param(names: str) -> Any:
    """Parameters of a model: ``theta = Param("theta")``."""
    return _declare(names, Sort.PARAM)


def Latent(names: str) -> Any:
    """Conditioning variables in an arbitrary measurable space: ``c = Latent("c")``."""
    return _declare(names, Sort.LATENT)


class Inner(Term):
    """The inner product ⟨a, b⟩ of two vectors; symmetric, and ⟨a, a⟩ prints as ‖a‖².

    Scalar factors move outside by themselves (``Inner(2*a, b) == 2*Inner(a, b)``), since that
    holds without conditions; sums are left alone, since expanding them is a step to be shown.
    """

    sort = Sort.REAL

    def __new__(cls, a: Any, b: Any) -> Expr:
        left, right = as_term(a), as_term(b)
        require_sort(left, Sort.VEC, "the first argument of an inner product")
        require_sort(right, Sort.VEC, "the second argument of an inner product")
        if left is S.Zero or right is S.Zero:
            return S.Zero
        k, left = split_scalars(left)
        m, right = split_scalars(right)
        if left.compare(right) > 0:
            left, right = right, left
        node = Expr.__new__(cls, left, right)
        return node if k == 1 and m == 1 else Mul(k, m, node)

    @property
    def is_square(self) -> bool:
        """Whether this is a squared norm ‖a‖²."""
        return bool(self.args[0] == self.args[1])


def norm2(a: Any) -> Expr:
    """The squared Euclidean norm ‖a‖² = ⟨a, a⟩ of a vector."""
    return Inner(a, a)


def split_scalars(vector: Expr) -> tuple[Expr, Expr]:
    """``(k, v)`` with ``vector == k*v`` and no scalar factor left in ``v``."""
    if not isinstance(vector, Mul):
        return S.One, vector
    scalars = [arg for arg in vector.args if sort_of(arg) is Sort.REAL]
    vectors = [arg for arg in vector.args if sort_of(arg) is not Sort.REAL]
    return Mul(*scalars), Mul(*vectors)


class Ratio(Term):
    """The quotient a/b of two reals, with the convention a/0 = 0.

    It never cancels by itself: SymPy's ``a/a == 1`` would lose the condition a ≠ 0.
    """

    sort = Sort.REAL

    def __new__(cls, numerator: Any, denominator: Any) -> Ratio:
        a, b = as_term(numerator), as_term(denominator)
        require_sort(a, Sort.REAL, "the numerator of a ratio")
        require_sort(b, Sort.REAL, "the denominator of a ratio")
        return Expr.__new__(cls, a, b)


class Label(Sealed, AtomicExpr):
    """The printed name of a :class:`Named` term."""

    name: str

    def __new__(cls, name: str) -> Label:
        require_name(name, "a constant")
        obj = AtomicExpr.__new__(cls)
        object.__setattr__(obj, "name", name)
        return obj

    def __getnewargs__(self) -> tuple[str]:
        return (self.name,)

    def _hashable_content(self) -> tuple[str]:
        return (self.name,)

    def _sympystr(self, printer: Any) -> str:
        return str(self.name)


class Named(Term):
    """A name for a term, such as C₁, that carries what it stands for.

    Looking for θ looks through the name, so nothing can hide in it.
    """

    def __new__(cls, name: str | Label, definition: Any) -> Named:
        label = name if isinstance(name, Label) else Label(name)
        body = as_term(definition)
        sort_of(body)
        return Expr.__new__(cls, label, body)

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def definition(self) -> Expr:
        return self.args[1]

    @property
    def sort(self) -> Sort:
        return sort_of(self.definition)


class Apply(Term):
    """A field, density or function applied to arguments: u_t^θ(x), p_t(x|z), L(θ)."""

    def __new__(cls, head: Head, *args: Any) -> Apply:
        from fmproof.lang.heads import Head

        if not isinstance(head, Head):
            raise SortError(f"expected a field, density or function to apply, found {head!r}")
        terms = tuple(as_term(arg) for arg in args)
        head.check_arguments(terms)
        return Expr.__new__(cls, head, *terms)

    @property
    def head(self) -> Head:
        return self.args[0]

    @property
    def arguments(self) -> tuple[Expr, ...]:
        return tuple(self.args[1:])

    @property
    def sort(self) -> Sort:
        return self.head.result


def plus(*terms: Any) -> Expr:
    """The sum as written: ``plus(a, b, -b)`` keeps b − b for the reader to see.

    SymPy would cancel it at once; the value is the same, the display is not.
    """
    parts = [as_term(term) for term in terms]
    whole = Add(*parts, evaluate=False)
    sort_of(whole)
    return whole


ZERO = Integer(0)
