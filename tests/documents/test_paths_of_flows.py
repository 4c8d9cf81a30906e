"""The interpolation of two draws and the path of the flow often have one name, X_t."""

from __future__ import annotations

from fmproof.documents.check import check_text

BEGIN = r"""
Let $X_t = (1-t) X_0 + t X_1$ with $X_0 \sim p_0$ and $X_1 \sim p_1$ independent, and
$v(x, t) = \mathbb E[X_1 - X_0 \mid X_t = x]$.
"""


def verdict(row: str) -> str:
    return check_text(f"{BEGIN}$$ {row} $$").rows[-1].verdict


def test_what_a_flow_follows_is_not_refuted_by_the_interpolation() -> None:
    row = r"\frac{d}{dt} X_t = v(X_t, t)"
    assert verdict(row) == "hypothesis"
    before = r"v(X_t, t) = \mathbb E[X_1 - X_0 \mid X_t] $$ $$"
    assert verdict(f"{before} {row}") in ("hypothesis", "open")


def test_the_velocity_of_the_interpolation_is() -> None:
    assert verdict(r"\frac{d}{dt} X_t = X_1 - X_0") == "proved"
    assert verdict(r"\frac{d}{dt} X_t = X_0 - X_1") == "refuted"


def test_a_path_at_another_letter_of_time_follows_the_field_from_there_on() -> None:
    """The interpolation z_t and the trajectory z_τ of average velocities."""
    start = r"$$ \frac{d Z_\tau}{d\tau} = w(Z_\tau, \tau) $$"
    begin = BEGIN.replace("X_t", "Z_t").replace("v(x", "w(z").replace("= x]", "= z]")
    average = r"$$ \int_r^t w(Z_\tau, \tau)\, d\tau = Z_t - Z_r $$"
    rows = check_text(begin + start + average).rows
    assert [row.verdict for row in rows[-2:]] == ["hypothesis", "proved"]
    turned = check_text(begin + start + average.replace("Z_t - Z_r", "Z_r - Z_t")).rows
    assert turned[-1].verdict != "proved"


TRAJECTORY = r"""
Let $Z_\tau$ solve $$ \frac{d Z_\tau}{d\tau} = w(Z_\tau, \tau) $$

and for $r < t$ define $$ u(Z_t, r, t) = \frac{1}{t-r} \int_r^t w(Z_\tau, \tau)\, d\tau . $$

$$ (t-r)\, u(Z_t, r, t) = \int_r^t w(Z_\tau, \tau)\, d\tau = Z_t - Z_r $$

$$ Z_r = Z_t SIGN (t-r)\, u(Z_t, r, t) $$
"""


def test_a_step_in_the_wrong_direction_is_refuted() -> None:
    """It contradicts the row above, and that follows from the equation of the trajectory."""
    rows = [check_text(TRAJECTORY.replace("SIGN", sign)).rows[-1] for sign in "-+"]
    assert [row.verdict for row in rows] == ["proved", "refuted"]
    assert "that is proved" in rows[1].suggestion
