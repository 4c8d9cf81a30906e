"""The language: sorts, terms, propositions, scope, spelling.

Importing it closes it: what a node is and means is declared by the files imported here.
"""

from fmproof.lang import nodes, numbers, props  # noqa: F401 - every declaration
from fmproof.lang.node import close_language

close_language()
