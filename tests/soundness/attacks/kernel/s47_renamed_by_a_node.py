"""Domination: the variance is integrated over, under the name that the goal had before its measure was renamed."""

from fmproof import Exp, Field, Normal, Rational, Vec, norm2
from fmproof.kernel.calculus import dominated_integrable, times_gaussian_dominated
from fmproof.kernel.equality import instantiate_head
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrability import finite_measure
from fmproof.kernel.order import positive

x, z = Vec("x z")
u, v = Field("u", z), Exp(-norm2(z) ** 2)
wrong = times_gaussian_dominated(Normal(x, 0, v), Rational(1), x, u(z), [Normal(z)])
wrong = discharge(dominated_integrable(wrong.conclusion), wrong)
wrong = instantiate_head(wrong, u, (z,), Rational(0))
for prove in (lambda h: positive(h, 0), finite_measure):
    wrong = discharge(wrong, prove(wrong.hypotheses[0]))
print(wrong)  # E of N(0; 0, exp(−‖z‖⁴)) over z ~ N(0, I) is infinite
