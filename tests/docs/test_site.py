"""The site is built without a warning, and its pages load nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pages import ROOT

pytest.importorskip("mkdocs", reason="mkdocs is not installed: pip install '.[docs]'")

LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


class Page(HTMLParser):
    """What a page loads, and its text outside of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.prose = ""
        self._code = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in ("pre", "code", "script", "annotation")
        given = dict(attrs)
        if tag != "link" or given.get("rel") in ("stylesheet", "icon", "preconnect", "preload"):
            self.loaded += [str(v) for k, v in attrs if (tag, k) in LOADS]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("pre", "code", "script", "annotation")

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.prose += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_there(site: Path) -> None:
    pages = {str(p.relative_to(ROOT / "docs")) for p in (ROOT / "docs").rglob("*.md")}
    built = {str(p.relative_to(site).with_suffix(".md")) for p in site.rglob("*.html")}
    assert pages | {"index.md", "contributing.md", "changelog.md", "api/kernel.md"} <= built
    navigation = (site / "index.html").read_text(encoding="utf-8")
    for page in pages:
        assert f'href="{page.removesuffix(".md")}.html"' in navigation, page


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for file in site.rglob("*.html"):
        page = Page(file.read_text(encoding="utf-8"))
        assert page.loaded
        assert [url for url in page.loaded if re.match(r"(https?:)?//", url)] == [], file
    for file in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", file.read_text("utf-8")), file


def test_formulas_are_drawn_and_roles_are_names(site: Path) -> None:
    for file in site.rglob("*.html"):
        prose = Page(file.read_text(encoding="utf-8")).prose
        assert "$$" not in prose, file
        assert "$`" not in prose, file
        assert not re.search(r":(func|class|mod|meth):", prose), file
    assert (site / "rules.html").read_text(encoding="utf-8").count("<math") > 35
    assert (site / "how-to" / "plots.html").read_text(encoding="utf-8").count("<figure>") == 4
    assert (site / "mathematics.html").read_text(encoding="utf-8").count("<math") > 20


def test_the_reference_holds_what_can_be_imported(site: Path) -> None:
    import fmproof
    import fmproof.models
    import fmproof.testing

    reference = "".join(p.read_text(encoding="utf-8") for p in (site / "api").glob("*.html"))
    for package in (fmproof, fmproof.models, fmproof.testing):
        for name in set(package.__all__) - {"__version__", "Rational"}:
            assert re.search(rf'id="fmproof\.[\w.]+\.{name}"', reference), name
