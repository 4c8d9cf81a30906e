"""The counterexamples, one function for each condition of each rule.

These modules import the language and so SymPy; they are loaded when a case is built.
"""
