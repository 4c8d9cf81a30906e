"""Random meanings for symbols that play no part in a problem.

They are analytic and satisfy every integrability hypothesis by construction: densities are
Gaussian mixtures with standard deviations bounded below, fields and functions decay like a
Gaussian in their vectors and are bounded in everything else.

Each meaning is made of a few numbers with one decimal, for P problems at once, and can say what
it is as a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.lang.nodes import Head
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.meaning.hypotheses import Carried, Equal, Moving
from fmproof.meaning.interpretation import (
    AnyArray,
    Arguments,
    Component,
    Gaussian,
    NumericFunction,
    NumericLaw,
    PointLaw,
    dot,
)

_WIDTH = 3.0  # of the Gaussian in which fields decay
_LEAST = 0.2  # value of a function that is declared to be positive


@dataclass(frozen=True)
class RandomNumbers:
    """Random numbers for a meaning: ``draw(low, high, size)`` has the shape (P, size).

    Attributes:
        first, last: the part of the ``count`` problems to make numbers for, ``last`` excluded.
        simple: the middle of each range instead, an integer where one is inside.
    """

    rng: np.random.Generator
    count: int
    first: int
    last: int
    simple: bool = False

    def __call__(self, low: float, high: float, size: int = 1) -> AnyArray:
        numbers = np.round(self.rng.uniform(low, high, (self.count, size)), 1)
        if self.simple:
            middle = (low + high) / 2
            inside = low < round(middle) < high
            numbers = np.full(numbers.shape, round(middle) if inside else round(middle, 1))
        return numbers[self.first : self.last]


class Wave:
    """c + a sin(b + Σ f_i r_i) of real and latent arguments r_i: smooth and bounded."""

    def __init__(
        self, draw: RandomNumbers, places: Sequence[int], centre: AnyArray, size: float
    ) -> None:
        self.centre = centre
        self.size = size if places and not draw.simple else 0.0
        self.phase = draw(-1.5, 1.5)
        self.frequencies = {place: draw(-1.5, 1.5) for place in places}

    def __call__(self, arguments: Arguments) -> AnyArray:
        if not self.size:
            return self.centre
        angle = self.phase
        for place, frequency in self.frequencies.items():
            angle = angle + frequency * arguments[place]
        return np.asarray(self.centre + self.size * np.sin(angle))

    def slope(self, arguments: Arguments, place: int) -> AnyArray:
        """The derivative in the argument at ``place``."""
        if not self.size or place not in self.frequencies:
            return np.zeros((1, 1))
        angle = self.phase
        for other, frequency in self.frequencies.items():
            angle = angle + frequency * arguments[other]
        return np.asarray(self.size * self.frequencies[place] * np.cos(angle))

    def formula(self, names: Sequence[str]) -> str:
        centre = _numbers(self.centre)
        if not self.size:
            return centre
        inside = _sum(
            [_numbers(self.phase)]
            + [f"{_numbers(f)}·{names[place]}" for place, f in self.frequencies.items()]
        )
        return f"({centre} + {self.size:g} sin({inside}))"


class RandomLaw:
    """A density with the declared dependence.

    Its vectors (and unbounded reals) are Gaussian with means linear in the vectors given and in
    those drawn before, and coefficients that depend on times and latent points; a density that
    is given nothing mixes two such components. Bounded reals and latent points have a density
    near the uniform one.
    """

    def __init__(self, head: Head, dim: int, draw: RandomNumbers) -> None:
        params, ranges = head.params, {item.var: item for item in head.over}
        drawn = [params.index(v) for v in head.main]
        bounded = [p for p in drawn if params[p].sort is Sort.LATENT or ranges[params[p]].bounded]
        given = [p for p in range(len(params)) if p not in drawn]
        self._unbounded = [p for p in drawn if p not in bounded]
        self._names = [text(v) for v in params]
        steering = [p for p in given if params[p].sort in (Sort.REAL, Sort.LATENT)]
        vectors = [p for p in given if params[p].sort is Sort.VEC]
        self._factors = [
            _Factor(draw, place, steering + bounded[:i], vectors, ranges[params[place]], dim)
            for i, place in enumerate(bounded)
        ]
        sorts = [v.sort for v in params]
        self._chains = [
            [
                _Conditional(draw, place, sorts, vectors + before, steering + bounded, dim)
                for place, before in _with_earlier(self._unbounded)
            ]
            for _ in range((1 if given or draw.simple else 2) if self._unbounded else 0)
        ]
        share = draw(0.3, 0.7) if len(self._chains) == 2 else np.ones((1, 1))
        self._shares = [share, 1 - share][: len(self._chains)]
        self._parameters = frozenset(steering + bounded)

    @property
    def law(self) -> NumericLaw:
        factor = self._factor if self._factors else None
        return NumericLaw(self._parameters, self._components, tuple(self._unbounded), factor)

    @property
    def conditional(self) -> _Conditional:
        """The Gaussian law of the only variable of a density that is given something."""
        ((only,),) = self._chains
        return only

    def _components(self, arguments: Arguments) -> list[Component]:
        return [
            Component(np.log(share), tuple(one(arguments) for one in chain))
            for share, chain in zip(self._shares, self._chains, strict=True)
        ]

    def _factor(self, arguments: Arguments) -> AnyArray:
        total: AnyArray = np.ones((1, 1))
        for factor in self._factors:
            total = total * factor(arguments)
        return total

    def formula(self) -> str:
        products = [
            " ".join([_numbers(share), *(one.formula(self._names) for one in chain)])
            for share, chain in zip(self._shares, self._chains, strict=True)
        ]
        mixture = " + ".join(products).removeprefix("1 ")
        factors = [factor.formula(self._names) for factor in self._factors]
        if mixture and factors:
            mixture = f"({mixture})"
        return " ".join([*factors, *([mixture] if mixture else [])])


def _with_earlier(places: list[int]) -> list[tuple[int, list[int]]]:
    return [(place, places[:i]) for i, place in enumerate(places)]


class RandomPoints:
    """A law on three points, which vectors that it is given move.

    Real ones lie in their range; latent points are points of the latent space.
    """

    COUNT = 3

    def __init__(self, head: Head, dim: int, draw: RandomNumbers) -> None:
        params, ranges = head.params, {item.var: item for item in head.over}
        drawn = [params.index(v) for v in head.main]
        given = [p for p in range(len(params)) if p not in drawn]
        self._names = [text(v) for v in params]
        points: dict[int, AnyArray] = {}
        slopes: dict[tuple[int, int], AnyArray] = {}
        for place in drawn:
            var, item = params[place], ranges[params[place]]
            low, high = (float(item.low), float(item.high)) if item.bounded else (-1.0, 1.0)
            size = dim if var.sort is Sort.VEC else 1
            points[place] = np.stack([draw(low, high, size) for _ in range(self.COUNT)])
            if var.sort is Sort.LATENT:
                points[place] = np.round(points[place])
            for other in given if var.sort is Sort.VEC else ():
                if params[other].sort in (Sort.VEC, Sort.REAL):
                    slopes[place, other] = draw(0.3, 0.8)
        shares = np.stack([draw(0.5, 1.5) for _ in range(self.COUNT)])
        self.points = PointLaw(points, shares / shares.sum(axis=0), slopes)

    def formula(self) -> str:
        rows = []
        for i, weight in enumerate(self.points.weights):
            values = []
            for place, array in self.points.points.items():
                moves = (
                    f"{_numbers(slope)}·{self._names[other]}"
                    for (moved, other), slope in self.points.slopes.items()
                    if moved == place
                )
                values.append(f"{self._names[place]} = {_sum([_numbers(array[i]), *moves])}")
            rows.append(f"{_numbers(weight)} at {', '.join(values)}")
        return "; ".join(rows)


class _Conditional:
    """The Gaussian law of one variable given others, its coefficients depending on ``steering``."""

    def __init__(
        self,
        draw: RandomNumbers,
        place: int,
        sorts: Sequence[Sort],
        parents: Sequence[int],
        steering: Sequence[int],
        dim: int,
    ) -> None:
        self._place = place
        size = dim if sorts[place] is Sort.VEC else 1
        self._offset = Wave(draw, steering, draw(-0.6, 0.6, size), 0.3)
        self._scale = Wave(draw, steering, draw(0.7, 1.0, size), 0.1)
        sizes = {parent: 1 if sorts[parent] is sorts[place] else dim for parent in parents}
        self._slopes = {
            parent: Wave(draw, steering, draw(0.3, 0.8, sizes[parent]), 0.2) for parent in parents
        }

    def __call__(self, arguments: Arguments) -> Gaussian:
        slopes = {parent: slope(arguments) for parent, slope in self._slopes.items()}
        return Gaussian(self._place, slopes, self._offset(arguments), self._scale(arguments))

    def slopes(self, arguments: Arguments, place: int) -> tuple[AnyArray, AnyArray]:
        """The derivatives of the mean and of the scale in the real at ``place``."""
        mean = self._offset.slope(arguments, place)
        for parent, slope in self._slopes.items():
            mean = mean + slope.slope(arguments, place) * arguments[parent]
        return mean, self._scale.slope(arguments, place)

    def formula(self, names: Sequence[str]) -> str:
        terms = [f"{slope.formula(names)}·{names[p]}" for p, slope in self._slopes.items()]
        mean = _sum([self._offset.formula(names), *terms])
        return f"N({names[self._place]}; {mean}, {self._scale.formula(names)}²)"


class _Factor:
    """(1 + a L1 + b L2)/|I| with the Legendre polynomials of the interval, |a|, |b| < 1/2.

    On the latent points -1, 0, 1 the second polynomial is the one with mean zero there. Given
    vectors, a and b are waves of them.
    """

    def __init__(
        self,
        draw: RandomNumbers,
        place: int,
        steering: Sequence[int],
        vectors: Sequence[int],
        item: Any,
        dim: int,
    ) -> None:
        latent = item.var.sort is Sort.LATENT
        self._low = -1.0 if latent else float(item.low)
        self._width = 2.0 if latent else float(item.high - item.low)
        self._mass = 3.0 if latent else self._width
        self._constant = 1.0 if latent else 0.5
        self._place = place
        self._first, self._second = (Wave(draw, steering, draw(-0.3, 0.3), 0.15) for _ in range(2))
        self._slopes = {place: draw(0.3, 0.8, dim) for place in vectors}

    def __call__(self, arguments: Arguments) -> AnyArray:
        s = 2 * (arguments[self._place] - self._low) / self._width - 1
        quadratic = 1.5 * s**2 - self._constant
        waves = self._first(arguments) * s + self._second(arguments) * quadratic
        if self._slopes:
            waves = waves * np.cos(sum(dot(b, arguments[p]) for p, b in self._slopes.items()))
        return np.asarray((1 + waves) / self._mass)

    def formula(self, names: Sequence[str]) -> str:
        first, second = self._first.formula(names), self._second.formula(names)
        if self._slopes:
            inside = _sum([f"{_numbers(b)}·{names[p]}" for p, b in self._slopes.items()])
            first, second = (f"{wave} cos({inside})" for wave in (first, second))
        s = f"(2 ({names[self._place]} - {self._low:g})/{self._width:g} - 1)"
        waves = _sum(["1", f"{first}·{s}", f"{second}·(1.5 {s}² - {self._constant:g})"])
        return f"({waves})/{self._mass:g}"


class RandomFunction:
    """A field or a real function with the declared dependence.

    (a + Σ b_j v_j) exp(-Σ|v_j|²/(2 w²)) in its vectors v_j, the coefficients depending on reals
    and latent points; linear in a parameter if it has one; squared where declared ≥ 0, and f² as
    f²/(f² + 1) where it has to be < 1.
    """

    def __init__(
        self,
        head: Head,
        dim: int,
        parameters: int,
        draw: RandomNumbers,
        positive: bool = False,
        below_one: bool = False,
    ) -> None:
        self._squared = head.nonneg or positive or below_one
        self._below_one = below_one
        self._least = _LEAST if positive else 0.0
        self._names = [text(v) for v in head.params]
        models = [p for p, v in enumerate(head.params) if v.sort is Sort.PARAM]
        self._coefficients = [(place, j) for place in models for j in range(parameters)]
        count = len(self._coefficients) if models else 1
        self._features = [_Feature(head, dim, draw) for _ in range(count)]

    def __call__(self, arguments: Arguments) -> AnyArray:
        total: AnyArray = np.zeros((1, 1))
        if not self._coefficients:
            total = self._features[0](arguments)
        for (place, j), feature in zip(self._coefficients, self._features, strict=False):
            total = total + arguments[place][..., j : j + 1] * feature(arguments)
        if not self._squared:
            return total
        square = np.asarray(total**2 + self._least)
        return square / (square + 1) if self._below_one else square

    def formula(self) -> str:
        features = [feature.formula(self._names) for feature in self._features]
        whole = features[0]
        if self._coefficients:
            names = [f"{self._names[place]}[{j}]" for place, j in self._coefficients]
            whole = _sum([f"{c} {f}" for c, f in zip(names, features, strict=True)])
        squared = f"({whole})²" + (f" + {self._least:g}" if self._least else "")
        if self._below_one:
            squared = f"({squared})/({squared} + 1)"
        return squared if self._squared else whole


class Bowl:
    """c + b·a + Σ kᵢ aᵢ² of its one vector a, with kᵢ > 0: its mean has one lowest point."""

    def __init__(self, head: Head, dim: int, draw: RandomNumbers) -> None:
        self._name = text(head.params[0])
        self._level, self._slope = draw(-0.6, 0.6), draw(-0.6, 0.6, dim)
        self._steepness = draw(0.3, 0.8, dim)

    def __call__(self, arguments: Arguments) -> AnyArray:
        (a,) = arguments
        return np.asarray(self._level + dot(self._slope + self._steepness * a, a))

    def formula(self) -> str:
        level, slope, steepness = map(_numbers, (self._level, self._slope, self._steepness))
        return _sum([level, f"{slope}·{self._name}", f"{steepness}·{self._name}²"])


class LinearField:
    """Σ b_j v_j in its vectors v_j, with positive coefficients that depend on the others."""

    def __init__(self, head: Head, draw: RandomNumbers) -> None:
        sorts = [v.sort for v in head.params]
        self._names = [text(v) for v in head.params]
        self._others = [p for p, sort in enumerate(sorts) if sort is not Sort.VEC]
        self._slopes = {
            p: Wave(draw, self._others, draw(0.5, 1.0), 0.3)
            for p, sort in enumerate(sorts)
            if sort is Sort.VEC
        }

    def __call__(self, arguments: Arguments) -> AnyArray:
        total: AnyArray = np.zeros((1, 1))
        for place, slope in self._slopes.items():
            total = total + slope(arguments) * arguments[place]
        return total

    def slope(self, place: int) -> NumericFunction:
        """A coefficient as a function of the arguments that are no vectors."""

        def function(others: Arguments) -> AnyArray:
            arguments: list[AnyArray] = [np.zeros((1, 1))] * len(self._names)
            for other, argument in zip(self._others, others, strict=True):
                arguments[other] = argument
            return self._slopes[place](arguments)

        return function

    def formula(self) -> str:
        names = self._names
        return _sum([f"{s.formula(names)}·{names[p]}" for p, s in self._slopes.items()])


class CarryingField:
    """The velocity of a Gaussian density with mean m and scales s: m' + (s'/s)(x − m).

    With it the density satisfies the continuity equation.
    """

    def __init__(self, density: RandomLaw, carried: Carried) -> None:
        self._density = density
        self._carried = carried

    def __call__(self, arguments: Arguments) -> AnyArray:
        places, time, point = self._carried[1:]
        inside: list[AnyArray] = [np.zeros((1, 1))] * (max(*places, time, point) + 1)
        for place, argument in zip(places, arguments, strict=True):
            inside[place] = argument
        law = self._density.conditional
        gaussian, (shift, rate) = law(inside), law.slopes(inside, time)
        return np.asarray(shift + rate / gaussian.scale * gaussian.residual(inside))

    def formula(self) -> str:
        return f"the velocity m' + (s'/s)(x - m) of {self._density.formula()}"


class MovingPoint:
    """x₀ + (t − t₀) u(…, x₀): it moves along the field u at the time t₀, and only there."""

    def __init__(
        self, field: NumericFunction, moving: Moving, time: AnyArray, dim: int, draw: RandomNumbers
    ) -> None:
        self._field = field
        self._moving = moving
        self._time = time
        self._start = draw(-0.6, 0.6, dim)

    def __call__(self, arguments: Arguments) -> AnyArray:
        _, _, place, places = self._moving
        then = [self._time if i == place else a for i, a in enumerate(arguments)]
        velocity = self._field([self._start if i is None else then[i] for i in places])
        return np.asarray(self._start + (arguments[place] - self._time) * velocity)

    def formula(self) -> str:
        start, time = _numbers(self._start), _numbers(self._time)
        name, field = self._moving.time.name, self._moving.field.name
        return f"{start} + ({name} - {time}) {field} at {name} = {time} and {start}"


class SameFunction:
    """Another symbol's meaning, by its arguments' places."""

    def __init__(self, other: Any, equal: Equal) -> None:
        self._other = other
        self._places = equal.places

    def __call__(self, arguments: Arguments) -> AnyArray:
        return np.asarray(self._other([arguments[i] for i in self._places]))

    def formula(self) -> str:
        return str(self._other.formula())


class _Feature:
    def __init__(self, head: Head, dim: int, draw: RandomNumbers) -> None:
        sorts = [v.sort for v in head.params]
        self._real = head.result is not Sort.VEC
        size = 1 if self._real else dim
        steering = [p for p, sort in enumerate(sorts) if sort in (Sort.REAL, Sort.LATENT)]
        self._constant = Wave(draw, steering, draw(0.4, 1.6, size), 0.3)
        self._slopes: Mapping[int, Wave] = {
            p: Wave(draw, steering, draw(-1.0, 1.0, dim if self._real else 1), 0.3)
            for p, sort in enumerate(sorts)
            if sort is Sort.VEC
        }

    def __call__(self, arguments: Arguments) -> AnyArray:
        total = self._constant(arguments)
        square: AnyArray = np.zeros((1, 1))
        for place, slope in self._slopes.items():
            vector, b = arguments[place], slope(arguments)
            total = total + (dot(b, vector) if self._real else b * vector)
            square = square + dot(vector, vector)
        return np.asarray(total * np.exp(square / (-2 * _WIDTH**2))) if self._slopes else total

    def formula(self, names: Sequence[str]) -> str:
        terms = [f"{slope.formula(names)}·{names[p]}" for p, slope in self._slopes.items()]
        total = _sum([self._constant.formula(names), *terms])
        if not terms:
            return total
        squares = " + ".join(f"|{names[p]}|²" for p in self._slopes)
        within = f"({squares})" if len(self._slopes) > 1 else squares
        return f"({total}) exp(-{within}/{2 * _WIDTH**2:g})"


def _numbers(array: AnyArray) -> str:
    """The numbers of the first problem."""
    row = [f"{number:.6g}" for number in np.atleast_2d(array)[0]]
    return row[0] if len(row) == 1 else f"[{', '.join(row)}]"


def _sum(terms: Sequence[str]) -> str:
    """The terms added up, without zeros and ones that say nothing."""
    kept = [term.removeprefix("1·") for term in terms if term != "0" and not term.startswith("0·")]
    return " + ".join(kept or ["0"]).replace("+ -", "- ")
