"""An honest theorem, with its conclusion replaced."""

from fmproof import Equals
from fmproof.derivations.symbols import t
from fmproof.derived.restatements import reflexivity

theorem = reflexivity(t)
theorem._conclusion = Equals(0, 1)
