"""How terms and propositions are written: as text, as LaTeX."""
