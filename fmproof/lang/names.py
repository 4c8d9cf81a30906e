"""How declared names are read: stem, subscript, primes."""

from __future__ import annotations

import re

_PARTS = re.compile(r"(?P<stem>.*?)(?:_(?P<sub>[^_']+)|(?P<digits>\d+))?(?P<primes>'*)")


def split_name(name: str) -> tuple[str, str, str]:
    """``"x0'"`` is x with subscript 0 and a prime; ``"p_data"`` is p with subscript data."""
    match = _PARTS.fullmatch(name)
    if match is None:
        return name, "", ""
    return match["stem"], match["sub"] or match["digits"] or "", match["primes"]
