"""A definition that mentions a variable which is no parameter of it."""

from fmproof import Scalar, Vec, norm2

x, y = Vec("x y")
f = Scalar("f", x, definition=norm2(x) + norm2(y))
