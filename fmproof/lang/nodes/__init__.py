"""The nodes of the language, one file each, and all of them by name."""

from fmproof.lang.nodes.application import Apply
from fmproof.lang.nodes.argmin import ArgMin
from fmproof.lang.nodes.expectation import Expect
from fmproof.lang.nodes.gradient import Grad
from fmproof.lang.nodes.heads import Density, Field, Head, Scalar, uniform
from fmproof.lang.nodes.inner import Inner, norm2
from fmproof.lang.nodes.integral import Integral, IntegralOver
from fmproof.lang.nodes.measure import Draw, Lebesgue
from fmproof.lang.nodes.name import Named
from fmproof.lang.nodes.ratio import Ratio
from fmproof.lang.nodes.variable import Latent, Param, Real, Var, Vec

__all__ = [
    "Apply", "ArgMin", "Density", "Draw", "Expect", "Field", "Grad", "Head", "Inner", "Integral",
    "IntegralOver", "Latent", "Lebesgue", "Named", "Param", "Ratio", "Real", "Scalar", "Var",
    "Vec", "norm2", "uniform",
]  # fmt: skip
