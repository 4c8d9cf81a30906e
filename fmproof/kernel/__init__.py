"""The kernel: theorems, and the rules that alone can make them, one file a family.

Importing it closes it: a rule is a function in one of the files imported here.
"""

from fmproof.kernel import (  # noqa: F401 - every rule
    algebra,
    almost,
    calculus,
    conditional,
    equality,
    functions,
    gaussian,
    hypotheses,
    integrability,
    integrals,
    order,
    ring,
    slopes,
)
from fmproof.kernel.rule import close_rules

close_rules()
