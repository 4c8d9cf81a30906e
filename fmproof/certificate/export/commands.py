"""Which commands a ``Proof.v`` may have: those that state, prove, define and notate.

Coq has commands that write files, run programs or load plug-ins, and so have plug-ins that
mathcomp loads, such as Elpi. A proof that somebody sends needs none of these.
"""

from __future__ import annotations

import re

from fmproof.errors import InputError

_PREFIXES = frozenset("Local Global Polymorphic Monomorphic Program Export".split())
_COMMANDS = frozenset(
    """Abort Admitted Arguments Axiom Axioms Bind Canonical Check Class Close Coercion
    CoFixpoint Collection Compute Conjecture Context Corollary Create Defined Definition
    Delimit End Eval Example Existing Fact Fixpoint From Goal Hint Hypotheses Hypothesis Implicit
    Import Include Inductive Infix Instance Lemma Let Ltac Module Next Notation Obligation Opaque
    Open Parameter Parameters Proof Proposition Qed Record Remark Require Reserved Save Scope
    Section Set Strategy Structure Tactic Theorem Transparent Typeclasses Unset Variable Variables
    Variant""".split()
)
_TOKEN = re.compile(r'"[^"]*"|\(\*|\*\)|.', re.DOTALL)
_OPENING = re.compile(r"(?:[{}*+\-\s]|(?:\d+|\[\s*\w+\s*\])\s*:\s*\{)*")
_WORD = re.compile(r"[A-Za-z_][\w']*")
_ELSEWHERE = re.compile(r"\b(elpi|HB)\b|\bDebug\b|\bProfil\w*", re.IGNORECASE)


def require_known_commands(text: str) -> None:
    """Raise :class:`InputError` at the first command that reaches outside, or may."""
    for sentence in re.split(r"\.(?=\s|\Z)", _bare(text)):
        words = _WORD.findall(sentence[len(_OPENING.match(sentence)[0]) :])  # type: ignore[index]
        while words and words[0] in _PREFIXES:
            words = words[1:]
        opened = sentence.strip()
        known = not words or words[0][0].islower() or words[0] in _COMMANDS
        outside = _ELSEWHERE.search(sentence)
        if opened.startswith(("#", "@")) or not known or outside:
            found = outside[0] if outside else " ".join(words[:2]) or opened[:20]
            raise InputError(
                f"Proof.v has the command {found}, which may reach outside; a proof states, "
                "defines, notates and proves, and does nothing else"
            )


def _bare(text: str) -> str:
    """What Coq reads, without what strings say; comments nest, and stand between any two words."""
    kept, depth = [], 0
    for token in _TOKEN.findall(text):
        if token == "(*":
            depth += 1
        if depth == 0:
            kept.append('""' if token.startswith('"') and len(token) > 1 else token)
        if token == "*)" and depth:
            depth -= 1
            kept.append(" ")
    return "".join(kept)
