"""Probability paths whose schedule is given by formulas."""

from __future__ import annotations

import math
import warnings
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from fmproof.errors import FmproofWarning, InputError
from fmproof.models.formula import NOT_DIFFERENTIABLE, parse_formula
from fmproof.models.paths import Path, PowerSum, Singularity, time_symbol
from fmproof.models.rounding import with_errors

_GRID = np.linspace(0.0, 1.0, 1025)[1:-1]
_MAX_DEGREE = 60
_NEAR = 1e-3
_DISTANCES = (40, 80, 160)  # from an end of time, as negative powers of ten
_CLEAR = 1e-12
_LOST = 1e-12  # the relative error from which on more digits are taken
_DIGITS = (60, 120, 240, 480)
_BITS, _CLEAR_BITS = (128, 256, 512, 1024, 2048), 60


@dataclass(frozen=True)
class CustomPath(Path):
    """alpha and beta as formulas in t, e.g. ``CustomPath("t^2", "sqrt(1 - t^4)")``.

    A formula is text (see ``parse_formula``) or a SymPy expression in one symbol. Both must be
    continuous on [0, 1] and differentiable for 0 < t < 1, where beta must be positive.

    Raises:
        InputError: naming the formula and what is wrong with it.

    Warns:
        FmproofWarning: when alpha does not go from 0 to 1, or beta not from 1 to 0. The theorem
            still holds, but p_0 is not the standard normal law or p_1 not the data.
    """

    name: ClassVar[str] = "custom"
    alpha_formula: str
    beta_formula: str

    def __init__(self, alpha: Any, beta: Any) -> None:
        functions = _Schedule(alpha, "alpha"), _Schedule(beta, "beta")
        for name, value in {
            "alpha_formula": functions[0].text,
            "beta_formula": functions[1].text,
            "_schedules": functions,
        }.items():
            object.__setattr__(self, name, value)
        for t in _GRID[~(self.beta(_GRID) > 0)]:
            found = functions[1].value.magnitude(float(t))
            if found is not None:
                raise InputError(
                    f"beta: underflows at t = {t:g}: it is some 1e{found}, less than the smallest "
                    f"float, 2e-308 (beta = {self.beta_formula!r}); let "
                    "it end at a noise that is a float, e.g. 1e-5"
                )
            raise InputError(
                f"beta: expected a positive value for 0 < t < 1, found {self.beta(t):g} at t = {t}"
            )
        self._check_ends()

    def _check_ends(self) -> None:
        (a0, a1), (b0, b1) = (schedule.ends for schedule in self._functions)
        if a1 == 0:
            raise InputError(
                f"alpha: expected 1 at t = 1, found 0 (alpha = {self.alpha_formula!r}); "
                "time runs from noise at t = 0 to data at t = 1"
            )
        expected = {
            "alpha(0)": (a0, 0),
            "alpha(1)": (a1, 1),
            "beta(0)": (b0, 1),
            "beta(1)": (b1, 0),
        }
        wrong = [f"{k} = {v:.6g}, not {e}" for k, (v, e) in expected.items() if abs(v - e) > 1e-12]
        if wrong:
            warnings.warn(
                f"the custom path does not lead from noise to data: {'; '.join(wrong)}",
                FmproofWarning,
                stacklevel=3,
            )

    @property
    def _functions(self) -> tuple[_Schedule, _Schedule]:
        functions: tuple[_Schedule, _Schedule] = self.__dict__["_schedules"]
        return functions

    @property
    def alpha_expr(self) -> Any:
        return self._functions[0].expr

    @property
    def beta_expr(self) -> Any:
        return self._functions[1].expr

    @property
    def singularities(self) -> tuple[Singularity, ...]:
        return tuple(s for schedule in self._functions for s in schedule.singularities)

    @property
    def power_sums(self) -> tuple[PowerSum, PowerSum] | None:
        alpha, beta = (schedule.power_sum for schedule in self._functions)
        return None if alpha is None or beta is None else (alpha, beta)

    def _alpha(self, t: Any) -> Any:
        return self._functions[0].value(t)

    def _beta(self, t: Any) -> Any:
        return self._functions[1].value(t)

    def _dalpha(self, t: Any) -> Any:
        return self._functions[0].derivative(t)

    def _dbeta(self, t: Any) -> Any:
        return self._functions[1].derivative(t)

    def __reduce__(self) -> tuple[type[CustomPath], tuple[str, str]]:
        return CustomPath, (self.alpha_formula, self.beta_formula)  # compiled code has no pickle

    def __repr__(self) -> str:
        return f"CustomPath(alpha={self.alpha_formula!r}, beta={self.beta_formula!r})"


class _Schedule:
    """One formula: its value, its derivative, and how both behave at the ends."""

    def __init__(self, given: Any, name: str) -> None:
        import sympy

        self.name = name
        self.text = str(given)
        self.expr = parse_formula(given, name) if isinstance(given, str) else self._adopt(given)
        kinks = self.expr.atoms(*(getattr(sympy, f) for f in NOT_DIFFERENTIABLE.values()))
        kinks |= self.expr.atoms(sympy.Piecewise, sympy.Heaviside)
        if kinks:
            raise self._not_differentiable(f"it uses {min(map(str, kinks))}")
        t = time_symbol()
        self.slope = self.expr.diff(t)
        self._check_interior()
        self.ends = self._end_values()
        self._slopes = _limit(self.slope, 0), _limit(self.slope, 1)
        self.value = _Function(self.expr, self.ends)
        self.derivative = _Function(self.slope, self._slopes)

    def _adopt(self, expr: Any) -> Any:
        import sympy

        with suppress(sympy.SympifyError):
            expr = sympy.sympify(expr, strict=True)
        if not isinstance(expr, sympy.Expr) or expr.is_Matrix:
            raise InputError(f"{self.name}: expected a formula in t, found {expr!r}")
        if len(expr.free_symbols) > 1:
            names = ", ".join(sorted(map(str, expr.free_symbols)))
            raise InputError(f"{self.name}: expected an expression in t alone, found {names}")
        expr = expr.replace(lambda e: e.is_Float, lambda e: sympy.Rational(str(e)))
        return expr.subs(dict.fromkeys(expr.free_symbols, time_symbol()))

    @cached_property
    def singularities(self) -> tuple[Singularity, ...]:
        return tuple(
            Singularity(self.name, end, *_growth(self.slope, end))
            for end, slope in enumerate(self._slopes)
            if not np.isfinite(slope)
        )

    @cached_property
    def power_sum(self) -> PowerSum | None:
        import sympy

        t = time_symbol()
        if not _degree(self.expr) <= _MAX_DEGREE:
            return None
        terms: PowerSum = {}
        for term in sympy.Add.make_args(sympy.expand(self.expr)):
            factor, power = term.as_coeff_exponent(t)
            if not (factor.is_Rational and power.is_Rational and power >= 0):
                return None
            terms[Fraction(power.p, power.q)] = Fraction(factor.p, factor.q)
        return terms

    def _check_interior(self) -> None:
        import sympy

        t = time_symbol()
        try:
            compiled = sympy.lambdify(t, [self.expr, self.slope], "numpy")
            with np.errstate(all="ignore"):
                values, slopes = (np.broadcast_to(v, _GRID.shape) for v in compiled(_GRID))
        except Exception:  # an unknown function, an integral: each fails in a way of its own
            raise InputError(
                f"{self.name}: expected functions that NumPy can evaluate, found {self.text!r}"
            ) from None
        for i in np.flatnonzero(~np.isfinite(values) | (np.imag(values) != 0)):
            raise InputError(
                f"{self.name}: expected a real number for 0 < t < 1, "
                f"found {values[i]} at t = {_GRID[i]} ({self.name} = {self.text!r})"
            )
        for point in _GRID[~np.isfinite(slopes)]:
            raise self._not_differentiable(f"its derivative is infinite at t = {point}")
        if not _may_have_poles(self.slope):
            return
        try:
            poles = sympy.singularities(self.slope, t, sympy.Interval.open(0, 1))
        except Exception:
            return  # SymPy cannot tell, in one of many ways; the grid above saw nothing
        if isinstance(poles, sympy.FiniteSet) and poles:
            raise self._not_differentiable(f"its derivative does not exist at t = {min(poles)}")

    def _end_values(self) -> tuple[float, float]:
        values = _limit(self.expr, 0), _limit(self.expr, 1)
        for end, value in enumerate(values):
            if not np.isfinite(value):
                raise InputError(
                    f"{self.name}: expected a finite limit at t = {end}, found {value} "
                    f"({self.name} = {self.text!r})"
                )
        return values

    def _not_differentiable(self, why: str) -> InputError:
        return InputError(
            f"{self.name}: expected a differentiable schedule, but {why} "
            f"({self.name} = {self.text!r})"
        )


class _Function:
    """A SymPy expression in t as a function of arrays.

    Where float64 would lose its digits it is evaluated with more; at the ends it is the limit.
    """

    def __init__(self, expr: Any, ends: tuple[float, float]) -> None:
        import sympy

        t = time_symbol()
        self._fast = sympy.lambdify(t, expr, "numpy")
        self._rounded = with_errors(expr)
        self._precise = sympy.lambdify(t, expr, "mpmath")
        self._ends, self._expr = ends, expr
        self._in_bits: dict[int, Any] = {}

    def __call__(self, t: Any) -> Any:
        if t.dtype.kind != "f":
            return np.array(np.broadcast_to(self._fast(t), t.shape))
        if self._rounded is None:
            values = np.array(np.broadcast_to(self._fast(t), t.shape))
            lost = (t < _NEAR) | (t > 1 - _NEAR)
        else:
            with np.errstate(all="ignore"):
                found = self._rounded(t)
            values = np.array(found.value)
            lost = ~(found.error <= _LOST * np.abs(values)) | ~np.isfinite(values)
        values[lost] = [self._near(float(point)) for point in t[lost]]
        return values

    def _near(self, t: float) -> float:
        """In so many digits that more change nothing."""
        if t in (0.0, 1.0):
            return self._ends[int(t)]
        found = self._in_balls(t) if self._has_balls else None
        return self._in_digits(t) if found is None else found

    def magnitude(self, t: float) -> int | None:
        """The power of ten of a positive value that is less than any float, else None."""
        from mpmath import mp

        with mp.workdps(_DIGITS[-1]):
            value = mp.re(self._precise(mp.mpf(t)))
            positive = value > 0 and float(value) == 0
            return int(mp.floor(mp.log10(value))) if positive else None

    def _in_balls(self, t: float) -> float | None:
        """By ball arithmetic, ten times faster and with a bound; None where it knows nothing."""
        from flint import arb, ctx

        for bits in _BITS:
            with ctx.workprec(bits):
                value = self._enclosed(bits)(arb(t))
            if isinstance(value, arb) and value.rel_accuracy_bits() >= _CLEAR_BITS:
                return float(value.mid())
        return None

    def _enclosed(self, bits: int) -> Any:
        """The formula in balls, its constants with so many ``bits``."""
        from fmproof.models.balls import in_balls

        if bits not in self._in_bits:
            self._in_bits[bits] = in_balls(self._expr)
        return self._in_bits[bits]

    @cached_property
    def _has_balls(self) -> bool:
        if find_spec("flint") is None:
            return False
        from fmproof.models.balls import in_balls

        try:
            in_balls(self._expr)
        except InputError:
            return False
        return True

    def _in_digits(self, t: float) -> float:
        """By mpmath."""
        from mpmath import mp

        value: Any = None
        for digits in _DIGITS:
            with mp.workdps(digits):
                before, value = value, mp.re(self._precise(mp.mpf(t)))
                if before is not None and abs(value - before) <= _CLEAR * 1e-6 * abs(value):
                    break
        return float(value)


def _may_have_poles(slope: Any) -> bool:
    """Whether a denominator or a cosine under a tangent seems to vanish for 0 < t < 1: it changes
    its sign on a grid, or comes close to 0 between two of its points.

    SymPy, which then decides, takes a second for a cosine schedule.
    """
    import sympy

    known = (sympy.sin, sympy.cos, sympy.tan, sympy.asin, sympy.acos, sympy.atan, sympy.sinh,
             sympy.cosh, sympy.tanh, sympy.exp, sympy.log)  # fmt: skip
    if not all(isinstance(f, known) for f in slope.atoms(sympy.Function)):
        return True
    zeros = {p.base for p in slope.atoms(sympy.Pow) if p.exp.could_extract_minus_sign()}
    zeros |= {
        p.base for p in slope.atoms(sympy.Pow) if not p.exp.is_number and not p.base.is_number
    }
    zeros |= {sympy.cos(f.args[0]) for f in slope.atoms(sympy.tan)}
    bases = [base for base in zeros if base.has(time_symbol())]
    if not bases:
        return False
    with np.errstate(all="ignore"):
        found = sympy.lambdify(time_symbol(), bases, "numpy")(_GRID)
        values = np.array([np.broadcast_to(value, _GRID.shape) for value in found])
        if not np.isfinite(values).all() or np.iscomplexobj(values):
            return True
        crossing = (values[:, :-1] * values[:, 1:] <= 0).any()
        size = np.abs(values)
        inner = size[:, 1:-1]
        lowest = (inner <= size[:, :-2]) & (inner <= size[:, 2:])
        close = inner <= 2 * np.abs(np.diff(values)).max(axis=1, keepdims=True)
    return bool(crossing or (lowest & close).any())


class _NearEnd:
    """An expression at tiny distances from an end of time, in as many digits as that takes.

    What it tends to, and how it grows, is read off there: SymPy's limits take seconds for a cosine
    schedule, and are asked where this does not settle.
    """

    def __init__(self, expr: Any, end: int) -> None:
        import sympy

        self._precise = sympy.lambdify(time_symbol(), expr, "mpmath")
        self._end = end

    def at(self, exponent: int) -> Any:
        """The value at the distance 10^-exponent, real, as a number of mpmath; None where it has
        none."""
        from mpmath import mp

        with mp.workdps(4 * exponent + 40):
            s = mp.mpf(10) ** -exponent
            try:
                value = self._precise(1 - s if self._end else s)
            except (ValueError, ZeroDivisionError, OverflowError):
                return None
            return +mp.re(value) if mp.isfinite(value) else None

    def limit(self) -> float | None:
        """The limit, infinite included; None where it is not clear."""
        far, near = self.at(_DISTANCES[0]), self.at(_DISTANCES[1])
        if far is None or near is None:
            return None
        if abs(near - far) <= _CLEAR * max(1, abs(near)):
            return float(near) if abs(near) > _CLEAR else 0.0
        if far and abs(near / far) > 1 / _CLEAR:
            return math.copysign(math.inf, near)
        return None

    def power(self) -> float | None:
        """p where the square grows like s^p in the distance s; None where it is no pure power."""
        from mpmath import mp

        values = [self.at(exponent) for exponent in _DISTANCES]
        if not all(values):
            return None
        found = []
        for (s, value), (smaller, next_value) in pairwise(zip(_DISTANCES, values, strict=True)):
            found.append(2 * mp.log(abs(next_value / value), 10) / (s - smaller))
        if not abs(found[1] - found[0]) <= _CLEAR:
            return None
        power = Fraction(float(found[1])).limit_denominator(1000)
        return float(power) if abs(float(power) - float(found[1])) <= _CLEAR else None


def _limit(expr: Any, end: int) -> float:
    """The limit from inside [0, 1]; nan when it cannot be told."""
    import sympy

    t = time_symbol()
    try:
        value = expr.subs(t, end)
        if not (value.is_number and value.is_finite):
            clear = _NearEnd(expr, end).limit()
            if clear is not None:
                return clear
            value = sympy.limit(expr, t, end, "-" if end else "+")
        return float(value)
    except Exception:  # SymPy's limits fail in many ways, each of which means: cannot tell
        return math.nan


def _growth(slope: Any, end: int) -> tuple[float, float]:
    """Powers p and q such that slope^2 grows like s^p |log s|^q, s the distance from ``end``.

    (nan, 0) when it cannot be told, (-inf, 0) when it grows faster than any power.
    """
    import sympy

    power = _NearEnd(slope, end).power()
    if power is not None:
        return power, 0.0
    s = sympy.Dummy("s", positive=True)
    square = slope.subs(time_symbol(), 1 - s if end else s) ** 2
    try:
        power = sympy.limit(sympy.log(square) / sympy.log(s), s, 0)
        if not power.is_finite:
            return float(power), 0.0
        rest = sympy.log(square * s**-power) / sympy.log(-sympy.log(s))
        return float(power), float(sympy.limit(rest, s, 0))
    except Exception:  # as in _limit
        return math.nan, 0.0


def _degree(expr: Any) -> float:
    """A bound of the degree of a polynomial in t, infinite for anything else."""
    import sympy

    if not expr.has(time_symbol()):
        return 0
    if expr == time_symbol():
        return 1
    if isinstance(expr, sympy.Add):
        return max(map(_degree, expr.args))
    if isinstance(expr, sympy.Mul):
        return sum(map(_degree, expr.args))
    if isinstance(expr, sympy.Pow) and expr.exp.is_Rational and expr.exp.is_positive:
        return float(_degree(expr.base) * expr.exp)
    return math.inf
