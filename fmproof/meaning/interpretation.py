"""What the symbols of a term stand for: densities, fields and functions as arrays.

Every array has the shape (..., P, c): c is the dimension d for a vector and 1 for a real, P the
number of problems that are evaluated side by side, and in front of them stand the variables of
integration, the innermost first. Missing leading axes are added by broadcasting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from fmproof.errors import InputError
from fmproof.lang import nodes
from fmproof.lang.nodes import Head
from fmproof.lang.sorts import Sort

AnyArray = npt.NDArray[Any]
Arguments = Sequence[AnyArray]
NumericFunction = Callable[[Arguments], AnyArray]
"""A field or function: arrays for the arguments in, an array of values out."""

LATENT_POINTS = np.array([-1.0, 0.0, 1.0])
"""A latent space is this finite set with counting measure; a point is known by its number."""
_FEW = 4  # coordinates; a loop over them is faster than a sum over so short an axis


class Value:
    """An array; two values are the same when they are one object, so they can be looked up.

    Attributes:
        centre: of a value that a derivative has shifted, the one that it was shifted from.
        magnitude: of a deterministic draw, what round-off in it is relative to.
    """

    __slots__ = ("array", "centre", "magnitude", "serial")
    made: ClassVar[int] = 0

    def __init__(self, array: AnyArray, centre: Value | None = None) -> None:
        self.array = array
        self.centre = centre
        self.magnitude: AnyArray | None = None
        self.serial = Value.made
        Value.made += 1


def dot(a: AnyArray, b: AnyArray) -> AnyArray:
    """The inner product over the last axis, which stays with length one."""
    size = max(a.shape[-1], b.shape[-1])
    if size > _FEW or a.shape[-1] != b.shape[-1]:
        return np.asarray((a * b).sum(axis=-1, keepdims=True))
    total: AnyArray = a[..., :1] * b[..., :1]
    for i in range(1, size):
        total += a[..., i : i + 1] * b[..., i : i + 1]
    return total


def along(basis: AnyArray, vectors: AnyArray) -> AnyArray:
    """The coordinates of ``vectors`` (..., P, d) along the columns of ``basis`` (P, d, d)."""
    columns = [dot(vectors, basis[..., k]) for k in range(basis.shape[-1])]
    return np.concatenate(columns, axis=-1)


class Gaussian(NamedTuple):
    """The density N(a; sum_j slopes[j] b_j + offset, scale^2) as a function of all arguments.

    a is the argument at the place ``main``, b_j the one at the place j. Where vectors and reals
    meet, a slope is a vector: times b_j for a vector a, in an inner product with b_j for a real a.

    Attributes:
        offset, scale: (..., P, size of a); the scale is a standard deviation for each coordinate.
        basis: (P, d, d), orthonormal axes of the scales in columns, None for the standard ones.
    """

    main: int
    slopes: Mapping[int, AnyArray]
    offset: AnyArray
    scale: AnyArray
    basis: AnyArray | None = None

    def residual(self, arguments: Arguments) -> AnyArray:
        """a minus its mean, (..., P, size of a)."""
        mean = self.offset
        size = self.scale.shape[-1]
        for place, slope in self.slopes.items():
            shift = slope * arguments[place]
            mean = mean + (shift if size > 1 else shift.sum(axis=-1, keepdims=True))
        return arguments[self.main] - mean

    def log_density(self, arguments: Arguments) -> AnyArray:
        white = self.residual(arguments)
        if self.basis is not None:
            white = along(self.basis, white)
        white = white / self.scale
        exponent = dot(white, white)
        exponent *= -0.5
        exponent -= self.log_norm
        return exponent

    @property
    def log_norm(self) -> AnyArray:
        """The logarithm of the normalising constant, (..., P, 1)."""
        half = 0.5 * self.scale.shape[-1] * np.log(2 * np.pi)
        return np.asarray(np.log(self.scale).sum(axis=-1, keepdims=True) + half)


class Component(NamedTuple):
    """One summand of a mixture: a weight times a product of Gaussian densities."""

    log_weight: AnyArray
    gaussians: tuple[Gaussian, ...]


@dataclass(frozen=True, eq=False)
class NumericLaw:
    """A probability density: a mixture of linear-Gaussian ones times a factor on an interval.

    Attributes:
        parameters: places of the arguments that ``components`` and ``factor`` look at: reals that
            the density is given, bounded or latent variables, model parameters.
        components: the mixture, from the arguments at those places.
        draws: places of the unbounded variables that it is a density of.
        factor: the density of the bounded and latent variables that it draws, or None.
        supports: place -> (low, high), each (P, 1), where narrower than the declared range.
    """

    parameters: frozenset[int]
    components: Callable[[Arguments], Sequence[Component]]
    draws: tuple[int, ...]
    factor: NumericFunction | None = None
    supports: Mapping[int, tuple[AnyArray, AnyArray]] = field(default_factory=dict)

    def __call__(self, arguments: Arguments) -> AnyArray:
        total: AnyArray | None = None
        for component in self.components(arguments):
            exponent = component.log_weight
            for gaussian in component.gaussians:
                exponent = gaussian.log_density(arguments) + exponent
            density = np.exp(exponent)
            total = density if total is None else total + density
        if self.factor is not None:
            factor = self.factor(arguments)
            total = factor if total is None else total * factor
        if total is None:
            raise InputError("a density needs a variable that it is a density of")
        return total


@dataclass(frozen=True, eq=False)
class PointLaw:
    """A probability law on finitely many points.

    Attributes:
        points: (n, P, c) for each argument that is drawn, by its place.
        weights: (n, P, 1).
        slopes: (drawn place, given place) -> by how much what is given moves the points.
    """

    points: Mapping[int, AnyArray]
    weights: AnyArray
    slopes: Mapping[tuple[int, int], AnyArray] = field(default_factory=dict)


@cache
def normal_law(dim: int) -> NumericLaw:
    """N(m, v I) as a function of x, m and v; by convention v = 1 for v ≤ 0."""

    def components(arguments: Arguments) -> list[Component]:
        variance = arguments[2]
        scale = np.sqrt(np.where(variance.real > 0, variance, 1.0)) * np.ones(dim)
        if variance.dtype.kind == "c":  # a complex step across v = 0 has no number
            jumps = (variance.real == 0) & (variance.imag != 0)
            scale = np.where(jumps, complex(np.nan, np.nan), scale)
        offset, slope = np.zeros((1, dim)), np.ones((1, 1))
        return [Component(np.zeros((1, 1)), (Gaussian(0, {1: slope}, offset, scale),))]

    return NumericLaw(frozenset((2,)), components, (0,))


@cache
def dense(head: Head) -> Head:
    """The density of a law that has one, as a symbol; a density is its own."""
    if head.is_density:
        return head
    over = (item.declared for item in head.over)
    name = head.name + "'" * 6  # so long a name is nobody else's
    found: Head = nodes.Density(name, *over, sub=head.sub, sup=head.sup, given=head.given)
    return found


@dataclass(frozen=True)
class Interpretation:
    """Meanings for symbols, for ``count`` problems in dimension ``dim`` at once.

    Attributes:
        theta: (P, p), the parameters of the model; p may be 0.
        laws: undefined densities, and laws that have a density here.
        functions: undefined fields and real functions.
        points: laws that have none.
        linear: fields that are linear in their vectors; their coefficients are functions, too.
        rough: functions that take real arguments only, so that no complex step can be made.
    """

    dim: int
    count: int
    theta: AnyArray
    laws: Mapping[Head, NumericLaw]
    functions: Mapping[Head, NumericFunction]
    points: Mapping[Head, PointLaw] = field(default_factory=dict)
    rough: frozenset[Head] = frozenset()
    linear: frozenset[Head] = frozenset()

    def law(self, head: Head) -> NumericLaw:
        """The density that a head stands for."""
        if isinstance(head, nodes.Gaussian):
            return normal_law(self.dim)
        if head in self.laws:
            return self.laws[head]
        return next(law for other, law in self.laws.items() if dense(other) == head)

    def size(self, sort: Sort) -> int:
        """The length of the last axis of a value of ``sort``."""
        if sort is Sort.VEC:
            return self.dim
        return int(self.theta.shape[-1]) if sort is Sort.PARAM else 1

    def apply(self, head: Head, arguments: Arguments) -> AnyArray:
        """The value of an undefined symbol."""
        meaning = self.functions[head] if head in self.functions else self.law(head)
        return meaning(arguments)
