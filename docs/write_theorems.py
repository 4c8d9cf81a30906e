"""Writes docs/theorems.md from the built-in derivations: ``python docs/write_theorems.py``.

A test compares the page with what this gives, so edit the derivations, not the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fmproof.derivations import BUILTIN, load
from fmproof.lang.spelling.text import text
from fmproof.report.layout import formula_lines
from fmproof.report.words import plain
from fmproof.tactics.notation import notation, worded
from fmproof.tactics.script import Derivation

PAGE = Path(__file__).with_name("theorems.md")
WIDTH = 96

INTRODUCTION = """\
# The theorems

<!-- Written by docs/write_theorems.py from fmproof/derivations. -->

The derivations that come with fmproof, in the order in which one would read them. Each has a file
of its own in `fmproof/derivations`. `fmproof verify` without a name proves all of them,
`fmproof docs NAME -o NAME.pdf` writes one as a proof. The hypotheses are all that a theorem
assumes: tests take away each in turn and look that the proof then fails, at the steps that need it.
[Below](#using-a-theorem) stands how to use one in a derivation of your own.
"""

REUSE = """\
## Using a theorem

**As a lemma.** A derivation that names a theorem in `uses=` may cite it. Its hypotheses have to
follow from yours.

```python
from fmproof import Derivation, Grad, Step, check
from fmproof.derivations.fm_cfm import L_CFM, L_FM, C, fm_cfm
from fmproof.derivations.symbols import theta

shifted = Derivation(
    "shifted",
    hypotheses=fm_cfm.hypotheses,
    uses=[fm_cfm],
    start=L_FM(theta) - C,
    steps=[
        Step("1", L_CFM(theta) + C - C, by="lemma", using="fm-cfm"),
        Step("2", L_CFM(theta), by="ring"),
    ],
)
assert check([shifted]).status == "proved"
```

**For other symbols.** `Instance` puts terms in the place of symbols and variables:
[uniform](#uniform) gets its theorem from [general](#general) in one step, for the uniform law and
the weight 1. What is replaced must be a symbol without a definition.

```python
from fmproof import Instance
from fmproof.derivations.fm_cfm import H1, H2
from fmproof.derivations.general import matching, rho, w
from fmproof.derivations.symbols import p_data, t, time, z
from fmproof.lang.nodes import Density

general = matching("on-z", "", z)    # the general theorem, conditioned on z
q = Density("q", z)
instance = Derivation(
    "instance",
    hypotheses=[H1, H2],
    uses=[general],
    start=L_FM(theta),
    steps=[
        Step("1", L_CFM(theta) + C, by="lemma",
             using=Instance("on-z", replace={rho: time(t), w: 1, q: p_data(z)})),
    ],
)
assert check([instance]).status == "proved"
```

**Its parts.** A part is a chain of steps under a name, and stands on its own. [tweedie](#tweedie)
takes two parts of [denoising-score-matching](#denoising-score-matching) as they are, with the
symbols in them, and goes on from what they show.

```python
from fmproof import Expect, Hypothesis, Part, norm2
from fmproof.derivations import denoising_score_matching as dsm

noise_level = Derivation(
    "size-of-the-score",
    hypotheses=[dsm.H1],
    variables=[dsm.t],
    parts=[
        dsm.kernel_score,
        Part(
            "Its size",
            start=norm2(dsm.target),
            steps=[
                Step("S.1", norm2(dsm.kernel_score.steps[-1].claim), by="lemma",
                     using="kernel score"),
            ],
            almost=dsm.law,
        ),
    ],
)
assert check([noise_level]).status == "proved"
```

**Its pattern.** Parts that several theorems share are functions of their terms. `pythagoras` gives
E‖m − y‖² = E‖m − u‖² + E‖u − y‖² for any model m, target y and conditional expectation u of y under
any law; `cross_terms` proves what it needs, `minimiser` draws the conclusion.

```python
from fmproof import CondExpect, Field, Integrable, Law, Vec
from fmproof.derivations.pythagoras import cross_terms, minimiser, pythagoras

x, y = Vec("x y")
law = (Law("q", x, y)(x, y),)
guess, mean = Field("g", x), Field("u", x, definition=CondExpect(y, x, *law))
regression = Derivation(
    "regression",
    hypotheses=[
        Hypothesis("H1", Integrable(norm2(guess(x)), *law), "the guess is square integrable"),
        Hypothesis("H2", Integrable(norm2(y), *law), "so is the target"),
    ],
    parts=[
        *cross_terms(law, guess(x), y, mean(x)),
        pythagoras(law, guess(x), y, mean(x)),
        minimiser(law, guess(x), y, mean(x)),
    ],
)
assert check([regression]).status == "proved"
```
"""


def page() -> str:
    """The whole of docs/theorems.md."""
    sections = (line for name in BUILTIN for line in _section(load(name)))
    return "\n".join([INTRODUCTION, *_index(), *sections, REUSE])


def _index() -> Iterator[str]:
    yield "| name | theorem |"
    yield "|---|---|"
    for name, (title, _) in BUILTIN.items():
        yield f"| [{name}](#{name}) | {title} |"
    yield ""


def _section(derivation: Derivation) -> Iterator[str]:
    yield f'<a id="{derivation.name}"></a>\n'
    yield f"## {derivation.title}\n"
    if derivation.says:
        yield plain(worded(derivation.says)) + "\n"
    yield "```text"
    yield from formula_lines(text(derivation.proposition), WIDTH)
    yield "```\n"
    for hypothesis in derivation.hypotheses:
        words = f": {hypothesis.meaning}" if hypothesis.meaning else ""
        yield f"- **{hypothesis.name}** `{text(hypothesis.prop)}`{words}"
    if derivation.hypotheses:
        yield ""
    named = [
        f"`{symbol.name.text}`"
        + f" is {symbol.words}"
        + (f", `{symbol.definition.text}`" if symbol.definition is not None else "")
        for symbol in notation(derivation)
        if symbol.words
    ]
    if named:
        yield "Here " + "; ".join(named) + ".\n"
    yield f"Source: {derivation.source}. Verify: `fmproof verify {derivation.name}`.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
