"""0 ≤ −5, and a rule under another's name: a record was filled again by its own ``__init__``."""

from fmproof import Rational, Real
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.order import nonnegativity
from fmproof.kernel.rule import rules
from fmproof.lang.node import admit, declaration

five = admit(Rational(-5))
known = declaration(five)
theorem = reflexivity(Real("x"))
rule = rules()["ring"]


def again(record, *values):
    before = repr(record)
    record.__init__(*values)
    print("as it was" if repr(record) == before else f"filled again: {record!r}")


again(known, known.sort, known.bound, known.places, known.obliges, lambda node: True, known.rebuild)
again(theorem.trace, "assume", ())
again(rule, "ring", "", "", "", assume)
print(nonnegativity(five))
