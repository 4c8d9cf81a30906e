"""A special case in a section of its own: laws and paths from there on, and not before."""

from __future__ import annotations

from fmproof.documents.check import check_text


def verdicts(*parts: str) -> list[str]:
    report = check_text("\n\n".join(parts), "x", ".md")
    return [row.verdict for row in report.rows if not row.inline]


PAIR = r"Let $z \sim \mathcal N(0, I)$ be independent of $(a, b)$."
PATH = r"$$ x_t = (1-t) a + t b + z $$"
LENGTH = r"$$ \mathbb E\|a\|^2 = d $$"
CROSS = r"$$ \mathbb E\langle a, z \rangle = 0 $$"
CASE = r"If $a \sim \mathcal N(0, I)$ is independent of $b$, then"


def test_a_law_in_a_later_section_is_not_that_of_the_rows_before() -> None:
    found = verdicts(PAIR, PATH, LENGTH, CROSS, "## Gaussian ends", CASE, LENGTH, CROSS)
    assert found[1] not in ("proved", "refuted")
    assert found[2:] == ["proved", "proved", "proved"]


def test_in_one_section_it_is() -> None:
    found = verdicts(PAIR, PATH, r"Here $a \sim \mathcal N(0, I)$ is independent of $b$.", LENGTH)
    assert found[-1] == "proved"


GENERAL = r"""# General

$$ p_t(x) = \int p_t(x\mid z)\, q(z)\, dz ,
\qquad u_t(x) = \int u_t(x\mid z)\, \frac{p_t(x\mid z)\, q(z)}{p_t(x)}\, dz $$

If $z \sim q$ and $x_t \sim p_t(\cdot\mid z)$, then by Bayes

$$ u_t(x) = \int u_t(x\mid z)\, p_t(z\mid x)\, dz = \mathbb E[u_t(x_t \mid z) \mid x_t = x] $$

$$ \mathbb E\, \langle u_t(x_t\mid z), u_t(x_t) \rangle = \mathbb E\, \|u_t(x_t)\|^2 $$"""
WRONG = r"$$ \mathbb E\, \|u_t(x_t\mid z)\|^2 = \mathbb E\, \|u_t(x_t)\|^2 $$"
SPECIAL = r"""## Lines

Take $x_0 \sim \mathcal N(0, I)$ independent of $z$ and $x_t = (1-t)\, x_0 + t\, z$."""
MEAN = r"""$$ \mathbb E[z - x_0 \mid x_t = x] = \frac{\mathbb E[z \mid x_t = x] - x}{1-t} $$"""


def test_one_density_is_p_of_x_of_x_t_and_of_a_dot() -> None:
    """p_t(x|z), p_t(x_t|z) and p_t(·|z), beside the posterior p_t(z|x)."""
    found = verdicts(GENERAL, WRONG)
    assert found == ["definition", "definition", "proved", "proved", "proved", "refuted"]


def test_a_path_in_a_later_section_is_what_the_letter_is_from_there_on() -> None:
    found = verdicts(GENERAL, SPECIAL, MEAN, MEAN.replace("1-t}", "t}"))
    assert found[2] == found[4] == "proved"
    assert found[3] in ("proved", "agrees")
    assert found[5:] == ["proved", "refuted"]


LABEL = r"""The path is $x_t = \alpha_t z + \sigma_t \epsilon$ with $\epsilon \sim \mathcal N(0, I)$
independent of $z \sim q$, and $p_t$ its marginal.

$$ \mathbb E[\epsilon \mid x_t = x] = -\sigma_t\, \nabla \log p_t(x) $$

$$ \mathbb E[\epsilon \mid x_t = x] = -\sigma_t^2\, \nabla \log p_t(x) $$

$$ \nabla \log p_t(x \mid y) = \nabla \log p_t(x) + \nabla \log p_t(y \mid x) $$"""


def test_a_marginal_stays_one_beside_densities_given_a_label() -> None:
    assert verdicts(LABEL) == ["proved", "refuted", "proved"]


def test_words_behind_a_law_are_none_of_it() -> None:
    text = r"$$ x = a + n, \qquad n \sim \mathcal N(0, I) \text{ independent of } a $$"
    norm = r"$$ \mathbb E\|x\|^2 = \mathbb E\|a\|^2 + d $$"
    assert verdicts(text, norm, norm.replace("+ d", "- d"))[1:] == ["proved", "refuted"]


SLOPE = r"""Let $(a, b) \sim \pi$, $x_t = (1-t) a + t b$, $\Delta = b - a$ and

$$ v_t(x) = \mathbb E[\Delta \mid x_t = x] $$

$$ \mathbb E[b \mid x_t = x] = x + (1-t)\, v_t(x) $$

$$ \mathbb E[b \mid x_t = x] = x + t\, v_t(x) $$"""


def test_a_name_for_a_difference_is_put_in() -> None:
    assert verdicts(SLOPE) == ["definition", "proved", "refuted"]


VARIANCE = (
    SLOPE
    + r"""

$$ \sigma_t^2(x) = \mathbb E[\|\Delta - v_t(x_t)\|^2 \mid x_t = x] $$

$$ \mathbb E\|\Delta\|^2 = \mathbb E\|v_t(x_t)\|^2 + \mathbb E[\sigma_t^2(x_t)] $$

$$ \mathbb E\|\Delta\|^2 = \mathbb E\|v_t(x_t)\|^2 + 2\, \mathbb E[\sigma_t^2(x_t)] $$"""
)


def test_a_square_may_be_the_name_of_a_function() -> None:
    assert verdicts(VARIANCE)[3:] == ["definition", "proved", "refuted"]


CURVE = r"""Let $\frac{d z_t}{dt} = v(z_t, t)$ be a curve, and for $r < t$

$$ u(z_t, r, t) = \frac{1}{t-r} \int_r^t v(z_\tau, \tau)\, d\tau $$

$$ (t-r)\, u(z_t, r, t) = \int_r^t v(z_\tau, \tau)\, d\tau = z_t - z_r $$

$$ (t-r)\, u(z_t, r, t) = (s-r)\, u(z_s, r, s) + (t-s)\, u(z_t, s, t) $$

Halving the interval, $s = (r+t)/2$,

$$ u(z_t, r, t) = \tfrac12 u(z_s, r, s) + \tfrac12 u(z_t, s, t) $$"""


def test_a_time_between_two_others_is_put_in_where_it_is_said() -> None:
    assert verdicts(CURVE)[1:] == ["proved"] * 4
    thirds = CURVE.replace("(r+t)/2", "(2r+t)/3")
    assert verdicts(thirds)[-1] != "proved"


COUPLING = r"Sea $(a, b)\sim\pi$ un acoplamiento y $x_t = (1-t) a + t b$."
TOTAL = r"""$$ \mathbb E\|b - a\|^2 = \mathbb E\|a\|^2 + \mathbb E\|b\|^2
- 2\, \mathbb E\langle a, b\rangle $$"""
APART = r"Si $a \sim \mathcal N(0, I)$ es independiente de $b$, entonces"
SUM = r"$$ \mathbb E\|b - a\|^2 = d + \mathbb E\|b\|^2 $$"


def test_a_coupling_of_which_one_letter_gets_a_law_apart_from_the_other() -> None:
    assert verdicts(COUPLING, TOTAL, APART, SUM) == ["proved", "proved"]
    assert verdicts(COUPLING, TOTAL, APART, SUM.replace("d +", "2 d +"))[1] == "refuted"


def test_that_it_is_not_independent_is_heard() -> None:
    for words in (
        r"Si $a \sim \mathcal N(0, I)$ no es independiente de $b$, entonces",
        r"Si $a \sim \mathcal N(0, I)$, entonces",
    ):
        assert verdicts(COUPLING, TOTAL, words, SUM)[1] not in ("proved", "refuted")


RESIDUAL = r"""Let $(A, B) \sim \pi$, $X_t = (1-t) A + t B$ and
$u_t(x) = \mathbb E[B - A \mid X_t = x]$. Abbreviate $R_t = B - A - u_t(X_t)$.

$$ \mathbb E \langle g(X_t), R_t \rangle = 0 $$

$$ \mathbb E \|B - A\|^2 = \mathbb E\|u_t(X_t)\|^2 + \mathbb E \|R_t\|^2 $$

$$ \mathbb E \langle B, R_t \rangle = 0 $$"""


def test_a_residual_is_made_of_what_is_drawn() -> None:
    found = verdicts(RESIDUAL)
    assert (found[0], found[2]) == ("proved", "refuted")
    assert found[1] in ("proved", "agrees")


ENDS = r"""Let $a \sim \mathcal N(0, I)$ and $b \sim q$ be independent, $x_t = (1-t) a + t b$.

$$ v_t(x) = \mathbb E[b - a \mid x_t = x] $$

$$ v_0(x) = \mathbb E[b] - x $$

$$ v_0(x) = \mathbb E[b] + x $$"""


def test_the_mean_at_the_beginning() -> None:
    found = verdicts(ENDS)
    assert found[1] == "proved"
    assert found[2] != "proved"
