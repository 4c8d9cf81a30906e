"""Records of the rules about equality, definitions and earlier results."""

from __future__ import annotations

from fmproof.catalogue.record import Condition, RuleRecord

DEFINITION = RuleRecord(
    code="E1",
    name="definition",
    title="Unfold or fold a definition",
    statement_latex=r"\vdash f(a) = d[x := a] \quad\text{where } f(x) := d",
    explanation=(
        "A definition is part of the symbol that it defines, so a symbol and its definition "
        "have the same value everywhere. Two symbols with one name and different definitions "
        "are different symbols. A step unfolds the symbols that occur more often in one of its "
        "two lines than in the other; in a side condition a field is unfolded where that helps, "
        "since equal functions have equal integrals."
    ),
    unconditional=(
        "both sides are the same function; bound variables are renamed where the argument "
        "would be captured."
    ),
)

CONSTANT = RuleRecord(
    code="E2",
    name="constant",
    title="Give a name to a term without free variables",
    stated="⊢ a = C, where C is a name for a and a has no free variable",
    statement_latex=r"\vdash a = C \quad\text{where } C := a,\ \operatorname{FV}(a) = \emptyset",
    explanation=(
        "A name carries the term that it stands for, so the equation is its definition read "
        "backwards. What the rule adds to `definition` is that the name deserves to be called a "
        "constant. This is decided by looking at the term, through all names and definitions."
    ),
    conditions=(
        Condition(
            "the named term has no free variable, so no θ either",
            "a function of θ would be called a constant, and then be dropped from a gradient or "
            "from a minimisation, where it matters.",
            "With v^θ(x) = θx and x~N(0, 1) the second moment E‖v^θ(x)‖² is θ²: the value 1 at "
            "θ = 1 is not the value 4 at θ = 2.",
            "equality:constant_with_parameter",
        ),
    ),
)

LEMMA = RuleRecord(
    code="E3",
    name="lemma",
    also=("an earlier result",),
    title="Use an earlier result",
    stated="⊢ a = b, proved in an earlier part or in a derivation listed in `uses`",
    statement_latex=r"\{A\} \vdash a = b \quad\text{proved before under } A",
    explanation=(
        "Equals may be replaced by equals anywhere in a term (Leibniz). The hypotheses under "
        "which the earlier result was proved come along, and each must be declared here or "
        "follow from what is declared here. The result is looked for as it stands; its left "
        "side becomes its right side."
    ),
    conditions=(
        Condition(
            "the hypotheses of the earlier result follow from the declared ones",
            "the earlier theorem says nothing here.",
            "∫₀¹∫₀¹ f dt ds = ∫₀¹∫₀¹ f ds dt is a theorem when f is integrable on the square. "
            "For f(s, t) = (s² − t²)/(s² + t²)², which is not, the sides are π/4 and −π/4.",
            "equality:lemma_without_its_hypothesis",
        ),
    ),
)

INSTANCE = RuleRecord(
    code="E4",
    name="instance",
    title="An earlier result at particular fields, densities, weights or values",
    statement_latex=(
        r"\frac{A(f) \vdash P(f)}{A(b) \vdash P(b)}"
        r"\qquad \frac{A(x) \vdash P(x)}{A(s) \vdash P(s)}"
    ),
    explanation=(
        "A theorem about symbols without definitions holds for every interpretation of them, "
        "so for the one that a term gives. A step writes "
        "`using=Instance(name, replace={symbol: term}, at={variable: term})`. The hypotheses are "
        "instantiated as well and must then follow from the declared ones."
    ),
    conditions=(
        Condition(
            "a function declared ≥ 0 is replaced by a term whose form shows that it is ≥ 0",
            "what was proved from the sign, such as 0 ≤ E[w f²], turns false.",
            "At w := −1 and f = 1 the theorem 0 ≤ E[w(t) f(t)²] would say 0 ≤ −1.",
            "equality:negative_weight",
        ),
        Condition(
            "a density is replaced by a density",
            "it need not integrate to one, and rules rely on that.",
            "∫₀¹ r(t) dt = 1 is a theorem for a density r. At r := 2p with p uniform the "
            "integral is 2, not 1.",
            "equality:density_not_normalised",
        ),
        Condition(
            "the new density draws the same variables over the same ranges",
            "it integrates to one over its own range and over no other.",
            "∫₀¹ r(t) dt = 1 for a density r on [0, 1]. For r := U[0, 2] it is 1/2, not 1.",
            "equality:density_on_another_range",
        ),
        Condition(
            "the replacement mentions no variable but the symbol's own parameters",
            "a variable that is bound where the symbol stands would be captured.",
            "E[k f(t)] = k E[f(t)] is a theorem for a constant k. At k := f(t) with f(t) = t, "
            "t~U[0, 1], the left side would be 1/3, and the right side 1/2 for t = 1.",
            "equality:captured_variable",
        ),
    ),
)

RING = RuleRecord(
    code="E5",
    name="ring",
    title="Arithmetic",
    statement_latex=r"\vdash a = b \quad\text{when } a - b = 0 \text{ as polynomials}",
    explanation=(
        "Both terms are expanded into sums of products, inside integrals and expectations too, "
        "and compared up to the names of bound variables. A ratio a/b counts as a·(1/b) and is "
        "never cancelled. SymPy's expansion of sums and products is all that is used here. Every "
        "step ends with this rule, so rearranging needs no step of its own."
    ),
    unconditional=(
        "real numbers and vectors form a ring and a module over it, every term has a value, "
        "and a/0 = 0 makes a/b = a·(1/b) true for b = 0 as well."
    ),
)

CONGRUENCE = RuleRecord(
    code="E6",
    name="congruence",
    title="Rewrite inside a term",
    statement_latex=(
        r"\frac{A(x) \vdash a(x) = b(x)}"
        r"{A(x) \text{ for almost every } x \;\vdash\; \int a(x)\,dx = \int b(x)\,dx}"
    ),
    explanation=(
        "Equal arguments give equal values. Under an integral or an expectation it is enough "
        "that they are equal almost everywhere (Folland, Real Analysis, section 2.3). No step "
        "names this rule: it carries every other rule to the place where it applies, and it is "
        "where 'for almost every x' in a side condition comes from. Laws, ranges and names are "
        "not rewritten."
    ),
    conditions=(
        Condition(
            "under an integral or an expectation: what the inner equation needs holds for "
            "almost every value of the bound variables",
            "an equation that fails on a set of positive measure changes the integral.",
            "g·(f/g) = f where g ≠ 0. With f = 1 and g = 1 on [0, 1/2), else 0, the integral "
            "over [0, 1] of the left side is 1/2, of the right side 1.",
            "equality:equation_on_half_the_interval",
        ),
        Condition(
            "under a gradient or argmin: it holds for every value of the parameter",
            "a derivative at one point depends on the values around it.",
            "With f(θ) = θ and g = 1 at θ = 0, else 0, g·(f/g) = f holds at θ = 0; there "
            "∇(g·(f/g)) is 0 and ∇f is 1.",
            "equality:equation_at_one_parameter",
        ),
    ),
)

CHAIN = RuleRecord(
    code="E7",
    name="chain",
    title="Steps in a row",
    statement_latex=r"\frac{A \vdash a \le b \qquad B \vdash b \le c}{A, B \vdash a \le c}",
    explanation=(
        "Equality is an equivalence and ≤ an order. The steps of a part are joined by this "
        "rule, which no step names; the hypotheses of all of them are collected."
    ),
    unconditional="equality and order are transitive for values of any kind.",
)

HYPOTHESES = RuleRecord(
    code="E8",
    name="hypotheses",
    title="Assume and discharge",
    statement_latex=r"P \vdash P \qquad \frac{A, P \vdash Q \qquad B \vdash P}{A, B \vdash Q}",
    explanation=(
        "A side condition starts as a hypothesis of the theorem that the rule gives, and is "
        "removed only by a theorem that concludes it (the cut rule of sequent calculus). What "
        "cannot be removed stays visible in the theorem."
    ),
    unconditional="a hypothesis is only ever traded for a proof of it.",
)

FOR_EVERY = RuleRecord(
    code="E9",
    name="for every",
    title="For every value of a parameter",
    statement_latex=(
        r"\frac{A(\theta) \vdash P(\theta)}"
        r"{\forall\theta\, A(\theta) \vdash \forall\theta\, P(\theta)}"
        r"\qquad \frac{A \vdash \forall\theta\, P(\theta)}{A \vdash P(s)}"
    ),
    explanation=(
        "A free variable stands for an arbitrary value, so a statement proved with it holds for "
        "all values, and a statement for all values holds for one."
    ),
    conditions=(
        Condition(
            "hypotheses that mention the variable hold for every value of it",
            "they may speak of one value only.",
            "With v^θ(x) = θx and x from the Cauchy law, E‖v^θ(x)‖² < ∞ is true at θ = 0 and "
            "false at every other θ.",
            "equality:true_at_one_parameter",
        ),
    ),
)

FIELD = RuleRecord(
    code="E10",
    name="field",
    title="Arithmetic with fractions",
    statement_latex=(
        r"\{b_i \ne 0\} \vdash a = c \quad\text{when } a, c"
        r" \text{ are the same fraction of polynomials}"
    ),
    explanation=(
        "Both terms are brought to one fraction and compared by multiplying crosswise. Every "
        "denominator that is met on the way, the inner ones of a compound fraction too, must not "
        "be 0. `ring` does what holds without that."
    ),
    conditions=(
        Condition(
            "no denominator is 0",
            "a/0 = 0 by convention, so a fraction over 0 forgets what stood above.",
            "a = 1, b = 0: a b/b is 0, and a is 1.",
            "others:fraction_over_zero",
        ),
    ),
)

EQUALITY = (
    DEFINITION,
    CONSTANT,
    LEMMA,
    INSTANCE,
    RING,
    CONGRUENCE,
    CHAIN,
    HYPOTHESES,
    FOR_EVERY,
    FIELD,
)
