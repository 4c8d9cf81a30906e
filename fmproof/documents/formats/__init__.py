"""Reports of documents in each format: ``render(report)`` is a pure function."""
