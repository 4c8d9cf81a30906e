from fmproof import *
from fmproof.derivations.fm_cfm import H1, H2, L_CFM, L_FM, theta

C = Named("C", L_FM(theta) - 3 * L_CFM(theta))
d = Derivation(
    "fm-cfm",
    title="The flow matching loss is THREE times the conditional one plus a constant",
    hypotheses=[H1, H2],
    start=L_FM(theta),
    steps=[Step("1", 3 * L_CFM(theta) + C, by="definition")],
)
