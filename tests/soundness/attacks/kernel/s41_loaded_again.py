"""⊢ 1 = 2, and 0 ≤ −5: what is closed once it is imported was open when it was loaded again."""

from __future__ import annotations

import sys
from importlib import import_module, reload

from fmproof import Equals
from fmproof.kernel import rule, theorem
from fmproof.kernel.theorem import infer
from fmproof.lang import node
from fmproof.lang.props import Prop


def second(module):
    """Another copy of a module."""
    kept = sys.modules.pop(module.__name__)
    try:
        return import_module(module.__name__)
    finally:
        sys.modules[module.__name__] = kept


for again, module in ((reload, rule), (second, rule), (reload, theorem), (reload, node)):
    try:
        loaded = again(module)
    except ImportError as error:
        print(f"{module.__name__}: {error}")
        continue
    print(f"{module.__name__}: loaded again")
    if module is rule:

        @loaded.rule("X", "")
        def anything(prop: Prop) -> object:
            """⊢ P."""
            return infer(prop)

        print(anything(Equals(1, 2)))
