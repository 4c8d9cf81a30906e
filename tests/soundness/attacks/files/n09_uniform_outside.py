"""p(s) = 1 for every s, where p is "a uniform density on [0, 1]": as a term it is its formula."""

from fmproof import Derivation, Real, Step, uniform

s, t = Real("s t")
p = uniform(t)

everywhere = Derivation(
    "everywhere",
    start=p(s),
    variables=[s],
    steps=[Step("1", 1, by="definition")],
)
