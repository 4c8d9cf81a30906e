"""What the floor depends on besides the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fmproof.floor.finite import require_finite
from fmproof.floor.rows import Floats
from fmproof.floor.targets import gain, weight_function
from fmproof.models.paths import CondOTPath, Path
from fmproof.models.time import TimeLaw, UniformTime


@dataclass(frozen=True)
class Setting:
    """What the floor depends on besides the data.

    Attributes:
        batch: None where data and noise are independent, or the number of rows of the batches in
            which optimal transport pairs them.

    Raises:
        InputError: an unknown target, a weight that cannot be used, a floor that is infinite.
    """

    path: Path = field(default_factory=CondOTPath)
    time: TimeLaw = field(default_factory=UniformTime)
    target: str = "velocity"
    weight: str = "1"
    batch: int | None = None

    def __post_init__(self) -> None:
        gain(self.path, self.target, np.array([0.5]))
        object.__setattr__(self, "_weight", weight_function(self.weight))
        require_finite(self.factor, self.path, self.time)

    def __reduce__(self) -> tuple[Any, ...]:
        """By what it was made from: functions made of formulas do not travel."""
        return type(self), (self.path, self.time, self.target, self.weight, self.batch)

    def weight_at(self, t: Floats) -> Floats:
        """w(t), any shape."""
        weight: Callable[[Any], Any] = self.__dict__["_weight"]
        return np.asarray(weight(t))

    def factor(self, t: Floats) -> Floats:
        """w(t) gain(t)^2, which times tr Cov(z given x) is the loss that nobody avoids at t."""
        return np.asarray(self.weight_at(t) * gain(self.path, self.target, t) ** 2)
