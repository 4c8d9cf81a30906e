"""Marginalisation, dropping and reordering, each where the law allows it."""

from fmproof import Derivation, Expect, Step, norm2
from fmproof.derivations.fm_cfm import H1, H2, joint, marginal, v
from fmproof.derivations.symbols import p_cond, p_data, t, time, x, z

derivation = Derivation(
    "laws",
    hypotheses=[H1, H2],
    start=Expect(norm2(v), *marginal),
    steps=[
        Step("1", Expect(norm2(v), *joint), by="marginalisation"),
        Step("2", Expect(norm2(v), p_data(z), time(t), p_cond(t, x, z)), by="reorder"),
        Step("3", Expect(norm2(v), p_data(z), *marginal), by=("marginalisation", "drop")),
        Step("4", Expect(norm2(v), *marginal), by="drop"),
    ],
)
