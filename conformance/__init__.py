"""Libraries of the field, held against the theory. ``python -m conformance`` writes the results."""
