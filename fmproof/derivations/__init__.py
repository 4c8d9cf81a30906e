"""The built-in derivations, one file each, in the order a reader would meet them."""

from fmproof.derivations.catalogue import BUILTIN, load

__all__ = ["BUILTIN", "load"]
