"""fmproof: a proof verifier for the mathematics of flow matching."""

from fmproof._version import __version__

__all__ = ["__version__"]
