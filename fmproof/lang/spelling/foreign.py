"""What messages say of things that are no terms, and of calls that fit no constructor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar, cast

from sympy import Basic

from fmproof.errors import InputError

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_OURS = {
    "log": "Log", "exp": "Exp", "Abs": "Abs", "Derivative": "Grad or Partial", "Float": "Rational",
    "Integral": "Integral", "Symbol": "Real, Vec or Param", "Pi": "pi", "Exp1": "Exp(1)",
}  # fmt: skip
_MENDS = {
    "ndarray": "a term has no arrays; a vector is a variable made by Vec",
    "Tensor": "a term has no tensors; a vector is a variable made by Vec",
    "list": "a vector is a variable made by Vec",
    "tuple": "a vector is a variable made by Vec",
    "str": "variables are made by Real, Vec, Param or Latent",
    "bool": "an equation is Equals(a, b), for a == b asks Python",
    "complex": "numbers in terms are rational",
    "NoneType": "an argument is missing, or a function returned nothing",
    "function": "a function of the language is a Scalar or a Field",
}
_GENERAL = (
    "expected variables made by Real, Vec, Param or Latent, fields and densities applied to them, "
    "and rational numbers"
)


def foreign(value: Any) -> str:
    """What is no term, with what to write instead; it is not asked how it likes to be shown."""
    kind = type(value)
    name = kind.__name__
    if kind is float or name == "Float":
        return f"{value} ({name}); {_exactly(value)}"
    if kind.__module__ == "numpy" and name.startswith(("float", "int", "uint")):
        return f"{_a(name)} of numpy's; {_exactly(value)}"
    if kind is str or kind is bool or kind is complex:
        return f"{value!r} ({name}); {_MENDS[name]}"
    if name == "ImaginaryUnit":  # what SymPy's functions try first
        return "a function of SymPy's; write Log, Exp, Sqrt or Abs, of fmproof"
    if isinstance(value, Basic) and kind.__module__.startswith("sympy."):
        mend = f"write {_OURS[name]}, of fmproof" if name in _OURS else _GENERAL
        return f"{value} ({name}); {mend}"
    return f"{_a(name)}; {_MENDS.get(name, _GENERAL)}"


def _a(name: str) -> str:
    return ("an " if name[:1] in "aeiouAEIOU" or name == "ndarray" else "a ") + name


def _exactly(value: Any) -> str:
    """How a number is written exactly."""
    try:
        exact = Fraction(str(value))
    except ValueError:  # nan, inf
        return "numbers in terms are rational"
    whole = exact.denominator == 1
    return f"write {exact}" if whole else f"write Rational({exact.numerator}, {exact.denominator})"


def _refused(message: str) -> Any:
    """A method that only says what to write instead."""

    def refuse(self: Any, *_: Any, **__: Any) -> Any:
        raise InputError(message % {"name": getattr(self, "name", "")})

    return refuse


class NotANumber:
    """Mixin of terms: what Python, NumPy and SymPy would do with a number or an expression."""

    __slots__ = ()

    __array_ufunc__ = _refused(
        "NumPy's functions and arrays take no terms; write Log, Exp, Sqrt or Abs, of fmproof"
    )
    __float__ = __int__ = __complex__ = _refused(
        "a term is no number of Python's; write Log, Exp, Sqrt or Abs, of fmproof"
    )
    __lt__ = __le__ = __gt__ = __ge__ = _refused(
        "an inequality is a statement: write AtMost(a, b) for a ≤ b, Positive(a) for a > 0"
    )
    diff = _refused("a derivative is Grad(f, x) in a vector, Partial(f, t) in a real number")


class Unapplied:
    """Mixin of symbols with parameters, which are no terms before they are applied."""

    __slots__ = ()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __pow__ = _refused(
        "%(name)s is a symbol and no term; apply it to its arguments: %(name)s(…)"
    )
    __truediv__ = __rtruediv__ = __matmul__ = __rmatmul__ = __add__


def checked_call(make: F) -> F:
    """``make``, whose calls that fit its signature in no way are :class:`InputError`."""

    @wraps(make)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return make(*args, **kwargs)
        except TypeError:
            _require_fit(make, args, kwargs)
            raise

    return cast("F", call)


def checked_record(cls: type[T]) -> type[T]:
    """A record, of ``dataclass`` or ``fixed``, that is made by a :func:`checked_call`."""
    place = "__new__" if "__new__" in vars(cls) else "__init__"
    setattr(cls, place, checked_call(getattr(cls, place)))
    return cls


def _require_fit(make: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    from inspect import signature

    name, own = make.__name__, signature(make)
    if name == "new":  # of a record, which says what it takes
        kind, *args = args
        name, own = kind.__name__, signature(kind)
    elif name in ("__new__", "__init__"):  # the class or the object comes first
        first, *args = args
        name = (first if name == "__new__" else type(first)).__name__
        own = own.replace(parameters=list(own.parameters.values())[1:])
    try:
        own.bind(*args, **kwargs)
    except TypeError as error:
        shown = [str(p.replace(annotation=p.empty)) for p in own.parameters.values()]
        raise InputError(f"{name} is called as {name}({', '.join(shown)}): {error}") from None
