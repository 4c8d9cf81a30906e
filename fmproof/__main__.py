"""``python -m fmproof``."""

from fmproof.cli import program

program()
