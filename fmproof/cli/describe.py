"""``fmproof list`` and ``fmproof explain``: what there is, and what it says."""

from __future__ import annotations

import unicodedata
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

    from fmproof.catalogue import RuleRecord
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
        yield from _prose(head, rule.title)
    yield ""
    yield from _prose("", "fmproof explain RULE says whether a step names it, and how.")


def complete_name(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of derivations and rules."""
    from fmproof.catalogue import catalogue

    titles = {name: title for name, (title, _) in BUILTIN.items()}
    for rule in catalogue():
        titles |= dict.fromkeys((rule.code, rule.name, *rule.also), rule.title)
    return [
        CompletionItem(name, help=title)
        for name, title in titles.items()
        if name.startswith(incomplete)
    ]


@click.command()
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.help_option("-h", "--help")
def explain(name: str) -> None:
    """Explain a derivation, a rule, a hypothesis or a step.

    A derivation, by its name or from a file: what it states, what it assumes, what its symbols
    stand for. A rule, by its code or name: its statement, its conditions, and for each
    condition what goes wrong without it. A hypothesis or a step, by its label or as
    fm-cfm::2.4a: what it says, and what it needs.
    """
    sections = [list(section) for section in _sections(name)]
    _print(line for section in sections for line in ("", *section))


def _sections(name: str) -> Iterator[Iterator[str]]:
    """All that is called ``name``: a derivation, a rule, hypotheses, steps."""
    from fmproof.catalogue import catalogue, rule_record

    found = False
    source, selects, label = name.partition("::")
    if source in BUILTIN or Path(source).suffix == ".py":
        from fmproof.sources import find

        for derivation in find(source):
            found = True
            yield from _pieces(derivation, label) if selects else [_derivation(derivation)]
        if selects:
            return
    words = [word for r in reversed(catalogue()) for word in (*r.also, r.code, r.name)]
    labels = {_plain(word): word for word in words}
    if name in labels.values() or _plain(name) in labels:
        found = True
        yield _rule(rule_record(name if name in labels.values() else labels[_plain(name)]))
    if not found and (pieces := list(_everywhere(name))):
        found = True
        yield from pieces
    if not found:
        hint = nearest(
            name,
            [*BUILTIN, *labels.values()],
            "fmproof list shows the derivations, fmproof list --rules the rules",
        )
        raise InputError(f"no derivation, rule, hypothesis or step is called {name!r}; {hint}")


def _plain(name: str) -> str:
    """A name in small ASCII letters, so that Cauchy-Schwarz finds Cauchy–Schwarz."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("–", "-"))
    return "".join(c for c in letters if c.isascii())


def _everywhere(label: str) -> Iterator[Iterator[str]]:
    """A hypothesis or step of the built-in derivations; what reads alike is shown once."""
    from fmproof.derivations import load

    seen = set()
    for name in BUILTIN:
        derivation = load(name)
        for hypothesis in derivation.hypotheses:
            if hypothesis.name == label and hypothesis.prop not in seen:
                seen.add(hypothesis.prop)
                yield _hypothesis(derivation, label)
        for part in derivation.parts:
            if any(step.id == label for step in part.steps):
                yield _step(derivation, label)


def _pieces(derivation: Derivation, label: str) -> Iterator[Iterator[str]]:
    """The hypothesis or step of a derivation that ``label`` names.

    Raises:
        InputError: there is none; the message names the nearest.
    """
    hypotheses = [h.name for h in derivation.hypotheses]
    steps = [step.id for part in derivation.parts for step in part.steps]
    if label not in (*hypotheses, *steps):
        raise InputError(
            f"{derivation.name} has no hypothesis and no step {label!r}; "
            f"{nearest(label, [*hypotheses, *steps])}"
        )
    if label in hypotheses:
        yield _hypothesis(derivation, label)
    if label in steps:
        yield _step(derivation, label)


def _hypothesis(derivation: Derivation, name: str) -> Iterator[str]:
    from fmproof.lang.spelling.text import text
    from fmproof.tactics.check import check

    (found,) = [h for h in derivation.hypotheses if h.name == name]
    yield from _prose("", f"{name}, a hypothesis of {derivation.name}")
    yield from _formula("  ", text(found.prop))
    if found.meaning:
        yield from _prose("  ", found.meaning)
    (report,) = check([derivation]).derivations
    (used,) = [h.used_by for h in report.hypotheses if h.name == name]
    yield from _prose("  used by ", ", ".join(used) or "no step")


def _step(derivation: Derivation, label: str) -> Iterator[str]:
    from fmproof.report.selection import only
    from fmproof.report.text import Detail, render
    from fmproof.tactics.check import check

    report = only(check([derivation]), label)
    rules = next(s.rules for p in derivation.parts for s in p.steps if s.id == label)
    shown = render(report, Detail.STEPS, terminal.width(), lettered=terminal.lettered)
    yield from shown.splitlines()[:-2]
    yield from _prose("  More: ", ", ".join(f"fmproof explain {rule}" for rule in rules))


# --- a rule ---------------------------------------------------------------------------


def _rule(rule: RuleRecord) -> Iterator[str]:
    yield f"{rule.code} {rule.name}: {rule.title}"
    yield ""
    for line in rule.statement_text.splitlines():
        yield from _formula("  ", line)
    yield ""
    yield from _prose("", rule.explanation)
    yield ""
    yield from _prose("In a step: ", _in_a_step(rule))
    if rule.also:
        yield from _prose("Also: ", ", ".join(rule.also))
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
    if rule.derived:
        yield ""
        yield from _prose("In fmproof.derived: ", ", ".join(rule.derived))


# Known here without importing the methods, which takes SymPy; a test compares the two.
UNNAMED = frozenset(
    (
        *("instance", "congruence", "chain", "hypotheses", "for every"),
        *("derivatives", "minimum", "contraction", "same conditional", "transfer", "draw"),
        *("Gaussian moments", "absolute value", "positive", "nonzero", "continuity"),
    )
)


def is_named(rule: RuleRecord) -> bool:
    """Whether a step names the rule, as opposed to fmproof applying it by itself."""
    return rule.family != "Side conditions" and rule.name not in UNNAMED


def _in_a_step(rule: RuleRecord) -> str:
    if is_named(rule):
        return f'by="{rule.name}"'
    return "it is not named; fmproof applies it by itself"


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
    shown = {terminal.lettered(text(symbol)): text(meaning) for symbol, meaning in found.items()}
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
    shown = terminal.lettered(formula)
    return hang(head, formula_lines(shown, terminal.width() - len(head)))


def _prose(head: str, text: str) -> Iterator[str]:
    return hang(head, prose_lines(terminal.lettered(text), terminal.width() - len(head)))


def _print(lines: Iterator[str]) -> None:
    text = "".join(line.rstrip() + "\n" for line in lines)
    terminal.write_output(text.removeprefix("\n"), None, as_utf8=False)
