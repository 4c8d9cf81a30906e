"""H2 is not declared."""

from dataclasses import replace

from fmproof.derivations.fm_cfm import H1, fm_cfm

derivation = replace(fm_cfm, name="without-H2", hypotheses=[H1])
