"""Two heads that are equal may differ in their sort; sort_of remembers the first for both."""

from fmproof import *
from fmproof.lang.node import sort_of
from fmproof.lang.sorts import Sort

t = Real("t")
x = Vec("x")
sort_of(
    Scalar("f", t, result=Sort.VEC)(t)
)  # one careless or mischievous keyword anywhere in the process
f = Scalar("f", t)  # a good symbol of another file
try:
    print(f(t) + 1)
except SortError as e:
    print(e)
print(f(t) + x)
