"""One data model (:mod:`fmproof.report.model`), many renderers: pure functions of a report."""
