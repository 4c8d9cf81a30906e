"""``python -m fmproof``."""

from fmproof.cli import main

main()
