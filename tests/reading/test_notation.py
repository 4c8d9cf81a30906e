"""What symbols stand for: names, sorts by use, words beside them."""

from __future__ import annotations

import pytest

from fmproof.documents.items import equated
from fmproof.documents.read_items import read_items
from fmproof.lang.names import require_name
from fmproof.reading.document.read import read_text
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.names import Names
from fmproof.reading.notation.sorts import Found
from fmproof.reading.notation.words import a_case, assumes, role_in_words


def sorts(text: str) -> dict[str, Found]:
    reading = read_items(read_text(text, "x", ".md"))
    return Evidence.of(reading.trees, equated(reading), reading.said).sorts.known


USES = {
    "along a sum": ("$$\nh = k + \\mu_t\n$$ and $$\n\\|k\\|^2 = 1\n$$", "mu", "vec"),
    "along an equation": ("$$\nh = k\n$$ and $$\n\\|h\\|^2 = 1\n$$", "k", "vec"),
    "what multiplies a vector": ("$$\n\\|g + k h\\|^2 = 1\n$$ $$\n\\|h\\|^2 = 1\n$$", "k", "real"),
    "what is divided by": ("$$\n\\frac{g}{k} = 1\n$$", "k", "real"),
    "a divergence": ("$$\n\\operatorname{div} k(x) = 1\n$$", "k", "vec"),
    "a logarithm": ("$$\n\\log k = 1\n$$", "k", "real"),
    "a covariance": ("$$\np(k) = \\mathcal N(k; h, \\sigma^2 I)\n$$", "h", "vec"),
    "an inner product": ("$$\nx^\\top k = 1\n$$", "k", "vec"),
}


@pytest.mark.parametrize("name", USES)
def test_sorts_follow_from_use(name: str) -> None:
    text, symbol, kind = USES[name]
    found = sorts(text)[symbol]
    assert found.kind == kind
    assert not found.guessed


def test_a_matrix_is_no_number_because_it_multiplies_a_vector() -> None:
    assert "A" not in sorts("$$\n\\|A x\\|^2 = 1\n$$")


def test_names_are_ones_that_the_language_takes() -> None:
    names = Names()
    given = {
        ("x", "variable x_t", "t"): "xt",
        ("E", "head", ""): "Ex",
        ("d", "head", ""): "dim",
        ("x", "variable x_0", "0"): "x0",
        ("p|data", "head", ""): "p_data",
        ("bf:x", "variable bf:x_0:T", "0T"): "xbT0",
    }
    for (key, kind, sub), due in given.items():
        assert names.of(key, kind, sub) == due
        assert require_name(due, "a symbol") == due
    assert names.of("x", "variable x_t", "t") == "xt"
    assert names.of("xt", "head", "") != "xt"


WORDS = {
    "we add noise $k$ to it": "noise",
    "with parameters $k$.": "parameter",
    "$k$ is a vector in": "vector",
    "其中噪声 $k$ 为": "noise",
    "die Dichte $k$ von": "density",
    "노이즈 $k$ 를": "noise",
    "với tham số $k$": "parameter",
    "The weather is fine. We take $k$": "",
}


@pytest.mark.parametrize("text", WORDS)
def test_words_beside_a_symbol_say_its_role(text: str) -> None:
    start = text.index("$") + 1
    assert role_in_words(text, start, text.index("$", start)) == WORDS[text]


def test_a_sentence_that_assumes() -> None:
    assert assumes("Suppose that $a = b$", 13)
    assert not assumes("Suppose so. Then $a = b$", 17)


def test_a_case_is_told_by_the_words_before_it() -> None:
    for words in ("For $f(x) = a x$", "so, for example, $f(x)", "Für $f(x)", "例如 $f(x)"):
        assert a_case(words, words.index("$") + 1)
    for words in ("where $f(x) = a x$", "for every x put $f(x)", "with $f(x)"):
        assert not a_case(words, words.index("$") + 1)


def test_no_subscript_is_the_name_of_a_variable() -> None:
    """p_xbt beside x̄_t would say that it depends on x̄_t; whichever comes first."""
    for first, then in (
        (("p", "head", "xbt"), ("xbt", "variable", "")),
        (("xbt", "variable", ""), ("p", "head", "xbt")),
    ):
        names = Names()
        found = {key: names.of(*key) for key in (first, then)}
        head, variable = (found[key] for key in sorted(found))
        assert head.partition("_")[2] != variable
