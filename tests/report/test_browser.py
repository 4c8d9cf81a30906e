"""The page in a real browser: steps fold open, formulas are formulas, the console is silent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_cases import everything, failing, hostile, numeric, proved

from fmproof import check
from fmproof.derivations import BUILTIN, load
from fmproof.documents.check import check_text
from fmproof.documents.formats import html as document_page
from fmproof.documents.model import CheckReport
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem
from fmproof.report import html, plots

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("Chromium is not installed: apt-get install chromium chromium-driver")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(chromedriver)
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Any:
    def show(source: str, width: int = 1280, dark: bool = False) -> Any:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get_log("browser")
        browser.get_log("performance")
        page = tmp_path / "page.html"
        page.write_text(source, encoding="utf-8")
        browser.get(page.as_uri())
        return browser

    return show


def visible(page: Any, selector: str) -> bool:
    return bool(
        page.execute_script(
            "const e = document.querySelector(arguments[0]); return !!e && e.checkVisibility()",
            selector,
        )
    )


def test_a_step_folds_open_by_mouse_and_by_keyboard(show: Any) -> None:
    page = show(html.render(numeric()))
    body = "[id='fm-cfm-1.2'] .body"
    assert not visible(page, body)
    page.find_element("css selector", "[id='fm-cfm-1.2'] summary").click()
    assert visible(page, body)
    text = page.find_element("css selector", body).text
    for word in ("square", "inconclusive", "needs", "Jensen"):
        assert word in text
    page.find_element("css selector", "[id='fm-cfm-1.3'] summary").send_keys("\ue007")
    assert visible(page, "[id='fm-cfm-1.3'] .body")


def test_failing_steps_are_open_and_linked_from_the_top(show: Any) -> None:
    page = show(html.render(hostile()))
    assert visible(page, ".step.failed .body .alert")
    assert not visible(page, ".step.proved .body")
    link = page.find_element("css selector", "article .alert a")
    target = link.get_attribute("href").split("#")[1]
    link.click()
    top = page.execute_script(
        "return document.getElementById(arguments[0]).getBoundingClientRect().top", target
    )
    assert 0 <= top < 900


@pytest.mark.parametrize("width", [1280, 390])
def test_short_words_beside_formulas_stay_whole(show: Any, width: int) -> None:
    page = show(html.render(failing()), width)
    lines = """
        return [...document.querySelectorAll(arguments[0])].map(
          e => e.getClientRects().length > 1 || e.getBoundingClientRect().height > 40)"""
    for selector, least in ((".row.alert > b", 1), ("nav a.bad", 11)):
        broken = page.execute_script(lines, selector)
        assert len(broken) >= least
        assert not any(broken)


def test_thousands_of_steps_are_drawn_as_they_come_into_view(show: Any) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    (derivation,) = proved().derivations
    part = derivation.parts[0]
    steps = tuple(replace(part.steps[0], id=f"{n}") for n in range(1, 301))
    many = replace(derivation, parts=(replace(part, steps=steps),))
    page = show(html.render(replace(proved(), derivations=(many,))))
    drawn = """
        return document.getElementById(arguments[0]).querySelector('summary')
          .checkVisibility({contentVisibilityAuto: true})"""
    assert page.execute_script(drawn, "fm-cfm-1")
    assert not page.execute_script(drawn, "fm-cfm-300")
    page.get(page.current_url + "#fm-cfm-300")
    WebDriverWait(page, 10).until(lambda page: page.execute_script(drawn, "fm-cfm-300"))


def test_columns_have_their_names_on_a_phone(show: Any) -> None:
    page = show(html.render(numeric()), 390)
    assert visible(page, "#fm-cfm-numbers thead")
    assert not visible(page, "#fm-cfm-conditions thead")
    label = "return getComputedStyle(document.querySelector(arguments[0]), '::before').content"
    assert "derived by" in page.execute_script(label, "#fm-cfm-conditions td:nth-child(3)")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 390])
def test_formulas_are_drawn_within_the_page(show: Any, width: int, dark: bool) -> None:
    page = show(html.render(everything()), width, dark)
    found = page.execute_script(
        """
        document.querySelectorAll('details').forEach(d => d.open = true);
        const maths = [...document.querySelectorAll('math')];
        return {
          count: maths.length,
          flat: maths.filter(m => m.getBoundingClientRect().height < 5).length,
          raw: maths.filter(m => [...m.querySelectorAll('mi, mo, mn')]
                     .some(e => e.textContent.includes('\\\\'))).length,
          errors: document.querySelectorAll('merror').length,
          wide: document.documentElement.scrollWidth > innerWidth,
          paper: getComputedStyle(document.body).backgroundColor,
          ink: getComputedStyle(document.body).color,
        }"""
    )
    assert found["count"] > 500
    assert found["flat"] == found["raw"] == found["errors"] == 0
    assert not found["wide"]
    brightness = {k: sum(map(int, found[k][4:-1].split(","))) for k in ("paper", "ink")}
    assert (brightness["paper"] < brightness["ink"]) is dark


def test_the_console_is_silent_and_nothing_is_loaded(show: Any) -> None:
    page = show(html.render(everything()))
    assert page.get_log("browser") == []
    requests = [
        e["message"] for e in page.get_log("performance") if "requestWillBeSent" in e["message"]
    ]
    assert [r for r in requests if '"url":"http' in r] == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_plots_are_drawn_in_the_ink_of_the_page(show: Any, width: int, dark: bool) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    problem = Problem(GaussianMixture.points([[-1], [1]]), CondOTPath(), LinearVelocity([[0.5]]))
    page = show(html.render(proved(), pictures=plots.pictures(problem), problem="x"), width, dark)
    found = page.execute_script(
        """
        const drawn = [...document.querySelectorAll('figure svg')];
        return {
          count: drawn.length,
          small: drawn.filter(s => s.getBoundingClientRect().height < 150).length,
          wide: document.documentElement.scrollWidth > innerWidth,
          paper: getComputedStyle(document.body).backgroundColor,
          ink: getComputedStyle(drawn[0].querySelector('[style*="currentColor"]')).fill,
        }"""
    )
    assert (found["count"], found["small"], found["wide"]) == (4, 0, False)
    brightness = {k: sum(map(int, found[k][4:-1].split(","))) for k in ("paper", "ink")}
    assert (brightness["paper"] < brightness["ink"]) is dark
    assert page.get_log("browser") == []


def press(page: Any, key: str, times: int = 1) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    for _ in range(times):
        ActionChains(page).send_keys(key).perform()


def at(page: Any) -> str:
    return str(
        page.execute_script("return document.querySelector('.step.current')?.dataset.step ?? ''")
    )


@pytest.mark.parametrize("dark", [False, True])
def test_a_derivation_is_stepped_through_and_what_changed_is_marked(show: Any, dark: bool) -> None:
    page = show(html.render(proved()), dark=dark)
    assert at(page) == ""
    marked = """
        const marked = (place, name) => {
          const plain = getComputedStyle(document.body).getPropertyValue('--paper');
          return [...document.querySelectorAll(`${place} .${name}`)].filter(
            e => getComputedStyle(e).backgroundColor !== 'rgba(0, 0, 0, 0)').length };
        return [marked('.current > summary', 'new'), marked('.before', 'gone'),
                marked('.step:not(.current):not(.before)', 'new')]"""
    press(page, "n", 6)
    assert at(page) == "2.2"
    assert page.execute_script(marked) == [0, 1, 0]  # p(t) is gone
    press(page, "n")
    new, gone, elsewhere = page.execute_script(marked)
    assert new > 0
    assert gone > 0
    assert elsewhere == 0
    assert "step 2.3: definition" in page.find_element("css selector", ".tools output").text
    top = page.execute_script(
        "return document.querySelector('.current').getBoundingClientRect().top"
    )
    assert 0 < top < 900
    press(page, "p", 2)
    assert at(page) == "2.1"
    body = "[id='fm-cfm-2.1'] .body"
    assert not visible(page, body)
    press(page, "o")
    assert visible(page, body)
    press(page, "\ue00c")
    assert at(page) == ""
    assert not page.find_elements("css selector", ".before")


def test_everything_opens_and_closes_at_once(show: Any) -> None:
    page = show(html.render(proved()))
    press(page, "e")
    assert not page.find_elements("css selector", "main details:not([open])")
    (expander,) = [b for b in page.find_elements("tag name", "button") if "all" in b.text]
    assert expander.text == "collapse all"
    expander.click()
    assert not page.find_elements("css selector", "main details[open]")


def test_a_step_and_a_part_are_copied_as_latex(show: Any) -> None:
    report = proved()
    (derivation,) = report.derivations
    page = show(html.render(report))
    # What reaches the clipboard; reading it back needs a permission that a page has not.
    page.execute_script(
        """
        window.copied = [];
        Object.defineProperty(navigator, 'clipboard',
          {value: {writeText: async text => { window.copied.push(text) }}})"""
    )
    press(page, "n", 2)
    press(page, "c")
    page.find_element("css selector", "#fm-cfm-part-2 .head .copy").click()
    claim, part = page.execute_script("return window.copied")
    assert claim == derivation.steps[1].claim.latex
    assert part.startswith("\\begin{align*}")
    assert part.count("\\tag*") == len(derivation.parts[1].steps)


def test_a_rule_is_reached_from_the_row_and_opens(show: Any) -> None:
    page = show(html.render(proved()))
    page.find_element("css selector", "[id='fm-cfm-1.3'] summary .rule a").click()
    target = page.execute_script("return location.hash.slice(1)")
    assert visible(page, f"#{target} p")
    assert "linearity" in page.find_element("id", target).text


def test_every_formula_of_every_derivation_wraps_on_a_phone(show: Any) -> None:
    report = check([load(name) for name in BUILTIN])
    page = show(html.render(report), 390)
    over = page.execute_script(
        """
        document.querySelectorAll('details').forEach(d => d.open = true);
        return [...document.querySelectorAll('.formula')]
          .filter(f => !f.closest('.rule-entry')  // a rule of inference is one fraction
            && f.scrollWidth > f.clientWidth + 1).map(f => f.textContent)"""
    )
    assert over == []
    assert not page.find_elements("css selector", ".formula .text, .inline .text")  # all MathML


DOCUMENT = r"""# 损失函数

由 $\|a - b\|^2 = \|a\|^2 - 2 a^\top b + \|b\|^2$ 可得
$$
\begin{aligned}
\mathbb{E}_{x \sim p} \|f(x) - g(x)\|^2
  &= \mathbb{E}_{x \sim p} [\|f(x)\|^2 - 2 f(x)^\top g(x) + \|g(x)\|^2] \\
  &= \mathbb{E}_{x \sim p} [\|f(x)\|^2 + \|g(x)\|^2] \\
  &= \foo
\end{aligned}
$$
and, in a wide row,
$$
\mathbb{E}_{x \sim p} \|f(x) + g(x) + h(x)\|^2 = \mathbb{E}_{x \sim p} [\|f(x)\|^2 + \|g(x)\|^2
 + \|h(x)\|^2 + 2 f(x)^\top g(x) + 2 g(x)^\top h(x) + 2 f(x)^\top h(x)]
$$
"""


@pytest.fixture(scope="module")
def checked_document() -> str:
    document = check_text(DOCUMENT, "post.md", ".md")
    return document_page.render(CheckReport("1", (document,), 0.1))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_a_checked_document_is_read_on_any_screen(
    show: Any, checked_document: str, width: int, dark: bool
) -> None:
    page = show(checked_document, width, dark)
    page.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert not page.execute_script("return document.documentElement.scrollWidth > innerWidth")
    colours = "const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]"
    paper, ink = (sum(map(int, c[4:-1].split(","))) for c in page.execute_script(colours))
    assert (paper < ink) is dark
    assert "损失函数" in page.find_element("tag name", "h2").text
    assert page.get_log("browser") == []
    log = [entry["message"] for entry in page.get_log("performance")]
    assert [m for m in log if "requestWillBeSent" in m and '"url":"http' in m] == []


def test_the_keyboard_reaches_and_opens_every_mark(show: Any, checked_document: str) -> None:
    page = show(checked_document)
    marks = page.find_elements("css selector", "details.mark > summary")
    assert len(marks) == 5
    reached = []
    for _ in range(3 * len(marks) + 9):
        press(page, "\ue004")
        here = page.switch_to.active_element
        if here in marks and here not in reached:
            reached.append(here)
            press(page, "\ue007")
            assert page.execute_script("return arguments[0].parentElement.open", here)
    assert reached == marks


def test_no_other_script_can_run(show: Any) -> None:
    source = html.render(proved()).replace("</main>", "<script>window.evil = 1</script></main>")
    page = show(source)
    assert page.execute_script("return window.evil ?? 0") == 0
    assert any("Content Security Policy" in entry["message"] for entry in page.get_log("browser"))
