"""Whether a random world is a fair reading of what a document says.

In a random world every symbol without a definition is arbitrary. A document may say more of it:
by an equation (α_t² + σ_t² = 1), by a case (t = 0), by words (the score, variance preserving).
Numbers refute a row only where nothing is said that the world does not follow:

- the row has nothing in it that the language lacks, and does not itself say what a symbol is;
- no equation that is not proved says something of its undefined symbols, other than their
  definitions; one that was read becomes a hypothesis of the numbers, one that was not holds the
  numbers back;
- no convention of the field for two coefficients makes the row true.

``world`` asks all of it of a row (``Ties.on``): ``of_terms`` what the row is about, ``symbols``
what a symbol is by itself, ``instances`` which law has what words say of it, ``said`` what the rows
of the document say of it: where that holds (``near``), of which symbol (``about``), and what they
say of those with a definition (``later``), by the forms of their ``sides``. ``conventions`` are
those of two coefficients.
"""
