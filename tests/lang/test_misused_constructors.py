"""Every public constructor refuses what does not fit: an error of ours that says what to write.

Each constructor has a row: a call that is right, and for each argument what else is right there.
Everything else in POOL is tried in each place; what is not refused fails the test. A public name
without a row fails it, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import pytest
import sympy

import fmproof
import fmproof.field
from fmproof import (
    Almost,
    Density,
    Derivation,
    Equals,
    Field,
    Hypothesis,
    Integrable,
    Law,
    Lebesgue,
    Param,
    Positive,
    Real,
    Scalar,
    Step,
    Vec,
    norm2,
)
from fmproof.errors import FmproofError
from fmproof.lang import nodes
from fmproof.lang.nodes import Head, Latent
from fmproof.lang.sorts import Sort

t, s = Real("t s")
x, y = Vec("x y")
c, theta = Latent("c"), Param("theta")
p, f, u, L = Density("p", x), Scalar("f", x), Field("u", x), Scalar("L", theta)
a = sympy.Symbol("a")
line = Step("1", t, by="ring")
sure = Hypothesis("H", Positive(t))
done = Derivation("done", start=t, steps=[line], variables=[t])

POOL: dict[str, Any] = {
    "None": None, "text": "a", "no text": "", "float": 0.5, "nan": math.nan, "bool": True,
    "complex": 1j, "bytes": b"x", "list": [x], "tuple": (t,), "dict": {}, "class": int,
    "function": len, "array": np.array([1.0, 2.0]), "float64": np.float64(0.5),
    "int64": np.int64(2), "symbol": a, "sum of symbols": a + 1, "log": sympy.log(a),
    "log of a term": sympy.exp(p(x)), "root of a term": sympy.sqrt(p(x)), "Float": sympy.Float(0.5),
    "oo": sympy.oo, "i": sympy.I, "Pi": sympy.pi, "matrix": sympy.Matrix([1, 2]), "head": u,
    "density": p, "prop": Positive(t), "real": t, "vec": x, "param": theta, "latent": c,
    "scalar": f(x), "field": u(x), "drawn": p(x), "derivation": done, "step": line,
}  # fmt: skip

REAL, VECTOR, TERM = "real scalar drawn", "vec field", "real scalar drawn vec field"

SHOWN = TERM + " param latent prop head density"
PROSE = SHOWN + " text list tuple"
SYMBOLS = SHOWN + " list tuple derivation"


class Row(NamedTuple):
    """A right call: name -> (argument, what else of POOL is right in its place).

    Attributes:
        arguments: in their order; a name that begins with a star may come any number of times.
        needed: how many must be given.
    """

    arguments: dict[str, tuple[Any, str]]
    needed: int


def row(needed: int | None = None, /, **arguments: tuple[Any, str]) -> Row:
    return Row(arguments, len(arguments) if needed is None else needed)


ONE_REAL = row(a=(t, REAL))
TWO_REALS = row(a=(t, REAL), b=(s, REAL))
NAMES = row(names=("x", "text"))
KIND = "real vec latent"
ROWS: dict[str, Row] = {
    **dict.fromkeys(("Real", "Vec", "Param", "Latent"), NAMES),
    **dict.fromkeys(("Exp", "Log", "Sqrt", "Abs", "Positive"), ONE_REAL),
    **dict.fromkeys(("Ratio", "AtMost", "VanishesWith", "Equals"), TWO_REALS),
    "plus": row(a=(t, REAL), b=(s, REAL)),
    "Inner": row(a=(x, VECTOR), b=(y, VECTOR)),
    "norm": row(a=(x, VECTOR)),
    "norm2": row(a=(x, VECTOR)),
    "Rational": row(1, p=(1, ""), q=(2, "")),
    "Named": row(name=("C", "text"), definition=(t, TERM + " param latent")),
    "Field": row(1, name=("u", "text"), main=(x, KIND + " param")),
    "Scalar": row(1, name=("u", "text"), main=(x, KIND + " param")),
    "Density": row(name=("u", "text"), main=(x, KIND)),
    "Law": row(name=("u", "text"), main=(x, KIND)),
    "uniform": row(1, var=(t, "real"), low=(0, ""), high=(1, ""), name=("p", "text")),
    "Normal": row(1, x=(x, VECTOR), mean=(y, VECTOR), variance=(t, REAL)),
    "Lebesgue": row(1, var=(t, "real"), low=(0, ""), high=(1, "")),
    "Let": row(var=(x, "vec"), value=(y, VECTOR)),
    "Given": row(var=(x, "vec"), at=(y, VECTOR)),
    "Integral": row(body=(f(x), TERM), var=(x, KIND)),
    "IntegralOver": row(body=(f(x), TERM), measure=(Lebesgue(x), "")),
    "Expect": row(body=(f(x), TERM), law=(p(x), "drawn")),
    "CondExpect": row(body=(f(x), TERM), given=(x, "vec list"), law=(p(x), "drawn")),
    "Grad": row(2, body=(f(x), REAL), var=(x, "vec"), at=(y, VECTOR + " None")),
    "Partial": row(2, body=(t, TERM), var=(t, "real"), at=(s, REAL + " None")),
    "Div": row(2, body=(x, VECTOR), var=(x, "vec"), at=(y, VECTOR + " None")),
    "ArgMin": row(body=(L(theta), REAL), var=(theta, "param")),
    "Integrable": row(body=(f(x), TERM), law=(p(x), "drawn")),
    "Almost": row(prop=(Equals(f(x), 0), "prop"), law=(p(x), "drawn")),
    "ForAll": row(prop=(Equals(f(x), 0), "prop"), var=(x, KIND + " param")),
    "Differentiable": row(1, body=(f(x), TERM), var=(x, "vec"), at=(y, VECTOR + " None")),
    "Dominated": row(body=(f(y), TERM), var=(x, "vec"), at=(y, VECTOR), law=(p(y), "")),
    "alpha_equal": row(a=(t, SHOWN),
                       b=(s, SHOWN)),
    "free_vars": row(a=(t, SHOWN)),
    "substitute": row(term=(t, SHOWN), by=({t: s}, "dict")),
    "text": row(a=(t, SHOWN)),
    "latex": row(a=(t, SHOWN)),
    "parse_latex": row(source=("1", ""), symbols=([t], SYMBOLS)),
    "parse_text": row(source=("1", ""), symbols=([t], SYMBOLS)),
    "Step": row(2, id=("1", "text"), claim=(t, TERM + " param latent text"), by=("ring", ""),
                using=((), "text"), relation=("=", ""), note=("", PROSE)),
    "Hypothesis": row(2, name=("H", "text"), prop=(Positive(t), "prop text"),
                      meaning=("", "text")),
    "Instance": row(1, of=("a", "text"), replace=({}, "dict"), at=({}, "dict")),
    "Part": row(3, title=("p", "text"), start=(t, TERM + " param latent text"), steps=([line], ""),
                statement=(None, "prop text None"), name=("", "text"),
                says=("", PROSE), result=(False, "bool"), almost=((), "")),
    "Derivation": row(1, name=("d", "text"), title=("", "text"), hypotheses=([sure], "dict"),
                      parts=([], "dict"), source=("", "text"), uses=([], "dict"),
                      variables=([t], "tuple"), statement=(None, "prop None"),
                      start=("t", "real text"),
                      steps=([line], ""), says=("", PROSE), meanings=({}, "dict"),
                      symbols=((), SYMBOLS)),
    "check": row(1, derivations=([], "dict")),
    "Var": row(name=("x", "text"), sort=(Sort.REAL, "")),
    "Apply": row(head=(f, "head density"), a=(x, VECTOR)),
    "Constant": row(name=("d", "")),
    # fmproof.field
    "FlowMatching": row(0, time=(fmproof.field.time(t), ""), model=(u(x), VECTOR)),
    "Path": row(1, point=(x, VECTOR), velocity=(y, VECTOR + " None"), draws=([p(x)], ""),
                time=(fmproof.field.time(t), ""), model=(u(x), VECTOR)),
    "Noising": row(0, scale=(t, REAL), noise=(t, REAL), data=(p(x), "drawn"),
                   model=(u(x), VECTOR)),
    "cross_terms": row(law=([p(x)], ""), model=(u(x), VECTOR), target=(x, VECTOR),
                       mean=(y, VECTOR)),
    "pythagoras": row(4, law=([p(x)], ""), model=(u(x), VECTOR), target=(x, VECTOR),
                      mean=(y, VECTOR)),
    "minimiser": row(law=([p(x)], ""), model=(u(x), VECTOR), target=(x, VECTOR),
                     mean=(y, VECTOR)),
    "load": row(name=("fm-cfm", "")),
}  # fmt: skip
NOT_MADE = {
    "__version__", "FmproofError", "InputError", "RuleError", "SortError", "Theorem", "Draw",
    "Gaussian", "Head", "MEANINGS",
}  # fmt: skip
"""Errors, types, theorems (which rules make), and the one Gaussian, which Normal applies."""
ANY_NUMBER = {
    "Field", "Scalar", "Density", "Law", "Integral", "IntegralOver", "Expect", "CondExpect",
    "Integrable", "Almost", "Differentiable", "Dominated", "plus",
}  # fmt: skip
"""Whose last argument may come several times."""


def made() -> Iterator[tuple[str, Any]]:
    """Every public name that is a constructor, or a symbol that is called."""
    for module in (fmproof, fmproof.field, nodes):
        for name in module.__all__:
            value = getattr(module, name)
            again = module is nodes and name in fmproof.__all__
            if name not in NOT_MADE and callable(value) and not again:
                yield f"{module.__name__}.{name}", value


def table(name: str, make: Any) -> Row:
    own = ROWS.get(name.rpartition(".")[2])
    if own is None and isinstance(make, Head):
        right = {Sort.REAL: REAL, Sort.VEC: VECTOR, Sort.PARAM: "param", Sort.LATENT: "latent"}
        return row(None, **{v.name: (v, right[v.sort]) for v in make.params})
    assert own is not None, f"{name} is public: add a row of right and wrong calls"
    return own


CONSTRUCTORS = dict(made())
each = pytest.mark.parametrize("name", CONSTRUCTORS)


def refusal(make: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The message of a call that is wrong."""
    try:
        result = make(*args, **kwargs)
    except FmproofError as error:
        return str(error)
    pytest.fail(f"{args} {kwargs} was accepted: {result!r}")


def called(make: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Records are given their fields by name."""
    by_name = make.__name__ in RECORDS if isinstance(make, type) else False
    return make(**arguments) if by_name else make(*arguments.values())


RECORDS = (
    "Step", "Hypothesis", "Part", "Derivation", "Instance", "FlowMatching", "Path", "Noising",
)  # fmt: skip


@each
def test_what_is_wrong_in_one_place_is_refused(name: str) -> None:
    make = CONSTRUCTORS[name]
    arguments, _ = table(name, make)
    values = {place: value for place, (value, _) in arguments.items()}
    called(make, values)
    for place, (_, right) in arguments.items():
        fits = {*right.split(" ")} | ({"no text"} if "text" in right.split(" ") else set())
        for kind, wrong in POOL.items():
            if kind in fits:  # it need not fit the other arguments
                with suppress(FmproofError):
                    called(make, {**values, place: wrong})
            else:
                message = refusal(called, make, {**values, place: wrong})
                assert len(message.split()) > 3, (place, kind, message)


@each
def test_a_wrong_number_of_arguments_is_refused(name: str) -> None:
    make = CONSTRUCTORS[name]
    short = name.rpartition(".")[2]
    arguments, needed = table(name, make)
    values = [value for value, _ in arguments.values()]
    if short == "load":
        return  # it lists its names without SymPy, so Python counts its arguments
    for count in range(needed):
        message = refusal(make, *values[:count])
        assert short in message or "needs" in message or "takes" in message, message
    if short not in ANY_NUMBER and short not in ("check", "pythagoras"):
        refusal(make, *values, t, t)
    if not isinstance(make, Head):
        assert "nonsense" in refusal(make, *values, nonsense=1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sympy.log(p(x)), "write Log"),
        (lambda: t + sympy.exp(p(x)), "write Exp"),
        (lambda: t * sympy.Abs(p(x)), "write Abs"),
        (lambda: t * sympy.sqrt(p(x)), "Sqrt"),
        (lambda: sympy.sin(p(x)), "write Log, Exp, Sqrt or Abs"),
        (lambda: sympy.diff(p(x), x), "Grad"),
        (lambda: p(x).diff(x), "Partial"),
        (lambda: math.log(p(x)), "write Log"),
        (lambda: float(p(x)), "no number"),
        (lambda: np.log(p(x)), "write Log"),
        (lambda: np.array([1.0, 2.0]) * p(x), "arrays"),
        (lambda: p(x) * np.array([1.0, 2.0]), "array"),
        (lambda: np.float64(2.5) * p(x), "NumPy"),
        (lambda: p(x) * np.float64(2.5), r"Rational\(5, 2\)"),
        (lambda: p(x) * 2.5, r"Rational\(5, 2\)"),
        (lambda: 2.5 + p(x), r"Rational\(5, 2\)"),
        (lambda: p(x) * math.inf, "rational"),
        (lambda: p(x) + None, "missing"),
        (lambda: p(x) + "a", "Real, Vec, Param"),
        (lambda: p(x) - sympy.Symbol("a"), "write Real"),
        (lambda: sympy.pi * p(x), "write pi, of fmproof"),
        (lambda: p * 2, r"apply it to its arguments: p\("),
        (lambda: x - u, r"apply it to its arguments: u\("),
        (lambda: -f, r"apply it to its arguments: f\("),
        (lambda: Hypothesis("H", f(x) > 0), "write AtMost"),
        (lambda: bool(f(x) > 0), "write AtMost"),
        (lambda: max(f(x), 0), "write AtMost"),
        (lambda: Hypothesis("H", f(x) == f(y)), "must be a proposition"),
        (lambda: abs(x), "the argument of Abs must be a real, found the vector x"),
        (lambda: x**2, r"norm2\(a\)"),
        (lambda: x * y, r"Inner\(a, b\)"),
        (lambda: t**s, "positive integer"),
        (lambda: t / 0, "division by the number 0"),
        (lambda: fmproof.Grad(p, x), r"apply it to its arguments: p\("),
        (lambda: fmproof.Grad(p(x)), r"Grad is called as Grad\(body, var, at=None\)"),
        (lambda: fmproof.Expect(f(x), p), r"p\(t, x, z\)"),
        (lambda: fmproof.Rational(0.5), r"write Rational\(1, 2\)"),
        (lambda: fmproof.Rational(1, 0), "division by the number 0"),
        (lambda: fmproof.check(done), r"in a list, \[derivation\]"),
        (lambda: fmproof.field.Path(t), "point of Path must be a vector, found the real t"),
        (lambda: fmproof.field.Noising(noise=0.5), "noise of Noising"),
        (lambda: fmproof.field.Path(x, draws=None), "draws of Path"),
    ],
)  # fmt: skip
def test_common_slips(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(FmproofError, match=message):
        make()


def test_what_is_right_stays_right() -> None:
    assert str(abs(f(x))) == "|f(x)|"
    assert fmproof.Grad(p(x), x) == fmproof.Grad(p(x), x)
    assert sympy.Rational(1, 2) * t == fmproof.Rational(1, 2) * t == t / 2
    assert Almost(Equals(f(x), 0), p(x))
    assert Integrable(norm2(x), Law("Q", x)(x))
