"""Documents checked: every row of what people wrote gets a verdict, by both witnesses.

In the order in which a row goes through it:

1. **A file to rows.** ``check`` is the way in. ``read_items`` parses every piece of the file to
   ``items``, with the laws and terms of ``laws_in_lines``; ``bounds_of_minima`` reads what bounds a
   minimum, ``reach`` says how far what a row says holds, ``levels`` which letters are numbers but
   in one section. What rows mean is ``fmproof.reading``.
2. **What defines what.** ``candidates`` (a package: the first row about a symbol that can
   define it), ``redefined`` (a later one), ``examples`` (for a while), ``fields_by_name``,
   ``marginal_fields`` (by words), ``gibbs`` (energies), ``kernels`` (laws given a value),
   ``drawn_times``, ``special_laws`` (what words say is drawn), ``generating`` (what moves it).
3. **A verdict for each.** ``judge`` tells definitions, cases and hypotheses from claims;
   ``context`` is at hand there, ``chain`` has the rows above; ``scope`` and ``values`` are asked of
   every row, ``constants``, ``first_steps``, ``in_law``, ``motion`` and ``points`` of theirs.
4. **A claim beside its chain.** ``compare``: the ``numbers`` first; ``ties`` says whether they may
   refute the row, with ``any_law``, ``domains`` and ``following``; ``beside`` has rows that are
   wrong beside others, ``residues`` what a row would have to say besides, ``vanishing`` what is
   said to be 0, ``suggest`` rows one edit away.
5. **A proof.** ``prove`` asks the checker, as long as ``patience`` lets it; ``almost_surely`` reads
   a row with its paths drawn, and ``named_kernels`` written out; ``ways`` are several steps at
   once: ``standard_noise`` (who is drawn), ``noise_moments``, ``mixture_slopes``, ``parallel``
   (lines that differ in parts), ``quotients``, ``radicals`` and ``roots``, ``projections``,
   ``gaussian_logs`` (divergences of Gaussians), ``gaussian_means`` and ``gaussian_squares``,
   ``convexity``, ``concave_log``.
6. **From what else stands.** ``facts`` are rows that were proved and equations that are assumed,
   and ``rows_from_facts`` the steps that they need (``moving_averages`` those along a flow);
   ``independent_draws`` are said in an "if";
   ``cases`` puts in what rows say of symbols; ``coefficients``, ``modulo``, ``exponentials``,
   ``trigonometry``, ``determinants``, ``second_moments``, ``said_densities``, ``stated_signs`` know
   more of theirs. ``assumed_signs`` are what hypotheses say of signs.
7. **What it needs.** ``hypotheses``, ``smoothness``, ``interval_integrals`` and ``finite_sums``
   are generated.
8. **What is said of it.** ``model`` is the report as data, with its ``schema``, ``formats`` are its
   renderers; ``script`` is what was checked, to go on by hand.

``terms`` has the questions about terms that all of them ask, ``left_over`` what two sides differ
by. To build for a kind of row: a spelling or a meaning goes to ``fmproof.reading``, a proof to 5 or
6, a row that was called wrong to 4.
"""
