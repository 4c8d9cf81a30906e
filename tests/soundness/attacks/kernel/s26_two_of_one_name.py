"""Text that re-enters while a variable is looked up made two variables of one name."""
from fmproof.lang.nodes.variable import reserved_var
from fmproof.lang.sorts import Sort
class Text(str):
    def __hash__(self): return hash("#1.0")
    def __eq__(self, other):
        reserved_var("#1.0", Sort.PARAM)
        return False
print(reserved_var(Text("#1.0"), Sort.PARAM))
