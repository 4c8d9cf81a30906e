"""The nodes of the language, one file each, and all of them by name."""

from fmproof.lang.nodes.application import Apply
from fmproof.lang.nodes.argmin import ArgMin
from fmproof.lang.nodes.conditional import CondExpect, Given
from fmproof.lang.nodes.constant import Constant, dim, pi
from fmproof.lang.nodes.derivative import Div, Grad, Partial
from fmproof.lang.nodes.expectation import Expect
from fmproof.lang.nodes.function import Abs, Exp, Log, Sqrt, norm
from fmproof.lang.nodes.heads import (
    Density,
    Field,
    Gaussian,
    Head,
    Law,
    Normal,
    Scalar,
    uniform,
)
from fmproof.lang.nodes.inner import Inner, norm2
from fmproof.lang.nodes.integral import Integral, IntegralOver
from fmproof.lang.nodes.measure import Draw, Lebesgue, Let
from fmproof.lang.nodes.name import Named
from fmproof.lang.nodes.ratio import Ratio
from fmproof.lang.nodes.variable import Latent, Param, Real, Var, Vec

__all__ = [
    "Abs", "Apply", "ArgMin", "CondExpect", "Constant", "Density", "Div", "Draw", "Exp", "Expect",
    "Field", "Gaussian", "Given", "Grad", "Head", "Inner", "Integral", "IntegralOver", "Latent",
    "Law", "Lebesgue", "Let", "Log", "Named", "Normal", "Param", "Partial", "Ratio", "Real",
    "Scalar", "Sqrt", "Var", "Vec", "dim", "norm", "norm2", "pi", "uniform",
]  # fmt: skip
