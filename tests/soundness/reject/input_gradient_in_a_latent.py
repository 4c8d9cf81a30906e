"""∇ is taken in a vector or a parameter: a latent space has no directions."""

from fmproof import Grad, Latent, Scalar

c = Latent("c")
term = Grad(Scalar("f", c)(c), c)
