"""The losses of a problem, their constants and gradients, by several methods."""
