"""Every row of a file to a verdict, in reading order.

``notation`` is what is known before the first row. ``rows`` takes them one by one and tells what
is no claim from claims: ``definitions``, ``motions`` (differential equations), ``values`` (a point
is given a value, or drawn). ``claims`` go to ``compare``. ``chains`` has where the chain of a row
starts and where it breaks off.
"""
