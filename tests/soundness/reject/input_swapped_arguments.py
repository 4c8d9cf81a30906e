"""u^θ_t(x) with its arguments in another order."""

from fmproof.derivations.symbols import t, theta, u_model, x

term = u_model(t, x, theta)
