"""What a term is worth on a problem: it is evaluated as it is written, by no rule."""
