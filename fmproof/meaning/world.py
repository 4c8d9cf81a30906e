"""A world: meanings for all symbols of a derivation, drawn at random for several problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fmproof.lang.nodes import Apply, Head, Var
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.meaning.conditional import slopes_of
from fmproof.meaning.hypotheses import NOTHING, Asked
from fmproof.meaning.interpretation import LATENT_POINTS, AnyArray, Interpretation
from fmproof.meaning.known_functions import KnownFunction, is_known_function
from fmproof.meaning.random_symbols import (
    Bowl,
    CarryingField,
    LinearField,
    MovingPoint,
    RandomFunction,
    RandomLaw,
    RandomNumbers,
    RandomPoints,
    SameFunction,
)
from fmproof.meaning.roles import Cast, interpretation_of
from fmproof.models.problem import Problem
from fmproof.models.problem_file import problem_to_toml
from fmproof.models.random_problems import random_problem, simpler
from fmproof.models.velocity import PolynomialVelocity

_PARAMETERS = 3  # of a model that no problem describes
_INDEPENDENT = 2  # of them that differ in dimension 1, so that a minimiser is unique


@dataclass(frozen=True)
class World:
    """Meanings for symbols, and values for variables, in ``count`` problems of one dimension.

    Attributes:
        cast: which symbol plays which part of a problem, and the symbols that play none.
        variables: variables that stand for fixed but arbitrary values.
        problems: one for each place on the P axis; empty when no symbol plays a part.
        seed: of everything that is drawn.
        count: how many problems were drawn.
        first, last: the part of them that this world is about, ``last`` excluded.
        linear: fields that have to be linear in their vectors.
        bowls: functions of a vector that are to be quadratic.
        pointed: whether laws without a density are laws on points.
        asked: what hypotheses ask of the symbols.
        simple: the symbols with the simplest meaning of their kind.
        anywhere: reals that may be negative and large; others are between 0 and 1, as times are.
    """

    dim: int
    cast: Cast
    variables: tuple[Var, ...]
    problems: tuple[Problem, ...]
    seed: int
    count: int
    first: int
    last: int
    pointed: bool = False
    linear: frozenset[Head] = frozenset()
    bowls: frozenset[Head] = frozenset()
    asked: Asked = NOTHING
    simple: frozenset[Head] = frozenset()
    anywhere: frozenset[Var] = frozenset()

    @classmethod
    def random(
        cls,
        dim: int,
        cast: Cast,
        variables: Sequence[Var],
        seed: int,
        count: int,
        hypotheses: Iterable[Any] = (),
        pointed: bool = False,
        linear: frozenset[Head] = frozenset(),
        anywhere: frozenset[Var] = frozenset(),
        bowls: frozenset[Head] = frozenset(),
    ) -> World:
        """``count`` problems; as far as may be, symbols satisfy the ``hypotheses``, propositions
        about them."""
        rng = np.random.default_rng([seed, dim])
        problems = tuple(random_problem(dim, rng) for _ in range(count)) if cast.parts else ()
        return cls(
            dim,
            cast,
            tuple(variables),
            problems,
            seed,
            count,
            0,
            count,
            pointed,
            linear,
            bowls,
            Asked.of(hypotheses),
            anywhere=anywhere,
        )

    @classmethod
    def of(
        cls,
        problem: Problem,
        cast: Cast,
        variables: Sequence[Var],
        seed: int,
        linear: frozenset[Head] = frozenset(),
    ) -> World:
        own = tuple(variables)
        return cls(problem.dim, cast, own, (problem,), seed, 1, 0, 1, linear=linear)

    @property
    def size(self) -> int:
        """How many problems there are side by side."""
        return self.last - self.first

    def part(self, start: int, stop: int) -> World:
        """The world of some of the problems."""
        return replace(
            self,
            problems=self.problems[start:stop],
            first=self.first + start,
            last=min(self.first + stop, self.last),
        )

    def interpretation(self) -> Interpretation:
        symbols = self._symbols()
        functions = {h: s for h, s in symbols.items() if not h.draws}
        slopes = {
            head: field.slope(place)
            for h, field in symbols.items()
            if isinstance(field, LinearField)
            for place, head in slopes_of(h).items()
        }
        others = Interpretation(
            dim=self.dim,
            count=self.size,
            theta=self._draw(0)(-1.0, 1.0, self._parameters),
            laws={head: s.law for head, s in symbols.items() if isinstance(s, RandomLaw)},
            functions={**functions, **slopes},
            linear=frozenset(h for h, s in symbols.items() if isinstance(s, LinearField)),
            points={h: s.points for h, s in symbols.items() if isinstance(s, RandomPoints)},
        )
        if not self.problems:
            return others
        return interpretation_of(self.problems, self.cast.parts, others)

    def values(self) -> dict[Var, AnyArray]:
        """Values of the variables, (P, c)."""
        found: dict[Var, AnyArray] = {}
        for i, var in enumerate(self.variables):
            draw = self._draw(1 + i)
            if var.sort is Sort.VEC:
                found[var] = draw(-1.0, 1.0, self.dim)
            elif var.sort is Sort.LATENT:
                found[var] = LATENT_POINTS[np.round(draw(0, 2)).astype(int)]
            elif var.sort is Sort.REAL:
                found[var] = draw(-4.0, 4.0) if var in self.anywhere else draw(0.1, 0.9)
        return found

    def simpler(self) -> Iterator[World]:
        """Worlds of one problem with one thing made simpler."""
        for problem in simpler(self.problems[0]) if self.problems else ():
            yield replace(self, problems=(problem,))
        for head in self.cast.others:
            if head not in self.simple:
                yield replace(self, simple=self.simple | {head})

    @property
    def _parameters(self) -> int:
        return _INDEPENDENT if self.bowls else _PARAMETERS

    @property
    def is_problem(self) -> bool:
        """Whether a problem file says everything there is to say."""
        return bool(self.problems) and not self.cast.others and not self.variables

    def describe(self) -> str:
        """One problem as a problem file; what does not fit in there as comments."""
        lines = [f"# {text(v)} = {_row(a)}" for v, a in self.values().items()]
        for head, symbol in self._symbols().items():
            lines.append(f"# {text(Apply(head, *head.params))} = {symbol.formula()}")
        if not self.problems:
            theta = self._draw(0)(-1.0, 1.0, self._parameters)
            if any(v.sort is Sort.PARAM for head in self.cast.others for v in head.params):
                lines.append(f"# θ = {_row(theta)}")
            return "\n".join([f"# dimension {self.dim}", *lines]) + "\n"
        return problem_to_toml(self.problems[0]) + "".join(line + "\n" for line in lines)

    def _symbols(self) -> Mapping[Head, Any]:
        found: dict[Head, Any] = {}
        parameters = self._parameters
        for problem in self.problems[:1]:
            if isinstance(problem.model, PolynomialVelocity):
                parameters = problem.model.coefficients.size
        carried, moving = dict(self.asked.carried), dict(self.asked.moving)
        equal = dict(self.asked.equal)

        def turn(pair: tuple[int, Head]) -> int:  # what others rest on comes first
            _, head = pair
            return 0 if head.draws else 3 if head in equal else 2 if head in moving else 1

        for i, head in sorted(enumerate(self.cast.others), key=turn):
            draw = replace(self._draw(1000 + i), simple=head in self.simple)
            if head.draws and self.pointed and not head.is_density:
                found[head] = RandomPoints(head, self.dim, draw)
            elif head.draws:
                found[head] = RandomLaw(head, self.dim, draw)
            elif is_known_function(head):
                found[head] = KnownFunction(head)
            elif head in self.bowls or head in self.asked.convex:
                found[head] = Bowl(head, self.dim, draw)
            elif head in self.linear:
                found[head] = LinearField(head, draw)
            elif head in carried and isinstance(found.get(carried[head].density), RandomLaw):
                found[head] = CarryingField(found[carried[head].density], carried[head])
            elif head in moving and moving[head].field in found:
                time = self.values()[moving[head].time]
                field = found[moving[head].field]
                found[head] = MovingPoint(field, moving[head], time, self.dim, draw)
            elif head in equal and equal[head].other in found:
                found[head] = SameFunction(found[equal[head].other], equal[head])
            else:
                found[head] = RandomFunction(
                    head,
                    self.dim,
                    parameters,
                    draw,
                    positive=head in self.asked.positive,
                    below_one=head in self.asked.below_one,
                )
        return found

    def _draw(self, stream: int) -> RandomNumbers:
        rng = np.random.default_rng([self.seed, self.dim, stream, *([1] if self.pointed else [])])
        return RandomNumbers(rng, self.count, self.first, self.last)


def _row(array: AnyArray) -> str:
    return "[" + ", ".join(f"{x:g}" for x in np.atleast_2d(array)[0]) + "]"
