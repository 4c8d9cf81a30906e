"""A density is defined as twice another: it does not integrate to one."""

from fmproof import Density, Vec

x = Vec("x")
p = Density("p", x)
twice = Density("q", x, definition=2 * p(x))
