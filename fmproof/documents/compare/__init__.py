"""A row against the rows of its chain: proved, refuted, equal up to a constant, or open.

``verdict`` decides, in this order: the numbers of the ``row`` come first. Where they refute it, it
may be of one of the ``kinds`` that say something rather than claim it; if the world follows the
document (``fairness``) it is ``wrong``, and no proof is searched for; otherwise only what the
document assumes can prove it. Where they do not refute it, ``proofs`` asks the checker;
``proved`` tells later rows.
"""
