"""A variable told by what it is made, a function that took any name: a variable "a + b"."""

from fmproof import Derivation, Real, Step, check, plus
from fmproof.errors import FmproofError

make, (name, sort) = Real("a").__reduce_ex__(2)
for lie in ("a + b", "1", "x\x1b[8m", "#", "@1"):
    try:
        v = make(lie, sort)
        sum_of_two = Derivation("sum", start=plus(v, v), steps=[Step("1", 2 * v, "ring")])
        print("proved:", check([sum_of_two]).proved)
    except FmproofError as error:
        print(ascii(str(error)))
