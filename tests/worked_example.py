"""Adding a node and a rule, as CONTRIBUTING.md tells it: the edits, and what misses each.

The node is the norm ‖a‖ of a vector, the rule ⊢ ‖a‖² = ⟨a, a⟩.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Edit(NamedTuple):
    """One file of the package, or of its tests, and how it changes.

    Attributes:
        file: its path in the checkout.
        change: the new text, from the old ("" where the file is new).
        missing: what the cross tests say without it.
    """

    file: str
    change: Callable[[str], str]
    missing: str


NORM = '''"""The Euclidean norm of a vector."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.lang.node import (
    Lift,
    Term,
    as_term,
    declare,
    nothing,
    require_sort,
    same_kind,
)
from fmproof.lang.sorts import Sort


class Norm(Term):
    """The norm ‖a‖ of a vector."""

    __slots__ = ()

    def __new__(cls, vector: Any) -> Expr:
        term = as_term(vector)
        require_sort(term, Sort.VEC, "the argument of a norm")
        made: Expr = Expr.__new__(cls, term)
        return made


declare(
    Norm,
    sort=lambda node: Sort.REAL,
    bound=nothing,
    places=lambda node: {0: Lift.HERE},
    obliges=lambda node, inside: inside(node.args[0]),
    nonnegative=lambda node: True,
    rebuild=same_kind,
)
'''

SAMPLE = """    Norm: [
        Sample(Norm(x), Sort.REAL, "", {0: "HERE"}, nonnegative=True),
        Sample(
            Norm(IntegralOver(g(y) * y, Lebesgue(y))),
            Sort.REAL,
            "",
            {0: "HERE"},
            ("∫ ‖g(y) y‖ dy < ∞",),
            nonnegative=True,
        ),
    ],
"""

VALUE = """def _norm(a: Array) -> Array:
    return np.asarray(np.sqrt(dot(a, a)))


"""

RULE = '''

@rule("A3", "the definition of the Euclidean norm")
def norm_squared(term: Expr) -> Sequent:
    """⊢ ‖a‖² = ⟨a, a⟩."""
    parts = factors(term)
    fits = len(parts) == 2 and type(parts[0]) is Norm and parts[0] == parts[1]
    require(fits, "norm", "the square of a norm", term)
    return infer(Equals(term, Inner(*parts[0].args, *parts[1].args)))
'''

RECORD = """
NORM = RuleRecord(
    code="A3",
    name="norm",
    title="The square of a norm",
    statement_latex=r"\\\\vdash \\\\|a\\\\|^2 = \\\\langle a, a \\\\rangle",
    explanation="This is how the norm of a Euclidean space is defined.",
    unconditional="the norm is the square root of a number that is not negative.",
)

ALGEBRA = (SQUARE, CANCEL, NORM)
""".replace("\\\\\\\\", "\\")


def after(old: str, new: str) -> Callable[[str], str]:
    """``new`` behind the first ``old``."""
    return lambda text: text.replace(old, old + new, 1)


NODE = (
    Edit("fmproof/lang/nodes/length.py", lambda _: NORM, "cannot import name 'Norm'"),
    Edit(
        "fmproof/lang/nodes/__init__.py",
        after(
            "from fmproof.lang.nodes.name import Named\n",
            "from fmproof.lang.nodes.length import Norm\n",
        ),
        "cannot import name 'Norm'",
    ),
    Edit(
        "tests/lang/node_samples.py",
        lambda text: text.replace("    Ratio: [\n", SAMPLE + "    Ratio: [\n", 1).replace(
            "from fmproof.lang.nodes import Apply,",
            "from fmproof.lang.nodes import Apply, Norm,",
            1,
        ),
        "add samples of Norm",
    ),
    Edit(
        "tests/lang/test_misused_constructors.py",
        after(
            '    "Inner": row(a=(x, VECTOR), b=(y, VECTOR)),\n',
            '    "Norm": row(value=(x, VECTOR)),\n',
        ),
        "Norm",
    ),
    Edit(
        "fmproof/lang/spelling/printing.py",
        lambda text: text.replace(
            "    Ratio: lambda",
            "    Norm: _at(ATOM, lambda p, n: p.absolute(p.show(n.args[0]), True)),\n"
            "    Ratio: lambda",
            1,
        ).replace("    Named,\n", "    Named,\n    Norm,\n", 1),
        "no spelling for a Norm",
    ),
    Edit(
        "fmproof/meaning/evaluator.py",
        lambda text: (
            text.replace(
                "    Inner: lambda self, term, env: dot(*(self.array",
                "    Norm: lambda self, term, env: _norm(self.array(term.args[0], env)),\n"
                "    Inner: lambda self, term, env: dot(*(self.array",
                1,
            )
            .replace(
                "    Inner: lambda self, term, env: dot(*(self.magnitude",
                "    Norm: lambda self, term, env: _norm(self.magnitude(term.args[0], env)),\n"
                "    Inner: lambda self, term, env: dot(*(self.magnitude",
                1,
            )
            .replace(
                "VALUES: dict",
                VALUE + "VALUES: dict",
                1,
            )
            .replace("    Named,\n", "    Named,\n    Norm,\n", 1)
        ),
        "say in meaning/evaluator.py what the value of Norm is",
    ),
)
"""The files that a new node touches, in the order in which the tests ask for them."""

ADDED_RULE = (
    Edit(
        "fmproof/kernel/algebra.py",
        lambda text: text.replace("import Inner, Ratio", "import Inner, Norm, Ratio", 1) + RULE,
        "",
    ),
    Edit(
        "fmproof/catalogue/algebra.py",
        lambda text: text.replace("\nALGEBRA = (SQUARE, CANCEL)\n", RECORD, 1),
        "add a record of {'A3'}",
    ),
)
"""The files that a new rule touches."""
