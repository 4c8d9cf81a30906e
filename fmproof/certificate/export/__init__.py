"""A certificate as Coq: the statement, and a proof with one lemma a step."""
