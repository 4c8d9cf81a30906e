"""Sentences and counts that several renderers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fmproof.report.changes import smallest
from fmproof.report.model import (
    CoqVerdict,
    DerivationReport,
    Failure,
    Numeric,
    Prose,
    Report,
    StepReport,
)
from fmproof.tables import FixedMapping


def count(number: int, noun: str) -> str:
    """``count(1, "step")`` is "1 step", ``count(3, "step")`` is "3 steps"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def plain(prose: Prose) -> str:
    """Words and formulas as one line of Unicode."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in prose)


def sentence(text: str) -> str:
    """``text`` with a capital, as it stands after a full stop."""
    return text[:1].upper() + text[1:]


def failed_steps(derivation: DerivationReport) -> tuple[StepReport, ...]:
    """The steps that were not accepted, in reading order."""
    return tuple(step for step in derivation.steps if step.status == "failed")


def verdict(report: Report) -> str:
    """One line: what was proved or failed, how many, how long."""
    steps = sum(len(d.steps) for d in report.derivations)
    if report.status == "proved":
        counts = f"{count(len(report.derivations), 'derivation')}, {count(steps, 'step')}"
        return f"proved: {counts} in {report.seconds:.2f} s"
    failed = sum(d.status == "failed" for d in report.derivations)
    wrong = sum(len(failed_steps(d)) for d in report.derivations)
    return (
        f"failed: {failed} of {count(len(report.derivations), 'derivation')}, "
        f"{wrong} of {count(steps, 'step')} in {report.seconds:.2f} s"
    )


def derivation_verdict(derivation: DerivationReport) -> str:
    """One line: how many steps were proved, or which failed and why."""
    steps = derivation.steps
    if derivation.status == "proved":
        return f"proved, {count(len(steps), 'step')} in {derivation.seconds:.2f} s"
    failed = failed_steps(derivation)
    reasons = []
    if failed:
        labels = label_ranges([step.id for step in failed], derivation)
        reasons.append(f"{len(failed)} of {count(len(steps), 'step')} failed ({labels})")
    if derivation.message:
        reasons.append(derivation.message)
    return "failed: " + "; ".join(reasons)


EXPECTED, FOUND, DIFFERENCE = "rule gives", "claim gives", "difference"
"""How every format calls the three; the difference is the first minus the second."""


SHORT = 60
"""Letters of a formula that is shown whole; of longer ones, the smallest piece that differs."""


def explanation(failure: Failure, step: StepReport) -> list[tuple[str, str]]:
    """The details of a failure as (label, text), the summary apart."""
    details = []
    found = failure.found or step.claim
    if failure.expected is not None:
        expected, claimed = failure.expected.text, found.text
        if max(len(expected), len(claimed)) > SHORT and expected != claimed:
            expected, claimed = smallest(expected, claimed)
        details.append((EXPECTED, expected))
        if failure.found is not None and claimed != step.claim.text:
            details.append((FOUND, claimed))
    elif failure.found is not None and failure.found != step.claim:
        details.append((FOUND, failure.found.text))
    if failure.difference is not None:
        details.append((DIFFERENCE, failure.difference.text))
    if failure.where is not None:
        details.append(("where", failure.where))
    if failure.hint is not None:
        details.append(("hint", failure.hint))
    return details


def failure_message(step: StepReport) -> str:
    """All that is known about a failed step, a line each; "" for a proved one."""
    if step.failure is None:
        return ""
    details = explanation(step.failure, step)
    return "\n".join([step.failure.summary, *(f"{label}: {text}" for label, text in details)])


def label_ranges(labels: Sequence[str], derivation: DerivationReport) -> str:
    """Step labels in reading order, three or more neighbours of a part as "1.1–1.3"."""
    wanted = set(labels)
    shown: list[str] = []
    for part in derivation.parts:
        run: list[str] = []
        for step in (*part.steps, None):
            if step is not None and step.id in wanted:
                run.append(step.id)
                continue
            shown.extend(run if len(run) < 3 else [f"{run[0]}–{run[-1]}"])
            run = []
    return ", ".join(shown)


def numeric_words(numeric: Numeric) -> str:
    """One clause: what the numbers say of a step."""
    if numeric.status == "agrees":
        worst = f"{numeric.worst or 0.0:.1g}"
        problems = " ".join(filter(None, (count(numeric.problems, "problem"), numeric.message)))
        return f"the numbers agree on {problems}, worst difference {worst} of its error bound"
    if numeric.status == "refuted":
        times = "" if numeric.worst is None else f", {numeric.worst:.1g} times their error bound"
        return f"the numbers refute it: the two sides differ{times} on"
    return "the numbers are inconclusive" + (f": {numeric.message}" if numeric.message else "")


def numeric_summary(derivation: DerivationReport) -> str:
    """The numbers on a whole derivation, "" where they were not asked."""
    found = [step.numeric for step in derivation.steps if step.numeric is not None]
    if not found:
        return ""
    agree = [numeric for numeric in found if numeric.status == "agrees"]
    worst = max((numeric.worst or 0.0 for numeric in agree), default=0.0)
    most = max((numeric.problems for numeric in agree), default=0)
    words = f"the numbers agree on {len(agree)} of {count(len(found), 'step')}"
    if agree:
        words += (
            f" (up to {count(most, 'problem')} each, worst difference {worst:.1g} of its error "
            "bound)"
        )
    refuted = sum(numeric.status == "refuted" for numeric in found)
    return words + (f", refute {refuted}" if refuted else "")


def coq_words(verdict: CoqVerdict) -> str:
    """What Coq says of a derivation, in a clause."""
    if verdict.status == "accepted":
        return (
            f"accepted by Coq: {count(verdict.steps, 'step')}, {verdict.lines:,} lines, "
            f"{verdict.seconds:.0f} s; it rests on {len(verdict.axioms)} axioms of classical "
            f"reasoning and {_assumed(verdict)}"
        )
    told = "refused by Coq" if verdict.status == "refused" else "not checked by Coq"
    return f"{told}: {verdict.message}"


def _assumed(verdict: CoqVerdict) -> str:
    if not verdict.assumed:
        return "none of ours"
    return f"{count(len(verdict.assumed), 'assumption')} of ours: {', '.join(verdict.assumed)}"


COQ_MARK: Mapping[str, str] = FixedMapping(
    {"accepted": "✓", "refused": "✗", "unchecked": "?"}.items()
)
"""What stands before :func:`coq_words`."""


def numeric_mark(numeric: Numeric | None) -> str:
    """What stands beside a step's rule; :func:`numeric_legend` says what the marks mean."""
    return "" if numeric is None else f"  {NUMERIC_MARK[numeric.status]}"


NUMERIC_MARK: Mapping[str, str] = FixedMapping(
    {"agrees": "≈", "refuted": "≠", "inconclusive": "?"}.items()
)

_LEGEND = {
    "≈": "≈ equal within the error of the numbers, on every problem",
    "≠": "≠ different beyond it",
    "?": "? not decided by the numbers",
}


def numeric_legend(derivations: Sequence[DerivationReport]) -> str:
    """What the marks that stand in a report mean; "" where there are none."""
    steps = (step for derivation in derivations for step in derivation.steps)
    marks = {NUMERIC_MARK[step.numeric.status] for step in steps if step.numeric is not None}
    return "; ".join(words for mark, words in _LEGEND.items() if mark in marks)
