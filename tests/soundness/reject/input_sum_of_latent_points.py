"""Nor a sum."""

from fmproof import Latent

c, d = Latent("c d")
term = c + d
