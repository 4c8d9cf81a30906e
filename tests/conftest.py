"""Makes the helper modules of this folder importable, and says how much hypothesis tries.

The quick profile is the default and the same from run to run. The nightly one tries twenty times
as many examples, new ones every night: ``HYPOTHESIS_PROFILE=nightly pytest`` or
``pytest --hypothesis-profile=nightly``.
"""

from __future__ import annotations

import gc
import os

import pytest
from examples import NIGHTLY, QUICK
from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=QUICK,
    derandomize=True,
)
settings.register_profile(
    "nightly",
    settings.get_profile("quick"),
    max_examples=NIGHTLY,
    derandomize=False,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True, scope="module")
def _short_collections() -> None:
    """What earlier tests left in caches is not walked through again and again: after minutes, one
    collection takes seconds of processor time, which a search with a limit then lacks."""
    gc.collect()
    gc.freeze()
