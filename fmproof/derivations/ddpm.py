"""DDPM."""

from __future__ import annotations

from fmproof.lang.nodes import *
from fmproof.lang.props import *
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

t = Real("t")
x, y, x0 = Vec("x y x0")
beta = Scalar("beta", sub=t)
alpha = Scalar("alpha", sub=t, definition=1 - beta(t))
alpha_bar = Scalar("ā", sub=t)
before = alpha_bar(t - 1)
now = alpha_bar(t)
forward = Normal(x, Sqrt(alpha(t)) * y, beta(t))
previous = Normal(y, Sqrt(before) * x0, 1 - before)
current = Normal(x, Sqrt(now) * x0, 1 - now)
mu = Field(
    "mu",
    x,
    x0,
    sub=t,
    definition=Ratio(Sqrt(before) * beta(t), 1 - now) * x0
    + Ratio(Sqrt(alpha(t)) * (1 - before), 1 - now) * x,
)
var = Scalar("v", sub=t, definition=Ratio(1 - before, 1 - now) * beta(t))
posterior = Normal(y, mu(t, x, x0), var(t))
