"""Rules that follow from the kernel's: what they make, they make by those, and are not trusted.

One file a subject; :mod:`fmproof.derived.rule` marks them, so that their docstrings are read for
the page of rules as those of the kernel are.
"""

from fmproof.derived import (  # noqa: F401 - every derived rule
    derivatives_inside,
    dominations,
    exponentials,
    functions_of_products,
    gaussian_products,
    gaussians,
    integrals_inside,
    joint_integrals,
    null_sets,
    point_masses,
    ratios,
    restatements,
    signs,
)
