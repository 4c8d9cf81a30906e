"""A program that tells all reports how to show themselves, and shows its own verdict."""

from fmproof.report.model import Report

Report.shown_by(text=lambda report: "✓ 0 ≤ −5")
print("reports say what this program likes")
