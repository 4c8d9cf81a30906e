"""p_t(x|z) = N(x; m, s² I) written out wherever it stands, in what defines p_t(x) as well.

A path x_t = m + s ε is drawn from N(m, s² I), whatever a document calls that density. A row about
p_t(x) = ∫ p_t(x|z) q(z) dz needs to see that x_t is drawn from the density that is mixed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from fmproof.documents.standard_noise import is_gaussian_draw
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError
from fmproof.lang.nodes import Density
from fmproof.lang.scope import replace_head


def kernels_written_out(terms: Sequence[Expr]) -> list[Expr]:
    """``terms`` with the Gaussian densities that have names as the formulas that define them."""
    heads = sorted(heads_in(terms), key=lambda head: head.name)
    for head in heads:
        if isinstance(head, Density) and is_gaussian_draw(head.definition):
            try:
                terms = [replace_head(one, head, head.params, head.definition) for one in terms]
            except (FmproofError, TypeError):
                continue
    return list(terms)
