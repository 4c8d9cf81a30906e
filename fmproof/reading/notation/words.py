"""What words beside a symbol say about it: "the model $v_θ$", "noise $ε$", "sei $θ$ ein Parameter".

The words are data, in ``words.toml``, by language; they count less than what formulas show.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fmproof.reading.formula import tree as t

_BEFORE, _AFTER = 36, 28
"""Letters beside a formula that are looked at."""
_SAYS = 44
"""Letters beside it in which a property may be said."""
_STOPS = re.compile(r"[.;:!?。；：！？\n][)\]*_\"”»]*\s|\n\n|[。；！？]")


@dataclass(frozen=True)
class Said:
    """A symbol and the role that words give it."""

    symbol: t.Sym
    role: str
    at: int


@cache
def _words() -> dict[str, Any]:
    text = files("fmproof.reading.notation").joinpath("words.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return found


@cache
def _pattern(group: str) -> re.Pattern[str]:
    spread = (word for language in _words()[group].values() for word in language)
    words = [re.escape(word).replace("\\ ", r"\s+") for word in spread]
    latin = [w for w in words if w.isascii() or ord(w[0]) < 0x500]
    other = [w for w in words if w not in latin]
    parts = [rf"(?<![^\W\d_])(?:{'|'.join(latin)})(?![^\W\d_])"] if latin else []
    parts += ["|".join(other)] if other else []
    return re.compile("|".join(parts), re.IGNORECASE)


def words_of(group: str) -> re.Pattern[str]:
    """The words of a group of ``words.toml``."""
    return _pattern(group)


def role_in_words(text: str, start: int, stop: int) -> str:
    """The role that the words beside ``text[start:stop]`` give, or ""."""
    before = _STOPS.split(text[max(0, start - _BEFORE) : start])[-1]
    after = _STOPS.split(text[stop : stop + _AFTER])[0]
    best: tuple[int, str] | None = None
    for role in _words()["roles"]["names"]:
        for match in _pattern(role).finditer(before):
            distance = len(before) - match.end()
            if "$" not in before[match.end() :].strip("$") and (best is None or distance < best[0]):
                best = (distance, role)
    names: list[str] = _words()["roles"]["names"]
    if best is not None:
        return best[1]
    for role in names:
        match_after = _pattern(role).search(after)
        said = match_after is not None and "$" not in after[1 : match_after.start()]
        if match_after is not None and said and _pattern("is").search(after[: match_after.start()]):
            return role
    return ""


def density_of(text: str, first: tuple[int, int], second: tuple[int, int]) -> str:
    """Whether one of two formulas, which stand one behind the other at these places, is said to be
    the density of the other: "first", "second", or ""."""
    between = text[first[1] : second[0]].strip(" ,$()\\\n").replace("*", "")
    if not between or len(between) > _SAYS:
        return ""
    density = re.compile(rf"{_pattern('density').pattern}|\blaw\b", re.IGNORECASE)
    rest = _pattern("between").sub("", density.sub("", between)).strip()
    ahead = _STOPS.split(text[max(0, first[0] - _BEFORE) : first[0]])[-1].strip(" $(\\\n")
    beside = any(found.end() == len(ahead) for found in density.finditer(ahead))
    if _pattern("of").fullmatch(rest) and (beside or density.search(between) or "that" in between):
        return "first"
    if _pattern("has").fullmatch(rest) and density.search(between):
        return "second"
    return "second" if _is_called(text, first[0], between) else ""


def _is_called(text: str, start: int, between: str) -> bool:
    """Whether words say how the density of a formula is called: "the density of x is called p", "we
    denote the density of x by p"; x stands at ``start``, p behind ``between``."""
    ahead = _STOPS.split(text[max(0, start - _SAYS) : start])[-1].rstrip(" $(\\\n")
    said, of = _without_last("of", ahead)
    said, named = _without_last("density", said)
    if not (of and named) or denied(said):
        return False
    by = _pattern("call").search(said) and _pattern("called_by").fullmatch(between)
    return bool(by or _pattern("is_called").fullmatch(between))


def _without_last(group: str, words: str) -> tuple[str, bool]:
    """Words without one of a group at their end, and whether there is one."""
    for found in _pattern(group).finditer(words):
        if found.end() == len(words):
            return words[: found.start()].rstrip(), True
    return words, False


def says_apart(text: str, start: int, stop: int) -> bool:
    """Whether the sentence around "x, y ~ p" says that these are independent draws."""
    before = _STOPS.split(text[max(0, start - 90) : start])[-1]
    after = _STOPS.split(text[stop : stop + 90])[0]
    return any(_pattern("apart").search(words) for words in (before, after))


def is_drawn_beside(text: str, start: int, stop: int) -> bool:
    """Whether words say that what the sentence draws is independent of a symbol, which is drawn as
    well: x of "n ~ N(0, I) independent of x"."""
    before = _SENTENCE_ENDS.split(text[max(0, start - _FAR) : start])[-1]
    words = before.rstrip("$( \t\n")
    said = any(one.end() == len(words) for one in _pattern("apart_from").finditer(words))
    behind = _pattern("apart_behind").match(text[stop : stop + _SAYS].lstrip("$) \t\n"))
    return (said or behind is not None) and "\\sim" in words and not denied(words)


def drawn_from(text: str, first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether words between two formulas say that the first is drawn from the second."""
    between = text[first[1] : second[0]].strip(" ,$()\\\n").replace("*", "")
    if not between or len(between) > _SAYS or _pattern("drawn").search(between) is None:
        return False
    rest = _pattern("drawn").sub("", between)
    for group in ("density", "is", "between", "now"):
        rest = _pattern(group).sub("", rest)
    return not rest.strip()


def standard_normal(text: str, start: int, stop: int) -> bool:
    """Whether words beside a symbol say that it is drawn from the standard normal law: "a standard
    normal ε", "ε is standard normal"; of a vector as of a number."""
    before = text[max(0, start - _SAYS) : start].rstrip("$( \t\n")
    after = text[stop : stop + _SAYS].lstrip("$) \t\n")
    if _pattern("density").match(after) or denied(_STOPS.split(after)[0].partition("$")[0]):
        return False
    said = _pattern("standard_normal")
    ahead = [found for found in said.finditer(before) if found.end() == len(before)]
    if ahead:
        return not denied(_STOPS.split(before)[-1].rpartition("$")[2])
    found = said.match(
        _pattern("is").sub("", after, count=1).lstrip() if _is_first(after) else after
    )
    behind = "" if found is None else after[after.find(found.group(0)) + len(found.group(0)) :]
    return found is not None and not _pattern("density").match(behind.lstrip(" -"))


def _is_first(words: str) -> bool:
    return _pattern("is").match(words) is not None


def property_of(text: str, start: int, stop: int) -> str:
    """The word beside ``text[start:stop]`` that says a property of it, such as "orthogonal"."""
    before = _STOPS.split(text[max(0, start - _SAYS) : start])[-1]
    after = _STOPS.split(text[stop : stop + _SAYS])[0]
    if after.lstrip(" $").startswith("的"):
        after = ""  # of what is made of it: "with any function of X"
    said = [one for words in (after, before) for one in _pattern("property").finditer(words)]
    if not said:
        behind = after.lstrip(" $\\)")
        right_behind = _pattern("property_behind").match(behind)
        if right_behind is None or _goes_on_with_by(behind[: right_behind.end()], behind):
            return ""
        return right_behind.group(0)
    found = next((one for one in said if not said_of_normal(one.group(0))), said[0])
    behind = found.string[found.end() :].strip(" $\\(\n")
    if found.string is before and _pattern("in").fullmatch(behind):
        return ""  # of another: "the integrand is convex in D"
    centre = _pattern("centre").match(behind)
    if centre is not None and _pattern("origin").match(behind[centre.end() :].strip()) is None:
        return f"{found.group(0)} {centre.group(0)}"  # not about the origin
    more = any(_pattern("scale").search(words) for words in (before, after))
    return f"{found.group(0)} …" if more else " ".join(found.group(0).split())


def _goes_on_with_by(word: str, behind: str) -> bool:
    """Whether a word that says a property is a preposition here: French "x par y", and not Spanish
    "sea p par", which ends there or goes on with "y"."""
    rest = behind[len(word) :].lstrip()
    ended = not rest or rest[0] in ",;)" or re.match(r"(?:y|e)\b", rest) is not None
    return _pattern("by").fullmatch(word) is not None and not ended


def said_not_to_depend_on(text: str, stop: int, word: str) -> str:
    """The formula behind "does not depend on", said of what ends at ``stop``; or ""."""
    if _pattern("depends_not").fullmatch(word) is None:
        return ""
    after = _STOPS.split(text[stop : stop + 2 * _SAYS])[0].lstrip(" $\\)")
    said, _, behind = after.partition(word)
    between, _, formula = behind.partition("$")
    if said or len(between.split()) > _FEW:
        return ""
    return formula.lstrip("$").partition("$")[0]


def of_another(text: str, start: int, stop: int) -> bool:
    """Whether words behind a symbol say that it is any other: "p_t is any other path"."""
    return _pattern("of_another").search(_STOPS.split(text[stop : stop + _SAYS])[0]) is not None


def said_of_normal(word: str) -> bool:
    """Whether a property, "even", is one of the standard normal density."""
    return _pattern("of_normal").fullmatch(word) is not None


def said_of_odd(word: str) -> bool:
    """Whether a property, "odd", is one of the field x N(x; 0, I)."""
    return _pattern("of_odd").fullmatch(word) is not None


def lets_hold(text: str, start: int) -> bool:
    """Whether "let" is the last word before a formula: what it says is laid down."""
    before = _STOPS.split(text[max(0, start - _BEFORE) : start])[-1].rstrip(" $\\(\n")
    return any(found.end() == len(before) for found in _pattern("let").finditer(before))


def says_convex(text: str, start: int, stop: int) -> bool:
    """Whether words say that ``text[start:stop]`` is a convex function, and nothing in between."""
    before = _STOPS.split(text[max(0, start - _SAYS) : start])[-1].rstrip(" $\\(\n*")
    after = _STOPS.split(text[stop : stop + _SAYS])[0].lstrip(" $\\)\n*")
    between = rf"(?:(?:{_pattern('function').pattern}|{_pattern('is').pattern})\s*)*"
    word = rf"(?<!-)(?:{_pattern('convex').pattern})"  # and not "non-convex"
    ahead = re.search(rf"{word}\s*{between}$", before, re.IGNORECASE)
    behind = re.match(rf"{between}{word}", after, re.IGNORECASE)
    return ahead is not None or behind is not None


def assumes(text: str, start: int) -> bool:
    """Whether the sentence before a formula assumes it rather than claims it."""
    sentence = _sentence(text, start)
    if not sentence.strip(" $\\["):  # a display behind a blank line
        lead = _lead(text, start)
        return _last("supposes", lead) > _last("then", lead)
    then = _last("then", sentence)
    fulfils = _last("fulfils", sentence) if then < 0 else -1  # "then the density satisfies" claims
    return max(_last("assume", sentence), fulfils) > then


def takes_with(text: str, start: int) -> bool:
    """Whether a sentence takes something and says with a formula what it fulfils: "take any field
    $c$ with $div c = 0$"."""
    before = _sentence(text, start).rstrip("$\\( ")
    taken, closed, between = before.rpartition("$")
    taken, opened, _ = taken.rpartition("$")
    only = bool(closed and opened) and _pattern("where").fullmatch(between.strip()) is not None
    return only and _last("opens_case", taken) > _last("then", taken)


def mentions_a_case(text: str, start: int, stop: int) -> bool:
    """Whether a sentence is about a case, and lays nothing down: "the case f = 0 is trivial"."""
    ahead = re.split(r"\n\s*\n", _sentence(text, start))[-1].lstrip(" $\\(*_#\n")
    behind = text[stop : stop + _SAYS].lstrip("$\\) ")
    return (
        _pattern("mentions").match(ahead) is not None
        and re.match(rf"(?:{_pattern('is').pattern})", behind, re.IGNORECASE) is not None
    )


def called_marginal(text: str, start: int, stop: int) -> bool:
    """Whether words right beside a formula call it marginal: "the marginal velocity $u$"."""
    ahead = _sentence(text, start).rstrip(" $\\(\n").rpartition("$")[2]
    behind = text[stop : stop + _SAYS].lstrip("$\\)").partition("$")[0]
    before = list(_pattern("marginal").finditer(ahead))
    near = bool(before) and len(ahead[before[-1].end() :].split()) <= _FEW
    after = _pattern("marginal").search(_STOPS.split(behind)[0])
    return near or (after is not None and len(behind[: after.start()].split()) <= _FEW)


def speaks_of_chains(words: str) -> bool:
    """Whether words speak of a Markov chain."""
    return _pattern("chain").search(words) is not None


def speaks_of_independence(words: str) -> bool:
    """Whether words say that what is drawn together may be independent."""
    return _pattern("independence").search(words) is not None


def said_independent(text: str, start: int) -> tuple[str, int]:
    """The sentence that leads to a formula, where it says that something is independent, and where
    that stands; else "" and 0."""
    words = _words_ahead(text, start)
    found = _pattern("independence").search(words)
    if found is None:
        return "", 0
    return words, text.rfind(found.group(0), 0, start)


def speaks_of_one_dimension(words: str) -> bool:
    """Whether words speak of one dimension."""
    return _pattern("one_dimension").search(words) is not None


def is_of_a_number(latex: str) -> bool:
    """Whether a formula says of a point that it is a number: x ∈ ℝ."""
    return _POINT_IN_R.search(latex) is not None


_POINT_IN_R = re.compile(
    r"(?<![a-zA-Z\\])[xyzXYZ]\s*(?:_\s*(?:\w|\{[^{}]*\}))?\s*\\in\s*(?:\\R|\\mathbb\s*\{?\s*R\s*\}?)(?!\s*\^|[a-zA-Z])"
)


def ties_variables(words: str) -> str:
    """The words that tie random variables to each other, such as "the same law"; or ""."""
    found = _pattern("tied").search(words)
    return " ".join(found.group(0).split()) if found is not None else ""


def says_moments(words: str) -> str:
    """The words that say what the moments of some law are, such as "unit variance"; or ""."""
    found = _pattern("moments").search(words)
    return " ".join(found.group(0).split()) if found is not None else ""


def says_more_of_moments(words: str) -> bool:
    """Whether words speak of moments otherwise than of mean zero and unit variance."""
    return _pattern("scale").search(_pattern("standard_moments").sub("", words)) is not None


def called_false(text: str, start: int, stop: int) -> bool:
    """Whether the words beside a formula call it false: "one might write …, but this is wrong"."""
    behind = _TO_DO.sub("", _words_behind(text, stop))
    return bool(_pattern("false").search(_words_ahead(text, start) + " \n " + behind))


def up_to_a_constant(text: str, start: int, stop: int) -> bool:
    """Whether the words beside a formula say that its sides are equal up to a constant."""
    words = _words_ahead(text, start) + " \n " + _words_behind(text, stop)
    return bool(_pattern("up_to_a_constant").search(words))


def says_generated(behind: str) -> str:
    """Whether words behind a field say that it generates "it", or what is written "next"; or ""."""
    said = _STOPS.split(behind)[0].strip(" $,()\\\n")
    found = _pattern("generates").search(said)
    if found is None or len(said[: found.start()]) > _SAYS or denied(said):
        return ""
    rest = said[found.end() :].strip(" $,()\\\n")
    if _pattern("it").match(rest):
        return "it"
    for group in ("density", "between"):
        rest = _pattern(group).sub("", rest)
    return "" if _pattern("path").sub("", rest).strip() else "next"


def says_constant(text: str, start: int, stop: int) -> bool:
    """Whether the words behind a formula say that something is a constant, "where C does not depend
    on θ", and not which one: "the same constant", "C as above"."""
    behind = _words_behind(text, stop)
    said = _pattern("constant").search(behind) is not None
    return said and not _pattern("same").search(behind + _words_ahead(text, start))


def says_the_same(ahead: str, behind: str, letter: str) -> bool:
    """Whether words speak of "the same constant" as before, or of "the same $C$"."""
    words = f"{ahead} \n {behind}"
    symbol = rf"\$\s*{re.escape(letter)}\s*\$"
    of_it = re.compile(rf"{symbol}|{_pattern('scalar').pattern}", re.IGNORECASE)
    return any(
        of_it.search(words[max(0, one.start() - _SAYS) : one.end() + _SAYS])
        for one in _pattern("same").finditer(words)
    )


def words_behind(text: str, stop: int) -> str:
    """What is said right behind a formula, up to the end of the sentence or the next formula."""
    return _words_behind(text, stop)


def defines_anew(text: str, start: int) -> bool:
    """Whether the sentence before a formula gives a symbol another meaning: "now let x_t = …"."""
    sentence = _PROPOSES.sub("", _words_ahead(text, start))
    paragraph = re.split(r"\n\s*\n", _ahead(text, start, _PARAGRAPH))[-1]
    paragraph = _PROPOSES.sub("", paragraph)
    said = _last("anew", paragraph) >= 0 or _last("defines", sentence) >= 0
    return said and _last("recalls", sentence) < 0


def concludes(text: str, start: int) -> bool:
    """Whether the words before a formula say that it follows: "Then b = …"."""
    return _last("then", _words_ahead(text, start)) >= 0


_PROPOSES = re.compile(
    r"\b(?:now,?\s+)?let(?:['’]s|\s+us)(?:\s+now)?\s+"
    r"(?!take|consider|choose|set|define|use|fix|switch|write|introduce)\w+",
    re.IGNORECASE,
)
"""Let's plug it in: what is done next, and no symbol that gets another meaning."""


def says_from_here(text: str, start: int) -> bool:
    """Whether the sentence before a formula says that it holds from there on."""
    return _last("anew", _sentence(text, start)) >= 0


def says_independent_of(text: str, start: int, other: str) -> bool:
    """Whether the sentence goes on behind the law at ``start`` with "independent of ``other``"."""
    behind = re.sub(r"[{}]|\\[,;!]", "", _SENTENCE_ENDS.split(text[start : start + _FAR])[0])
    if denied(behind):
        return False
    found = [one.end() for one in _pattern("apart").finditer(behind)]
    names = re.compile(rf"(?<![A-Za-z\\]){re.escape(other)}(?![A-Za-z0-9])")
    return any(names.search(behind, place) is not None for place in found)


_SENTENCE_ENDS = re.compile(r"[.;!?。；！？](?:\s|$)|\n\s*\n")


def opens_a_case(text: str, start: int) -> bool:
    """Whether the sentence before a formula begins like a special case: "if x ~ N(0, I), then"."""
    behind_displays = _FORMULA_ENDS.split(_sentence(text, start))[-1]
    sentence = re.sub(r"^\s*\\[a-z]+\{[^}]*\}", "", behind_displays)
    return _pattern("opens_case").match(sentence.lstrip(" $\\(*_#\n")) is not None


def _words_ahead(text: str, start: int) -> str:
    """The sentence that leads to a formula, also across a blank line."""
    before = _ahead(text, start, _FAR)
    if before.endswith((".", "!", "?", "。")):
        return ""
    return _STOPS.split(before.rstrip(":：;,"))[-1]


def qualified(text: str, start: int, stop: int) -> str:
    """The words beside a formula that say in which case, or how well, it holds; or ""."""
    beside = _words_ahead(text, start) + " \n " + _words_behind(text, stop)
    paragraph = re.split(r"\n\s*\n", _ahead(text, start, _PARAGRAPH))[-1]
    around = _pattern("not_special").sub("", paragraph + " \n " + beside)
    found = _pattern("qualifies").search(beside) or _pattern("special").search(around)
    return " ".join(found.group(0).split()) if found is not None else ""


def lets(text: str, start: int) -> bool:
    """Whether the sentence before a formula introduces something, and claims nothing yet."""
    words = _words_ahead(text, start)
    return _last("defines", words) >= 0 and max(_last("then", words), _last("recalls", words)) < 0


def says_where(text: str, case: int, start: int) -> bool:
    """Whether a formula at ``case`` stands in the sentence that leads to the one at ``start``,
    with nothing but other displays between them."""
    between = _DISPLAYS.sub(" ", text[case:start]).strip("$ \n")
    return not _STOPS.search(between)


def diverges(text: str, stop: int) -> bool:
    """Whether the words behind a formula say that it has no finite value."""
    behind = _STOPS.split(text[stop : stop + _SAYS].lstrip("$ "))[0].partition("$")[0]
    found = _pattern("diverges").search(behind)
    return found is not None and found.start() < 16


def _ahead(text: str, start: int, far: int) -> str:
    """What stands between the display before, or so far ahead, and a formula."""
    before = _ABBREVIATED.sub(" ", text[max(0, start - far) : start]).rstrip(" \t\n$\\[>")
    return _FORMULA_ENDS.split(_OPENS.sub("", before).rstrip(" \t\n>"))[-1]


def _words_behind(text: str, stop: int) -> str:
    """What is said right behind a formula, up to the end of the sentence or the next formula."""
    behind = _CLOSES.sub("", text[stop : stop + _FAR])
    return re.split(r"\$\$|\\\[|\\begin", _STOPS.split(behind)[0])[0]


_FEW = 2
"""Words between a formula and what it is called."""
_FAR = 130
"""Letters beside a display in which words may call it false."""
_PARAGRAPH = 400
_DISPLAYS = re.compile(
    r"\n*(?:\$\$.*?\$\$|\\\[.*?\\\]|\\begin\{.*?\\end\{[a-z]+\*?\})\n*", re.DOTALL
)
_OPENS = re.compile(r"\\begin\{[a-z]+\*?\}\s*(?:\\label\{[^}]*\}\s*)?$|```math\s*$")
_CLOSES = re.compile(r"^(?:\s|\$\$|\\\]|\\end\{[a-z]+\*?\}|```|[.,;>])*")
_ABBREVIATED = re.compile(r"\b(?:i\.\s?e|e\.\s?g|z\.\s?B|d\.\s?h|resp|cf)\.", re.IGNORECASE)
_TO_DO = re.compile(r"\b(?:is|be|are) (?:wrong|tempting|incorrect|false) to\b", re.IGNORECASE)
"""What is false is something else."""


def introduces(text: str, start: int) -> bool:
    """Whether "where" or "with" and a few words more, or a name such as "for the network", are all
    that stands between the display before and a formula: it says what a symbol of that display
    is."""
    ahead = _OPENING.sub("", text[max(0, start - _BEFORE - 24) : start])
    before = _FORMULA_ENDS.split(ahead)
    words = before[-1].strip(" \t\n,;&>")
    found = _pattern("where").match(words) if len(before) > 1 else None
    if len(before) > 1 and found is None and words[:1].islower():  # "…, for the network"
        found = re.search(rf"(?:{_pattern('network').pattern})[\s$(\\]*$", words, re.IGNORECASE)
    return found is not None and not _STOPS.search(words)


def picks(text: str, start: int) -> bool:
    """Whether the sentence before a formula picks a case in which it holds: "at one time …"."""
    return _last("picks", _sentence(text, start)) > _last("then", _sentence(text, start))


def restricts(text: str, start: int) -> bool:
    """Whether the sentence before a formula restricts a section: "only for …"."""
    return _last("restricts", _sentence(text, start)) >= 0


def denies(text: str, start: int) -> bool:
    """Whether the sentence before a formula has a "not", so that nothing is assumed."""
    return denied(_sentence(text, start))


def denied(words: str) -> bool:
    """Whether words that stand in a row have a "not"."""
    return _last("denied", _pattern("harmless").sub("", words)) >= 0


_OPENING = re.compile(r"(?:\s|\$\$|\\\[|\\begin\{[a-z]+\*?\}|```math|>)*$")
_FORMULA_ENDS = re.compile(r"\$\$|\\\]|\\end\{[a-z]+\*?\}|```")
_CASE_BEHIND = re.compile(
    r"\s*(?:if|when|whenever|otherwise|else|unless|only|wenn|sonst|nur"
    r"|falls(?!\s*[,.;:]| (?:in|from|to|with|off|as|below|towards?|monotonically|strictly)\b))\b",
    re.IGNORECASE,
)
"""The German "falls" is an "if"; what "falls in t", or "falls,", does so in English."""


def restricted_behind(text: str, stop: int) -> bool:
    """Whether the words right behind a formula say that it holds in a case, or that it does not."""
    behind = _STOPS.split(text[stop : stop + _SAYS].lstrip("$"))[0].partition("$")[0]
    return _CASE_BEHIND.match(behind) is not None or denied(behind)


def _sentence(text: str, start: int) -> str:
    """What stands before a formula in its sentence."""
    return _STOPS.split(text[max(0, start - 90) : start])[-1]


def _lead(text: str, start: int) -> str:
    """The sentence that leads to a display behind a blank line; "" if it has ended."""
    before = text[max(0, start - 90) : start].rstrip(" \t\n$\\[>")
    if before.endswith((".", "!", "?", "。", ";")):
        return ""
    return _STOPS.split(before.rstrip(":："))[-1]


def _last(group: str, words: str) -> int:
    """Where a word of a group stands last, or -1."""
    return max((found.start() for found in _pattern(group).finditer(words)), default=-1)


def a_case(text: str, start: int) -> bool:
    """Whether the words directly before a formula say that it is a special case: "for f = …"."""
    before = _STOPS.split(text[max(0, start - _BEFORE) : start])[-1]
    words = rf"(?:{_pattern('case').pattern})[\s,:$(\\]*$"
    return re.search(words, before, re.IGNORECASE) is not None
