"""The pytest plugin of fmproof. It imports fmproof only when a test uses it."""
