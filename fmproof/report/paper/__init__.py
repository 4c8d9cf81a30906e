r"""Derivations as a mathematician typesets them: setting, theorem, proof; evidence in an appendix.

:class:`Typesetter` writes the pieces in LaTeX, and the templates put them in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fmproof.report.document import Section
from fmproof.report.laws import Laws
from fmproof.report.model import Formula, ShownConstant, Symbol
from fmproof.report.paper.evidence import EvidenceAppendix, evidence
from fmproof.report.paper.setting import NotationRow, abbreviations, notation_rows, setting
from fmproof.report.paper.writer import Known, Writer, formulas
from fmproof.report.tex import Tex

__all__ = ["Evidence", "NotationRow", "Typeset", "Typesetter", "notation_rows"]


@dataclass(frozen=True)
class Typeset:
    """A section in pieces of LaTeX, for the templates."""

    section: Section
    setting: Tex  #: what the symbols stand for; "" where nothing is new
    laws: Tex  #: the abbreviations of expectations; "" where there is none
    theorem: Tex  #: the body of the theorem
    lemmas: Tex  #: the earlier theorems that the proof uses, and the constants that it needs
    chains: tuple[Tex, ...]
    conditions: Tex  #: why everything in it is finite
    assumed: Tex  #: what is taken for granted where the proof has gaps
    evidence: EvidenceAppendix | None  #: for the appendix

    @property
    def proved(self) -> bool:
        """Whether there is a proof to show."""
        return self.section.derivation.status == "proved"


@dataclass
class Typesetter:
    """Typesets sections one after the other; what one has introduced the next does not repeat.

    Attributes:
        room: the width of a line, in em.
        brief: whether hypotheses that an earlier theorem of the document states are cited.
        full: whether the document has a table of notation, labels of steps, and an appendix with
            the evidence. What is not proved has labels and evidence in any case.
    """

    room: float
    brief: bool = False
    full: bool = False
    theorems: dict[str, str] = field(default_factory=dict)
    assumed: dict[str, tuple[Formula, str]] = field(default_factory=dict)
    constants: dict[ShownConstant, str] = field(default_factory=dict)
    symbols: dict[str, Symbol] = field(default_factory=dict)
    introduced: dict[str, str] = field(default_factory=dict)

    def notation_rows(self, sections: Sequence[Section]) -> tuple[NotationRow, ...]:
        """The table of all symbols, where the document has one."""
        return notation_rows(sections, self.room) if self.full else ()

    def section(self, section: Section) -> Typeset:
        """The pieces of one section."""
        d = section.derivation
        proved = d.status == "proved"
        shown_in_full = self.full or not proved
        laws = Laws(formulas(d))
        fresh = [law for law in laws.short if self.introduced.get(laws.short[law]) != law]
        self.introduced.update({laws.short[law]: law for law in fresh})
        if any(self.symbols.get(s.name.latex, s) != s for s in d.symbols):
            self.assumed.clear()  # the same letters say something else from here on
            self.constants.clear()
        given = self._setting(d.symbols)
        known = Known(self.theorems, self.assumed, self.constants)
        writer = Writer(section, laws, known, self.room, self.brief, numbered=shown_in_full)
        typeset = Typeset(
            section=section,
            setting=Tex("") if self.full else given,
            laws=abbreviations([(law, laws.short[law]) for law in fresh]),
            theorem=writer.theorem(),
            lemmas=writer.lemmas(),
            chains=tuple(writer.chain(chain) for chain in section.chains),
            conditions=writer.conditions() if proved else Tex(""),
            assumed=writer.assumed(),
            evidence=evidence(section, laws, self.room) if shown_in_full else None,
        )
        if proved:
            label = f"{writer.label}:theorem"
            self.theorems[d.name] = label
            for h in d.hypotheses:
                self.assumed.setdefault(h.name, (h.formula, label))
            for constant in d.constants:
                self.constants.setdefault(constant, label)
        return typeset

    def _setting(self, symbols: Sequence[Symbol]) -> Tex:
        new = [s for s in symbols if self.symbols.get(s.name.latex) != s]
        self.symbols.update({s.name.latex: s for s in new})
        return setting(new, self.room)
