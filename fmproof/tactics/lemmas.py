"""What is proved or assumed so far, by the names under which steps cite it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import instantiate, instantiate_head, specialise
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.theorem import Theorem
from fmproof.lang.nodes import Var
from fmproof.lang.props import Almost, Equals, ForAll, Prop
from fmproof.lang.scope import canon
from fmproof.lang.spelling.text import text
from fmproof.tactics.conditions import Prover
from fmproof.tactics.equations import solved
from fmproof.tactics.justify import NotJustified
from fmproof.tactics.matching import match, occurs
from fmproof.tactics.methods import Line
from fmproof.tactics.script import Instance


@dataclass
class Lemmas:
    """Theorems that steps may cite, and from which conditions may follow.

    Attributes:
        prover: is told of each.
        by_name: under the titles and names of parts, and those of hypotheses and derivations.
        failed: statements of those that failed: they are assumed, so that what cites them is
            judged on its own.
    """

    prover: Prover
    by_name: dict[str, Theorem] = field(default_factory=dict)
    failed: set[Prop] = field(default_factory=set)

    def learn(self, name: str, lemma: Theorem) -> None:
        """Keep a theorem for later steps, and for the conditions that may follow from it."""
        self.by_name[name] = lemma
        while isinstance(lemma.conclusion, ForAll):
            lemma = specialise(lemma, lemma.conclusion.var)
        if isinstance(lemma.conclusion, Almost):
            self.prover.note(lemma)
        else:
            self.prover.learn(lemma)

    def note(self, line: Line) -> None:
        """Keep what was found on the way: it may serve conditions."""
        for known, found, take in (
            (self.prover.facts, line.facts, self.prover.note),
            (self.prover.equations, line.equations, self.prover.learn),
        ):
            seen = {canon(theorem.conclusion) for theorem in known}
            for theorem in found:
                if canon(theorem.conclusion) not in seen:
                    seen.add(canon(theorem.conclusion))
                    take(theorem)

    def placeholder(self, statement: Prop) -> Theorem:
        """What stands for a lemma that failed."""
        self.failed.add(canon(statement))
        return assume(statement)

    def is_failed(self, prop: Prop) -> bool:
        """Whether a hypothesis is what a lemma that failed was to show."""
        return any(says(statement, prop) for statement in self.failed)

    def resolve(self, reference: str | Instance) -> Theorem:
        """The equation that a step refers to.

        Raises:
            NotJustified: it is none, or has no such instance.
        """
        instance = Instance(reference) if isinstance(reference, str) else reference
        theorem = self.by_name[instance.of]
        failed = canon(theorem.conclusion) in self.failed
        try:
            for head, body in instance.replace.items():
                theorem = instantiate_head(theorem, head, head.params, body)
            if instance.at:
                theorem = instantiate(theorem, instance.at)
        except (RuleError, SortError) as error:
            raise NotJustified(f"{instance.of} cannot be used so: {error}") from None
        if failed:  # an instance of a failed lemma is no more the step's fault than the lemma
            self.failed.update(canon(h) for h in theorem.hypotheses)
        while isinstance(theorem.conclusion, ForAll):
            theorem = specialise(theorem, theorem.conclusion.var)
        if isinstance(theorem.conclusion, Almost):  # its equation is then a condition of the step
            theorem = assume(theorem.conclusion.body)
        if not isinstance(theorem.conclusion, Equals):
            raise NotJustified(f"{instance.of} is not an equation: {text(theorem.conclusion)}")
        return theorem

    def equations(self) -> Iterable[Theorem]:
        """What is proved or assumed so far as equations to rewrite with, from left to right."""
        for name, lemma in self.by_name.items():
            if canon(lemma.conclusion) in self.failed:
                continue
            try:
                equation = self.resolve(name)
            except NotJustified:
                continue
            for known in (equation, *solved(equation)):
                if not isinstance(known.lhs, Var) and not occurs(known.lhs, known.rhs):
                    yield known


def says(statement: Prop, prop: Prop) -> bool:
    """Whether a proposition is a statement for some values of its variables, or for all or almost
    all: a lemma that is used under a binder is needed so."""
    while isinstance(prop, ForAll | Almost):
        prop = prop.body
    return match(statement, prop) is not None
