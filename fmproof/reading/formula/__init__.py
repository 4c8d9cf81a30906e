"""Formulas: tokens to a syntax tree that says what is written, not yet what it means."""
