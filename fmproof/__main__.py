"""``python -m fmproof``."""

import sys

# What -m puts first is the folder one works in, with the files that are to be checked.
if not getattr(sys.flags, "safe_path", False):
    del sys.path[0]

from fmproof.cli import program

if __name__ == "__main__":
    program()
