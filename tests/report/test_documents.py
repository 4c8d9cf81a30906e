"""What the documents say, and that nothing in a name or a note can do anything in them."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from report_cases import everything, failing, hostile, long, numeric, odd_names, proved

from fmproof.report import html, latex, markdown, notebook, tex
from fmproof.report.document import anchor, report_sections
from fmproof.report.model import Formula, Report, RuleCondition, RuleEntry
from fmproof.report.rules import entries

CASES = [proved, hostile, odd_names, numeric, long, everything]


def words(source: str) -> str:
    """LaTeX without what it says of breaking lines."""
    return source.replace(r"{\textendash}\hspace{0pt}", "–").replace(r"\hspace{0pt}", "")


def in_every_format(report: Report) -> dict[str, str]:
    return {
        "tex": latex.render(report, "fmproof docs x"),
        "html": html.render(report, "fmproof docs x"),
        "md": markdown.render(report, "fmproof docs x"),
        "ipynb": notebook.render(report, ["fm-cfm"], "fmproof docs x"),
    }


@pytest.mark.parametrize("kind", ["tex", "html", "md", "ipynb"])
def test_every_step_condition_and_hypothesis_is_there(kind: str) -> None:
    text = in_every_format(proved())[kind]
    (derivation,) = proved().derivations
    for step in derivation.steps:
        assert step.id in text
        for rule in step.rule.split(", "):
            assert rule in text
    for row in report_sections(proved())[0].conditions:
        assert row.label in text
        assert row.condition.discharged_by is not None
        reason = row.condition.discharged_by
        if kind == "tex":
            reason = ", ".join(f"({r})" if r in ("H1", "H2") else r for r in reason.split(", "))
        assert reason in words(text)
    for hypothesis in derivation.hypotheses:
        assert hypothesis.meaning in text
    assert "0.1.0" in text
    assert "fmproof docs x" in text.replace(r"~\allowbreak{}", " ")


@pytest.mark.parametrize("kind", ["tex", "html", "md", "ipynb"])
def test_a_failing_step_is_shown(kind: str) -> None:
    text = in_every_format(hostile())[kind]
    assert "not proved" in text
    assert "the claim is not what square gives" in text
    assert "not derived" in text or "not derive" in text  # H2 is missing
    assert "Proved:" not in text
    assert "proved: " not in text.replace("not proved: ", "")


@pytest.mark.parametrize("kind", ["tex", "html", "md"])
def test_a_refuted_step_shows_its_counterexample(kind: str) -> None:
    text = in_every_format(numeric())[kind]
    assert "refuted" in text
    assert "weights" in text
    assert "seed" in text
    assert (r"1.2 \cdot 10^{3}" if kind == "tex" else "1.2e+03") in text


@pytest.mark.parametrize("kind", ["html", "md", "ipynb"])
def test_many_failing_steps_are_summed_up(kind: str) -> None:
    text = in_every_format(failing())[kind]
    assert "In all, 19 steps are not accepted: 1.1–1.4, 2.1–2.5b, 3.1–3.7" in text
    assert text.count("needed by 1.1–1.4, 2.1–2.5b, 3.1–3.7; to assume it, declare") == 1


def test_the_contents_count_what_they_do_not_name() -> None:
    (derivation,) = failing().derivations
    steps = tuple(step for part in derivation.parts for step in part.steps)
    one = replace(derivation, parts=(replace(derivation.parts[0], steps=steps),))
    page = html.render(replace(failing(), derivations=(one,)))
    contents = page[page.index("<nav") : page.index("</nav>")]
    assert contents.count('<a class="bad"') == 12
    assert '<span class="bad">and 7 more</span>' in contents


def test_many_failing_steps_are_summed_up_in_latex() -> None:
    source = latex.render(failing()).replace(r"{\textendash}\hspace{0pt}", "–")
    assert "Not accepted: 1.1–1.4, 2.1–2.5b, 3.1–3.7." in source
    # What is missing stands once, with the line that declares it; each step says what it needs.
    assert source.count(r"to assume it, declare\\ \texttt{Hypothesis(") == 1
    assert "needed by 1.1–1.4, 2.1–2.5b, 3.1–3.7; to assume it" in source
    assert source.count("not follow from the declared hypotheses.") == 19
    assert "It would follow from" not in source


RULE = RuleEntry(
    code="X1",
    name="x",
    family="F",
    title="t",
    statement=Formula("a = b", "a = b"),
    explanation="Write `by=\"<x>\"`, not 'there'.",
    conditions=(RuleCondition("`a`_ holds.", "y", "z"),),
    unconditional="",
)


def test_code_in_the_rules_is_code() -> None:
    source = latex.render(proved(), rules=[RULE])
    assert (
        "Write \\texttt{by={\\char34}{\\ensuremath{<}}x{\\ensuremath{>}}{\\char34}}, not `there'."
        in (source.replace(r"\hspace{0pt}", ""))
    )
    assert r"\texttt{a}{\_} holds" in source
    page = html.render(proved(), rules=[RULE])
    assert "<p>Write <code>by=&#34;&lt;x&gt;&#34;</code>, not &#39;there&#39;.</p>" in page
    assert "<code>a</code>_ holds" in page
    assert 'Write `by="<x>"`, not' in markdown.render(proved(), rules=[RULE])
    assert r"`a`\_ holds" in markdown.render(proved(), rules=[RULE])


# --- LaTeX ----------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_latex_is_ascii_and_has_no_command_of_the_users(case) -> None:
    source = latex.render(case())
    assert source.isascii()
    for command in (r"\input", r"\write"):
        assert command not in source
    assert source.count("{") - source.count(r"\{") == source.count("}") - source.count(r"\}")


def test_one_step_is_not_called_steps() -> None:
    report = proved("uniform")
    assert "Proved: 1 step, each" in latex.render(report)
    assert " side conditions, each" in latex.render(report)


def test_a_minus_that_begins_a_formula_is_a_sign() -> None:
    source = latex.render(proved("constant"))
    assert "& {-}C" in source
    assert not re.search(r"& -", source)
    assert not re.search(r"& -", markdown.render(proved("constant")))


def test_a_bookmark_keeps_letters() -> None:
    assert tex.plain("Längs \\input{x} ≤ 日") == "Langs inputx  "


def test_long_words_are_broken_at_signs() -> None:
    assert tex.escape("(see_absolute=continuity)").replace(r"\hspace{0pt}", "|") == (
        r"(see{\_}|absolute=|continuity)"
    )
    assert tex.escape("x" * 30).count(r"\hspace{0pt}") == 7
    assert tex.escape("continuity).") == "continuity)."


def test_a_fragment_has_no_preamble_and_labels_to_refer_to() -> None:
    source = latex.render(proved(), fragment=True)
    assert r"\documentclass" not in source
    assert r"\usepackage" not in source
    for label in ("fmproof:fm-cfm:theorem", "fmproof:fm-cfm:2.4a", "fmproof:fm-cfm:H1"):
        assert label in source


def test_labels_are_unique_whatever_the_names() -> None:
    source = latex.render(everything())
    labels = re.findall(r"\\(?:fmproof)?(?:label|step)\{([^}#]*)\}", source)
    assert len(labels) > 60
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("text", ["a|b", "<x>", "%", "\\", "{}", "a--b", "é日α≤", "\x00\x1b[31m"])
def test_escaped_text_is_ascii_without_bare_specials(text: str) -> None:
    written = tex.escape(text)
    assert written.isascii()
    assert not re.search(
        r"(?<!\\)[%#&$]|[<>|\x00-\x1f]", re.sub(r"\\ensuremath\{[<>]\}", "", written)
    )


def test_anchors_are_plain_and_unique() -> None:
    taken: set[str] = set()
    found = [anchor(name, taken) for name in ("a b", "a-b", "<a>", "a", "日本", "本")]
    assert found == ["a-b", "a-b-2", "a", "a-2", "x", "x-2"]


# --- HTML -----------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags of a page, the ids, and what it would load."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                (self.links if tag == "a" else self.loads).append(value or "")
            elif name == "src":
                self.loads.append(value or "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_page_is_inert_and_alone(case) -> None:
    source = html.render(case())
    page = Page(source)
    # One script, ours, and no other may run.
    assert source.count("<script") == 1
    script = re.search(r"<script>(.*?)</script>", source, re.DOTALL)
    assert script is not None
    digest = b64encode(sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in source
    assert not re.search(r"innerHTML|eval|fetch|XMLHttp|import", script[1])
    assert not page.tags & {"iframe", "img", "b>", "i>", "object", "form"}
    assert page.loads == ["data:,"]
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_formulas_are_mathml_without_raw_latex(case) -> None:
    source = html.render(case())
    for math in re.findall(r"<math.*?</math>", source, re.DOTALL):
        without_names = re.sub(r"<mtext>.*?</mtext>", "", math)
        assert "\\" not in without_names, math
    assert 'class="text"' not in source


def test_an_unknown_command_falls_back_to_the_plain_text() -> None:
    report = proved()
    (derivation,) = report.derivations
    statement = Formula("x < y", r"\nosuchcommand{x}")
    shown = html.render(replace(report, derivations=(replace(derivation, statement=statement),)))
    assert '<span class="text">x &lt; y</span>' in shown
    assert "nosuchcommand" not in shown


# --- Markdown and notebooks -----------------------------------------------------------


def test_markdown_shows_hostile_text_as_text() -> None:
    source = markdown.render(hostile())
    outside = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", source.replace(r"\$", ""), flags=re.DOTALL)
    assert not re.search(r"<(?!\s)", outside)
    assert "<script>" not in source
    assert r"\_x\_" in source


def test_markdown_mathematics_has_no_backslash_before_punctuation() -> None:
    source = markdown.render(numeric())
    for formula in re.findall(r"\$\$(.*?)\$\$", source, re.DOTALL):
        assert not re.search(r"\\[^a-zA-Z]", formula), formula
    assert source.count("$$") % 2 == 0


@pytest.mark.parametrize("text", ["a`b", "``", "x"])
def test_code_in_markdown(text: str) -> None:
    written = markdown.code(text)
    ticks = re.match("`+", written)
    assert ticks is not None
    assert ticks[0] not in text
    assert text in written


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_notebooks_are_valid(case) -> None:
    source = notebook.render(case(), ["fm-cfm", 'mine\'s "file".py'])
    document = nbformat.reads(source, as_version=4)
    nbformat.validate(document)
    assert document["nbformat_minor"] == 5


@pytest.mark.parametrize("case", [proved, hostile], ids=lambda case: case.__name__)
def test_a_notebook_checks_again_and_notices_another_result(case) -> None:
    report = case()
    cells = json.loads(notebook.render(report, ["fm-cfm"]))["cells"]
    program = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    names: dict[str, object] = {}
    if report.status == "proved":
        exec(program, names)
        assert names["report"].status == "proved"
    else:
        with pytest.raises(SystemExit, match="says proved, not failed"):
            exec(program, names)


def test_markdown_uses_commands_that_notebooks_know() -> None:
    source = markdown.render(proved())
    assert r"\enspace \Rightarrow" in source
    for unknown in (r"\thickspace", r"\medspace"):  # to MathJax 3
        assert unknown not in source


def test_titles_come_out_as_they_are() -> None:
    shown = latex.render(hostile()).replace(r"\hspace{0pt}", "")
    assert r"{\textbackslash}input{\{}/etc/passwd{\}} {\ensuremath{<}}script" in shown
    title = json.loads(notebook.render(hostile(), []))["cells"][0]["source"][0]
    assert title.startswith(r"# \\input{/etc/passwd} &lt;script>")


def test_the_only_part_does_not_repeat_the_title() -> None:
    (derivation,) = proved().derivations
    (part, *_) = derivation.parts
    named = replace(part, title=derivation.title)
    report = replace(proved(), derivations=(replace(derivation, parts=(named,)),))
    for kind, heading in (
        ("html", "</span> Steps</h3>"),
        ("md", "### Steps\n"),
    ):
        assert heading in in_every_format(report)[kind]
    assert (
        in_every_format(report)["tex"].count(f"{{{derivation.title}") == 2
    )  # name, label: no head
    (chain, *_) = report_sections(proved())[0].chains
    assert chain.title == part.title


def test_every_template_is_used() -> None:
    folder = Path(html.__file__).parent
    sources = "".join(
        path.read_text()
        for path in (*folder.rglob("*"), *(folder.parent / "jupyter").rglob("*.py"))
        if path.is_file() and path.suffix != ".pyc"
    )
    for template in (folder / "templates").iterdir():
        assert f'"{template.name}"' in sources, template.name


def test_rules_of_steps_lead_to_the_rules_of_the_page() -> None:
    for page in (html.render(proved()), html.render(proved(), rules=entries())):
        links = set(re.findall(r'<a href="#(rule-[^"]+)">', page))
        assert {"rule-I1", "rule-I4"} <= links
        assert all(f'id="{link}"' in page for link in links)
    assert html.render(proved()).count('class="rule-entry"') < len(entries())


def test_an_executed_notebook_shows_the_derivation_once() -> None:
    cells = json.loads(notebook.render(proved(), ["fm-cfm"]))["cells"]
    (first, *_) = [cell for cell in cells if cell["cell_type"] == "code"]
    assert first["source"][-1].startswith("print(")
