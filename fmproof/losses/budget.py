"""How much a method may spend: evaluations, and seconds."""

from __future__ import annotations

from time import perf_counter

_LEAST_KNOWN = 1e5  # evaluations that tell how fast they are
_FASTEST = 2e7  # evaluations a second, assumed until that is known


class OutOfTime(Exception):
    """Raised in the middle of something that took longer than was foreseen."""


class Budget:
    """What may be spent, and has been.

    What would take longer than the time that is left, at the rate so far, is not begun.

    Args:
        limit: of evaluations.
        seconds: from now on.
    """

    def __init__(self, limit: float = float("inf"), seconds: float = float("inf")) -> None:
        self.limit, self.spent = limit, 0.0
        self._start = perf_counter()
        self._end = self._start + seconds
        self._refused = False

    def take(self, cost: float) -> bool:
        """Spend ``cost`` evaluations if that many are left, and the time for them is."""
        if not self.spent + cost <= self.limit:
            return False
        now = perf_counter()
        rate = _FASTEST
        if self.spent > _LEAST_KNOWN:
            rate = self.spent / max(now - self._start, 1e-9)
        if now + cost / rate > self._end:
            self._refused = True
            return False
        self.spent += cost
        return True

    def check(self) -> None:
        """Raise :class:`OutOfTime` when the time has passed."""
        if perf_counter() > self._end:
            raise OutOfTime

    @property
    def out_of_time(self) -> bool:
        """Whether the time has passed, or something was not begun for the lack of it."""
        return self._refused or perf_counter() > self._end

    @property
    def left(self) -> float:
        """Seconds until the time has passed."""
        return max(self._end - perf_counter(), 0.0)

    @property
    def seconds(self) -> float:
        """How long it has been."""
        return perf_counter() - self._start
