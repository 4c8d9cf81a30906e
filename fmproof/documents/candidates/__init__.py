"""Which rows define a symbol: the first row about it that can, unless words or an underbrace do.

``symbols`` gathers for each symbol what may define it: the ``rows`` whose sides have the ``forms``
for it, and what words, underbraces and flows say. ``choice`` takes the best of several for one
symbol (``shapes`` says which uses are one symbol's), and ``claims`` gives back those rows that say
something of what is known beside them.
"""
