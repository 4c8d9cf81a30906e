"""A name stands for one derivation in all that is checked together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fmproof import Derivation, Equals, Field, Hypothesis, Part, Step, Vec, check
from fmproof.certificate.proved import certificates_of
from fmproof.derivations import BUILTIN, load
from fmproof.errors import InputError
from fmproof.report import latex
from fmproof.sources import find_each
from fmproof.sources.data import from_data, to_data
from fmproof.tactics.check import theorems
from fmproof.tactics.citing import as_seen
from fmproof.verify import verify

x = Vec("x")
f, g = Field("f", x), Field("g", x)
SAME = Hypothesis("H", Equals(f(x), g(x)))


def one(name: str, **more: Any) -> Derivation:
    """f = g, from what is assumed."""
    step = Step("1", g(x), by="lemma", using="H")
    return Derivation(name, hypotheses=[SAME], variables=[x], start=f(x), steps=[step], **more)


def user(name: str, used: Derivation) -> Derivation:
    """2 f = 2 g, by what it uses."""
    step = Step("1", 2 * g(x), by="lemma", using=used.name)
    return Derivation(
        name, hypotheses=[SAME], uses=[used], variables=[x], start=2 * f(x), steps=[step]
    )


def again(*found: Derivation) -> list[Derivation]:
    """What another process reads of it."""
    return from_data(json.loads(json.dumps(to_data(found))))


REFUSED: list[tuple[Callable[[], list[Derivation]], str]] = [
    (lambda: [one("a", title="another"), user("b", one("a"))], "have one name: 'a'"),
    (lambda: [user("b", one("a")), one("a", title="another")], "used by 'b'; give one"),
    (lambda: [user("a", one("b")), user("c", one("a"))], "used by 'c'; give one"),
    (lambda: [user("b", one("a")), user("c", one("a", says="else"))], "have one name"),
    (lambda: [user("b", one("a")), one("a", meanings={f: "another"})], "have one name"),
    (lambda: [user("b", one("a")), one("A")], "look alike: 'A'"),
    (lambda: [user("b", one("аррle")), one("apple")], "look alike"),  # Cyrillic а, р
    (lambda: [user("c", one("a-b")), one("a‑b")], "look alike"),
    (lambda: [one("ɡrad"), user("c", one("grad"))], "look alike"),
    (lambda: again(user("c", one("a")), one("a", title="another")), "have one name"),
    (lambda: [user("b", one("fm-cfm"))], "not the built-in derivation 'fm-cfm'"),
    (lambda: [user("b", one("fm–cfm"))], "not the built-in derivation 'fm-cfm'"),
    (lambda: [user("b", one("Gradient"))], "not the built-in derivation 'gradient'"),
    (lambda: [user("c", user("b", one("fm-cfm")))], r"used by 'b', is not .* uses=\[load\("),
    (lambda: again(user("b", one("fm-cfm"))), "not the built-in derivation 'fm-cfm'"),
    (lambda: [one("fm-cfm"), load("gradient")], "used by 'gradient'"),
]


@pytest.mark.parametrize(("derivations", "words"), REFUSED)
def test_two_of_one_name_do_not_meet(
    derivations: Callable[[], list[Derivation]], words: str
) -> None:
    found = derivations()
    for run in (check, theorems, verify):
        with pytest.raises(InputError, match=words):
            run(found)


def test_the_certificate_of_one_is_refused_too() -> None:
    with pytest.raises(InputError, match="not the built-in"):
        certificates_of([user("b", one("fm-cfm"))])
    with pytest.raises(InputError, match="two derivations are called a: name one"):
        certificates_of([one("a"), one("b"), one("a")])


@pytest.mark.parametrize(
    "derivations",
    [
        [one("fm-cfm")],  # it is shown, and all of it
        [one("a"), one("a")],
        [one("a"), one("a", title="another")],  # nothing is said to follow from either
        [load("fm-cfm"), one("fm-cfm")],
        [user("b", one("a")), user("c", one("a")), one("a")],
        [user("b", one("a")), *again(user("b", one("a")), user("c", one("a")))],
        [one("a"), one("b"), one("б")],
    ],
    ids=len,
)
def test_what_is_the_same_may_meet(derivations: list[Derivation]) -> None:
    report = check(derivations)
    assert report.status == "proved"
    assert [d.name for d in report.derivations] == [d.name for d in derivations]


def test_each_report_is_on_where_its_own_is_written() -> None:
    first = one("a")
    second = one("a")
    report = check([first, second])
    assert [d.location for d in report.derivations] == [first.location, second.location]


@pytest.mark.parametrize("name", [name for name in BUILTIN if load(name).uses])
def test_a_built_in_one_is_itself_when_it_comes_back(name: str) -> None:
    derivation = load(name)
    assert check([derivation, *again(derivation), *derivation.uses]).status == "proved"


def test_two_files_together(tmp_path: Path) -> None:
    text = (
        "from fmproof import *\nt = Real('t')\n"
        "d = Derivation('a', start={0}, steps=[Step('1', {0}, by='ring')], variables=[t])\n"
    )
    files = [tmp_path / "one.py", tmp_path / "two.py", tmp_path / "three.py"]
    for file, term in zip(files, ("t", "2 * t", "t"), strict=True):
        file.write_text(text.format(term), encoding="utf-8")
    (first,), (second,), (third,) = find_each(list(map(str, files)))
    assert check([first, second, third]).status == "proved"
    uses_a = Derivation("b", uses=[third], start=x, steps=[Step("1", x, by="ring")], variables=[x])
    assert check([first, uses_a]).status == "proved"
    words = r"'a' \(.*two.py:3\), and 'a' \(.*three.py:3\), used by 'b'; give one of them"
    with pytest.raises(InputError, match=words):
        check([second, uses_a])


@pytest.mark.parametrize("label", ["H1", "H１", "Н1"])
def test_labels_that_steps_cite_do_not_look_alike(label: str) -> None:
    step = Step("1", g(x), by="lemma", using="H1")
    known = Hypothesis("H1", Equals(f(x), g(x)))
    with pytest.raises(InputError, match="are labelled alike; rename one"):
        Derivation("d", hypotheses=[known], parts=[Part("P", f(x), [step], name=label)])


def test_the_built_in_names_are_written_as_they_are_seen() -> None:
    assert [as_seen(name).casefold() for name in BUILTIN] == list(BUILTIN)


def test_letters_as_they_are_seen() -> None:
    assert [as_seen(c) for c in "fıɑɡаНΟν–’ é定β"] == list("fiagaHOv-' é定β")


def test_a_paper_recalls_no_statement_about_another_symbol_of_that_name() -> None:
    zero = Field("f", x, definition=0 * x)
    used = Derivation(
        "zero", start=zero(x), variables=[x], steps=[Step("1", 0 * x, by="definition")]
    )
    ours = {"start": f(x) + g(x) - g(x), "steps": [Step("1", f(x), by="ring")], "uses": [used]}
    theirs = {**ours, "start": zero(x) + g(x) - g(x), "steps": [Step("1", zero(x), by="ring")]}
    for parts, recalled in ((theirs, True), (ours, False)):
        report = check([used, Derivation("mine", variables=[x], **parts)])
        assert report.status == "proved"
        assert ("By Theorem" in latex.render(report, style="proof")) is recalled


def test_a_statement_cites_no_hypothesis_about_another_symbol_of_that_name() -> None:
    """Nor a constant that was stated of another."""
    from fmproof import Density, Expect, Integrable, Named, norm2

    p = Density("p", x)

    def theorem(name: str, field: Field) -> Derivation:
        square = norm2(field(x))
        constant = Named("C", Expect(square, p(x)))
        return Derivation(
            name,
            hypotheses=[Hypothesis("H1", Integrable(square, p(x)))],
            start=Expect(square, p(x)),
            steps=[Step("1", constant, by="definition")],
        )

    double = Field("f", x, definition=2 * g(x))
    report = check([theorem("one", double), theorem("two", f), theorem("three", f)])
    assert report.status == "proved"
    _, first, second, third = latex.render(report, style="statements").split("begin{theorem}")
    for stated in (first, second):
        assert "Assume that" in stated
        assert "  C = " in stated
    assert r"Assume (H1) of Theorem~\ref{fmproof:two:theorem}" in third
    assert r"with $C$ as in Theorem~\ref{fmproof:two:theorem}" in third
