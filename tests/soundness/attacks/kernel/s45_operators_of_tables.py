"""``proxy | other`` and ``proxy == other`` hand the dictionary behind a MappingProxyType to other."""

from fmproof.certificate.library import ASSUMED
from fmproof.derivations.catalogue import BUILTIN
from fmproof.report.text import MARK
from fmproof.tactics.methods import METHODS


class Thief:
    __hash__ = None

    def __ror__(self, table):
        return self.put_into(table)

    def __eq__(self, table):
        return self.put_into(table)

    def put_into(self, table):
        try:
            table["fm-cfm"] = table["failed"] = table["cheat"] = "✓"
        except TypeError as error:
            print(type(error).__name__)
        return True


for table in (BUILTIN, MARK, ASSUMED, METHODS):
    before = list(table.items())
    table | Thief()
    print(table == Thief(), list(table.items()) == before, "failed" in table)
    try:
        table.__init__({"cheat": "✓"}.items())
    except TypeError as error:
        print(type(error).__name__)
    state = table.__getstate__()
    print(list(table.items()) == before, isinstance(state, dict))
