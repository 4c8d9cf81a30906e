"""∫₀⁵ 1 ds is 5, not the density of a law on [0, 1]."""

from fmproof import Density, Integral, Real

s, t = Real("s t")
five = Density("p", (t, 0, 1), definition=Integral(1, (s, 0, 5)))
