"""Random rewrites of true documents: other letters, spellings, orders of sums, macros.

Each document is written once in a small notation of its own: ``@name`` is a symbol that may have
other letters, ``@op{…}`` a spelling that may be another, ``@sum[…|…|…]`` a sum whose summands may
stand in another order. Rewriting changes how it looks, and not what it says.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

LETTERS: dict[str, tuple[str, ...]] = {
    "theta": (r"\theta", r"\phi", r"\vartheta"),
    "model": ("v", "f", r"\hat u", "h"),
    "target": ("u", "w", "b"),
    "path": ("p", r"\rho"),
    "data": ("q", r"\pi", r"p_{\rm data}"),
    "point": ("x", "y"),
    "latent": ("z", "x_1"),
    "time": ("t", "s"),
    "loss": ("L", r"\mathcal{L}", "J"),
    "other": ("M", r"\mathcal{L}_c", r"J_{\text{cond}}"),
    "const": ("C_1", "K", "C"),
}
SPELLINGS: dict[str, tuple[str, ...]] = {
    "sq": (r"\| #1 \|^2", r"\lVert #1 \rVert_2^2", r"\left\| #1 \right\|^2", r"\norm{#1}^2"),
    "E": (r"\mathbb{E}_{#1}", r"\mathbf{E}_{#1}", r"\E_{#1}"),
    "in": (r"#1 \cdot #2", r"\langle #1, #2 \rangle", r"#1^\top #2", r"\ip{#1}{#2}"),
    "d": (r"\,d#1", r"\,\mathrm{d}#1", r"\;\text{d}#1"),
    "given": (r" \mid ", r" | ", r" \vert "),
    "U": (r"\mathcal{U}[0,1]", r"\mathrm{Unif}(0,1)", r"U(0,1)"),
    "b": (r"[ #1 ]", r"\big[ #1 \big]", r"\left[ #1 \right]"),
}
PREAMBLE = r"""\newcommand{\E}{\mathbb{E}}
\newcommand{\norm}[1]{\left\lVert #1 \right\rVert}
\newcommand{\ip}[2]{\left\langle #1, #2 \right\rangle}
"""
_SHARED = r"""
Draw $@latent \sim @data$, then $@point \sim @path_@time(\cdot @given{} @latent)$, at a time
$@time \sim @U{}$.
\begin{align}
  @path_@time(@point) &= \int @path_@time(@point @given{} @latent) @data(@latent) @d{@latent}, \\
  @target_@time(@point) &= \int @target_@time(@point @given{} @latent)
    \frac{@path_@time(@point @given{} @latent) @data(@latent)}{@path_@time(@point)} @d{@latent}.
\end{align}
A network $@model_@time^@theta(@point)$ with parameters $@theta$ is trained on
\begin{align}
  @loss(@theta) &= @E{@time \sim @U{}, @point \sim @path_@time}
    @sq{@model_@time^@theta(@point) - @target_@time(@point)}, \\
  @other(@theta) &= @E{@time \sim @U{}, @latent \sim @data,
      @point \sim @path_@time(\cdot @given{} @latent)}
    @sq{@model_@time^@theta(@point) - @target_@time(@point @given{} @latent)}.
\end{align}
"""
DOCUMENTS = {
    "the square": _SHARED
    + r"""
\begin{align}
  @loss(@theta) &= @E{@time, @point \sim @path_@time} @b{@sum[ @sq{@model_@time^@theta(@point)}
    | - 2 @in{@model_@time^@theta(@point)}{@target_@time(@point)} | @sq{@target_@time(@point)} ]} \\
  &= @sum[ @E{@time, @point \sim @path_@time} @sq{@model_@time^@theta(@point)}
    | - 2 @E{@time, @point \sim @path_@time}
        @b{@in{@model_@time^@theta(@point)}{@target_@time(@point)}}
    | @const ].
\end{align}
""",
    "the mixed term": _SHARED
    + r"""
\begin{align}
  @E{@time, @point \sim @path_@time} @b{@in{@model_@time^@theta(@point)}{@target_@time(@point)}}
  &= \int_0^1 \int @in{@model_@time^@theta(@point)}{@target_@time(@point)} @path_@time(@point)
    @d{@point} @d{@time} \\
  &= \int_0^1 \int \int @in{@model_@time^@theta(@point)}{@target_@time(@point @given{} @latent)}
    @path_@time(@point @given{} @latent) @data(@latent) @d{@latent} @d{@point} @d{@time} \\
  &= @E{@time, @latent \sim @data, @point \sim @path_@time(\cdot @given{} @latent)}
    @b{@in{@model_@time^@theta(@point)}{@target_@time(@point @given{} @latent)}}.
\end{align}
""",
    "equal up to a constant": _SHARED
    + r"""
\begin{align}
  @loss(@theta) - @other(@theta)
  &= @sum[ @E{@time, @point \sim @path_@time} @sq{@target_@time(@point)}
    | - @E{@time, @latent, @point} @sq{@target_@time(@point @given{} @latent)} ], \\
  \nabla_@theta @loss(@theta) &= \nabla_@theta @other(@theta).
\end{align}
""",
    "a Gaussian score": r"""
Let $@point_@time = \alpha_@time @latent + \sigma_@time \varepsilon$.
\begin{align}
  \nabla_@point \log \mathcal{N}(@point; m, \sigma^2 I) &= -\frac{@point - m}{\sigma^2} \\
  &= \frac{m - @point}{\sigma^2}.
\end{align}
""",
    "a conditional mean": r"""
Let $X_@time = (1 - @time) X_0 + @time X_1$.
\begin{align}
  \mathbb{E}[X_1 - X_0 @given{} X_@time = @point]
  &= @sum[ \mathbb{E}[X_1 @given{} X_@time = @point]
    | - \mathbb{E}[X_0 @given{} X_@time = @point] ].
\end{align}
""",
}


@dataclass(frozen=True)
class Rewritten:
    text: str
    choices: tuple[str, ...]  #: what was chosen, for a message


def rewritten(name: str, seed: int) -> Rewritten:
    """A document in another spelling; seed 0 takes the first of everything."""
    rng = random.Random(f"{name} {seed}")
    pick = (lambda options: options[0]) if seed == 0 else rng.choice
    letters = {key: pick(options) for key, options in LETTERS.items()}
    spellings = {key: pick(options) for key, options in SPELLINGS.items()}
    text = _sums(DOCUMENTS[name], rng if seed else None)
    text = re.sub(r"@([a-z]+)(?![a-zA-Z{])", lambda m: letters[m[1]] + " ", text)
    text = _spelled(text, spellings)
    whole = PREAMBLE + "\\begin{document}\n" + text + "\\end{document}\n"
    return Rewritten(whole, (*letters.values(), *spellings.values()))


def _sums(text: str, rng: random.Random | None) -> str:
    while "@sum[" in text:
        start = text.rindex("@sum[")
        stop = _closing(text, start + 4)
        parts = [part.strip() for part in _split(text[start + 5 : stop])]
        if rng is not None:
            rng.shuffle(parts)
        joined = " ".join(
            p if p.startswith("-") or i == 0 else f"+ {p}" for i, p in enumerate(parts)
        )
        text = text[:start] + joined + text[stop + 1 :]
    return text


def _closing(text: str, start: int) -> int:
    """Where the bracket that opens at ``start`` is closed."""
    opening = text[start]
    closing = {"[": "]", "{": "}"}[opening]
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == opening) - (text[i] == closing)
        if depth == 0:
            return i
    raise ValueError(text[start:])


def _split(text: str) -> list[str]:
    """The summands of ``a | b | c``: a bar between blanks, outside of braces and brackets."""
    parts, depth, last = [], 0, 0
    for i, letter in enumerate(text):
        depth += (letter in "{[(") - (letter in "}])")
        if letter == "|" and depth == 0:
            parts.append(text[last:i])
            last = i + 1
    return [*parts, text[last:]]


def _spelled(text: str, spellings: dict[str, str]) -> str:
    while True:
        found = None
        for match in re.finditer(r"@(sq|E|in|d|given|U|b)\{", text):
            found = match
        if found is None:
            return text
        stop = _closing(text, found.end() - 1)
        arguments = [text[found.end() : stop]]
        stop += 1
        if found[1] == "in":
            close = _closing(text, stop)
            arguments.append(text[stop + 1 : close])
            stop = close + 1
        made = spellings[found[1]]
        for i, argument in enumerate(arguments, 1):
            made = made.replace(f"#{i}", argument)
        text = text[: found.start()] + made + text[stop:]
