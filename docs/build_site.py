"""What the site of the documentation has beyond the pages in this folder.

``mkdocs build --strict`` calls these hooks. The front page is the README, so that nothing is
written twice; the reference is written from the docstrings; formulas become MathML, which browsers
draw without loading anything.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fmproof.models import load_problem
from fmproof.report import plots
from fmproof.report.html import mathematics
from fmproof.report.model import Formula

ROOT = Path(__file__).resolve().parents[1]

# Page -> the file of the project that it shows.
PROJECT = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}

# Page of the reference -> title, introduction, modules.
REFERENCE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "terms": (
        "Terms",
        "Variables, symbols and the nodes of the language; propositions; printing and reading. "
        "All of them can be imported from `fmproof`.",
        ("lang.nodes", "lang.arithmetic", "lang.props", "lang.scope", "lang.sorts",
         "lang.spelling.text", "lang.spelling.latex", "reading.latex",
         "reading.text"),
    ),
    "derivations": (
        "Derivations",
        "Writing a derivation down, finding one by its name, and checking it.",
        ("tactics.script", "derivations.catalogue", "sources", "tactics.check", "verify", "errors"),
    ),
    "kernel": (
        "The kernel",
        "Theorems and the rules that make them. [The rules](../rules.md) says when each may be "
        "used, [the trust page](../trust.md) what rests on it.",
        ("kernel.theorem", "kernel.equality", "kernel.ring", "kernel.algebra", "kernel.integrals",
         "kernel.calculus", "kernel.conditional", "kernel.gaussian", "kernel.functions",
         "kernel.order", "kernel.integrability", "kernel.almost", "kernel.obligations"),
    ),
    "models": (
        "Models",
        "Data, probability paths, time laws, velocity models, and problems made of them. All of "
        "them can be imported from `fmproof.models`.",
        ("models.mixture", "models.paths", "models.custom", "models.time", "models.velocity",
         "models.given_paths", "models.time_laws", "models.problem", "models.problem_file"),
    ),
    "numbers": (
        "Numbers",
        "Both losses and their constants, by several methods.",
        ("evaluation", "losses.estimate", "losses.exact", "losses.quadrature",
         "losses.sampling", "losses.over_time", "losses.quantities"),
    ),
    "reports": (
        "Reports and plots",
        "One data model, many renderers.",
        ("report.model", "report.text", "report.json", "report.junit", "report.github",
         "report.html", "report.latex", "report.pdf", "report.markdown", "report.notebook",
         "report.evaluation", "report.plots"),
    ),
    "testing": (
        "Testing",
        "Assertions for your own code, all importable from `fmproof.testing`, and strategies for "
        "hypothesis, from `fmproof.testing.strategies`.",
        ("testing.schedule", "testing.conditional", "testing.field", "testing.losses",
         "testing.gradients", "testing.steps", "testing.sampling", "testing.conversions",
         "testing.derivatives", "testing.weights", "testing.adapters", "testing.failure",
         "testing.strategies.models", "testing.strategies.language", "testing.strategies.steps"),
    ),
}  # fmt: skip


def on_config(config: Any) -> Any:
    """Complete the navigation: the reference, and the pages that it does not name."""
    sections: list[dict[str, Any]] = config.nav
    named = set(re.findall(r"[\w/-]+\.md", str(sections)))
    found = {str(p.relative_to(config.docs_dir)) for p in Path(config.docs_dir).rglob("*.md")}
    for section in sections:
        for title, entries in section.items():
            if entries == "rest":
                section[title] = sorted(found - named)
            elif isinstance(entries, list) and {"API": "api"} in entries:
                entries[entries.index({"API": "api"})] = {"API": [f"api/{p}.md" for p in REFERENCE]}
    config.nav = [section for section in sections if all(section.values())]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are written here."""
    from mkdocs.structure.files import File

    for page, source in PROJECT.items():
        text = (ROOT / source).read_text(encoding="utf-8").replace("](docs/", "](")
        for other, name in PROJECT.items():
            text = text.replace(f"]({name})", f"]({other})")
        files.append(File.generated(config, page, content=text))
    for page, (title, introduction, modules) in REFERENCE.items():
        text = "\n\n".join([f"# {title}", introduction, *map(_reference, modules)])
        files.append(File.generated(config, f"api/{page}.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Formulas, displayed or within a line, as MathML, and plots where a comment asks for them."""
    from mkdocs.exceptions import PluginError

    def formula(found: re.Match[str]) -> str:
        shown = str(mathematics(Formula(found[1], found[1])))
        if "<math" not in shown:
            raise PluginError(f"{page.file.src_uri}: no MathML for the formula {found[1]}")
        return shown

    def display(found: re.Match[str]) -> str:
        return f'<div class="formula-display">{formula(found)}</div>'

    markdown = re.sub(r"^<!-- plots of (\S+) -->$", _plots, markdown, flags=re.MULTILINE)
    markdown = re.sub(r"\$`([^`\n]+)`\$", formula, markdown)
    return re.sub(r"^\$\$\n(.*?)\n\$\$$", display, markdown, flags=re.MULTILINE | re.DOTALL)


def on_page_content(html: str, **_: Any) -> str:
    """Docstrings name things as Sphinx does; here only the name is of interest."""
    return re.sub(r":(?:class|func|mod|meth|attr|data):<code>", "<code>", html)


def _plots(found: re.Match[str]) -> str:
    """Every plot of a problem file under docs, as SVG."""
    pictures = plots.pictures(load_problem(ROOT / "docs" / found[1]))
    return "\n\n".join(
        f"<figure>{p.svg}<figcaption><b>{p.title}.</b> {p.caption}</figcaption></figure>"
        for p in pictures
    )


def _reference(module: str) -> str:
    options = ["show_root_heading: false", "show_root_toc_entry: false"]
    lines = [f"::: fmproof.{module}", "    options:", *(f"      {option}" for option in options)]
    return "\n".join([f"## `fmproof.{module}`", "", *lines])
