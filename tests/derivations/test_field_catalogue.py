"""fmproof.field: the catalogue is that of the derivations, and a derivation starts from a path."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sympy import Expr

import fmproof.field as field
from fmproof import (
    Derivation,
    Hypothesis,
    Integrable,
    Law,
    Positive,
    Step,
    alpha_equal,
    check,
    norm2,
    parse_latex,
    text,
)
from fmproof.derivations import settings, symbols
from fmproof.derivations.denoising_score_matching import denoising_score_matching
from fmproof.derivations.fm_cfm import L_CFM, L_FM, fm_cfm
from fmproof.derivations.interpolant import interpolant
from fmproof.errors import InputError
from fmproof.field import (
    FlowMatching,
    Noising,
    Path,
    alpha,
    cross_terms,
    p_data,
    pythagoras,
    rho,
    sigma,
    t,
    theta,
    v_model,
    x,
    x0,
    x1,
    z,
)


def test_it_costs_nothing_until_it_is_used() -> None:
    program = (
        "import sys, fmproof; assert not {'fmproof.field', 'sympy'} & set(sys.modules);"
        "import fmproof.field; assert 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_its_names_are_those_of_the_derivations() -> None:
    for name in field.__all__:
        home = symbols if hasattr(symbols, name) else settings
        assert getattr(field, name) is getattr(home, name, getattr(field, name))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        field.nothing  # noqa: B018
    assert FlowMatching().L_FM == L_FM
    assert FlowMatching().L_CFM == L_CFM
    assert interpolant.hypotheses[0] == Path(symbols.I(t, x0, x1)).hypotheses[0]
    assert list(denoising_score_matching.hypotheses) == Noising().hypotheses


def proved(*derivations: Derivation) -> bool:
    return check(list(derivations)).status == "proved"


def test_a_derivation_starts_from_its_path() -> None:
    path = Path(alpha(t) * x1 + sigma(t) * x0)
    mine = Derivation(
        "mine",
        hypotheses=path.hypotheses,
        uses=path.uses,
        start=path.L(theta),
        steps=[Step("1", path.split, by="lemma", using=path.theorem)],
    )
    assert proved(mine)
    wrong = Derivation(
        "wrong",
        hypotheses=path.hypotheses,
        uses=path.uses,
        start=path.L(theta),
        steps=[Step("1", 2 * path.split, by="lemma", using=path.theorem)],
    )
    assert not proved(wrong)


def test_other_laws_are_proved_by_the_parts() -> None:
    data = Law("p", x1)
    path = Path(x1 + sigma(t) * z, draws=[p_data(z), data(x1)])
    with pytest.raises(InputError, match="prove it by parts="):
        path.theorem  # noqa: B018
    assert proved(Derivation("mine", hypotheses=path.hypotheses, parts=path.parts))


def test_a_velocity_that_is_written_out() -> None:
    straight = Path((1 - t) * x0 + t * x1)
    line = Path((1 - t) * x0 + t * x1, velocity=x1 - x0)
    rectified = Derivation(
        "rectified",
        hypotheses=line.hypotheses[:2],
        uses=straight.uses,
        start=line.loss,
        steps=[
            Step("1", straight.L(theta), by=["derivative", "definition"]),
            Step("2", straight.split, by="lemma", using=straight.theorem),
        ],
    )
    assert proved(rectified)


def test_denoising_at_another_noise_level() -> None:
    noising = Noising(scale=1 - t, noise=t)
    finite = Hypothesis("H3", Integrable(norm2(noising.score), *noising.law))
    mine = Derivation(
        "mine",
        hypotheses=[*noising.hypotheses, finite],
        variables=[t],
        uses=noising.uses,
        start=noising.dsm,
        steps=[Step("1", noising.split, by="lemma", using=noising.theorem)],
    )
    assert mine.hypotheses[0].prop == Positive(t)
    assert proved(mine)
    with pytest.raises(InputError, match="about data q"):
        Noising(data=p_data(z)).theorem  # noqa: B018


def test_predicting_the_data_is_a_regression() -> None:
    noising = Noising()
    model, mean = symbols.d_model(t, theta, x), noising.denoiser(t, x)
    split = Derivation(
        "denoiser",
        symbols=noising,
        variables=[t],
        hypotheses=[
            *noising.hypotheses[:1],
            Hypothesis("H2", Integrable(norm2(model), *noising.law)),
            Hypothesis("H3", Integrable(norm2(z), *noising.law)),
        ],
        parts=[
            *cross_terms(noising.law, model, z, mean),
            pythagoras(noising.law, model, z, mean),
        ],
    )
    assert split.parts[-1].start == noising.data_loss
    assert proved(split)
    assert text(noising.noise_loss) == (
        "E_{z~q, x~N(α_t z, σ_t²·I)}[‖ε_t^θ(x) − (1 / σ_t) (x − α_t z)‖²]"
    )


def test_claims_in_latex_know_the_symbols_of_a_setting() -> None:
    setting = FlowMatching()
    mine = Derivation(
        "mine",
        symbols=setting,
        hypotheses=setting.hypotheses,
        start=r"\mathcal{L}_{FM}(\theta)",
        steps=[Step("1", r"\mathcal{L}_{CFM}(\theta) + C", by="auto")],
    )
    assert mine.proposition == fm_cfm.proposition
    assert proved(mine)


@pytest.mark.parametrize(
    ("setting", "claim", "term"),
    [
        (Path(x1 + sigma(t) * x0), r"L(\theta)", Path(x1 + sigma(t) * x0).L(theta)),
        (Path(x1 + sigma(t) * x0), r"u_t(x)", Path(x1 + sigma(t) * x0).u(t, x)),
        (Noising(), r"\epsilon_t(x) - \epsilon_t^\theta(x) + D_t^\theta(x) - D_t(x)",
         Noising().mean_noise(t, x) - symbols.e_model(t, theta, x)
         + symbols.d_model(t, theta, x) - Noising().denoiser(t, x)),
        (Noising(), r"\nabla_x \log p_t(x)", Noising().score),
        (Noising(), r"u_t(x|z) - s_t^\theta(x)",
         Noising().velocity(t, x, z) - symbols.s_model(t, theta, x)),
        (FlowMatching(), "C_1 + C_2", sum(FlowMatching().constants[:2])),
    ],
)  # fmt: skip
def test_a_setting_has_the_symbols_for_latex(setting: object, claim: str, term: Expr) -> None:
    assert alpha_equal(parse_latex(claim, setting), term)


def test_the_lemmas_are_parts_for_any_regression() -> None:
    law = (p_data(z), rho(t))
    model, mean = v_model(t, theta, z), x
    with pytest.raises(InputError, match="free"):
        Derivation("open", parts=[pythagoras(law, model, z, mean)], hypotheses=[])
    path = Path(x1 + sigma(t) * x0)
    given = (path.law, path.model, path.velocity, path.u(t, x))
    finite = Hypothesis("H4", Integrable(norm2(x1), *path.law))
    parts = [*cross_terms(*given), pythagoras(*given)]
    assert proved(Derivation("split", hypotheses=[*path.hypotheses, finite], parts=parts))
