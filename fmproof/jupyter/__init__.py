"""fmproof in a notebook: ``%load_ext fmproof``, then cells that begin with ``%%fmproof``."""

from __future__ import annotations

from typing import Any

from fmproof.report.plots.slider import slider

__all__ = ["add_magic", "slider"]


def add_magic(shell: Any) -> None:
    """What ``%load_ext fmproof`` runs."""
    from fmproof.jupyter.magic import check_cell

    shell.register_magic_function(
        lambda line, text: check_cell(shell, line, text), magic_kind="cell", magic_name="fmproof"
    )
