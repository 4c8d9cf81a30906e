"""Which symbol of a term plays which part of a problem, told by what the symbols depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Basic, Rational

from fmproof.errors import InputError
from fmproof.lang.nodes import Apply, Density, Field, Head, Lebesgue
from fmproof.lang.nodes import Gaussian as GaussianHead
from fmproof.lang.sorts import Sort
from fmproof.meaning.interpretation import (
    AnyArray,
    Arguments,
    Component,
    Gaussian,
    Interpretation,
    NumericFunction,
    NumericLaw,
)
from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem
from fmproof.models.time import UniformTime
from fmproof.models.velocity import PolynomialVelocity

_ROLES = ("data", "path", "velocity", "model", "time")


def symbols_of(terms: Iterable[Basic]) -> tuple[Head, ...]:
    """All symbols in the terms and in definitions, in the order of their first occurrence."""
    found: dict[Head, None] = {}

    def visit(node: Basic) -> None:
        built_in = isinstance(node, Apply) and isinstance(node.head, GaussianHead)
        if isinstance(node, Apply) and node.head not in found and not built_in:
            found[node.head] = None
            if node.head.definition is not None:
                visit(node.head.definition)
        for arg in node.args:
            visit(arg)

    for term in terms:
        visit(term)
    return tuple(found)


def role_of(head: Head) -> str | None:
    """The part of a problem that an undefined symbol fits, by the sorts it depends on.

    data p(z), path p_t(x|z), velocity u_t(x|z), model u_t^θ(x), time p(t) on a part of [0, 1].
    """
    drawn = [v.sort for v in head.main]
    given = sorted(v.sort.name for v in (*head.sub, *head.sup, *head.given))
    if head.draws:
        if drawn == [Sort.VEC]:
            return {(): "data", ("REAL", "VEC"): "path"}.get(tuple(given))
        if drawn == [Sort.REAL] and not given:
            (item,) = head.over
            if head.is_density and item.bounded and item.low >= 0 and item.high <= 1:
                return "time"
        return None
    if not isinstance(head, Field):
        return None
    everything = sorted([*given, *(sort.name for sort in drawn)])
    if everything == ["PARAM", "REAL", "VEC"]:
        return "model"
    if everything == ["REAL", "VEC", "VEC"] and Sort.VEC in drawn:
        return "velocity"
    return None


@dataclass(frozen=True)
class Cast:
    """Who plays what.

    Attributes:
        parts: role -> the symbol that has it.
        others: undefined symbols without a role.
    """

    parts: Mapping[str, Head]
    others: tuple[Head, ...]

    @classmethod
    def of(cls, heads: Iterable[Head], roles: Iterable[str] = _ROLES) -> Cast:
        """Each of the ``roles`` for the first undefined symbol that fits it."""
        parts: dict[str, Head] = {}
        others: list[Head] = []
        for head in heads:
            if head.definition is not None:
                continue
            role = role_of(head)
            if role is None or role in parts or role not in roles:
                others.append(head)
            else:
                parts[role] = head
        return cls(parts, tuple(others))


def interpretation_of(
    problems: Sequence[Problem], parts: Mapping[str, Head], others: Interpretation | None = None
) -> Interpretation:
    """The symbols in ``parts`` as the problems say, one problem for each place on the P axis.

    Args:
        problems: of one dimension; their models have the same monomials, if there are several.
        parts: role -> symbol.
        others: meanings for more symbols.
    """
    stack = _Stack(problems)
    laws = dict(others.laws) if others else {}
    functions = dict(others.functions) if others else {}
    makers: dict[str, Callable[[Head], NumericLaw]] = {
        "data": stack.data, "path": stack.path, "time": stack.time,
    }  # fmt: skip
    for role, make in makers.items():
        if role in parts:
            laws[parts[role]] = make(parts[role])
    if "velocity" in parts:
        functions[parts["velocity"]] = stack.velocity(parts["velocity"])
    if "model" in parts:
        functions[parts["model"]] = stack.model(parts["model"])
    rough = [parts[role] for role in ("model",) if role in parts and not stack.analytic]
    points = others.points if others else {}
    linear = others.linear if others else frozenset()
    return Interpretation(
        problems[0].dim,
        len(problems),
        stack.theta,
        laws,
        functions,
        points,
        frozenset(rough),
        linear,
    )


def check_time(problem: Problem, heads: Iterable[Head]) -> None:
    """Refuse a time law that the terms cannot follow, because they define their own."""
    if problem.time == UniformTime():
        return
    for head in heads:
        if isinstance(head, Density) and isinstance(head.definition, Rational):
            item: Lebesgue = head.over[0]
            raise InputError(
                f"time: the term draws {item.var.name} from the uniform law on "
                f"[{item.low}, {item.high}] by the definition of {head.name}, and the problem's "
                f"law is {problem.time}; use a density without definition in the term"
            )


def unknown_symbol(head: Head, parts: Mapping[str, Head]) -> InputError:
    """The error for a symbol that no part of a problem fits."""
    role = role_of(head)
    shown = f"{head.name}({', '.join(v.name for v in head.params)})"
    if role is not None:
        return InputError(f"both {parts[role].name} and {shown} could be the {role} of the problem")
    return InputError(
        f"the problem says nothing about {shown}; it interprets a data density p(z), a path "
        "p_t(x|z), its velocity u_t(x|z), a model u_t^θ(x) and a time law on [0, 1]"
    )


class _Stack:
    """Several problems side by side on the axis before the last."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        self.dim = problems[0].dim

    @property
    def theta(self) -> FloatArray:
        models = [p.model for p in self.problems]
        if all(isinstance(m, PolynomialVelocity) for m in models):
            return np.stack([m.theta for m in models])  # type: ignore[attr-defined]
        return np.zeros((1, 0))

    @property
    def analytic(self) -> bool:
        """Whether the models take complex arguments, as a complex step does."""
        return all(isinstance(p.model, PolynomialVelocity) for p in self.problems)

    def data(self, head: Head) -> NumericLaw:
        place = _place(head, head.main[0])
        size = max(p.data.components for p in self.problems)
        components = []
        for k in range(size):
            # A problem with fewer components repeats its first with weight zero.
            rows = [(p.data, k if k < p.data.components else 0) for p in self.problems]
            weights = [d.weights[j] if k < d.components else 0.0 for d, j in rows]
            for d, j in rows:
                if not d.scales[j].all():
                    raise InputError(
                        f"data: {head.name} must have a density, and covariances[{j}] is singular; "
                        "a law of points cannot be integrated over"
                    )
            basis = None
            if any(d.bases is not None for d, _ in rows):
                eye = np.eye(self.dim)
                basis = np.stack([eye if d.bases is None else d.bases[j] for d, j in rows])
            with np.errstate(divide="ignore"):
                log_weight = np.log(np.array(weights))[:, None]
            mean = np.stack([d.means[j] for d, j in rows])
            scale = np.stack([d.scales[j] for d, j in rows])
            gaussian = Gaussian(place, {}, mean, scale, basis)
            components.append(Component(log_weight, (gaussian,)))
        return NumericLaw(frozenset(), lambda _: components, (place,))

    def path(self, head: Head) -> NumericLaw:
        x, t, z = self._places(head)

        def components(arguments: Arguments) -> list[Component]:
            times = arguments[t]
            offset = np.zeros((1, self.dim))
            scale = self._schedule("beta", times) * np.ones(self.dim)
            slopes = {z: self._schedule("alpha", times)}
            return [Component(np.zeros((1, 1)), (Gaussian(x, slopes, offset, scale),))]

        return NumericLaw(frozenset((t,)), components, (x,))

    def velocity(self, head: Head) -> NumericFunction:
        x, t, z = self._places(head)

        def function(arguments: Arguments) -> AnyArray:
            times = arguments[t]
            alpha, beta = (self._schedule(name, times) for name in ("alpha", "beta"))
            dalpha, dbeta = (self._schedule(name, times) for name in ("dalpha", "dbeta"))
            noise = (arguments[x] - alpha * arguments[z]) / beta
            return np.asarray(dalpha * arguments[z] + dbeta * noise)

        return function

    def model(self, head: Head) -> NumericFunction:
        (x,) = (i for i, v in enumerate(head.params) if v.sort is Sort.VEC)
        (t,) = (i for i, v in enumerate(head.params) if v.sort is Sort.REAL)
        (theta,) = (i for i, v in enumerate(head.params) if v.sort is Sort.PARAM)
        first = self.problems[0].model
        if isinstance(first, PolynomialVelocity):
            return lambda a: _polynomial(first, a[theta], a[t], a[x])
        (problem,) = self.problems

        def function(arguments: Arguments) -> AnyArray:
            times, points = np.broadcast_arrays(arguments[t], arguments[x])
            flat = problem.model(times[..., 0].ravel(), points.reshape(-1, self.dim))
            return np.asarray(flat.reshape(points.shape))

        return function

    def time(self, head: Head) -> NumericLaw:
        place = _place(head, head.main[0])

        def density(arguments: Arguments) -> AnyArray:
            return self._each(lambda problem, t: problem.time.density(t), arguments[place])

        low, high = (np.array(ends)[:, None] for ends in zip(*self._supports(), strict=True))
        return NumericLaw(frozenset((place,)), lambda _: [], (), density, {place: (low, high)})

    def _supports(self) -> list[tuple[float, float]]:
        return [problem.time.support for problem in self.problems]

    def _schedule(self, name: str, times: AnyArray) -> AnyArray:
        return self._each(lambda problem, t: getattr(problem.path, name)(t), times)

    def _each(self, function: Callable[[Problem, AnyArray], Any], times: AnyArray) -> AnyArray:
        """function(problem, times) for each problem, on the axis before the last."""
        shared = times.shape[-2] == 1
        columns = [
            np.asarray(function(problem, times[..., 0 if shared else i, :]))
            for i, problem in enumerate(self.problems)
        ]
        return np.stack(columns, axis=-2)

    def _places(self, head: Head) -> tuple[int, int, int]:
        """Places of x, t and z among the arguments of a symbol such as u_t(x|z)."""
        x = next(v for v in head.main if v.sort is Sort.VEC)
        (t,) = (v for v in head.params if v.sort is Sort.REAL)
        (z,) = (v for v in head.params if v.sort is Sort.VEC and v is not x)
        return _place(head, x), _place(head, t), _place(head, z)


def _place(head: Head, var: Any) -> int:
    return head.params.index(var)


def _polynomial(model: PolynomialVelocity, theta: AnyArray, t: AnyArray, x: AnyArray) -> AnyArray:
    """The model with the coefficients theta (..., P, T d); it is linear in them."""
    dim = model.dim
    total: AnyArray = np.zeros((1, dim))
    for a, (t_power, x_powers) in enumerate(zip(model.t_powers, model.x_powers, strict=True)):
        monomial: AnyArray = np.ones((1, 1))
        if t_power:
            monomial = monomial * t ** int(t_power)
        for i in np.flatnonzero(x_powers):
            monomial = monomial * x[..., i : i + 1] ** int(x_powers[i])
        total = total + theta[..., a * dim : (a + 1) * dim] * monomial
    return total
