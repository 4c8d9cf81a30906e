"""Reading what people write: terms in LaTeX."""
