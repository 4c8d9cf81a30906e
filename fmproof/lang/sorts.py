"""The sorts of terms.

==========  =======================================================================
sort        elements
==========  =======================================================================
REAL        real numbers (a time t, a density's value, a loss)
VEC         vectors of R^d; the dimension d is a symbol and never appears as a number
PARAM       the parameters θ of a model, vectors of some R^k
LATENT      points of any standard Borel space (a conditioning variable, or a whole experiment)
GRADIENT    gradients in θ, vectors of R^k
SET         sets of parameters (minimisers)
==========  =======================================================================
"""

from __future__ import annotations

from enum import Enum


class Sort(Enum):
    REAL = "real"
    VEC = "vector"
    PARAM = "parameter"
    LATENT = "latent point"
    GRADIENT = "gradient"
    SET = "set of parameters"

    __hash__ = object.__hash__  # each is one object


ADDITIVE = frozenset({Sort.REAL, Sort.VEC, Sort.GRADIENT})

POINTS = (Sort.REAL, Sort.VEC, Sort.PARAM, Sort.LATENT)
"""What variables stand for and functions are applied to."""
