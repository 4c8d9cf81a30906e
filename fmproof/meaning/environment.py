"""What evaluating needs everywhere: the values of the variables, and what cannot be evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from sympy import Expr

from fmproof.errors import InputError
from fmproof.lang.nodes import CondExpect, Var
from fmproof.lang.spelling.text import text
from fmproof.meaning.interpretation import AnyArray, Value

Env = Mapping[Var, Value]
Evaluate = Callable[[Expr, Env], AnyArray]


class OverBudget(Exception):
    """More evaluations than allowed."""


class NoNumbers(InputError):
    """A conditional expectation for which no quotient of integrals is known."""

    def __init__(self, term: CondExpect) -> None:
        super().__init__(
            f"no numbers for {text(term)}: what is given has no density, and is no affine function "
            f"of a vector that has one"
        )


def centred(env: Env, variables: Iterable[Var]) -> dict[Var, Value]:
    """The values before derivatives shifted them."""
    found: dict[Var, Value] = {}
    for var in variables:
        value = env[var]
        while value.centre is not None:
            value = value.centre
        found[var] = value
    return found


def fold(ufunc: np.ufunc, arrays: Sequence[AnyArray]) -> AnyArray:
    """The arrays combined, the small ones first."""
    first, *rest = sorted(arrays, key=np.size)
    for other in rest:
        first = ufunc(first, other)
    return first
