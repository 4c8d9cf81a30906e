"""Reports for the tests of documents: a proved one, a failing one, hostile and huge ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from fmproof import (
    Density,
    Derivation,
    Expect,
    Field,
    ForAll,
    Hypothesis,
    Inner,
    Integrable,
    Named,
    Param,
    Part,
    Scalar,
    Step,
    Vec,
    check,
    norm2,
)
from fmproof.derivations import load
from fmproof.derivations.fm_cfm import H1, L_FM, marginal, theta, u, v
from fmproof.report.model import DerivationReport, Formula, Numeric, Report

HOSTILE = r"\input{/etc/passwd} <script>alert(1)</script> & 100% _x_ ~ ^ # {α} ‖ℝ‖ 日本 $$ `a` |"
REFUTED = Numeric(
    "refuted",
    20,
    1234.5,
    '[data]\nweights = [0.3, "<b>"]\n',
    "fmproof verify '<x>.py' --problems 20 --seed 7",
)


@cache
def proved(name: str = "fm-cfm") -> Report:
    return check([load(name)])


@cache
def failing() -> Report:
    """The theorem without its second hypothesis: no step can be proved."""
    theorem = load("fm-cfm")
    return check([replace(theorem, hypotheses=[h for h in theorem.hypotheses if h.name == "H1"])])


@cache
def hostile() -> Report:
    """A derivation whose every name and text attacks, with a false step and one that misses H2."""
    wrong = Expect(norm2(v) - 3 * Inner(v, u) + norm2(u), *marginal)
    right = Expect(norm2(v) - 2 * Inner(v, u) + norm2(u), *marginal)
    derivation = Derivation(
        name="<script>alert(1)</script>",
        title=HOSTILE + " " + "x" * 200,
        source=r"\write18{rm} <b>x</b>",
        hypotheses=[
            Hypothesis("H1<&>_%", H1.prop, HOSTILE),
        ],
        parts=[
            Part(
                r"<b>Part</b> \1 _ 日",
                start=L_FM(theta),
                steps=[
                    Step("1", Expect(norm2(v - u), *marginal), by="definition"),
                    Step(r"2_&%$#{}~^\<i>", wrong, by="square", note=HOSTILE + "w" * 120),
                    Step("3 日", right, by="ring", note="a\nb"),
                ],
            )
        ],
    )
    return _relabelled(check([derivation]), {"3 日": "3 日 \x00\u202e"})


def _relabelled(report: Report, labels: dict[str, str]) -> Report:
    """Labels that a derivation refuses, but a report from elsewhere may bring."""
    derivations = tuple(
        replace(
            d,
            parts=tuple(
                replace(p, steps=tuple(replace(s, id=labels.get(s.id, s.id)) for s in p.steps))
                for p in d.parts
            ),
        )
        for d in report.derivations
    )
    return replace(report, derivations=derivations)


@cache
def odd_names() -> Report:
    """Symbols whose names are not letters."""
    x, parameter = Vec("x"), Param("θ1")
    field = Field("é2", x, sup=parameter)
    law = Density("Ω_é", x)
    loss = Scalar("L_é", parameter, definition=Expect(norm2(field(parameter, x)), law(x)))
    second = Expect(norm2(x), law(x))
    first = Expect(norm2(field(parameter, x)), law(x))
    derivation = Derivation(
        name="odd",
        hypotheses=[
            Hypothesis("H", ForAll(Integrable(norm2(field(parameter, x)), law(x)), parameter)),
            Hypothesis("K", Integrable(norm2(x), law(x))),
        ],
        start=loss(parameter) + second,
        steps=[
            Step("1", first + second, by="definition"),
            Step("2", first + Named("C_é", second), by="constant"),
        ],
    )
    return check([derivation])


@cache
def numeric() -> Report:
    """The theorem with numeric evidence of each kind, one step refuted."""
    kinds = [Numeric("agrees", 20, 0.031), Numeric("inconclusive", 20, None), REFUTED]
    report = proved()
    (derivation,) = report.derivations
    parts = tuple(
        replace(p, steps=tuple(replace(s, numeric=kinds[i % 3]) for i, s in enumerate(p.steps)))
        for p in derivation.parts
    )
    return replace(report, derivations=(replace(derivation, parts=parts),))


@cache
def long() -> Report:
    """Claims of 150 summands, of one name of 300 letters, of 60 nested brackets."""
    report = proved()
    (derivation,) = report.derivations
    claims = [
        Formula("long", " + ".join([r"\mathbb{E}_{x \sim p_t}\bigl[u_t(x)\bigr]"] * 150)),
        Formula("wide", rf"\mathrm{{{'x' * 300}}}"),
        Formula("deep", r"\bigl(" * 60 + "x" + r"\bigr)" * 60),
    ]
    part = derivation.parts[0]
    steps = tuple(replace(s, claim=c) for s, c in zip(part.steps, claims, strict=False))
    return replace(report, derivations=(replace(derivation, parts=(replace(part, steps=steps),)),))


def everything() -> Report:
    """All of them in one document."""
    found: list[DerivationReport] = []
    for report in (hostile(), numeric(), odd_names(), long()):
        found.extend(report.derivations)
    return replace(proved(), derivations=tuple(found))
