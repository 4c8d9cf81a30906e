"""``fmproof list`` and ``fmproof explain``: what there is, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from fmproof.cli import terminal
from fmproof.derivations.catalogue import BUILTIN
from fmproof.errors import InputError, nearest
from fmproof.report.layout import formula_lines, hang, prose_lines

if TYPE_CHECKING:
    from sympy import Basic

    from fmproof.catalogue import Rule
    from fmproof.tactics.script import Derivation


@click.command("list")
@click.option("--rules", is_flag=True, help="List the rules that a step may name instead.")
@click.help_option("-h", "--help")
def list_(rules: bool) -> None:
    """List the built-in derivations, or the rules."""
    _print(_rules() if rules else _derivations())


def _derivations() -> Iterator[str]:
    names = max(map(len, BUILTIN))
    for name, (title, _) in BUILTIN.items():
        yield from hang(f"{name:<{names}}  ", prose_lines(title, terminal.width() - names - 2))


def _rules() -> Iterator[str]:
    from fmproof.catalogue import catalogue

    codes = max(len(rule.code) for rule in catalogue())
    names = max(len(rule.name) for rule in catalogue())
    family = ""
    for rule in catalogue():
        if rule.family != family:
            yield from [""] if family else []
            yield rule.family
            family = rule.family
        head = f"  {rule.code:<{codes}}  {rule.name:<{names}}  "
        yield from hang(head, prose_lines(rule.title, terminal.width() - len(head)))


def complete_name(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of derivations and rules."""
    from fmproof.catalogue import catalogue

    titles = {name: title for name, (title, _) in BUILTIN.items()}
    titles |= {name: rule.title for rule in catalogue() for name in (rule.code, rule.name)}
    return [
        CompletionItem(name, help=title)
        for name, title in titles.items()
        if name.startswith(incomplete)
    ]


@click.command()
@click.argument("name", metavar="NAME-OR-RULE", shell_complete=complete_name)
@click.help_option("-h", "--help")
def explain(name: str) -> None:
    """Explain a derivation or a rule.

    A derivation, by its name or from a file: what it states, what it assumes, what its symbols
    stand for. A rule, by its code or name: its statement, its conditions, and for each
    condition what goes wrong without it.
    """
    sections = [list(section) for section in _sections(name)]
    _print(line for section in sections for line in ("", *section))


def _sections(name: str) -> Iterator[Iterator[str]]:
    """What is called ``name``: a derivation, a rule, or one of each."""
    from fmproof.catalogue import catalogue, rule

    rules = {label.lower() for r in catalogue() for label in (r.code, r.name)}
    is_file = Path(name).suffix == ".py"
    if name not in BUILTIN and name.lower() not in rules and not is_file:
        hint = nearest(
            name,
            [*BUILTIN, *(label for r in catalogue() for label in (r.code, r.name))],
            "fmproof list shows the derivations, fmproof list --rules the rules",
        )
        raise InputError(f"no derivation or rule is called {name!r}; {hint}")
    if name in BUILTIN or is_file:
        from fmproof.sources import find

        for derivation in find(name):
            yield _derivation(derivation)
    if name.lower() in rules:
        yield _rule(rule(name))


# --- a rule ---------------------------------------------------------------------------


def _rule(rule: Rule) -> Iterator[str]:
    yield f"{rule.code} {rule.name}: {rule.title}"
    yield ""
    for line in rule.statement_text.splitlines():
        yield from _formula("  ", line)
    yield ""
    yield from _prose("", rule.explanation)
    if not rule.conditions:
        yield ""
        yield from _prose("No condition: ", rule.unconditional)
    for condition in rule.conditions:
        yield ""
        yield from _prose("Condition:  ", condition.text)
        yield from _prose("Without it: ", condition.why)
        yield from _prose("Example:    ", condition.counterexample)
    if rule.kernel:
        yield ""
        yield from _prose("In fmproof.kernel: ", ", ".join(rule.kernel))


# --- a derivation ---------------------------------------------------------------------


def _derivation(derivation: Derivation) -> Iterator[str]:
    from fmproof.lang.spelling.text import text

    yield from _prose("", f"{derivation.name}: {derivation.title}")
    if derivation.source:
        yield from _prose("", derivation.source)
    yield ""
    yield from _formula("  Theorem  ", text(derivation.proposition))
    yield from _hypotheses(derivation)
    yield from _definitions(derivation)
    for part in derivation.parts:
        rules = dict.fromkeys(rule for step in part.steps for rule in step.rules)
        yield ""
        yield from _prose("  ", part.title)
        yield from _formula("  ", text(part.proposition))
        yield from _prose("  by ", ", ".join(rules))
    if derivation.uses:
        yield ""
        yield from _prose("  Uses ", ", ".join(used.name for used in derivation.uses))


def _hypotheses(derivation: Derivation) -> Iterator[str]:
    from fmproof.lang.spelling.text import text

    if derivation.hypotheses:
        yield ""
        yield "  Hypotheses"
    names = max((len(h.name) for h in derivation.hypotheses), default=0)
    for hypothesis in derivation.hypotheses:
        yield from _formula(f"  {hypothesis.name:<{names}}  ", text(hypothesis.prop))
        if hypothesis.meaning:
            yield from _prose(" " * (names + 4), hypothesis.meaning)


def _definitions(derivation: Derivation) -> Iterator[str]:
    from fmproof.lang.spelling.text import text

    found: dict[Basic, Basic] = {}
    for part in derivation.parts:
        for term in (part.start, *(step.claim for step in part.steps)):
            _define(term, found)
    if found:
        yield ""
        yield "  Definitions"
    shown = {text(symbol): text(meaning) for symbol, meaning in found.items()}
    names = max(map(len, shown), default=0)
    for symbol, meaning in shown.items():
        yield from _formula(f"  {symbol:<{names}} = ", meaning)


def _define(node: Basic, found: dict[Basic, Basic]) -> None:
    """Collect the symbols in ``node`` that stand for something, and what is in that."""
    from fmproof.lang.nodes import Apply, Named

    symbol, meaning = None, None
    if isinstance(node, Named):
        symbol, meaning = node, node.definition
    elif isinstance(node, Apply) and node.head.definition is not None:
        symbol, meaning = node.head(*node.head.params), node.head.definition
    if symbol is not None and symbol not in found:
        found[symbol] = meaning
        _define(meaning, found)
    for arg in node.args:
        _define(arg, found)


# --- lines ----------------------------------------------------------------------------


def _formula(head: str, formula: str) -> Iterator[str]:
    return hang(head, formula_lines(formula, terminal.width() - len(head)))


def _prose(head: str, text: str) -> Iterator[str]:
    return hang(head, prose_lines(text, terminal.width() - len(head)))


def _print(lines: Iterator[str]) -> None:
    text = "".join(line.rstrip() + "\n" for line in lines)
    terminal.write(text.removeprefix("\n"), None, as_utf8=False)
