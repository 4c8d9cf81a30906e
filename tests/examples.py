"""How many random examples a test takes: its own number, times what the profile asks for."""

from __future__ import annotations

from hypothesis import settings

QUICK, NIGHTLY = 100, 2_000
"""What the profiles set ``max_examples`` to; 100 leaves the tests' numbers as they are."""


def times(count: int) -> int:
    """``count`` in the quick profile, and in proportion in others."""
    return max(1, count * settings.default.max_examples // QUICK)


def examples(count: int) -> settings:
    """Settings for a hypothesis test of ``count`` examples in the quick profile."""
    return settings(max_examples=times(count))
