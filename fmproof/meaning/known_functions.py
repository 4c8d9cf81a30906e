"""Functions that go by a name which has one meaning: sin and cos.

The language has no node for them, so a derivation declares them like any other function, and says
as hypotheses what it needs of them. Numbers that were drawn at random for them would satisfy none
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from fmproof.lang.nodes import Head, Scalar
from fmproof.lang.sorts import Sort
from fmproof.meaning.interpretation import AnyArray, Arguments

_KNOWN: Mapping[str, Callable[[AnyArray], AnyArray]] = {"sin": np.sin, "cos": np.cos}


def is_known_function(head: Head) -> bool:
    """Whether a symbol is one of these: by its name, of one real, without a definition."""
    plain = not (head.sub or head.sup or head.given)
    places = [v.sort for v in head.params] == [Sort.REAL]
    return isinstance(head, Scalar) and plain and places and head.name in _KNOWN


class KnownFunction:
    """sin or cos as an array function; complex steps go through it."""

    def __init__(self, head: Head) -> None:
        self._name = head.name

    def __call__(self, arguments: Arguments) -> AnyArray:
        (a,) = arguments
        return _KNOWN[self._name](a)

    def formula(self) -> str:
        """What a counterexample says of it."""
        return f"the function {self._name}"
