"""What Coq says of wrong certificates: random mutations of a theorem's steps.

    python benchmarks/coq_mutations.py [NAME [COUNT [SEED]]]

A step gets another conclusion, rule, premise, argument or term, loses a hypothesis, or changes
places with another. What is not refused before is checked by Coq, all in one session: the right
proof once, then for each mutation the lemmas that are new, or that rest on a new statement, and at
last the theorem of the right certificate. A mutation is accepted when all of these are.
"""

from __future__ import annotations

import hashlib
import random
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

from sympy import Rational

from fmproof.certificate.certificate import Certificate, From, RuleApplication
from fmproof.certificate.export.files import proof
from fmproof.certificate.library import compiled
from fmproof.certificate.proved import certificate_of
from fmproof.errors import FmproofError, InputError
from fmproof.lang import props
from fmproof.lang.arithmetic import mul
from fmproof.lang.scope import free_vars, substitute

KINDS = ("conclusion", "rule", "arguments", "premise", "hypotheses", "term", "order")
_FACT = re.compile(r"Lemma (fact_\d+) : (.*?)\.\nProof\. (.*?)\. Qed\.", re.DOTALL)
_STEP = re.compile(r"Lemma (s\d+)(.*?) :\n  (.*?)\.\nProof\. exact (.*?)\. Qed\.\n", re.DOTALL)
_LAST = re.compile(r"Theorem proved :\n  (.*?)\.\nProof using All\. exact (.*?)\. Qed\.", re.DOTALL)


def mutated(rng: random.Random, original: Certificate) -> tuple[str, Certificate]:
    """A certificate with one thing changed, and what was changed."""
    steps, kind = list(original.steps), rng.choice(KINDS)
    at, other = rng.randrange(len(steps)), rng.randrange(len(steps))
    step, donor = steps[at], steps[other]
    if kind == "order":
        steps[at], steps[other] = donor, step
    elif kind == "hypotheses":
        at = rng.choice([i for i, s in enumerate(steps) if s.hypotheses] or [at])
        kept = list(steps[at].hypotheses)
        gone = rng.choice(kept) if kept else None
        steps[at] = replace(steps[at], hypotheses=tuple(h for h in kept if h is not gone))
    elif kind == "premise":
        steps[at] = replace(step, arguments=_with_premise(step.arguments, rng, at))
    elif kind == "term":
        steps[at] = replace(step, conclusion=_with_term(step, rng))
    else:
        change: dict[str, Any] = {kind: getattr(donor, kind)}
        steps[at] = replace(step, **change)
    return kind, Certificate(original.derivation, tuple(steps))


def _with_premise(value: Any, rng: random.Random, before: int) -> Any:
    if isinstance(value, From):
        return From(rng.randrange(before)) if before else value
    if isinstance(value, tuple):
        return tuple(_with_premise(item, rng, before) for item in value)
    return value


def _with_term(step: RuleApplication, rng: random.Random) -> Any:
    """A conclusion with a variable for another of its sort, or a side times a number."""
    conclusion: Any = step.conclusion
    if isinstance(conclusion, props.Equals) and rng.random() < 0.5:
        return props.Equals(conclusion.lhs, mul(Rational(rng.randrange(2, 9)), conclusion.rhs))
    variables = sorted(free_vars(conclusion), key=lambda v: v.name)
    if not variables:
        return conclusion
    chosen = rng.choice(variables)
    same = [v for v in variables if v.sort is chosen.sort and v is not chosen]
    return substitute(conclusion, {chosen: rng.choice(same)}) if same else conclusion


class Text:
    """A generated proof in pieces, its facts under names that tell what they say."""

    def __init__(self, certificate: Certificate) -> None:
        text = proof(certificate)
        names = {}
        self.facts: dict[str, tuple[str, str]] = {}
        for name, told, tactic in _FACT.findall(text):
            names[name] = f"fact_{hashlib.sha256((told + tactic).encode()).hexdigest()[:12]}"
            self.facts[names[name]] = told, tactic
        renamed = re.sub(r"fact_\d+", lambda m: names[m[0]], text)
        self.head = renamed[: renamed.index("(* Facts of arithmetic. *)")]
        self.steps = {n: (given, told, by) for n, given, told, by in _STEP.findall(renamed)}
        found = _LAST.search(renamed)
        if found is None:
            raise InputError("a proof without its theorem")
        self.stated, self.last = found[1], found[2]

    def changed(self, right: Text) -> list[str]:
        """The lemmas that are new, and those that rest on one with a new statement."""
        new = {n for n, piece in self.steps.items() if right.steps.get(n) != piece}
        restated = {n for n in new if right.steps.get(n, ("", ""))[:2] != self.steps[n][:2]}
        users = {n for n, piece in self.steps.items() if restated & set(_used(piece[2]))}
        return sorted(new | users, key=lambda n: int(n[1:]))


def _used(text: str) -> list[str]:
    return re.findall(r"\bs\d+\b", text)


def _commands(number: int, text: Text, right: Text) -> tuple[list[str], list[str]]:
    """Commands of Coq for one mutation, and the names that are defined where it is accepted."""
    changed = text.changed(right)
    names = {n: f"m{number}_{n}" for n in changed}

    def put(piece: str) -> str:
        return re.sub(r"\bs\d+\b", lambda m: names.get(m[0], m[0]), piece)

    commands = [
        f"Definition {name} : {told} := ltac:({tactic})."
        for name, (told, tactic) in text.facts.items()
        if name not in right.facts
    ]
    for n in changed:
        given, told, by = text.steps[n]
        commands.append(f"Definition {names[n]}{given} :\n  {told} := {put(by)}.")
    commands.append(f"Definition m{number}_proved :\n  {right.stated} := {put(text.last)}.")
    return commands, [*names.values(), f"m{number}_proved"]


def main() -> int:
    """Print how many mutations were refused, and by what; the status is 1 if one was accepted."""
    name = sys.argv[1] if len(sys.argv) > 1 else "fm-cfm"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 13
    original, rng = certificate_of(name), random.Random(seed)
    right, library, tally = Text(original), compiled(), Counter[str]()
    asked: dict[int, tuple[str, list[str]]] = {}
    session = [right.head]
    for fact, (told, tactic) in right.facts.items():
        session.append(f"Definition {fact} : {told} := ltac:({tactic}).")
    for n, (given, told, by) in right.steps.items():
        session.append(f"Definition {n}{given} :\n  {told} := {by}.")
    session.append(f"Definition right_proved :\n  {right.stated} := {right.last}.")
    for number in range(count):
        kind, changed = mutated(rng, original)
        try:
            text = Text(changed)
        except FmproofError:
            tally[f"{kind}: refused before Coq"] += 1
            continue
        if text.steps == right.steps and text.stated == right.stated:
            tally[f"{kind}: the same proof"] += 1
            continue
        commands, names = _commands(number, text, right)
        session.extend(commands)
        asked[number] = kind, names
    done = subprocess.run(
        ["coqtop", "-q", "-Q", str(library), "FMProof"],
        input="\n".join(session) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    defined = set(re.findall(r"(\w+) is defined", done.stdout))
    if "right_proved" not in defined:
        print("the right proof was refused", done.stdout[-2000:], done.stderr[-2000:])
        return 2
    accepted = []
    for number, (kind, names) in asked.items():
        good = set(names) <= defined
        tally[f"{kind}: {'accepted, the same theorem' if good else 'refused by Coq'}"] += 1
        accepted.extend([number] * good)
    for told, n in sorted(tally.items()):
        print(f"{n:4}  {told}")
    print(f"{name}, seed {seed}: {count} mutations, {len(asked)} of them asked of Coq, {accepted=}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
