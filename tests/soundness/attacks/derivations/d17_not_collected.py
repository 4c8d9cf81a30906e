"""Derivations in a dict, or nested lists, are not checked, and nothing says so."""

from fmproof import *

x = Vec("x")
f = Scalar("f", x)
ok = Derivation("ok", variables=[x], start=f(x), steps=[Step("1", f(x), by="ring")])
rest = {
    "main": Derivation(
        "main-theorem", variables=[x], start=f(x), steps=[Step("1", f(x) + 1, by="ring")]
    )
}
more = [[Derivation("other", variables=[x], start=f(x), steps=[Step("1", f(x) + 2, by="ring")])]]
