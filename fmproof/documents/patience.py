"""How long a row may take.

Limits are in seconds of a usual processor. A slower one, or a longer derivation, wants more
patience: then every second lasts as many times as long, and what stays open stays so for want of a
proof, not of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import process_time

TIMES_AS_LONG: ContextVar[float] = ContextVar("times_as_long", default=1.0)
"""By how much the limits are longer; 1 or more where verdicts should not depend on the machine."""


@contextmanager
def patient(times: float | None) -> Iterator[None]:
    """With that patience; None leaves it as it is."""
    before = TIMES_AS_LONG.set(TIMES_AS_LONG.get() if times is None else times)
    try:
        yield
    finally:
        TIMES_AS_LONG.reset(before)


MORE_PATIENCE = "; the time for it was used up, a larger --patience may find more"
"""What is said of a row whose searches ended early."""


def clock() -> float:
    """Seconds of processor time of this process, as the limits count them."""
    return process_time() / TIMES_AS_LONG.get()


def lasting(seconds: float) -> float:
    """How long ``seconds`` of the limits last, in seconds of processor time."""
    return seconds * TIMES_AS_LONG.get()
