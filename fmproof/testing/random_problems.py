"""Random problems from a seed, for loops that hypothesis does not drive."""

from __future__ import annotations

from functools import lru_cache

from fmproof.models import Problem


@lru_cache(maxsize=8)
def random_problems(count: int, seed: int) -> tuple[Problem, ...]:
    """``count`` problems drawn by the strategy ``problems()``; the same for the same seed."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, settings

    from fmproof.testing.strategies import problems

    found: list[Problem] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # they judge tests, and this is none
    )
    @hypothesis.given(problems())
    def collect(problem: Problem) -> None:
        found.append(problem)

    collect()
    return tuple(found[:count])
