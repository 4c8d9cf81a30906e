"""A point of an arbitrary space has no norm."""

from fmproof import Latent, norm2

c = Latent("c")
term = norm2(c)
