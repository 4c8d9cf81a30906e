"""What a look at the user's code has to say against it, and looks that share a level."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from math import inf, isqrt
from numbers import Integral
from typing import Any, NamedTuple

from fmproof.errors import InputError
from fmproof.testing.failure import CheckFailed

FIRST_LOOK = 1_000
_NO_DOUBT = 1e-12


def look_sizes(samples: int) -> list[int]:
    """How many samples to look at, one look after the other: gross mistakes are seen in the first
    1,000, small ones in the geometric mean of these and all. 1,000 samples have one look."""
    return list(dict.fromkeys((FIRST_LOOK, isqrt(FIRST_LOOK * samples), samples)))


def check_options(samples: Any, level: Any) -> None:
    """Raise ``InputError`` when a test cannot be made of these."""
    check_count("samples", samples, FIRST_LOOK)
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise InputError(f"level: expected a number between 0 and 1, found {level!r}")


def check_count(name: str, value: Any, low: int) -> None:
    """Raise ``InputError`` unless ``value`` is an integer from ``low`` on."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low:
        raise InputError(f"{name}: expected an integer from {low} on, found {value!r}")


def check_tolerance(tolerance: Any) -> None:
    """Raise ``InputError`` unless it is a positive number."""
    if not isinstance(tolerance, int | float) or not 0 < tolerance < inf:
        raise InputError(f"tolerance: expected a positive number, found {tolerance!r}")


class StatisticalEvidence(NamedTuple):
    """Attributes:
    p_value: 0 when no statistics are needed.
    failure: what there is to say, from the joint p-value.
    """

    p_value: float
    failure: Callable[[float], CheckFailed]

    @classmethod
    def certain(cls, failure: CheckFailed) -> StatisticalEvidence:
        """Evidence without statistics."""
        return cls(0.0, lambda _: failure)


def strongest(found: list[StatisticalEvidence], tests: int) -> StatisticalEvidence:
    """The strongest of at most ``tests`` pieces, its p-value joined by Bonferroni's bound; the
    first of those that leave no doubt."""
    best = min(found, key=lambda evidence: max(evidence.p_value, _NO_DOUBT))
    return StatisticalEvidence(min(1.0, tests * best.p_value), best.failure)


def first_failure(
    looks: Iterable[StatisticalEvidence],
    samples: int,
    level: float,
    beside: StatisticalEvidence | None = None,
) -> CheckFailed | None:
    """The failure of the first look at up to ``samples`` whose p-value is at most its share of
    ``level``. An early look saves the later ones.

    Args:
        beside: evidence of one more look, which comes first.
    """
    count = len(look_sizes(samples)) + (beside is not None)
    for evidence in chain([beside] if beside is not None else [], looks):
        if evidence.p_value <= level / count:
            failure = evidence.failure(evidence.p_value)
            if failure.standard_errors is not None:
                failure.found += f", joint p = {evidence.p_value:.1e}, level {level:g}"
            return failure
    return None
