"""How all plots look: legible in print, in grey and to the colour-blind, and the same each time."""

from __future__ import annotations

import re
from typing import Any

from fmproof.errors import InputError

INK, SOFT = "#1b1d22", "#6b7280"
# Okabe & Ito's palette, which the colour-blind can tell apart. Line styles differ as well.
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"

# What would differ from day to day and from one release of matplotlib to the next.
METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def require_matplotlib() -> None:
    """Raise ``InputError`` when matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise InputError("plot: matplotlib is not installed; pip install 'fmproof[plot]'") from None


def context(kind: str = "") -> Any:
    """matplotlib's settings for as long as it is entered.

    Args:
        kind: what the names within an SVG are derived from.
    """
    import matplotlib as mpl

    settings = {
        "axes.edgecolor": SOFT,
        "axes.labelcolor": INK,
        "axes.labelsize": 10,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": INK,
        "axes.titlesize": 10,
        "figure.facecolor": "white",
        "font.size": 9.5,
        "legend.fontsize": 9.5,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "mathtext.fontset": "stix",
        "svg.fonttype": "path",
        "svg.hashsalt": f"fmproof {kind}",
        "text.color": INK,
        "xtick.color": SOFT,
        "xtick.labelcolor": INK,
        "ytick.color": SOFT,
        "ytick.labelcolor": INK,
    }
    return mpl.rc_context({**mpl.rcParamsDefault, **settings, "backend": mpl.get_backend()})


def inline(svg: str, prefix: str) -> str:
    """An SVG file as an element of a page: its own names, the page's ink, no paper.

    Args:
        prefix: for its names, different for each element of the page.
    """
    element = svg[svg.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r'(\bid="|"#|url\(#)', rf"\g<1>{prefix}-", element)
    element = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", element, count=1)
    element = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", element, count=1)
    element = element.replace("fill: #ffffff", "fill: none")
    element = element.replace(INK, "currentColor")
    return element.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
