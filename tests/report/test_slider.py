"""The slider over t: what it draws at each time, and that it moves in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_browser import browser, show, visible  # noqa: F401 - fixtures

from fmproof.errors import InputError
from fmproof.losses.over_time import conditional_variance
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem
from fmproof.report.plots.slider import POINTS, TIMES, slider

LINE = Problem(
    GaussianMixture(["3/10", "7/10"], [[-2], ["3/2"]], [[["1/4"]], [["1/2"]]]),
    CondOTPath(),
    LinearVelocity([[0]]),
)
PLANE = Problem(
    GaussianMixture.points([[2, 0], [-1, 1]]), CondOTPath(), LinearVelocity(np.zeros((2, 2)))
)


def held(shown: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', shown, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


def test_every_time_has_its_density_and_its_fields() -> None:
    data = held(slider(LINE).html)
    assert len(data["t"]) == len(data["frames"]) == TIMES
    expected = np.asarray(conditional_variance(LINE, np.asarray(data["t"]), tolerance=1e-4).value)
    assert np.allclose(data["variance"][0], expected, rtol=2e-3)
    for frame in data["frames"]:
        assert len(frame["u"]) == 3  # u_t(x), and one for each component
        assert frame["p"].endswith("Z")
        heights = [float(y) for y in re.findall(r",(-?[\d.]+)", frame["p"])]
        assert min(heights) == 5.0  # the density at its top
    # The marginal field is between the conditional ones in the middle, at each time a mean of them.
    points = [np.array(re.findall(r"[ML]([\d.]+),(-?[\d.]+)", u), float) for u in frame["u"]]
    assert all(len(p) <= POINTS for p in points)


def test_the_plane_has_arrows_and_more_dimensions_are_refused() -> None:
    data = held(slider(PLANE).html)
    assert all(len(frame["u"]) == 3 and frame["u"][0].startswith("M") for frame in data["frames"])
    with pytest.raises(InputError, match="found d = 3"):
        slider(
            Problem(
                GaussianMixture.points(np.eye(3)), CondOTPath(), LinearVelocity(np.zeros((3, 3)))
            )
        )


def test_it_moves_in_a_browser(show: Any, tmp_path: Path) -> None:  # noqa: F811
    shown = slider(LINE)
    data = held(shown.html)
    page = show(f"<!DOCTYPE html><meta charset='utf-8'>{shown._repr_html_()}")
    for place in (0, 37):
        page.execute_script(
            """
            const slider = document.querySelector('input');
            slider.value = arguments[0];
            slider.dispatchEvent(new Event('input'));""",
            place,
        )
        assert page.find_element("css selector", ".t").text == f"{data['t'][place]:.3f}"
        drawn = page.find_element("css selector", ".u").get_attribute("d")
        assert drawn == data["frames"][place]["u"][0]
        assert float(page.find_element("css selector", ".v").text) == pytest.approx(
            data["variance"][0][place], rel=1e-3
        )
    assert not page.get_log("browser")
